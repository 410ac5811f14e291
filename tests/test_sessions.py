"""Sessions by their rules: which days a pattern makes, what a change may do to them, and what it never touches."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ccc import clock, contact_sessions
from ccc.audit import AuditLine, Event
from ccc.bookings.records import Booking
from ccc.contact_sessions import ContactSession, Plan, SessionPattern, sessions
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_booking, make_duty, make_family, make_session

Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
WEEK = 7 * DAY
# The first and third Saturday of a month: 21 November, 5 and 19 December, 2 and 16 January.
PLAN = Plan(5, "1,3", "10:30", "12:30", 6, TODAY, date(2027, 1, 31))


@pytest.fixture
def by(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture(autouse=True)
def _what_hangs_on_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bookings, read from their own table: these rules must hold whoever else has registered by now."""

    def taken(numbers: Sequence[int]) -> dict[int, int]:
        live = Booking.select().where(Booking.session.in_(numbers), Booking.status != "cancelled")
        return {number: sum(one.session_id == number for one in live) for number in numbers}

    def relied(numbers: Sequence[int]) -> set[int]:
        return {one.session_id for one in Booking.select().where(Booking.session.in_(numbers))}

    monkeypatch.setattr(sessions, "places_taken", [taken])
    monkeypatch.setattr(sessions, "relied_on", [relied])


def days(pattern: SessionPattern) -> list[date]:
    made = ContactSession.select(ContactSession.day).where(ContactSession.pattern == pattern)
    return [day for (day,) in made.order_by(ContactSession.day).tuples()]


def on(day: date) -> ContactSession:
    return ContactSession.get(ContactSession.day == day)


def state() -> list[tuple[object, ...]]:
    """Everything there is of patterns and sessions, as it lies in the database."""
    return [*SessionPattern.select().tuples(), *ContactSession.select().tuples(), *AuditLine.select().tuples()]


def refused(why: str, act: Callable[..., object], *given: object) -> None:
    """Insist that a rule says no in these words, and that nothing was done."""
    before = state()
    with pytest.raises(RefusedError, match=why):
        act(*given)
    assert state() == before


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        ("every", [(11, 21), (11, 28), (12, 5), (12, 12), (12, 19), (12, 26), (1, 2), (1, 9), (1, 16), (1, 23)]),
        ("second", [(11, 21), (12, 5), (12, 19), (1, 2), (1, 16)]),
        ("1", [(12, 5), (1, 2)]),
        ("1,3", [(11, 21), (12, 5), (12, 19), (1, 2), (1, 16)]),
        ("2,4", [(11, 28), (12, 12), (12, 26), (1, 9), (1, 23)]),
        ("last", [(11, 28), (12, 26)]),
    ],
)
def test_a_pattern_makes_the_days_that_people_mean(weeks: str, expected: list[tuple[int, int]]) -> None:
    plan = PLAN._replace(weeks=weeks, last_day=date(2027, 1, 23))
    made = [date(2027 if month == 1 else 2026, month, day) for month, day in expected]
    assert contact_sessions.days_of(plan) == made


def test_a_pattern_whose_first_day_is_another_weekday_begins_with_the_next_one() -> None:
    plan = PLAN._replace(weekday=1, weeks="every", first_day=date(2028, 2, 23), last_day=date(2028, 3, 7))
    assert contact_sessions.days_of(plan) == [date(2028, 2, 29), date(2028, 3, 7)]


def test_a_pattern_is_said_as_people_say_it() -> None:
    assert contact_sessions.in_words(PLAN) == "1st and 3rd Saturday, 10:30–12:30, six places"
    assert contact_sessions.in_words(PLAN._replace(weeks="last", places=1)) == "Last Saturday, 10:30–12:30, one place"
    assert contact_sessions.in_words(PLAN._replace(weeks="second", places=12)).startswith("Every second Saturday")
    assert contact_sessions.in_words(PLAN._replace(places=12)).endswith("12 places")


def test_many_days_are_named_by_the_first_few() -> None:
    assert contact_sessions.named([TODAY]) == "21 November 2026"
    assert contact_sessions.named([TODAY + DAY, TODAY]) == "21 November 2026 and 22 November 2026"
    assert contact_sessions.named(TODAY + DAY * n for n in range(9)).endswith(", 25 November 2026 and 4 more days")


