"""The register of a session, on a phone in the hall: who is expected, one button for each thing that comes next."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from wtforms import BooleanField, HiddenField, RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from ccc import assessments, attendance, bookings, clock, contact_sessions, families, rota
from ccc.attendance import HERE, OUT, SLOTS, WORDS, Card, Slot
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession, instant
from ccc.db import while_unchanged
from ccc.families import Adult
from ccc.people import Person, RefusedError
from ccc.roles import May
from ccc.rota import Duty
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import ClockTime, Form, Whole, options
from ccc.web.front import Waiting
from ccc.web.page import macro, page, turn_away, wants_fragment

bp = Blueprint("register", __name__, url_prefix="/sessions/<int:number>")
WHEN = "Fill in the time."
NOT_ON_ROTA = "You are not on the rota of this session, so its register is closed to you. Speak with the co-ordinator."
NOT_LEADING = "This is for whoever leads the session, and for the co-ordinator."
# Said in the same words to whoever knows the family.
NO_PLACE = "This family has no place in this session, so nothing was noted. Go back to the register."


class NoteForm(Form):
    """One press. `shown` is the time that stood in the field: left as it was, it means the moment of the press."""

    booking = Whole(validators=[InputRequired()])
    slot = SelectField(choices=options({slot: slot for slot in Slot}))
    at = ClockTime("Time", [InputRequired(WHEN)])
    shown = HiddenField()

    def instant(self, session: ContactSession) -> datetime:
        now = clock.local(clock.now()).replace(second=0, microsecond=0)
        untouched = self.at.data == self.shown.data and session.day == now.date()
        return now if untouched else instant(session.day, self.at.data)


class CorrectForm(Form):
    """Another time, or by its own button that it did not happen. `seen` is the line that is corrected, if any."""

    seen = Whole(validators=[Optional()])
    at = ClockTime("The time")
    nothing = BooleanField()

    def validate_at(self, field: ClockTime) -> None:
        if not (field.data or field.errors or self.nothing.data):
            raise ValidationError(WHEN)


class AdultForm(Form):
    """One adult of one family, whose telephone number is needed."""

    adult = RadioField("Whom do you want to ring?", [InputRequired("Choose one of them.")], coerce=int)


@bp.route("/register", methods=["GET", "POST"])
@access(May.SERVE, unhurried=True)
def register(number: int) -> ResponseReturnValue:
    """The register, and each press on it. To htmx goes back the one family's card."""
    session, form = opened(number), NoteForm()
    if form.validate_on_submit():
        booking, at = booking_of(session, form.booking.data), form.instant(session)
        with form.refusals():
            attendance.note(booking, Slot(form.slot.data), at, me().person)
            if not wants_fragment():
                return redirect(url_for(".register", number=number, _anchor=f"family-{booking.id}"), 303)
    return _register(session, form)


@bp.route("/register/<int:booking>/<slot>", methods=["GET", "POST"])
@access(May.SERVE, unhurried=True)
def correct(number: int, booking: int, slot: str) -> ResponseReturnValue:
    """One thing that is noted, with every line about it; and the form that corrects it, or adds it later on."""
    session = opened(number)
    place, what = booking_of(session, booking), Slot(slot) if slot in set(Slot) else abort(404)
    lines = attendance.history(place, what) if what in SLOTS[place.service] else abort(404)
    now = lines[0] if lines and lines[0].at else None
    form = CorrectForm(data={"at": now.clock if now else None})
    if form.validate_on_submit():
        at = None if form.nothing.data else instant(session.day, form.at.data)
        with form.refusals():
            _correct(place, what, at, form.seen.data)
            return redirect(url_for(".register", number=number, _anchor=f"family-{booking}"), 303)
    card = next(card for card in attendance.cards(session, me().person)[0] if card.booking == booking)
    shown: dict[str, Any] = {"session": session, "card": card, "lines": lines, "what": WORDS[what], "now": now}
    return page("register/correct.html", form=form, status=form.status, secret=True, **shown)


