"""Giving places: once, or in every session until a day. One transaction decides who gets the last one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import NamedTuple

from peewee import IntegrityError, ModelSelect, fn

from ccc import clock, contact_sessions, families, rota
from ccc.audit import Event, record
from ccc.bookings.records import Booking, ref
from ccc.bookings.words import CODES, SIDES
from ccc.contact_sessions.records import ContactSession
from ccc.db import db, writing
from ccc.families.records import Family, FamilyKnown
from ccc.people import Person, RefusedError

CANCELLED = """
SELECT f.id, f.reference, b.cancel_side, b.cancel_code, b.cancelled_at, p.name
  FROM booking b JOIN family f ON f.id = b.family_id JOIN person p ON p.id = b.cancelled_by_id
 WHERE b.session_id = ? AND b.status = 'cancelled' ORDER BY b.cancelled_at
"""


class Series(NamedTuple):
    """What came of booking every session until a day: the places given, and each session without one, with why."""

    booked: list[Booking]
    refused: list[tuple[ContactSession, str]]


class Cancelled(NamedTuple):
    """A place that was given back: by which side and why in words, when, and who wrote it down."""

    reference: str
    side: str
    why: str
    at: datetime
    by: str


class _Guest(NamedTuple):
    """A family that may have a place: whom it must not meet, and who of the centre knows it.

    Whether a family comes that is hidden from the one who books is told as a refusal without a reason.
    """

    family: Family
    apart_from: set[int]
    apart_from_hidden: set[int]
    known_to: set[int]


def book(session: ContactSession, family: Family, by: Person) -> Booking:
    """Give a family a place in a session. Raises RefusedError where a rule, or somebody who was quicker, says no."""
    with _told_when_too_late(), writing():
        return _give(_fresh(session), _guest(family, by), by)


def book_until(session: ContactSession, family: Family, until: date, by: Person) -> Series:
    """Give a family a place in this session and in those like it, the last day included.

    Those are the sessions of its pattern, or where it has none, the others without one on that day of the week.
    A session in which there can be no place is left out and told. Raises RefusedError if that is all of them.
    """
    series = Series([], [])
    with _told_when_too_late(), writing():
        first, guest = _fresh(session), _guest(family, by)
        if until < first.day:
            raise RefusedError("The last day lies before this session.")
        for each in _like(first, until):
            try:
                series.booked.append(_give(each, guest, by))
            except RefusedError as why:
                series.refused.append((each, str(why)))
        if not series.booked:
            raise RefusedError(" ".join(dict.fromkeys(why for _, why in series.refused)))
    return series


def waits_for(family: Family) -> str | None:
    """Why a family can be given no place as things stand, or None."""
    return families.ready_to_book(family, first=not Booking.select().where(Booking.family == family).exists())


def find(number: int, person: Person) -> Booking | None:
    """The booking of this number with its session and family; none if this person may not know of the family."""
    joined = Booking.select(Booking, ContactSession, Family).join(ContactSession).switch(Booking).join(Family)
    seen = Booking.family.not_in(families.hidden_from(person))
    found: Booking | None = joined.where(Booking.id == number, seen).first()
    return found


def of_session(session: ContactSession) -> list[Booking]:
    """The bookings of a session that were not cancelled, with their families, in the order of their places."""
    return list(live(session).select_extend(Family).join(Family).order_by(Booking.place))


def cancelled_in(session: ContactSession, hidden: Collection[int]) -> list[Cancelled]:
    """The places of a session that were given back, by families that are not hidden: which, by whom, when and why."""
    rows = db.execute_sql(CANCELLED, (session.id,)).fetchall()
    return [
        Cancelled(reference, SIDES[side], CODES[code], datetime.fromisoformat(at), by)
        for family, reference, side, code, at, by in rows
        if family not in hidden
    ]


def live(session: ContactSession) -> ModelSelect:
    """Select the bookings of a session that were not cancelled."""
    return Booking.select().where(Booking.session == session, Booking.status != "cancelled")


def places_taken(numbers: Sequence[int]) -> Mapping[int, int]:
    """How many places are taken in each of these sessions; one that is missing here has none."""
    taken = Booking.select(Booking.session, fn.COUNT(Booking.id)).where(
        Booking.session.in_(numbers), Booking.status != "cancelled"
    )
    return dict(taken.group_by(Booking.session).tuples())


def relied_on(numbers: Sequence[int]) -> set[int]:
    """Those of these sessions on which a booking hangs, even one that was cancelled."""
    booked = Booking.select(Booking.session).where(Booking.session.in_(numbers)).distinct()
    return {number for (number,) in booked.tuples()}


def keep_off_the_rota(session: ContactSession, person: Person) -> None:
    """Refuse somebody a duty in a session to which a family comes whom they know."""
    if families.hidden_from(person) & {booking.family_id for booking in live(session)}:
        raise RefusedError("They know a family that comes to this session.")


@contextmanager
def _told_when_too_late() -> Iterator[None]:
    """Turn the database's own refusal into words: its unique indexes have the last word on who was first."""
    try:
        yield
    except IntegrityError as error:
        raise RefusedError("The last place has just gone.") from error


