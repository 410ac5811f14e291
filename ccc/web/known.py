"""Somebody known: saying so to the co-ordinator, and from then on never seeing that family again."""

from collections.abc import Iterator

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, ValidationError
from wtforms.validators import InputRequired

from ccc import contact_sessions, families, rota
from ccc.bookings import known
from ccc.contact_sessions import ContactSession, named
from ccc.db import while_unchanged
from ccc.families import Family, FamilyKnown, Names
from ccc.people import Person
from ccc.roles import OFFICERS, May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import Form, Words, options
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.rota import MOST_SHOWN

bp = Blueprint("known", __name__, url_prefix="/known")
OURS = {"ours": "They know this family:", "none": "It is none of our families"}


class SettleForm(Form):
    """What the talk with somebody came to. For a family that they found themselves, there is nothing to choose."""

    outcome = RadioField("What came of it", [InputRequired("Choose one of these.")], choices=options(OURS))
    reference = Words("The family's reference", longest=10)
    looked = HiddenField()
    family: Family | None = None

    @property
    def wants_a_look(self) -> bool:
        """Tell whether a reference stands here that nobody has seen with its names yet: a slip cannot be taken back."""
        return self.family is not None and self.looked.data != self.family.reference

    def validate_reference(self, field: Words) -> None:
        if self.outcome.data != "ours":
            return
        self.family = families.find(field.data or "", me().person)
        if self.family is None:
            raise ValidationError("There is no family of this reference. It looks like F-7K3Q.")


@bp.route("/", methods=["GET", "POST"])
@access(May.SERVE)
def index() -> ResponseReturnValue:
    """Say that somebody one knows comes here, without being shown who does."""
    form = Form()
    if form.validate_on_submit():
        if me().may(May.SEE_FAMILIES):
            # Their page leads them to the family's own one instead: nobody but they themselves could settle this.
            abort(403)
        families.know(me().person, None, me().person)
        flash("Thank you. The co-ordinator will speak with you, and with nobody else about it.")
        return redirect(url_for(".index"), 303)
    own = (one for one in families.declared(me().person) if one.person_id == me().person.id and not one.family_id)
    return page("known/index.html", form=form, status=form.status, said=next(own, None))


@bp.get("/sessions/<int:number>")
@access(May.SERVE)
def names(number: int) -> ResponseReturnValue:
    """First names and initials of the families of one's own next session. Each look is written down."""
    session = _own_session(number)
    return page("known/names.html", secret=True, session=session, guests=known.look_through(session, me().person))


@bp.route("/sessions/<int:number>/<int:booking>", methods=["GET", "POST"])
@access(May.SERVE)
def guest(number: int, booking: int) -> ResponseReturnValue:
    """I know them: this family is hidden from whoever confirms it."""
    session, form = _own_session(number), Form()
    shown = known.look_through(session, me().person)
    found = next((guest for guest in shown if guest.booking == booking), None) or abort(404)
    if form.validate_on_submit():
        families.know(me().person, found.family, me().person)
        flash("Thank you. The co-ordinator is told, and you will not see this family again.")
        return redirect(url_for("rota.mine"), 303)
    return page("known/guest.html", secret=True, form=form, status=form.status, session=session, guest=found)


@bp.route("/families/<reference>", methods=["GET", "POST"])
@access(May.SEE_FAMILIES)
def family(reference: str) -> ResponseReturnValue:
    """A co-ordinator or an officer knows a family: another takes it, and it is hidden from them."""
    found, form = families.find(reference, me().person) or abort(404), Form()
    if form.validate_on_submit():
        families.know(me().person, found, me().person)
        flash("Written down. From now on this family is hidden from you.")
        return redirect(url_for("families.index"), 303)
    return page("known/family.html", form=form, status=form.status, family=found)


@bp.route("/<int:number>/settle", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def settle(number: int) -> ResponseReturnValue:
    """After speaking with whoever said so, write down what came of it."""
    declared = next((one for one in _for_others(me().person) if one.id == number), None) or abort(404)
    form = SettleForm()
    if declared.family_id:
        del form.outcome, form.reference, form.looked
    shown: Names | None = None
    if form.validate_on_submit():
        if form.family and form.wants_a_look:
            form.looked.data, shown = form.family.reference, families.names_of([form.family.id])[form.family.id]
        else:
            with form.refusals():
                families.settle(declared, form.family, me().person)
                flash("Written down. If a rota has to change, your first page says so.")
                return redirect(url_for("front.index"), 303)
    return page("known/settle.html", form=form, status=form.status, known=declared, names=shown, secret=True)


@front.waits
def declarations(who: SignedIn) -> Iterator[Waiting]:
    """Tell the co-ordinator who knows somebody that comes, and which rotas have to change for it."""
    if not who.may(May.RUN_SESSIONS):
        return
    for one in _for_others(who.person)[:MOST_SHOWN]:
        what = "they know a family that comes" if one.family_id else "somebody whom they know comes here"
        text = f"{one.person.name} says that {what}."
        yield Waiting(text, url_for("known.settle", number=one.id), "Speak with them", pressing=True)
    # Nobody is told of their own: it would tell them that the family comes.
    others = [clash for clash in known.clashes(who.person) if clash.person != who.person.id]
    for session, day, on_rota in dict.fromkeys((clash.session, clash.day, bool(clash.person)) for clash in others):
        yield _to_change(session, named([day]), on_rota=on_rota)


@front.waits
def families_without_coordinator(who: SignedIn) -> Iterator[Waiting]:
    """Tell the two officers that a family needs another co-ordinator. They are told of no family, and of no name."""
    count = known.without_coordinator() if who.roles & OFFICERS else 0
    if count:
        needs = "A family needs" if count == 1 else f"{count} families need"
        yield Waiting(
            f"{needs} another co-ordinator: whoever holds the office knows them.", "/people/", "Look at people"
        )


def _to_change(session: int, day: str, *, on_rota: bool) -> Waiting:
    """Say what has to change in a session: its rota, or the places of two families who must not meet."""
    if on_rota:
        text = f"The rota of {day} needs a change: somebody on it knows a family that comes."
        return Waiting(text, url_for("rota.of_session", number=session), "Change the rota", pressing=True)
    text = f"On {day} two families would meet who must not."
    return Waiting(text, url_for("booking_acts.session", number=session), "Look at the session", pressing=True)


def _own_session(number: int) -> ContactSession:
    """The session of this number, for somebody on its rota."""
    session = contact_sessions.get(number) or abort(404)
    if not rota.serves(session, me().person):
        abort(403)
    rota.insist_may_serve(me().person)
    return session


@while_unchanged
def _for_others(person: Person) -> tuple[FamilyKnown, ...]:
    """What waits for somebody to settle it; nobody settles what they said themselves."""
    return tuple(one for one in families.declared(person) if one.person_id != person.id)
