"""The lines of a register: noted once, corrected by new lines, and which of them count."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from peewee import IntegrityError

from ccc import bookings, clock, contact_sessions, people, roles
from ccc.attendance.day import order_fault, time_fault
from ccc.attendance.records import SLOTS, Attendance, Slot
from ccc.audit import Event, record
from ccc.bookings.records import Booking, ref
from ccc.contact_sessions.records import ContactSession
from ccc.db import db, writing
from ccc.people import Person, RefusedError
from ccc.roles import May

READ = """
SELECT a.booking_id, a.id, a.slot, a.at, a.created_at, p.name, later.id IS NULL
  FROM attendance a JOIN booking b ON b.id = a.booking_id JOIN person p ON p.id = a.by_id
  LEFT JOIN attendance later ON later.replaces_id = a.id
"""
OF_SESSION = READ + " WHERE b.session_id = ? AND b.status != 'cancelled' AND later.id IS NULL"
OF_SLOT = READ + " WHERE a.booking_id = ? AND a.slot = ? ORDER BY a.id DESC"
OF_BOOKING = READ + " WHERE a.booking_id = ? AND later.id IS NULL"


class Line(NamedTuple):
    """One line as it is shown; without `at` it says that the one before was wrong. The newest of its slot counts."""

    id: int
    slot: Slot
    at: datetime | None
    written_at: datetime
    by: str
    newest: bool

    @property
    def clock(self) -> str:
        """The time as the clock on the hall's wall told it."""
        return f"{clock.local(self.at):%H:%M}" if self.at else ""


class Entry(NamedTuple):
    """What is about to be written: a time for a slot, or none; by whom, and from where it comes."""

    slot: Slot
    at: datetime | None
    by: Person
    source: str


Newest = dict[Slot, Line]


def counting(session: ContactSession) -> dict[int, Newest]:
    """The lines that count, by the number of the booking; one without any is missing here."""
    found: dict[int, Newest] = {}
    for booking, line in _read(OF_SESSION, session.id):
        if line.at:
            found.setdefault(booking, {})[line.slot] = line
    return found


def history(booking: Booking, slot: Slot) -> list[Line]:
    """Every line of a slot, newest first."""
    return [line for _, line in _read(OF_SLOT, booking.id, slot)]


def note(booking: Booking, slot: Slot, at: datetime, by: Person, source: str = "register") -> None:
    """Note that something happened. Raises RefusedError: it is noted already, its time cannot be, all is closed."""
    with writing():
        fresh, newest = _open_to(booking, by), newest_of(booking)
        _check(fresh, slot, at, newest)
        add(fresh, Entry(slot, at, by, source), newest)
        _work_out_again(fresh)


def correct(line: Line, booking: Booking, at: datetime | None, by: Person) -> None:
    """Put another time in place of a line, or none: it did not happen. The old line stays, and no longer counts."""
    with writing():
        fresh, newest = _open_to(booking, by), newest_of(booking)
        last = newest.get(line.slot)
        if last is None or last.id != line.id or last.at is None:
            raise RefusedError("Somebody else has just corrected this. Look at it again.")
        _check(fresh, line.slot, at, {slot: each for slot, each in newest.items() if slot != line.slot})
        _write(fresh, Entry(line.slot, at, by, "correction"), line)
        record(Event.ATTENDANCE_CORRECTED, by.id, ref(fresh), slot=line.slot)
        _work_out_again(fresh)


def newest_of(booking: Booking) -> Newest:
    """The newest line of each slot, whether it says that something happened or that it did not."""
    return {line.slot: line for _, line in _read(OF_BOOKING, booking.id)}


def slot_fault(booking: Booking, slot: Slot, at: datetime, newest: Newest) -> str | None:
    """Say why this cannot be noted, whatever else is."""
    noted = newest.get(slot)
    if noted and noted.at:
        return f"Noted already at {noted.clock} by {noted.by}."
    if slot not in SLOTS[booking.service]:
        return "This is not noted for this family."
    return time_fault(slot, at, booking.session)


def add(booking: Booking, entry: Entry, newest: Newest) -> None:
    """Write a line that was found to be right, within the transaction of whoever found that."""
    _write(booking, entry, newest.get(entry.slot))
    record(Event.ATTENDANCE_NOTED, entry.by.id, ref(booking), slot=entry.slot)


def outcome(times: "dict[Slot, Line] | dict[Slot, datetime]") -> tuple[str, str | None]:
    """What became of a place: "came", or "missed" and by which side. Whoever hands a child over was there."""
    home = Slot.CHILD_CAME in times or Slot.HANDED_BACK in times
    visiting = any(slot in times for slot in (Slot.VISITOR_CAME, Slot.HANDED_OUT, Slot.HANDED_BACK))
    if home and visiting:
        return "came", None
    return "missed", "visiting" if home else "home" if visiting else "both"


def _check(booking: Booking, slot: Slot, at: datetime | None, others: Newest) -> None:
    """Refuse a time that cannot be, by itself or beside the others; or none, where the others need one."""
    times = {each.slot: each.at for each in others.values() if each.at} | ({slot: at} if at else {})
    faults = [at and slot_fault(booking, slot, at, others), *(order_fault(each, times) for each in times)]
    if why_not := next(filter(None, faults), None):
        raise RefusedError(why_not)


def _open_to(booking: Booking, by: Person) -> Booking:
    """The booking as it stands now, if something can be noted for it. Once the register is closed, one office may."""
    query = Booking.select(Booking, ContactSession).join(ContactSession)
    fresh: Booking = query.where(Booking.id == booking.id).get()
    if fresh.status == "cancelled" or fresh.session.cancelled_at:
        raise RefusedError("This place was cancelled, so nothing can be noted for it.")
    if fresh.session.closed_at and not roles.may(people.roles_of(by), May.RUN_SESSIONS):
        raise RefusedError("The register is closed. Tell the co-ordinator what is wrong in it.")
    return fresh


def _write(booking: Booking, entry: Entry, before: Line | None) -> None:
    """Write one line. Two unique indexes have the last word on who was first."""
    replaced = before.id if before else None
    try:
        Attendance.create(booking=booking, replaces=replaced, **entry._asdict())
    except IntegrityError as error:
        raise RefusedError("Somebody else has just noted this. Look at it again.") from error


def _work_out_again(booking: Booking) -> None:
    """After closing, what became of the place follows every new line."""
    if booking.session.closed_at:
        bookings.set_outcome(booking, *outcome({s: line for s, line in newest_of(booking).items() if line.at}))


def _read(sql: str, *asked: object) -> Iterator[tuple[int, Line]]:
    for booking, number, slot, at, written_at, name, newest in db.execute_sql(sql, asked):
        happened = datetime.fromisoformat(at) if at else None
        yield booking, Line(number, Slot(slot), happened, datetime.fromisoformat(written_at), name, bool(newest))


def _refuse_what_is_noted(booking: Booking, _by: Person) -> None:
    """A place of which something is noted was used: it can no longer be given back."""
    if any(line.at for line in newest_of(booking).values()):
        raise RefusedError("Something is noted in the register for a family of that day. Correct that first.")


def _refuse_to_move(session: ContactSession) -> None:
    """A session of which something is noted is held at its time: what was noted must stay within it."""
    if counting(session):
        raise RefusedError("Something is noted in the register of this session. Its time can no longer change.")


bookings.when_cancelling.append(_refuse_what_is_noted)
contact_sessions.refuses_moving.append(_refuse_to_move)
