"""The day by the clock: when the register is open and to whom, who is expected when, and which times can be true."""

from collections.abc import Container, Mapping
from datetime import datetime, time, timedelta

from ccc import clock, contact_sessions, roles, rota
from ccc.attendance.records import Slot
from ccc.contact_sessions.records import ContactSession
from ccc.people import Person
from ccc.roles import May, Role

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = {
    Slot.CHILD_CAME: "Child came",
    Slot.VISITOR_CAME: "Visiting adult came",
    Slot.HANDED_OUT: "Child handed out",
    Slot.HANDED_BACK: "Child handed back",
    Slot.CHILD_LEFT: "Child left",
    Slot.VISITOR_LEFT: "Visiting adult left",
}
# What cannot have been later than it. A child can be handed back on another day than it was handed out.
EARLIER = {
    Slot.HANDED_OUT: (Slot.CHILD_CAME,),
    Slot.HANDED_BACK: (Slot.CHILD_CAME, Slot.HANDED_OUT),
    Slot.CHILD_LEFT: (Slot.CHILD_CAME, Slot.HANDED_OUT, Slot.HANDED_BACK),
    Slot.VISITOR_LEFT: (Slot.VISITOR_CAME,),
}
OUT_OF_ORDER = {
    Slot.HANDED_OUT: "The child comes first, and is handed out after that.",
    Slot.HANDED_BACK: "The child is handed out first, and handed back after that.",
    Slot.CHILD_LEFT: "The child comes, or is handed back, first, and leaves after that.",
    Slot.VISITOR_LEFT: "The visiting adult comes first, and leaves after that.",
}
# Somebody can leave or be brought back long after the session; nobody comes then.
ANY_TIME_AFTER = {Slot.HANDED_BACK, Slot.CHILD_LEFT, Slot.VISITOR_LEFT}
HERE, OUT, GONE = "Here", "Handed out", "Left"


def opens(session: ContactSession) -> datetime:
    """When the register of a session opens."""
    return session.begins - HOUR


def shuts(session: ContactSession) -> datetime:
    """Until when those on the rota can write in it."""
    return session.finishes + HOUR


def why_shut(session: ContactSession, now: datetime, *, runs: bool, leads: bool = False) -> str | None:
    """Why the register cannot be opened now, in a sentence.

    Whoever `leads` has until the end of the next day, since a child may be collected late, and a sheet typed in at
    home; the co-ordinator, who `runs` the day, may be later still.
    """
    if session.cancelled_at:
        return "This session was cancelled, so it has no register."
    if now < opens(session):
        return f"The register opens on {_said(opens(session))}."
    last = midnight(session) + DAY if leads else shuts(session)
    if now > last and not runs:
        return f"The register was open until {_said(last)}. Tell the co-ordinator what is missing in it."
    return None


def midnight(session: ContactSession) -> datetime:
    """The end of a session's day."""
    return datetime.combine(session.day, time.max, clock.LONDON)


def may_lead(session: ContactSession, person: Person, held: frozenset[Role]) -> bool:
    """Tell whether somebody may close the register: who leads that day, and the co-ordinator."""
    return roles.may(held, May.RUN_SESSIONS) or rota.leads(session, person)


def expected(session: ContactSession) -> list[tuple[Slot, datetime]]:
    """When each thing is expected, in that order: the two sides come and go one after the other."""
    rules, begins, finishes = contact_sessions.rules(), session.begins, session.finishes
    return [
        (Slot.VISITOR_CAME, begins - timedelta(minutes=rules.visitor_before)),
        (Slot.CHILD_CAME, begins),
        (Slot.HANDED_OUT, begins),
        (Slot.HANDED_BACK, finishes),
        (Slot.CHILD_LEFT, finishes),
        (Slot.VISITOR_LEFT, finishes + timedelta(minutes=rules.visitor_after)),
    ]


def time_fault(slot: Slot, at: datetime, session: ContactSession) -> str | None:
    """Say what is wrong with a time by itself: it has not come yet, or the hall was not open."""
    last = midnight(session) if slot in ANY_TIME_AFTER else shuts(session)
    if at > clock.now():
        return "This time has not come yet."
    if not opens(session) <= at <= last:
        return f"This is not a time of that session: it can be {_clock(opens(session))} to {_clock(last)}."
    return None


def order_fault(slot: Slot, times: Mapping[Slot, datetime]) -> str | None:
    """Say what is wrong with a time beside the others of the same family, its own among them."""
    too_early = any(times[slot] < times[earlier] for earlier in EARLIER.get(slot, ()) if earlier in times)
    return OUT_OF_ORDER[slot] if too_early or not can_follow(slot, times) else None


def can_follow(slot: Slot, noted: Container[Slot]) -> bool:
    """Tell whether this can come next, after what is noted; whether it is noted itself does not matter."""
    if slot == Slot.CHILD_LEFT:
        return _is_inside(noted)
    if slot == Slot.HANDED_BACK:
        return Slot.HANDED_OUT in noted or Slot.CHILD_CAME not in noted
    return all(earlier in noted for earlier in EARLIER.get(slot, ()))


def child_is_here(noted: Container[Slot]) -> bool:
    return _is_inside(noted) and Slot.CHILD_LEFT not in noted


def _is_inside(noted: Container[Slot]) -> bool:
    """Tell whether the child came and was not handed out for good; that it left at last does not matter."""
    return Slot.HANDED_BACK in noted or (Slot.CHILD_CAME in noted and Slot.HANDED_OUT not in noted)


def _clock(at: datetime) -> str:
    return f"{clock.local(at):%H:%M}"


def _said(at: datetime) -> str:
    return f"{clock.local(at).day} {clock.local(at):%B at %H:%M}"