def test_a_new_pattern_makes_its_sessions_from_today_on_and_is_written_down(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN._replace(first_day=TODAY - 10 * WEEK), by)
    assert days(pattern) == [TODAY, date(2026, 12, 5), date(2026, 12, 19), date(2027, 1, 2), date(2027, 1, 16)]
    newest = AuditLine.select().order_by(AuditLine.id.desc()).first()
    assert (newest.event, newest.about, newest.actor) == (Event.SESSION_PATTERN_MADE, "session-pattern:1", by.id)


def test_a_pattern_makes_no_session_that_would_have_begun(by: Person) -> None:
    with clock.at(datetime(2026, 11, 21, 10, 30, tzinfo=UTC)):
        assert days(contact_sessions.add_pattern(PLAN, by))[0] == date(2026, 12, 5)


def test_closed_days_get_no_session(by: Person) -> None:
    contact_sessions.add_closure(date(2026, 12, 19), by)
    assert date(2026, 12, 19) not in days(contact_sessions.add_pattern(PLAN, by))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ends": "10:30"}, "ends after it starts"),
        ({"starts": "22:00", "ends": "00:30"}, "before midnight"),
        ({"places": 0}, "1 to 50 places"),
        ({"places": 10_000}, "1 to 50 places"),
        ({"last_day": TODAY - DAY}, "lies before the first day"),
        ({"last_day": date(2028, 11, 22)}, "at most two years"),
        ({"weekday": 6, "last_day": TODAY}, "makes no session"),
        ({"first_day": TODAY - 2 * WEEK, "last_day": TODAY - DAY}, "makes no session"),
        (
            {"weekday": 6, "weeks": "last", "starts": "01:30", "ends": "03:00", "last_day": date(2027, 4, 30)},
            "28 March 2027 the clocks change, and 01:30 does not exist",
        ),
        (
            {"weekday": 6, "weeks": "last", "starts": "00:30", "ends": "01:00", "last_day": date(2027, 10, 31)},
            "28 March 2027 the clocks change, and 01:00 does not exist",
        ),
        (
            {"weekday": 6, "weeks": "last", "starts": "00:15", "ends": "01:30", "first_day": date(2027, 10, 1),
             "last_day": date(2027, 10, 31)},
            "31 October 2027 the clocks change, and 01:30 stands twice",
        ),
    ],
)  # fmt: skip
def test_a_pattern_that_cannot_be_is_refused_in_words(by: Person, changes: dict[str, Any], why: str) -> None:
    refused(why, contact_sessions.add_pattern, PLAN._replace(**changes), by)
    pattern = contact_sessions.add_pattern(PLAN, by)
    if "makes no session" not in why or "weekday" in changes:
        refused(why, contact_sessions.change_pattern, pattern, PLAN._replace(**changes), by)


def test_two_years_and_the_hour_after_the_clocks_changed_are_taken(by: Person) -> None:
    night = Plan(6, "last", "02:00", "03:00", 1, TODAY, date(2028, 11, 21))
    made = contact_sessions.add_pattern(night, by)
    assert {date(2027, 3, 28), date(2027, 10, 31)} <= set(days(made))


def test_a_session_keeps_its_time_by_the_wall_clock_all_year(by: Person) -> None:
    made = contact_sessions.add_pattern(PLAN._replace(last_day=date(2027, 11, 30)), by)
    begins = {one.begins.astimezone(UTC).hour for one in ContactSession.select().where(ContactSession.pattern == made)}
    assert begins == {9, 10}


def test_two_sessions_at_one_time_are_refused_and_one_after_the_other_is_not(by: Person) -> None:
    contact_sessions.add_pattern(PLAN, by)
    refused("another session at that time on 5 December 2026 and 2 January 2027",
            contact_sessions.add_pattern, PLAN._replace(weeks="1", starts="12:29", ends="14:00"), by)  # fmt: skip
    refused("another session at that time", contact_sessions.add_session, TODAY, "09:30", "10:31", 3, by)
    contact_sessions.add_pattern(PLAN._replace(starts="12:30", ends="14:00"), by)
    contact_sessions.add_session(TODAY, "09:30", "10:30", 3, by)
    morning = on(TODAY)
    refused("another session at that time", contact_sessions.change_session, morning, "10:30", "12:31", 6, by)


def test_a_cancelled_session_is_in_nobodys_way(by: Person) -> None:
    contact_sessions.cancel_session(make_session(TODAY + WEEK), "hall", by)
    contact_sessions.add_session(TODAY + WEEK, "10:30", "12:30", 6, by)
    assert len(contact_sessions.coming(TODAY, 10)) == 1