def _fresh(session: ContactSession) -> ContactSession:
    fresh = ContactSession.get_or_none(ContactSession.id == session.id)
    if fresh is None:
        raise RefusedError("This session is no longer there.")
    return fresh


def _guest(family: Family, by: Person) -> _Guest:
    if family.id in families.hidden_from(by):
        raise RefusedError("There is no family of this reference.")
    fresh = Family.get_by_id(family.id)
    if why_not := waits_for(fresh):
        raise RefusedError(why_not)
    known = FamilyKnown.select(FamilyKnown.person).where(FamilyKnown.family == fresh)
    apart, hidden = families.apart_from(fresh.id), families.hidden_from(by)
    return _Guest(fresh, apart - hidden, apart & hidden, {person for (person,) in known.tuples()})


def _give(session: ContactSession, guest: _Guest, by: Person) -> Booking:
    taken = {booking.family_id: booking.place for booking in live(session)}
    if why_not := _fault(session, guest, taken):
        raise RefusedError(why_not)
    place = min(set(range(1, session.places + 1)) - set(taken.values()))
    booked = {"day": session.day, "service": guest.family.service, "place": place, "by": by}
    made = Booking.create(session=session, family=guest.family, **booked)
    record(Event.BOOKED, by.id, ref(made), session=session.id, family=guest.family.id)
    return made


def _fault(session: ContactSession, guest: _Guest, taken: Mapping[int, int]) -> str | None:
    """Say why a family can have no place in a session, if so."""
    serving = {person.id for _, person in rota.on(session)} if guest.known_to else set()
    faults = {
        "The session is cancelled.": session.cancelled_at,
        "The session has begun already.": session.begins <= clock.now(),
        "The family has a place already.": guest.family.id in taken,
        # Counted, not numbered: after a session was made smaller, a high number may be taken and a low one free.
        "All places are taken.": len(taken) >= session.places,
        "A family comes that this one must not meet.": guest.apart_from & taken.keys(),
        "Another co-ordinator has to see to this.": guest.apart_from_hidden & taken.keys(),
        "Somebody on the rota knows this family. Change the rota first.": guest.known_to & serving,
    }
    return next((why for why, holds in faults.items() if holds), None)


def _like(first: ContactSession, until: date) -> list[ContactSession]:
    following = ContactSession.select().where(
        ContactSession.pattern == first.pattern_id if first.pattern_id else ContactSession.pattern.is_null(),
        ContactSession.day.between(first.day, until),
    )
    ordered = following.order_by(ContactSession.day, ContactSession.starts)
    return [each for each in ordered if each.day.weekday() == first.day.weekday()]


contact_sessions.places_taken.append(places_taken)
contact_sessions.relied_on.append(relied_on)
rota.refuses.append(keep_off_the_rota)
