"""Single sessions: one that is added, changed alone or cancelled; and who is asked when something of one changes."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from ccc import clock
from ccc.audit import Event, record
from ccc.contact_sessions.days import LONGEST_MONTHS, insist_on_clock, insist_on_room, insist_on_times, named
from ccc.contact_sessions.records import Closure, ContactSession, instant, ref
from ccc.db import writing
from ccc.people import Person, RefusedError

CODES = {
    "hall": "The hall cannot be used",
    "volunteers": "Too few volunteers",
    "weather": "The weather",
    "other": "Another reason",
}
CLOSED = "closed"
# What hangs on sessions: the capabilities above this one add themselves. Each takes the numbers of sessions and
# answers for all of them at once. What is cancelled may raise RefusedError, and then nothing is cancelled.
places_taken: list[Callable[[Sequence[int]], Mapping[int, int]]] = []
relied_on: list[Callable[[Sequence[int]], Collection[int]]] = []
when_cancelled: list[Callable[[ContactSession, Person], object]] = []
refuses_moving: list[Callable[[ContactSession], object]] = []


def in_use(numbers: Sequence[int]) -> Counter[int]:
    """How many places are taken in each of these sessions."""
    taken: Counter[int] = Counter()
    for ask in places_taken if numbers else ():
        taken.update(ask(numbers))
    return taken


def with_something_on_them(sessions: Iterable[ContactSession]) -> list[ContactSession]:
    """Those on which anything hangs, even a booking or a duty that is over."""
    listed = list(sessions)
    numbers = [session.id for session in listed]
    relied = {number for ask in relied_on if numbers for number in ask(numbers)}
    return [session for session in listed if session.id in relied]


def get(number: int) -> ContactSession | None:
    """The session of this number."""
    found: ContactSession | None = ContactSession.get_or_none(ContactSession.id == number)
    return found


def coming(from_day: date, limit: int) -> list[ContactSession]:
    """The sessions from a day on that are not cancelled, in their order."""
    live = ContactSession.cancelled_at.is_null() & (ContactSession.day >= from_day)
    order = ContactSession.day, ContactSession.starts, ContactSession.id
    return list(ContactSession.select().where(live).order_by(*order).limit(limit))


def live_on(days: Collection[date]) -> list[ContactSession]:
    """The sessions of these days that are not cancelled."""
    if not days:
        return []
    between = ContactSession.day.between(min(days), max(days)) & ContactSession.cancelled_at.is_null()
    return [session for session in ContactSession.select().where(between) if session.day in days]


def add_session(day: date, starts: str, ends: str, places: int, by: Person) -> ContactSession:
    """Add one session that belongs to no pattern. Raises RefusedError where it cannot be held."""
    with writing():
        insist_on_times(starts, ends, places)
        if day > clock.months_later(clock.today(), LONGEST_MONTHS):
            raise RefusedError("A session can be at most two years ahead.")
        if Closure.select().where(Closure.day == day).exists():
            raise RefusedError("The centre is closed on that day. Take it off the list of closed days first.")
        _insist_on_time(day, starts, ends, live_on({day}))
        made = ContactSession.create(day=day, starts=starts, ends=ends, places=places)
        record(Event.SESSION_ADDED, by.id, ref(made))
    return made


def change_session(session: ContactSession, starts: str, ends: str, places: int, by: Person) -> None:
    """Change one session alone: from now on it stays as it is when its pattern changes."""
    with writing():
        fresh = _still_to_come(session)
        insist_on_times(starts, ends, places)
        for refuse in refuses_moving:
            refuse(fresh)
        _insist_on_time(fresh.day, starts, ends, [one for one in live_on({fresh.day}) if one.id != fresh.id])
        insist_on_places([fresh], places)
        changed = {"starts": starts, "ends": ends, "places": places, "changed_alone": True}
        ContactSession.update(**changed).where(ContactSession.id == fresh.id).execute()
        record(Event.SESSION_CHANGED, by.id, ref(fresh))


def cancel_session(session: ContactSession, code: str, by: Person) -> None:
    """Cancel a session, and whatever hangs on it. It stays in the list, and is never held after all."""
    with writing():
        fresh = _still_to_come(session)
        cancelled = {"cancelled_at": clock.now(), "cancelled_by": by, "cancel_code": code}
        ContactSession.update(**cancelled).where(ContactSession.id == fresh.id).execute()
        record(Event.SESSION_CANCELLED, by.id, ref(fresh), code=code)
        fresh = ContactSession.get_by_id(fresh.id)
        for act in when_cancelled:
            act(fresh, by)


def insist_on_places(sessions: Sequence[ContactSession], places: int) -> None:
    """Refuse to take away places that families have."""
    taken = in_use([session.id for session in sessions])
    full = [session.day for session in sessions if taken[session.id] > places]
    if full:
        raise RefusedError(f"More families than that have a place on {named(full)}.")


def _still_to_come(session: ContactSession) -> ContactSession:
    fresh = get(session.id)
    if fresh is None:
        raise RefusedError("This session is no longer there: its pattern was changed.")
    if fresh.cancelled_at:
        raise RefusedError("This session is cancelled already.")
    if fresh.begins <= clock.now():
        raise RefusedError("This session has begun, so it stays as it is.")
    return fresh


def _insist_on_time(day: date, starts: str, ends: str, others: Sequence[ContactSession]) -> None:
    insist_on_clock([day], starts, ends)
    insist_on_room([day], starts, ends, others)
    if instant(day, starts) <= clock.now():
        raise RefusedError("That day and time is over already.")