def test_sessions_to_come_follow_a_changed_pattern(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN, by)
    numbers = {one.day: one.id for one in ContactSession.select()}
    contact_sessions.change_pattern(pattern, PLAN._replace(weeks="1", starts="11:00", ends="13:00", places=4), by)
    assert days(pattern) == [date(2026, 12, 5), date(2027, 1, 2)]
    fresh = on(date(2026, 12, 5))
    assert (fresh.id, fresh.starts, fresh.ends, fresh.places) == (numbers[fresh.day], "11:00", "13:00", 4)
    assert contact_sessions.plan_of(SessionPattern.get_by_id(pattern.id)).places == 4


def test_what_is_over_has_begun_was_cancelled_or_changed_alone_stays_as_it_is(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN, by)
    contact_sessions.change_session(on(date(2026, 12, 19)), "14:00", "15:00", 2, by)
    contact_sessions.cancel_session(on(date(2027, 1, 2)), "weather", by)
    with clock.at(datetime(2026, 12, 5, 10, 30, tzinfo=UTC)):
        frozen = list(ContactSession.select().where(ContactSession.day <= date(2027, 1, 2)).dicts())
        contact_sessions.change_pattern(pattern, PLAN._replace(weekday=0, places=3), by)
        assert [row for row in ContactSession.select().dicts() if row in frozen] == frozen
        assert {day.weekday() for day in days(pattern) if day > date(2027, 1, 2)} == {0}
        contact_sessions.end_pattern(pattern, by)
        assert list(ContactSession.select().dicts()) == frozen
        with pytest.raises(RefusedError, match="This pattern is over"):
            contact_sessions.change_pattern(pattern, PLAN, by)
    assert days(pattern).count(date(2027, 1, 2)) == 1
    assert on(date(2027, 1, 2)).cancelled_at


def test_a_day_that_retention_took_away_is_not_made_again(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN, by)
    with clock.at(date(2026, 12, 20)):
        ContactSession.delete().where(ContactSession.day < clock.today()).execute()
        contact_sessions.change_pattern(pattern, PLAN._replace(places=5), by)
        assert days(pattern) == [date(2027, 1, 2), date(2027, 1, 16)]


def test_a_session_on_which_a_family_stood_is_not_taken_away(by: Person) -> None:
    pattern, family = contact_sessions.add_pattern(PLAN, by), make_family(by)
    at = clock.now()
    booking = make_booking(on(date(2026, 12, 19)), family, by, status="cancelled", cancelled_at=at, cancel_side="home")
    only_first = PLAN._replace(weeks="1")
    why = "stand or stood on 19 December 2026: cancel"
    refused(why, contact_sessions.change_pattern, pattern, only_first, by)
    refused(why, contact_sessions.end_pattern, pattern, by)
    contact_sessions.cancel_session(on(date(2026, 12, 19)), "other", by)
    contact_sessions.change_pattern(pattern, only_first, by)
    assert days(pattern) == [date(2026, 12, 5), date(2026, 12, 19), date(2027, 1, 2)]
    assert Booking.get_by_id(booking.id).session_id == on(date(2026, 12, 19)).id


def test_places_that_families_have_are_not_taken_away(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN, by)
    session = on(date(2026, 12, 5))
    for _ in range(3):
        make_booking(session, make_family(by), by)
    why = "More families than that have a place on 5 December 2026"
    refused(why, contact_sessions.change_pattern, pattern, PLAN._replace(places=2), by)
    refused(why, contact_sessions.change_session, session, "10:30", "12:30", 2, by)
    contact_sessions.change_pattern(pattern, PLAN._replace(places=3), by)
    contact_sessions.change_session(session, "10:00", "12:00", 3, by)
    fresh = on(date(2026, 12, 5))
    assert (fresh.starts, fresh.places, fresh.changed_alone) == ("10:00", 3, True)


def test_an_ended_pattern_is_out_of_the_list_even_if_it_had_not_begun(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN._replace(first_day=date(2026, 12, 1)), by)
    contact_sessions.end_pattern(pattern, by)
    assert contact_sessions.patterns() == []
    assert ContactSession.select().count() == 0


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((TODAY - DAY, "10:30", "12:30", 6), "over already"),
        ((TODAY, "08:00", "12:30", 6), "over already"),
        ((date(2028, 11, 22), "10:30", "12:30", 6), "at most two years ahead"),
        ((TODAY, "12:30", "10:30", 6), "ends after it starts"),
        ((TODAY, "10:30", "12:30", 51), "1 to 50 places"),
        ((date(2027, 3, 28), "01:59", "12:30", 6), "01:59 does not exist"),
        ((date(2027, 10, 31), "00:30", "01:00", 6), "01:00 stands twice"),
        ((date(2026, 12, 25), "10:30", "12:30", 6), "closed on that day"),
    ],
)
def test_a_single_session_that_cannot_be_held_is_refused(
    by: Person, asked: tuple[date, str, str, int], why: str
) -> None:
    contact_sessions.add_closure(date(2026, 12, 25), by)
    refused(why, contact_sessions.add_session, *asked, by)


