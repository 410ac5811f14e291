"""Whatever is done to patterns, and whenever: what is settled stays as it is, and no day comes a second time."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccc import clock, contact_sessions
from ccc.contact_sessions import WEEKS, ContactSession, Plan, SessionPattern
from ccc.db import db
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_booking, make_family

TODAY = date(2026, 11, 21)
Rows = dict[int, dict[str, Any]]
Act = Callable[[Person], object]

FIRST = Plan(5, "every", "10:30", "12:30", 3, TODAY, TODAY + timedelta(60))
# Edits of one thing or two, as people make them: most that change everything would be refused.
edits = st.fixed_dictionaries(
    {},
    optional={
        "weekday": st.sampled_from([5, 6]),
        "weeks": st.sampled_from(list(WEEKS)),
        "starts": st.sampled_from(["09:00", "11:00"]),
        "places": st.integers(1, 5),
        "last_day": st.integers(10, 90).map(lambda days: TODAY + timedelta(days)),
    },
)
some = st.integers(0, 30)


def _session(number: int) -> ContactSession:
    listed = list(ContactSession.select().order_by(ContactSession.id))
    return _one(listed, number)


def _one(listed: list[Any], number: int) -> Any:
    if not listed:
        raise RefusedError("There is none.")
    return listed[number % len(listed)]


def _pattern(number: int) -> SessionPattern:
    return _one(list(SessionPattern.select()), number)


def _edit(number: int, edit: dict[str, Any], by: Person) -> None:
    pattern = _pattern(number)
    contact_sessions.change_pattern(pattern, contact_sessions.plan_of(pattern)._replace(**edit), by)


def _book(number: int, by: Person) -> None:
    session = _session(number)
    if session.begins > clock.now() and not session.cancelled_at:
        make_booking(session, make_family(by), by)


acts: st.SearchStrategy[tuple[str, Act]] = st.one_of(
    st.builds(lambda edit: ("add", lambda by: contact_sessions.add_pattern(FIRST._replace(**edit), by)), edits),
    st.builds(lambda n, edit: ("edit", lambda by: _edit(n, edit, by)), some, edits),
    st.builds(lambda n, edit: ("edit", lambda by: _edit(n, edit, by)), some, edits),
    st.builds(lambda n: ("end", lambda by: contact_sessions.end_pattern(_pattern(n), by)), some),
    st.builds(lambda n: ("book", lambda by: _book(n, by)), some),
    st.builds(lambda n: ("cancel", lambda by: contact_sessions.cancel_session(_session(n), "hall", by)), some),
    st.builds(
        lambda n, t: ("alone", lambda by: contact_sessions.change_session(_session(n), t, "15:00", 2, by)),
        some,
        st.sampled_from(["13:00", "14:00"]),
    ),
    st.builds(lambda n: ("close", lambda by: contact_sessions.add_closure(TODAY + timedelta(n), by)), some),
    st.builds(lambda n: ("open", lambda by: contact_sessions.remove_closure(TODAY + timedelta(n), by)), some),
    st.builds(lambda n: ("wait", lambda _by: clock.advance(timedelta(n))), st.sampled_from([1, 6, 7, 8])),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=4, max_size=12))
def test_no_change_touches_what_is_settled_or_brings_a_day_back(
    cast: dict[Role, Person], steps: list[tuple[str, Act]]
) -> None:
    with clock.at(TODAY), db.atomic() as all_of_it:
        contact_sessions.add_pattern(FIRST, cast[Role.COORDINATOR])
        for name, act in steps:
            before = _rows()
            with suppress(RefusedError), db.atomic():
                act(cast[Role.COORDINATOR])
            _insist_on_history(name, before, _rows())
        all_of_it.rollback()


def _rows() -> Rows:
    return {row["id"]: row for row in ContactSession.select().dicts()}


def _insist_on_history(name: str, before: Rows, after: Rows) -> None:
    """What is settled is the same row afterwards; what is new lies ahead, on a day that its pattern never had."""
    settled = {number: row for number, row in before.items() if _is_settled(row)}
    kept = {number: after.get(number) for number in settled}
    changed = [row for number, row in kept.items() if row != settled[number]]
    # Somebody may change one session alone twice, or cancel it: that is what they pressed.
    assert all(row and before[row["id"]]["changed_alone"] and name in ("alone", "cancel", "close") for row in changed)
    assert len(changed) <= 1 or name == "close"
    new = [row for number, row in after.items() if number not in before]
    assert all(contact_sessions.instant(row["day"], row["starts"]) > clock.now() for row in new)
    once = {(row["pattern"], row["day"]) for row in before.values()}
    assert not {(row["pattern"], row["day"]) for row in new} & once


def _is_settled(row: dict[str, Any]) -> bool:
    begun = contact_sessions.instant(row["day"], row["starts"]) <= clock.now()
    return bool(begun or row["cancelled_at"] or row["changed_alone"])


@pytest.mark.parametrize("number", [1, 2])
def test_the_property_would_see_a_row_that_changed(cast: dict[Role, Person], number: int) -> None:
    """A property that looks at nothing holds as well: this one sees a cancelled day revived, and one taken away."""
    by = cast[Role.COORDINATOR]
    contact_sessions.add_pattern(Plan(5, "every", "10:30", "12:30", 2, TODAY, TODAY + timedelta(7)), by)
    for session in ContactSession.select():
        contact_sessions.cancel_session(session, "hall", by)
    before = _rows()
    ContactSession.update(cancelled_at=None).where(ContactSession.id == number).execute()
    with pytest.raises(AssertionError):
        _insist_on_history("edit", before, _rows())
    ContactSession.delete().execute()
    with pytest.raises(AssertionError):
        _insist_on_history("edit", before, _rows())
