"""Patterns, and the sessions that they make: those still to come follow them, and none is ever made a second time."""

import hashlib
from datetime import date, timedelta
from typing import NamedTuple

from ccc import clock
from ccc.audit import Event, record
from ccc.contact_sessions.days import (
    LONGEST_MONTHS,
    Plan,
    days_of,
    insist_on_clock,
    insist_on_plan,
    insist_on_room,
    named,
    plan_of,
)
from ccc.contact_sessions.records import Closure, ContactSession, SessionPattern, instant
from ccc.contact_sessions.sessions import insist_on_places, live_on, with_something_on_them
from ccc.db import writing
from ccc.people import Person, RefusedError


class Ahead(NamedTuple):
    """What a plan would do: the days it adds, the sessions that change with it, and those that go."""

    plan: Plan
    new: list[date]
    changed: list[ContactSession]
    gone: list[ContactSession]

    @property
    def mark(self) -> str:
        """A short mark of all this, so that nobody agrees to anything else than what they saw."""
        seen = self.plan, self.new, [one.id for one in self.changed], [one.id for one in self.gone]
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def patterns() -> list[SessionPattern]:
    """The patterns that are not over."""
    going_on = SessionPattern.last_day >= clock.today()
    return list(SessionPattern.select().where(going_on).order_by(SessionPattern.first_day, SessionPattern.id))


def look_ahead(plan: Plan, pattern: SessionPattern | None = None) -> Ahead:
    """Say what a plan would do as a new pattern or in place of an old one. Raises RefusedError where it may not be."""
    insist_on_plan(plan)
    if plan.first_day > clock.months_later(clock.today(), LONGEST_MONTHS):
        raise RefusedError("The first day can be at most two years ahead.")
    ahead = _compare(plan, _rows(pattern))
    if not days_of(plan) or not (pattern or ahead.new):
        raise RefusedError("This makes no session. Look at the weekday, and at the first and last day.")
    _insist(ahead)
    return ahead


def add_pattern(plan: Plan, by: Person) -> SessionPattern:
    """Add a pattern, and a session for each of its days from now on. Raises RefusedError as `look_ahead` does."""
    with writing():
        ahead = look_ahead(plan)
        made = SessionPattern.create(by=by, **plan._asdict())
        _carry_out(ahead, made)
        record(Event.SESSION_PATTERN_MADE, by.id, _ref(made))
    return made


def change_pattern(pattern: SessionPattern, plan: Plan, by: Person) -> None:
    """Change a pattern, and with it the sessions that are still to come and were not changed alone."""
    with writing():
        if SessionPattern.get_by_id(pattern.id).last_day < clock.today():
            raise RefusedError("This pattern is over. Add a new one.")
        ahead = look_ahead(plan, pattern)
        _keep(pattern, plan)
        _carry_out(ahead, pattern)
        record(Event.SESSION_PATTERN_CHANGED, by.id, _ref(pattern))


def look_at_end(pattern: SessionPattern) -> Ahead:
    """Say which sessions go when a pattern ends now."""
    plan, yesterday = plan_of(pattern), clock.today() - timedelta(days=1)
    ended = plan._replace(first_day=min(plan.first_day, yesterday), last_day=min(plan.last_day, yesterday))
    return _compare(ended, _rows(pattern))


def end_pattern(pattern: SessionPattern, by: Person) -> None:
    """End a pattern now: of its sessions to come, only those remain that were changed alone or cancelled.

    Raises RefusedError where something hangs on one that would go.
    """
    with writing():
        ahead = look_at_end(pattern)
        _insist(ahead)
        _keep(pattern, ahead.plan)
        _carry_out(ahead, pattern)
        record(Event.SESSION_PATTERN_ENDED, by.id, _ref(pattern))


def _rows(pattern: SessionPattern | None) -> list[ContactSession]:
    """Every session from today on that this pattern ever made."""
    made = (ContactSession.pattern == pattern) & (ContactSession.day >= clock.today())
    return list(ContactSession.select().where(made).order_by(ContactSession.day)) if pattern else []


def _compare(plan: Plan, rows: list[ContactSession]) -> Ahead:
    there = {row.day for row in rows} | {closure.day for closure in Closure.select()}
    days = days_of(plan)
    ahead = {day for day in days if instant(day, plan.starts) > clock.now()}
    follow = [row for row in rows if row.begins > clock.now() and not (row.cancelled_at or row.changed_alone)]
    as_planned = plan.starts, plan.ends, plan.places
    return Ahead(
        plan,
        new=sorted(ahead - there),
        changed=[row for row in follow if row.day in ahead and (row.starts, row.ends, row.places) != as_planned],
        gone=[row for row in follow if row.day not in days],
    )


def _insist(ahead: Ahead) -> None:
    relied = with_something_on_them(ahead.gone)
    if relied:
        listed = named(one.day for one in relied)
        raise RefusedError(f"Families or volunteers stand or stood on {listed}: cancel the session of each day first.")
    plan = ahead.plan
    days: set[date] = {*ahead.new, *(one.day for one in ahead.changed)}
    moved = {one.id for one in (*ahead.changed, *ahead.gone)}
    insist_on_places(ahead.changed, plan.places)
    insist_on_clock(sorted(days), plan.starts, plan.ends)
    insist_on_room(days, plan.starts, plan.ends, [one for one in live_on(days) if one.id not in moved])


def _keep(pattern: SessionPattern, plan: Plan) -> None:
    SessionPattern.update(**plan._asdict()).where(SessionPattern.id == pattern.id).execute()


def _carry_out(ahead: Ahead, pattern: SessionPattern) -> None:
    as_planned = {"starts": ahead.plan.starts, "ends": ahead.plan.ends, "places": ahead.plan.places}
    for one in ahead.gone:
        one.delete_instance()
    for one in ahead.changed:
        ContactSession.update(**as_planned).where(ContactSession.id == one.id).execute()
    for day in ahead.new:
        ContactSession.create(pattern=pattern, day=day, **as_planned)


def _ref(pattern: SessionPattern) -> str:
    return f"session-pattern:{pattern.id}"