def test_a_session_on_29_february_is_taken(by: Person) -> None:
    made = contact_sessions.add_session(date(2028, 2, 29), "10:30", "12:30", 6, by)
    assert contact_sessions.get(made.id) == made
    assert contact_sessions.get(made.id + 1) is None


@pytest.mark.parametrize("cancelled", [True, False])
def test_what_is_cancelled_or_has_begun_is_neither_changed_nor_cancelled(by: Person, *, cancelled: bool) -> None:
    session = make_session(TODAY + WEEK)
    if cancelled:
        contact_sessions.cancel_session(session, "hall", by)
    with clock.at(TODAY if cancelled else TODAY + WEEK):
        why = "cancelled already" if cancelled else "has begun"
        refused(why, contact_sessions.change_session, session, "14:00", "15:00", 6, by)
        refused(why, contact_sessions.cancel_session, session, "hall", by)


def test_whoever_has_something_on_a_session_is_told_when_it_is_cancelled_or_stops_it(
    by: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    monkeypatch.setattr(sessions, "when_cancelled", [lambda one, who: told.append((one.id, one.cancel_code, who))])
    session = make_session()
    contact_sessions.cancel_session(session, "volunteers", by)
    assert told == [(session.id, "volunteers", by)]

    def stop(_session: ContactSession, _by: Person) -> None:
        raise RefusedError("Somebody is in the hall.")

    monkeypatch.setattr(sessions, "when_cancelled", [stop])
    refused("in the hall", contact_sessions.cancel_session, make_session(), "hall", by)


def test_a_closed_day_cancels_its_sessions_and_an_opened_one_brings_none_back(by: Person) -> None:
    pattern = contact_sessions.add_pattern(PLAN, by)
    contact_sessions.add_closure(date(2026, 12, 19), by)
    assert on(date(2026, 12, 19)).cancel_code == contact_sessions.CLOSED
    refused("on the list already", contact_sessions.add_closure, date(2026, 12, 19), by)
    contact_sessions.remove_closure(date(2026, 12, 19), by)
    refused("not on the list", contact_sessions.remove_closure, date(2026, 12, 19), by)
    contact_sessions.change_pattern(pattern, PLAN._replace(places=5), by)
    assert [one.day for one in contact_sessions.coming(TODAY, 3)] == [TODAY, date(2026, 12, 5), date(2027, 1, 2)]


def test_a_day_that_is_over_or_going_on_cannot_be_closed(by: Person) -> None:
    contact_sessions.add_pattern(PLAN, by)
    refused("over already", contact_sessions.add_closure, TODAY - DAY, by)
    with clock.at(datetime(2026, 11, 21, 10, 30, tzinfo=UTC)):
        refused("has begun", contact_sessions.add_closure, TODAY, by)


def test_the_newest_rules_count_and_until_there_are_any_the_usual_ones(by: Person) -> None:
    usual = contact_sessions.rules()
    assert (usual.visitor_before, usual.visitor_after, usual.fewest_volunteers) == (15, 10, 3)
    contact_sessions.set_rules(20, 15, 4, by)
    contact_sessions.set_rules(0, 5, 2, by)
    now = contact_sessions.rules()
    assert (now.visitor_before, now.visitor_after, now.fewest_volunteers) == (0, 5, 2)
    for wrong in ((61, 5, 2), (5, -1, 2), (5, 5, 0), (5, 5, 21)):
        refused("can be 0 to 60|needs 1 to 20", contact_sessions.set_rules, *wrong, by)


def test_a_session_with_somebody_on_its_rota_is_not_taken_away(by: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """With whatever has registered itself in the product, and not with this file's own stand-ins."""
    monkeypatch.undo()
    pattern = contact_sessions.add_pattern(PLAN, by)
    make_duty(on(date(2026, 12, 19)), by)
    make_booking(on(date(2027, 1, 16)), make_family(by), by)
    refused("19 December 2026 and 16 January 2027", contact_sessions.end_pattern, pattern, by)
