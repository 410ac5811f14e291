"""Makers of what statements are made of: referred families, and days on which both sides came."""

from collections.abc import Mapping
from datetime import date

from ccc import attendance, clock, referrals, statements
from ccc.attendance import Slot
from ccc.bookings import Booking
from ccc.contact_sessions import instant
from ccc.families import Family
from ccc.people import Person
from ccc.referrals import Referrer
from ccc.statements import Asked, Asking, Seen, Statement
from tests.booking_log import make_booking, make_family, make_session

CASE = "CAN/4711-23"
BODY, REFERRER = "Canarybody Solicitors", "Canaryreferrer Person"
SLOTS = (Slot.CHILD_CAME, Slot.VISITOR_CAME, Slot.CHILD_LEFT, Slot.VISITOR_LEFT)
# The child's side came late and left early; the times between are those of the contact.
TIMES = ("10:41", "10:17", "12:19", "12:33")
BEGAN, ENDED = "10:41", "12:19"
HOW = Asking(date(2026, 11, 20), "rang-back", "court")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 21)


def make_referrer(by: Person, name: str = REFERRER) -> Referrer:
    return referrals.add_referrer("solicitor", BODY, name, by)


def referred_family(by: Person, case: str | None = CASE, **changes: object) -> Family:
    """A family that a solicitor of its own referred."""
    family = make_family(by, **changes)
    referrals.refer(family, make_referrer(by, f"{REFERRER} {family.id}"), case, clock.today(), by)
    return family


def make_visit(
    family: Family, by: Person, day: date = date(2026, 11, 14), times: tuple[str | None, ...] = TIMES
) -> Booking:
    """A session of its own on that day, whose register is closed."""
    booking = make_booking(make_session(day), family, by)
    noted = {slot: at for slot, at in zip(SLOTS, times, strict=True) if at}
    note_all(booking, noted, by)
    return booking


def note_all(booking: Booking, times: Mapping[Slot, str], by: Person) -> None:
    """Note these times, and close the register."""
    for slot, at in times.items():
        attendance.note(booking, slot, instant(booking.session.day, at), by)
    attendance.close(booking.session, by)


def correct(booking: Booking, slot: Slot, at: str | None, by: Person) -> None:
    """Correct a time, or with none, say that it did not happen."""
    line = attendance.history(booking, slot)[0]
    attendance.correct(line, booking, instant(booking.session.day, at) if at else None, by)


def asked_for(family: Family, first: date = FIRST, last: date = LAST) -> Asked:
    """A statement for the recorded referrer."""
    return Asked(family, first, last)


def issue(asked: Asked, by: Person, how: Asking | None = HOW) -> Statement:
    """Look at a statement, and issue it."""
    return statements.issue(asked, Seen(statements.preview(asked).mark, statements.newest()), how, by)