@bp.route("/close", methods=["GET", "POST"])
@access(May.SERVE, unhurried=True)
def close(number: int) -> ResponseReturnValue:
    """What will be written when the register is closed; and the button that closes it."""
    session, form = led(number), Form()
    if form.validate_on_submit():
        with form.refusals():
            attendance.close(session, me().person)
            flash("The register is closed. From now on the co-ordinator corrects it.")
            return redirect(url_for("front.index"), 303)
    listed, left_out = attendance.cards(session, me().person)
    outcomes = [(card, bookings.in_words(*attendance.outcome(card.lines))) for card in listed]
    shown: dict[str, Any] = {"session": session, "outcomes": outcomes, "left_out": left_out, "here": HERE, "out": OUT}
    shown["over"] = session.finishes <= clock.now()
    return page("register/close.html", form=form, status=form.status, secret=True, **shown)


@bp.route("/not-collected", methods=["GET", "POST"])
@access(May.SERVE, unhurried=True)
def not_collected(number: int) -> ResponseReturnValue:
    """For a child whom nobody came for: one adult's telephone number, for which somebody has to ask."""
    session, form = led(number), AdultForm()
    _insist_on_late(session)
    waiting = [card for card in attendance.cards(session, me().person)[0] if card.state in (HERE, OUT)]
    adults = {adult.id: adult for adult in _two_sides([card.family for card in waiting])}
    children = {card.family: card.children for card in waiting}
    form.adult.choices = [(one.id, f"{children[one.family_id]}: {_who(one)}") for one in adults.values()]
    shown: dict[str, Any] = {"session": session, "waiting": waiting}
    if form.validate_on_submit():
        chosen = adults[form.adult.data]
        shown |= {"who": _who(chosen), "phone": families.phone_of(chosen, me().person) or "", "given": True}
    return page("register/not_collected.html", form=form, status=form.status, secret=True, **shown)


@front.waits
def registers(who: SignedIn) -> Iterator[Waiting]:
    """The register that is open now, for those who serve; one that nobody closed, for the co-ordinator."""
    runs, now = who.may(May.RUN_SESSIONS), clock.now()
    for session in attendance.unclosed(who.person.id, clock.today(), runs=runs):
        if attendance.why_shut(session, now, runs=False) is None:
            text = f"The register is open: {session.starts}–{session.ends}."
            yield Waiting(text, f"/sessions/{session.id}/register", "Open the register", pressing=True)
        elif runs and now > session.finishes:
            text = f"Nobody has closed the register of {session.day.day} {session.day:%B}."
            yield Waiting(text, f"/sessions/{session.id}/close", "Look at it")


def opened(number: int) -> ContactSession:
    """The session whose register this is, for those who may write in it now."""
    session, duty = _of_today(number, me().person)
    runs = me().may(May.RUN_SESSIONS)
    if session is None:
        abort(404)
    if not (runs or duty):
        turn_away(403, NOT_ON_ROTA)
    if not runs:
        rota.insist_may_serve(me().person)
    if why_not := attendance.why_shut(session, clock.now(), runs=runs, leads=bool(duty and duty.leader)):
        raise RefusedError(why_not)
    return session


@while_unchanged
def _of_today(number: int, person: Person) -> tuple[ContactSession | None, Duty | None]:
    """A session and somebody's duty in it: asked for with every press and look."""
    session = contact_sessions.get(number)
    return session, rota.serves(session, person) if session else None


def led(number: int) -> ContactSession:
    """The session, for whoever leads it and for the co-ordinator, once it has begun."""
    session: ContactSession = contact_sessions.get(number) or abort(404)
    if not attendance.may_lead(session, me().person, me().roles):
        turn_away(403, NOT_LEADING)
    runs = me().may(May.RUN_SESSIONS)
    if not runs:
        rota.insist_may_serve(me().person)
    if why_not := attendance.why_shut(session, clock.now(), runs=runs, leads=True):
        raise RefusedError(why_not)
    if session.closed_at:
        raise RefusedError("The register is closed already. From now on the co-ordinator corrects it.")
    return session


