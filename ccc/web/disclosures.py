"""Who asked for what about a family: the log, logging a request, and one request with all that became of it."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Regexp

from ccc import clock, disclosures, families
from ccc.audit import Event, record
from ccc.db import writing
from ccc.disclosures import REFERRER, InformationRequest, Line, NewRequest, State, words
from ccc.families import SIDES, Adult, Family
from ccc.people import Person, RefusedError
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, Words, options
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.people import LARGEST

bp = Blueprint("disclosures", __name__, url_prefix="/disclosures")
CHOOSE = "Choose one of these."
MOST_SHOWN = 10
NOBODY = {"": "Nobody in particular"}


class RequestForm(Form):
    seen = HiddenField(validators=[Regexp("^[0-9]{1,9}$", message="Go back and open this page again.")])
    asked_on = DayField("The day on which they asked", [InputRequired("Fill in the day.")])
    kind = RadioField("Who asks?", [InputRequired(CHOOSE)])
    asker = Words("Their name", longest=100)
    body = Words("Of what body, by its name?", longest=100)
    verified = RadioField(
        "How do we know that it is them?", [InputRequired(CHOOSE)], choices=options(words.capital(words.VERIFIED))
    )
    what = RadioField("What do they ask for?", [InputRequired(CHOOSE)], choices=options(words.capital(words.WHAT)))
    adult = SelectField("Whose is it?")
    purpose = RadioField("What is it for?", [InputRequired(CHOOSE)], choices=options(words.capital(words.PURPOSES)))

    def asked(self, family: Family) -> NewRequest:
        """The request. Who stands in the family's own record is taken from there, whatever is typed in."""
        typed = self.kind.data, self.asker.data, self.body.data or None
        kind, asker, body = disclosures.askers(family).get(self.kind.data, typed)
        names = ("asked_on", "verified", "what", "purpose")
        adult = Adult.get_by_id(int(self.adult.data)) if self.adult.data else None
        return NewRequest(family, adult, kind=kind, asker=asker, body=body, **{name: self[name].data for name in names})


@bp.get("/")
@access(May.SEE_DISCLOSURES)
def index() -> ResponseReturnValue:
    asked = request.args.get("after", 0, type=int)
    after = asked if 0 < asked < LARGEST else 0
    lines, more = disclosures.page_of_log(me().person, after)
    undone = _undone(me().person) if not after else []
    shown: dict[str, Any] = {"lines": lines, "more": more, "after": after, "undone": undone}
    return page("disclosures/index.html", secret=True, kinds=words.KINDS, whats=words.WHAT, **shown)


