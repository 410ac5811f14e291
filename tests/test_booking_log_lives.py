"""A centre lives through weeks that nobody planned: places are never given twice, and history never shrinks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from ccc import attendance, audit, bookings, clock, contact_sessions, families
from ccc.attendance.records import SLOTS
from ccc.bookings.records import Booking
from ccc.contact_sessions.records import ContactSession, SessionPattern
from ccc.db import db
from ccc.families.records import Family, KeptApart
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_family
from tests.conftest import NOW

FAMILIES, PLACES = 4, 3
places = st.integers(1, PLACES)
which = st.integers(0, 30)
WEEKS = ("every", "1,3", "2", "last", "second")
BEGINNINGS = {"november": NOW, "before summer time begins": datetime(2027, 3, 12, 9, tzinfo=UTC)}
KEPT = ("day", "starts", "ends", "places", "cancelled_at", "closed_at")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is taken back: each life begins in the same centre."""
    with db.atomic() as everything:
        yield
        everything.rollback()


class Centre(RuleBasedStateMachine):
    """What a co-ordinator may do, in any order, also what is refused."""

    by: Person
    begins = NOW

    def __init__(self) -> None:
        super().__init__()
        self.inside = undone()
        self.inside.__enter__()
        self.time = clock.at(self.begins)
        self.time.__enter__()
        self.past: dict[int, tuple[Any, ...]] = {}
        self.rows: dict[str, set[int]] = {"booking": set(), "attendance": set(), "audit_line": set()}
        self.over: dict[int, str] = {}

    def teardown(self) -> None:
        self.time.__exit__(None, None, None)
        self.inside.__exit__(None, None, None)

    @initialize(weeks=st.sampled_from(WEEKS), places=places)
    def open_the_centre(self, weeks: str, places: int) -> None:
        self.families = [make_family(self.by) for _ in range(FAMILIES)]
        contact_sessions.add_pattern(self._plan(5, weeks, places, 8), self.by)

    def _plan(self, weekday: int, weeks: str, places: int, length: int) -> contact_sessions.Plan:
        first = clock.today()
        last = first + timedelta(weeks=length)
        return contact_sessions.Plan(weekday, weeks, "10:30", "12:30", places, first, last)

    def _session(self, number: int) -> ContactSession:
        """One of the next, and as often one in which somebody has a place: there most can go wrong."""
        booking = self._booking(number)
        if booking and number % 2:
            return ContactSession.get_by_id(booking.session_id)
        near = ContactSession.select().where(ContactSession.day >= clock.today() - timedelta(days=1))
        found = list(near.order_by(ContactSession.day).limit(3)) or list(ContactSession.select())
        return found[number % len(found)]

    def _booking(self, number: int) -> Booking | None:
        found = list(Booking.select().order_by(Booking.id.desc()).limit(8))
        return found[number % len(found)] if found else None

    def _family(self, number: int) -> Family:
        return Family.get_by_id(self.families[number % FAMILIES].id)

    @rule(number=which)
    def fill_a_session(self, number: int) -> None:
        for family in range(FAMILIES):
            self.book(number, family)

    @rule(weekday=st.integers(4, 6), weeks=st.sampled_from(WEEKS), places=places, length=st.integers(0, 10))
    def change_the_pattern(self, weekday: int, weeks: str, places: int, length: int) -> None:
        pattern = SessionPattern.select().order_by(SessionPattern.id.desc()).first()
        if pattern:
            with suppress(RefusedError):
                contact_sessions.change_pattern(pattern, self._plan(weekday, weeks, places, length), self.by)

    @rule(days=st.integers(0, 40))
    def stay_closed(self, days: int) -> None:
        with suppress(RefusedError):
            contact_sessions.add_closure(clock.today() + timedelta(days), self.by)

    @rule(number=which, places=places)
    def change_one_session(self, number: int, places: int) -> None:
        with suppress(RefusedError):
            contact_sessions.change_session(self._session(number), "10:00", "12:00", places, self.by)

    @rule(number=which)
    def cancel_one_session(self, number: int) -> None:
        with suppress(RefusedError):
            contact_sessions.cancel_session(self._session(number), "hall", self.by)

    @rule(number=which, family=which)
    def book(self, number: int, family: int) -> None:
        with suppress(RefusedError):
            bookings.book(self._session(number), self._family(family), self.by)

    @rule(number=which, family=which, weeks=st.integers(1, 6))
    def book_a_series(self, number: int, family: int, weeks: int) -> None:
        until = clock.today() + timedelta(weeks=weeks)
        with suppress(RefusedError):
            bookings.book_until(self._session(number), self._family(family), until, self.by)

    @rule(number=which, side=st.sampled_from(["home", "visiting", "centre"]))
    def cancel_a_booking(self, number: int, side: str) -> None:
        booking = self._booking(number)
        if booking:
            with suppress(RefusedError):
                bookings.cancel(booking, side, next(iter(bookings.CODES)), self.by)

    @rule(one=which, other=which)
    def keep_apart(self, one: int, other: int) -> None:
        with suppress(RefusedError):
            families.keep_apart(self._family(one), self._family(other), self.by)

    @rule(family=which)
    def end_or_reopen(self, family: int) -> None:
        chosen = self._family(family)
        with suppress(RefusedError):
            (families.reopen if chosen.ended_on else families.end)(chosen, self.by)

    @rule(number=which, slot=which)
    def press(self, number: int, slot: int) -> None:
        booking = self._booking(number)
        if booking:
            slots = SLOTS[booking.service]
            with suppress(RefusedError):
                attendance.note(booking, slots[slot % len(slots)], clock.now(), self.by)

    @rule(number=which)
    def correct(self, number: int) -> None:
        booking = self._booking(number)
        lines = booking and [line for slot in SLOTS[booking.service] for line in attendance.history(booking, slot)[:1]]
        if booking and lines:
            with suppress(RefusedError):
                attendance.correct(lines[number % len(lines)], booking, None, self.by)

    @rule(number=which)
    def close(self, number: int) -> None:
        with suppress(RefusedError):
            attendance.close(self._session(number), self.by)

    @rule(hours=st.sampled_from([1, 2, 3, 12, 24, 72, 168]))
    def time_goes_by(self, hours: int) -> None:
        self._remember_what_is_over()
        clock.advance(timedelta(hours=hours))

    def _remember_what_is_over(self) -> None:
        for session in ContactSession.select():
            if session.cancelled_at or session.closed_at or session.finishes <= clock.now():
                self.past.setdefault(session.id, _seen(session))

    @invariant()
    def never_over_capacity_and_never_doubled(self) -> None:
        live = "FROM booking b JOIN contact_session s ON s.id = b.session_id WHERE b.status != 'cancelled'"
        over = db.execute_sql(f"SELECT s.id {live} GROUP BY s.id HAVING count(*) > s.places")
        doubled = db.execute_sql(f"SELECT b.session_id {live} GROUP BY b.session_id, b.family_id HAVING count(*) > 1")
        assert [*over.fetchall(), *doubled.fetchall()] == []

    @invariant()
    def nobody_is_booked_where_the_centre_is_closed(self) -> None:
        closed = "SELECT b.id FROM booking b JOIN contact_session s ON s.id = b.session_id WHERE b.status = 'booked'"
        assert db.execute_sql(f"{closed} AND s.cancelled_at IS NOT NULL").fetchall() == []

    @invariant()
    def those_kept_apart_were_not_booked_together_afterwards(self) -> None:
        for mark in KeptApart.select().where(KeptApart.ended_at.is_null()):
            together = """SELECT max(a.id, b.id) FROM booking a JOIN booking b ON b.session_id = a.session_id
                WHERE a.family_id = ? AND b.family_id = ? AND a.status = 'booked' AND b.status = 'booked'
                AND max(a.created_at, b.created_at) > ?"""
            after = (mark.one_id, mark.other_id, mark.created_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
            assert db.execute_sql(together, after).fetchall() == []

    @invariant()
    def history_never_shrinks(self) -> None:
        for table, before in self.rows.items():
            now = {number for (number,) in db.execute_sql(f"SELECT id FROM {table}")}
            assert before <= now, table
            self.rows[table] = now

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for number, status in db.execute_sql("SELECT id, status FROM booking").fetchall():
            assert self.over.get(number) != "cancelled" or status == "cancelled"
            self.over[number] = status
        for session in ContactSession.select().where(ContactSession.id.in_(list(self.past))):
            before, now = self.past[session.id], _seen(session)
            # A session that is over may still be closed, once; nothing else of it changes.
            assert before[:5] == now[:5]
            assert before[5] in (None, now[5])
        assert len(self.past) == ContactSession.select().where(ContactSession.id.in_(list(self.past))).count()

    @invariant()
    def the_trail_is_whole(self) -> None:
        assert audit.verify().fault is None


def _seen(session: ContactSession) -> tuple[Any, ...]:
    return tuple(getattr(session, name) for name in KEPT)


@pytest.mark.parametrize("begins", BEGINNINGS, ids=BEGINNINGS.keys())
def test_a_centre_lives_through_anything(
    cast: dict[Role, Person], begins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Centre, "by", cast[Role.COORDINATOR], raising=False)
    monkeypatch.setattr(Centre, "begins", BEGINNINGS[begins])
    few = settings(max_examples=40, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Centre, settings=few)
