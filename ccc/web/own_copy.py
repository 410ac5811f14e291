"""A person's own copy, to print: of an adult who asked for it, and for each of us of what is kept about ourselves."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from ccc import families, kinds, looks, own_copy, people, undertakings
from ccc.contact_sessions import ContactSession
from ccc.dbs import register as dbs_register
from ccc.disclosures import InformationRequest
from ccc.disclosures.words import OWN_COPY, VERIFIED, WHAT
from ccc.families import FamilyKnown
from ccc.onboarding import dates
from ccc.people import Person
from ccc.policies import Policy, Version
from ccc.quizzes.attempts import Attempt
from ccc.retention import periods
from ccc.roles import May
from ccc.rota import Duty
from ccc.signin import accounts, sign_ins
from ccc.signin.sign_ins import SignedIn
from ccc.undertakings import Reading
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.front import Waiting
from ccc.web.page import page

bp = Blueprint("own_copy", __name__)
MOST_SIGN_INS = 100


@bp.route("/disclosures/<int:number>/copy", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES, fresh=True)
def of_adult(number: int) -> ResponseReturnValue:
    """The button, and behind it the copy itself. That it was made, and who saw the details in it, is written down."""
    asked, form = _asked(number), Form()
    shown: dict[str, Any] = {
        "asked": asked,
        "who": families.SIDES[asked.adult.side],
        "checked": VERIFIED[asked.verified],
    }
    shown["years"] = periods.of(kinds.FAMILY).years
    if form.validate_on_submit():
        with form.refusals():
            shown |= {"copy": own_copy.make(asked, me().person), "what": WHAT}
            return page("own_copy/adult.html", secret=True, **shown)
    return page("own_copy/make.html", form=form, status=form.status, secret=True, **shown)


@bp.get("/me/copy")
@access(May.LEARN)
def mine() -> ResponseReturnValue:
    """Everything about whoever asks, save what only the officers can open."""
    person = Person.get_by_id(me().person.id)
    read = Reading.select(Reading, Version, Policy).join(Version).join(Policy).where(Reading.person == person)
    tried = Attempt.select(Attempt, Version).join(Version).where(Attempt.person == person)
    duties = Duty.select(Duty, ContactSession).join(ContactSession).where(Duty.person == person)
    return page(
        "own_copy/mine.html",
        person=person,
        account=accounts.of(person),
        offices=people.appointments(person),
        steps=[(dates.TITLES[step], on) for step, on in dates.days(person).items() if on],
        readings=list(read.order_by(Reading.id)),
        attempts=list(tried.order_by(Attempt.id)),
        signed=undertakings.acknowledgements(person),
        duties=list(duties.order_by(ContactSession.day.desc(), Duty.id.desc())),
        known=FamilyKnown.select().where(FamilyKnown.person == person).count(),
        looks=looks.looks_at(person),
        dbs_shown=dbs_register.shown_to(person),
        sign_ins=sign_ins.recent(person, MOST_SIGN_INS),
        years=periods.of(kinds.PERSON).years,
        secret=True,
    )


@front.waits
def copies(who: SignedIn) -> Iterator[Waiting]:
    """Somebody waits for their own copy, and the month is nearly over."""
    due = own_copy.due() if who.may(May.KEEP_DISCLOSURES) else []
    hidden = families.hidden_from(who.person) if due else set()
    for line in due:
        if line.family not in hidden and line.due_on:
            text = f"Somebody asked for their own copy. Answer by {line.due_on.day} {line.due_on:%B %Y}."
            yield Waiting(text, f"/disclosures/{line.number}/copy", "Make the copy", pressing=True)


def _asked(number: int) -> InformationRequest:
    """Such a request of an adult, or 404: also of a family that the one who asks knows."""
    asked = InformationRequest.get_or_none(InformationRequest.id == number, InformationRequest.what == OWN_COPY)
    if asked is None or asked.adult is None or asked.family_id in families.hidden_from(me().person):
        abort(404)
    return asked
