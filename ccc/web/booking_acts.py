"""One session's page, giving a family a place from there or from the family's own page, and cancelling."""

from typing import Any

from flask import Blueprint, abort, flash, redirect
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice, SelectField, ValidationError
from wtforms.validators import InputRequired

from ccc import assessments, attendance, bookings, clock, contact_sessions, families, rota
from ccc.bookings import CLOSED, CODES, ENDED, SIDES, Series, known
from ccc.contact_sessions import ContactSession
from ccc.families import Family
from ccc.people import RefusedError
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, Words, options
from ccc.web.page import page

bp = Blueprint("booking_acts", __name__)
CHOOSE = "Choose one of these."
HOW_OFTEN = {"once": "Once, in this session", "until": "In every session like this one, until a day"}
WHO = {side: words.capitalize() for side, words in SIDES.items()}
WHY = {code: words.capitalize() for code, words in CODES.items() if code not in (CLOSED, ENDED)}
# More than a list to pick from can hold: then one types the reference, or comes from the family's own page.
MOST_OFFERED, MOST_SESSIONS = 100, 100


class BookForm(Form):
    how = RadioField("How often?", [InputRequired(CHOOSE)], choices=options(HOW_OFTEN))
    until = DayField("The last day")

    def validate_until(self, field: DayField) -> None:
        if self.how.data == "until" and not field.data:
            raise ValidationError("Fill in the last day.")


class FamilyForm(BookForm):
    reference = Words("The family's reference", [InputRequired("Type in the reference.")], longest=12)


class SessionForm(BookForm):
    session = SelectField("Which session?")


class CancelForm(Form):
    side = RadioField("Who cancels?", [InputRequired(CHOOSE)], choices=options(WHO))
    code = RadioField("Why?", [InputRequired(CHOOSE)], choices=options(WHY))


@bp.get("/sessions/<int:number>/")
@access(May.SEE_FAMILIES)
def session(number: int) -> ResponseReturnValue:
    """One session: who has a place, who serves. A family that somebody knows is only counted for them."""
    held, hidden = _session(number), families.hidden_from(me().person)
    booked = bookings.of_session(held)
    seen = [booking for booking in booked if booking.family_id not in hidden]
    return page(
        "sessions/session.html",
        session=held,
        booked=seen,
        taken=len(booked),
        names=families.names_of(booking.family_id for booking in seen),
        visits=assessments.visits(held, {booking.family_id for booking in seen}),
        crew=rota.on(held),
        cancelled=bookings.cancelled_in(held, hidden),
        meeting=any(one.session == held.id and one.person is None for one in known.clashes(me().person)),
        is_to_come=_is_to_come(held),
        register=attendance.why_shut(held, clock.now(), runs=True) is None,
        why=contact_sessions.CODES.get(held.cancel_code or "", "The centre is closed on this day"),
        in_words=bookings.in_words,
        secret=True,
    )


@bp.route("/sessions/<int:number>/book", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def book(number: int) -> ResponseReturnValue:
    held, form = _session(number), FamilyForm(data={"how": "once"})
    if form.validate_on_submit():
        with form.refusals():
            family = families.find(form.reference.data, me().person)
            if family is None:
                raise RefusedError("There is no family of this reference.")
            return _booked(form, held, family, f"/sessions/{number}/")
    return page("bookings/book.html", form=form, status=form.status, session=held, offered=_offered(), secret=True)


@bp.route("/families/<reference>/book", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def book_family(reference: str) -> ResponseReturnValue:
    family = families.find(reference, me().person) or abort(404)
    coming = {one.id: one for one in contact_sessions.coming(clock.today(), MOST_SESSIONS) if _is_to_come(one)}
    form = SessionForm(data={"how": "once"})
    form.session.choices = _choices(coming)
    if form.validate_on_submit():
        with form.refusals():
            held = coming[int(form.session.data)]
            return _booked(form, held, family, f"/bookings/?reference={family.reference}")
    shown: dict[str, Any] = {"family": family, "coming": coming, "waits_for": bookings.waits_for(family)}
    return page("bookings/book_family.html", form=form, status=form.status, **shown)


@bp.route("/bookings/<int:number>/cancel", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def cancel(number: int) -> ResponseReturnValue:
    booking, form = bookings.find(number, me().person) or abort(404), CancelForm()
    if booking.status == "cancelled":
        raise RefusedError("This booking is cancelled already.")
    if form.validate_on_submit():
        with form.refusals():
            bookings.cancel(booking, form.side.data, form.code.data, me().person)
            flash("The booking is cancelled, and the place is free again.")
            return redirect(f"/sessions/{booking.session_id}/", 303)
    return page("bookings/cancel.html", form=form, status=form.status, booking=booking)


def _session(number: int) -> ContactSession:
    return contact_sessions.get(number) or abort(404)


def _is_to_come(held: ContactSession) -> bool:
    return not held.cancelled_at and held.begins > clock.now()


def _booked(form: BookForm, held: ContactSession, family: Family, then: str) -> ResponseReturnValue:
    """Book what the form asks for, tell what came of it, and go on there."""
    if form.how.data == "until":
        flash(_told(bookings.book_until(held, family, form.until.data, me().person)))
    else:
        bookings.book(held, family, me().person)
        flash(f"The place on {contact_sessions.named([held.day])} is booked.")
    return redirect(then, 303)


def _told(series: Series) -> str:
    """Say how many places were given, and for the days left out, why. It names no family."""
    count, last = len(series.booked), series.booked[-1].day
    told = [f"{count} {'place is' if count == 1 else 'places are'} booked, to {contact_sessions.named([last])}."]
    for reason in dict.fromkeys(why for _, why in series.refused):
        days = contact_sessions.named(held.day for held, why in series.refused if why == reason)
        told.append(f"Not on {days}: {reason[0].lower()}{reason[1:]}")
    return " ".join(told)


def _offered() -> list[tuple[str, families.Names]]:
    """The active families to pick from, where they are few enough for a list."""
    active = families.visible_to(me().person).where(Family.ended_on.is_null()).order_by(Family.reference)
    found = {family.id: family.reference for family in active.limit(MOST_OFFERED + 1)}
    names = families.names_of(found) if len(found) <= MOST_OFFERED else {}
    return [(found[number], name) for number, name in names.items()]


def _choices(coming: dict[int, ContactSession]) -> list[SelectChoice]:
    taken = contact_sessions.in_use(list(coming))
    return options({str(number): _choice(held, held.places - taken[number]) for number, held in coming.items()})


def _choice(held: ContactSession, free: int) -> str:
    places = "full" if free <= 0 else "1 place free" if free == 1 else f"{free} places free"
    return f"{held.day:%A} {contact_sessions.named([held.day])}, {held.starts}–{held.ends} ({places})"
