"""The days on which the centre stays closed."""

from datetime import date

from ccc import clock
from ccc.audit import Event, record
from ccc.contact_sessions.records import Closure, ContactSession
from ccc.contact_sessions.sessions import CLOSED, cancel_session, live_on
from ccc.db import writing
from ccc.people import Person, RefusedError


def closures() -> list[Closure]:
    """The closed days from today on."""
    return list(Closure.select().where(Closure.day >= clock.today()).order_by(Closure.day))


def held_on(day: date) -> list[ContactSession]:
    """The sessions that go when this day is closed. Raises RefusedError where it cannot be closed."""
    if day < clock.today():
        raise RefusedError("That day is over already.")
    if Closure.select().where(Closure.day == day).exists():
        raise RefusedError("That day is on the list already.")
    held = live_on({day})
    if any(session.begins <= clock.now() for session in held):
        raise RefusedError("A session of that day has begun. Close the centre from tomorrow on.")
    return held


def add_closure(day: date, by: Person) -> Closure:
    """Close the centre on a day, and cancel its sessions with whatever hangs on them."""
    with writing():
        held = held_on(day)
        made = Closure.create(day=day, by=by)
        record(Event.CLOSURE_ADDED, by.id, f"closure:{made.id}", on=day)
        for session in held:
            cancel_session(session, CLOSED, by)
    return made


def remove_closure(day: date, by: Person) -> None:
    """Take a day off the list. The sessions that were cancelled stay cancelled."""
    with writing():
        closure = Closure.get_or_none(Closure.day == day)
        if closure is None:
            raise RefusedError("That day is not on the list any more.")
        closure.delete_instance()
        record(Event.CLOSURE_REMOVED, by.id, f"closure:{closure.id}", on=day)