def booking_of(session: ContactSession, number: int) -> Booking:
    """The place of this number in a session. One that is not for this reader is no place at all."""
    found = Booking.get_or_none(Booking.id == number, Booking.session == session)
    if found is None or found.family_id in families.hidden_from(me().person):
        turn_away(404, NO_PLACE)
    if found.status == "cancelled":
        raise RefusedError("This place was cancelled, so nothing can be noted for it.")
    return found


def _register(session: ContactSession, form: NoteForm) -> Response:
    listed, _ = attendance.cards(session, me().person)
    pressed = next((card for card in listed if card.booking == form.booking.data), None)
    alone, runs = [pressed] if pressed and wants_fragment() else [], me().may(May.RUN_SESSIONS)
    _, duty = _of_today(session.id, me().person)
    return page(
        "register/register.html",
        "card" if pressed else None,
        status=form.status,
        secret=True,
        session=session,
        cards=_drawn(session, alone or listed, form),
        pressed=pressed,
        alone=alone,
        visits={} if alone else assessments.visits(session, {card.family for card in listed}),
        listed=listed,
        form=form,
        # Whether one of them comes today is not told: whoever knows a family learns nothing of it.
        left_out=bool(families.hidden_from(me().person)),
        counted=attendance.counted(listed),
        leads=runs or bool(duty and duty.leader),
        runs=runs,
        over=session.finishes <= clock.now(),
    )


def _drawn(session: ContactSession, listed: list[Card], form: NoteForm) -> list[Markup]:
    """The cards for this reader: that of a press with what came of it, and the others with what is remembered."""
    local, runs = clock.local(clock.now()), me().may(May.RUN_SESSIONS)
    now, token = f"{local:%H:%M}" if session.day == local.date() else "", generate_csrf()
    drawn, draw = _cards(session, now, runs=runs), macro("register/card.html", "card")
    return [
        draw(card, session, now, runs, token, form)
        if card.booking == form.booking.data
        else drawn[card.booking] % {"children": card.children, "admitted": ", ".join(card.admitted), "token": token}
        for card in listed
    ]


@while_unchanged
def _cards(session: ContactSession, now: str, *, runs: bool) -> dict[int, Markup]:
    """The cards of a session with marks where names and tokens go, since nothing that is remembered is a secret."""
    draw = macro("register/card.html", "card")
    sealed = attendance.sealed_cards(session.id)
    marked = [card._replace(children="%(children)s", admitted=["%(admitted)s"]) for card in sealed]
    return {card.booking: draw(card, session, now, runs, "%(token)s") for card in marked}


def _correct(booking: Booking, slot: Slot, at: datetime | None, seen: int | None) -> None:
    line = next((line for line in attendance.history(booking, slot) if line.id == seen), None)
    if line:
        attendance.correct(line, booking, at, me().person)
    elif at:
        attendance.note(booking, slot, at, me().person)
    else:
        raise RefusedError("This is not noted, so there is nothing to take away.")


def _insist_on_late(session: ContactSession) -> None:
    """Nobody is late before the end; and the number is for that day, not for some day after."""
    if clock.now() < session.finishes:
        raise RefusedError("The session is not over yet. Come back here if nobody has come for a child by then.")
    if clock.today() > session.day and not me().may(May.RUN_SESSIONS):
        raise RefusedError("That day is over. Tell the co-ordinator.")


def _two_sides(numbers: list[int]) -> list[Adult]:
    sides = Adult.side.in_(("home", "visiting")) & Adult.withdrawn_on.is_null()
    return list(Adult.select().where(Adult.family.in_(numbers), sides).order_by(Adult.family, Adult.side))


def _who(adult: Adult) -> str:
    side = "with whom the child lives" if adult.side == "home" else "who visits the child"
    return f"{adult.first_name} {adult.last_name[:1]}., {side}"