@bp.route("/new", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def new() -> ResponseReturnValue:
    """First the family, by its reference; then the request."""
    reference = request.args.get("family", "")
    family = families.find(reference, me().person) if reference else None
    if family is None:
        return page("disclosures/which.html", reference=reference, status=404 if reference else 200, secret=True)
    return _form_page(RequestForm(data={"asked_on": clock.today(), "seen": _newest()}), family, None)


@bp.get("/<int:number>/")
@access(May.SEE_DISCLOSURES)
def one(number: int) -> ResponseReturnValue:
    """One request with its whole history and the next step. That somebody looked is written down."""
    held = found(number)
    with writing():
        record(Event.REQUEST_SEEN, me().person.id, disclosures.ref(held))
    line, asked = disclosures.state_of(held), disclosures.history(held)
    made = disclosures.acts(asked)
    shown: dict[str, Any] = {"asked": asked, "acts": made, "line": line, "words": words, "State": State}
    shown["replaced"] = replaced = {act.replaces_id for act in made}
    shown["correctable"] = any(disclosures.is_correctable(act) for act in made if act.id not in replaced)
    shown["parts"] = disclosures.parts_of(held.family)
    shown["newer"] = held.informationrequest_set.select(InformationRequest.id).scalar()
    shown["theirs"] = disclosures.is_theirs(held)
    return page("disclosures/one.html", secret=True, **shown, **about(held))


@bp.route("/<int:number>/change", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def change(number: int) -> ResponseReturnValue:
    held = found(number)
    if disclosures.state_of(held) is None:
        raise RefusedError("This request was corrected already. Open the log again.")
    who = (held.kind, held.asker, held.body)
    chosen = next((key for key, one in disclosures.askers(held.family).items() if one == who), held.kind)
    data = {name: getattr(held, name) for name in ("asked_on", "asker", "body", "verified", "what", "purpose")}
    form = RequestForm(data=data | {"kind": chosen, "adult": str(held.adult_id or ""), "seen": _newest()})
    return _form_page(form, held.family, held)


def found(number: int) -> InformationRequest:
    """A request of a family that the one who asks may know of, or 404."""
    held = InformationRequest.get_or_none(InformationRequest.id == number) if number < LARGEST else None
    if held is None or held.family_id in families.hidden_from(me().person):
        abort(404)
    return held


def about(held: InformationRequest) -> dict[str, Any]:
    """A request, its family by reference, and how to say who asks, and whose details it is about."""
    return {"request_": held, "family": held.family, "who": _who, "whose": _whose}


@front.waits
def waiting(who: SignedIn) -> Iterator[Waiting]:
    """Tell the co-ordinator what to answer, and an officer what to decide or to countersign."""
    if not who.may(May.SEE_DISCLOSURES):
        return
    undone = _undone(who.person)
    if who.may(May.KEEP_DISCLOSURES):
        for line in [line for line in undone if line.state == State.OPEN][:MOST_SHOWN]:
            yield Waiting(f"A request about {line.reference} has no answer yet.", address_of(line.number), "Look at it")
    if who.may(May.DECIDE_RELEASE):
        for line in [line for line in undone if line.state != State.OPEN and line.by != who.person.id][:MOST_SHOWN]:
            text = f"About {line.reference}: {line.state}."
            yield Waiting(text, address_of(line.number), "Look at it", pressing=True)


def address_of(number: int) -> str:
    return url_for("disclosures.one", number=number)


def _form_page(form: RequestForm, family: Family, corrects: InformationRequest | None) -> ResponseReturnValue:
    known, others = _on_record(family), words.BODIES | {"private": words.PRIVATE["private"]}
    form.adult.choices = options(NOBODY | {key: said for key, said in known.items() if key != REFERRER})
    form.kind.choices = options(known | words.capital(others))
    if form.validate_on_submit():
        with form.refusals():
            logged = disclosures.log(form.asked(family), me().person, corrects, int(form.seen.data))
            flash("The correction is saved." if corrects else "The request is logged.")
            return redirect(address_of(logged.id), 303)
    if form.form_errors:
        form.seen.data = _newest()
    shown = {"family": family, "corrects": corrects}
    return page("disclosures/new.html", form=form, status=form.status, secret=True, **shown)


def _newest() -> str:
    return str(disclosures.newest_by(me().person))


def _who(held: InformationRequest) -> str:
    """Who asks. Of an adult of the family, whoever may see no family learns the side alone."""
    hidden = held.kind in SIDES and not me().may(May.SEE_FAMILIES)
    names = [] if hidden else filter(None, (held.asker, held.body))
    return ", ".join([*names, words.KINDS[held.kind]])


def _whose(held: InformationRequest) -> str:
    return SIDES[held.adult.side] if held.adult_id else "nobody in particular"


def _on_record(family: Family) -> dict[str, str]:
    """Those who stand in the family's record, in words: its adults, and its referrer."""
    titles = SIDES | dict.fromkeys(words.BODIES, "the referrer recorded for this family")
    known = disclosures.askers(family).items()
    return {key: ", ".join([*filter(None, names), titles[kind]]) for key, (kind, *names) in known}


def _undone(person: Person) -> Sequence[Line]:
    lines = disclosures.undone()
    hidden = families.hidden_from(person) if lines else ()
    return [line for line in lines if line.family not in hidden]
