"""For a hall without a network: the sheet of a session on paper, and the page on which it is typed in afterwards."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField
from wtforms.validators import InputRequired

from ccc import assessments, attendance, clock, contact_sessions
from ccc.attendance import Card, SheetRefusedError, Slot
from ccc.contact_sessions import ContactSession, instant
from ccc.people import RefusedError
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import ClockTime, Form
from ccc.web.page import page
from ccc.web.register import led

bp = Blueprint("sheet", __name__, url_prefix="/sessions/<int:number>")


class SheetForm(Form):
    """The tick under the times; `of` puts the fields above it, one for each time of each family."""

    shredded = BooleanField(
        "The sheet was shredded", [InputRequired("Shred the sheet first, or lock it away and come back to this page.")]
    )

    @classmethod
    def of(cls, cards: list[Card]) -> "SheetForm":
        """The form for the families of one session."""

        class OfSession(cls):  # type: ignore[misc, valid-type]  # WTForms' own way to a form that depends on data
            pass

        for card in cards:
            for row in card.rows:
                setattr(OfSession, name_of(card.booking, row.slot), ClockTime(f"{card.children}: {row.words}"))
        return OfSession()

    def typed(self, cards: list[Card], session: ContactSession) -> dict[int, dict[Slot, Any]]:
        """The times that were typed in, by booking and slot."""
        return {
            card.booking: {
                row.slot: instant(session.day, at)
                for row in card.rows
                if (at := self[name_of(card.booking, row.slot)].data)
            }
            for card in cards
        }


@bp.get("/sheet")
@access(May.RUN_SESSIONS)
def sheet(number: int) -> ResponseReturnValue:
    """The sheet on A4. That it was opened is written down."""
    session = contact_sessions.get(number) or abort(404)
    if session.cancelled_at:
        raise RefusedError("This session was cancelled, so it has no sheet.")
    attendance.print_sheet(session, me().person)
    cards, left_out = attendance.cards(session, me().person)
    shown: dict[str, Any] = {"session": session, "cards": cards, "left_out": left_out}
    shown["visits"] = assessments.visits(session, {card.family for card in cards})
    shown["is_open"] = not session.closed_at and attendance.why_shut(session, clock.now(), runs=True) is None
    return page("register/sheet.html", secret=True, **shown)


@bp.route("/typed-in", methods=["GET", "POST"])
@access(May.SERVE)
def typed_in(number: int) -> ResponseReturnValue:
    """The sheet again, as fields in its own order, to be filled in by keyboard alone."""
    session = led(number)
    cards, left_out = attendance.cards(session, me().person)
    form = SheetForm.of(cards)
    if form.validate_on_submit():
        with form.refusals():
            try:
                attendance.type_in(session, form.typed(cards, session), me().person)
                flash("The sheet is typed in, and the register is closed.")
                return redirect(url_for("front.index"), 303)
            except SheetRefusedError as error:
                _mark(form, error)
                raise
    shown: dict[str, Any] = {"session": session, "cards": cards, "left_out": left_out, "name_of": name_of}
    return page("register/typed_in.html", form=form, status=form.status, secret=True, **shown)


def name_of(booking: int, slot: Slot) -> str:
    """The name of the field for one time of one family."""
    return f"at-{booking}-{slot}"


def _mark(form: SheetForm, error: SheetRefusedError) -> None:
    """Put what is wrong beside the time that it is about."""
    for (booking, slot), why in error.faults.items():
        field = form[name_of(booking, slot)]
        field.errors = [*field.errors, why]
