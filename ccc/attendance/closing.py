"""Closing a register: what became of each place, and the printed sheet that is typed in and shredded."""

from collections.abc import Mapping
from datetime import datetime

from ccc import bookings, clock, families
from ccc.attendance import lines
from ccc.attendance.day import child_is_here, order_fault
from ccc.attendance.lines import Entry, Newest, outcome
from ccc.attendance.records import Slot
from ccc.audit import Event, record
from ccc.bookings.records import Booking
from ccc.contact_sessions.records import ContactSession, ref
from ccc.db import writing
from ccc.people import Person, RefusedError

Typed = Mapping[int, Mapping[Slot, datetime]]
STILL_HERE = "A child is noted as here. Note first when they left."


class SheetRefusedError(RefusedError):
    """What was typed in from a sheet cannot be right: `faults` says what, by booking and slot. Nothing was written."""

    def __init__(self, faults: dict[tuple[int, Slot], str]) -> None:
        super().__init__("Nothing was written yet: look at the times that are marked.")
        self.faults = faults


def close(session: ContactSession, by: Person) -> None:
    """Close the register: each place gets what became of it. Raises RefusedError while a child is still here."""
    with writing():
        _close(_to_close(session, by), by)


def type_in(session: ContactSession, typed: Typed, by: Person) -> None:
    """Write what the printed sheet says, close the register, and record that the sheet was shredded; or do nothing.

    Raises SheetRefusedError for times that cannot be right, and RefusedError if the register cannot be closed.
    """
    with writing():
        fresh = _to_close(session, by)
        booked = {booking.id: booking for booking in bookings.of_session(fresh)}
        if not typed.keys() <= booked.keys():
            raise RefusedError("A place was cancelled meanwhile. Look at the page again.")
        _write_sheet(fresh, {booked[number]: times for number, times in typed.items()}, by)
        _close(fresh, by)
        ContactSession.update(sheet_shredded_on=clock.today()).where(ContactSession.id == fresh.id).execute()
        record(Event.SHEET_SHREDDED, by.id, ref(fresh), on=clock.today())


def print_sheet(session: ContactSession, by: Person) -> None:
    """Record that somebody opened the printed sheet of a session."""
    with writing():
        record(Event.SHEET_PRINTED, by.id, ref(session))


def _to_close(session: ContactSession, by: Person) -> ContactSession:
    fresh: ContactSession = ContactSession.get_by_id(session.id)
    booked = {booking.family_id for booking in bookings.of_session(fresh)}
    faults = {
        "This session was cancelled, so it has no register.": fresh.cancelled_at,
        "The register is closed already.": fresh.closed_at,
        "The session has not begun yet.": fresh.begins > clock.now(),
        "Not every family of this session is shown to you. Ask another co-ordinator to close the register.": booked
        & families.hidden_from(by),
    }
    if why_not := next((why for why, holds in faults.items() if holds), None):
        raise RefusedError(why_not)
    return fresh


def _close(session: ContactSession, by: Person) -> None:
    counting, booked = lines.counting(session), bookings.of_session(session)
    if any(child_is_here(times) for times in counting.values()):
        raise RefusedError(STILL_HERE)
    # Who has not come by then may still come.
    if clock.now() < session.finishes and any(Slot.CHILD_LEFT not in counting.get(one.id, ()) for one in booked):
        raise RefusedError(f"The session goes on until {session.ends}. Before that, every child must have left.")
    for booking in booked:
        bookings.set_outcome(booking, *outcome(counting.get(booking.id, {})))
    closed = {"closed_at": clock.now(), "closed_by": by}
    ContactSession.update(closed).where(ContactSession.id == session.id).execute()
    record(Event.REGISTER_CLOSED, by.id, ref(session))


def _write_sheet(session: ContactSession, typed: Mapping[Booking, Mapping[Slot, datetime]], by: Person) -> None:
    newest = {booking: lines.newest_of(booking) for booking in typed}
    for booking in typed:
        booking.session = session
    faults = {
        (booking.id, slot): why
        for booking, times in typed.items()
        for slot, why in _faults(booking, times, newest[booking]).items()
    }
    if faults:
        raise SheetRefusedError(faults)
    for booking, times in typed.items():
        for slot, at in times.items():
            lines.add(booking, Entry(slot, at, by, "sheet"), newest[booking])


def _faults(booking: Booking, times: Mapping[Slot, datetime], newest: Newest) -> dict[Slot, str]:
    """What is wrong with the times of one family; a child of whom no line says that it left is wrong as well."""
    all_times = {slot: line.at for slot, line in newest.items() if line.at} | dict(times)
    found = {
        slot: why
        for slot, at in times.items()
        if (why := lines.slot_fault(booking, slot, at, newest) or order_fault(slot, all_times))
    }
    if child_is_here(all_times):
        found.setdefault(Slot.CHILD_LEFT, "When did the child leave?")
    return found
