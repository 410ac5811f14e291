"""Attendance statements: whatever the register says, the right dates and times, nothing else; issued once, for good."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from sqlite3 import IntegrityError as Refusal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import IntegrityError

from ccc import attendance, bookings, clock, disclosures, families, kinds, referrals, statements
from ccc.attendance import Slot
from ccc.audit import AuditLine, Event
from ccc.db import db, writing
from ccc.disclosures import Disclosure, InformationRequest, NewRequest
from ccc.families import Adult, Family
from ccc.people import Person, RefusedError
from ccc.roles import Role
from ccc.statements import Asked, Line, Seen, Statement
from tests.booking_log import make_booking, make_family, make_session
from tests.stated import (
    BEGAN,
    BODY,
    CASE,
    ENDED,
    FIRST,
    HOW,
    LAST,
    REFERRER,
    SLOTS,
    TIMES,
    asked_for,
    correct,
    issue,
    make_referrer,
    make_visit,
    note_all,
    referred_family,
)
from tests.test_booking_log_lives import undone

Cast = dict[Role, Person]
# A weekend on which the clocks go forward, one on which they go back, and two others.
SATURDAYS = (date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 7), date(2026, 11, 14))
DAYS = tuple(sorted(day + timedelta(days=n) for day in SATURDAYS for n in (0, 1)))
CANARIES = ("Hestia", "Viator", "Pipkin", "Canary", "F-", "side", "home", "visit", "cancel", "child", "late", "ill")


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def family(colin: Person) -> Family:
    return referred_family(colin)


@pytest.fixture
def home(colin: Person) -> Adult:
    """The adult at home of a family that came by itself."""
    return Adult.get(Adult.family == make_family(colin), Adult.side == "home")


def minute(text: str) -> time:
    return time.fromisoformat(text)


def told(family: Family, first: date = FIRST, last: date = LAST) -> list[tuple[date, str, str]]:
    """The lines that a statement would hold."""
    return [(line.day, f"{line.began:%H:%M}", line.end) for line in _content(family, first, last).lines]


def _content(family: Family, first: date, last: date) -> statements.Content:
    return statements.preview(asked_for(family, first, last)).content


# What it tells, whatever the register says


def wall_clock(first: str, last: str) -> st.SearchStrategy[str]:
    begin, end = (datetime.combine(LAST, minute(text)) for text in (first, last))
    return st.integers(0, int((end - begin).total_seconds() // 60)).map(
        lambda n: f"{begin + timedelta(minutes=n):%H:%M}"
    )


came, left = wall_clock("09:45", "11:30"), wall_clock("11:31", "13:00")
# What happens with a place: cancelled; not closed; or noted, some of it wrongly at first, some wholly in error.
visits = st.fixed_dictionaries(
    {
        "became": st.sampled_from(["held", "held", "held", "cancelled", "open"]),
        "times": st.tuples(came, came, left, left),
        "wrong": st.tuples(*[st.none() | strategy for strategy in (came, came, left, left)]),
        "missing": st.sampled_from([(), (), (), ("child",), ("visitor",), ("visitor-left",), ("child", "visitor")]),
        "in_error": st.booleans(),
    }
)
periods = st.tuples(st.sampled_from(DAYS), st.sampled_from(DAYS)).map(sorted)


def live_through(family: Family, day: date, visit: dict[str, Any], by: Person) -> Line | None:
    """Let a visit happen, and return the line that it should make, worked out from the clock on the wall alone."""
    booking = make_booking(make_session(day), family, by)
    if visit["became"] == "cancelled":
        with clock.at(day - timedelta(days=3)):
            bookings.cancel(booking, "home", "illness", by)
        return None
    absent = visit["missing"]
    there = {slot: not any(slot == one or slot.startswith(f"{one}-") for one in absent) for slot in SLOTS}
    noted = list(zip(SLOTS, visit["times"], visit["wrong"], strict=True))
    for slot, right, wrong in noted:
        if there[slot] or visit["in_error"]:
            attendance.note(booking, slot, _at(day, wrong or right), by)
    for slot, right, wrong in reversed(noted):
        if visit["in_error"] and not there[slot]:
            correct(booking, slot, None, by)
        elif there[slot] and wrong and wrong != right:
            correct(booking, slot, right, by)
    if visit["became"] == "open":
        return None
    attendance.close(booking.session, by)
    child_came, visitor_came, child_left, visitor_left = visit["times"]
    if not all(there.values()):
        return None
    return Line(day, minute(max(child_came, visitor_came)), day, minute(min(child_left, visitor_left)))


def _at(day: date, text: str) -> datetime:
    return datetime.combine(day, minute(text), clock.LONDON).astimezone(UTC)


def insist_on_nothing_else(content: statements.Content, expected: list[Line]) -> None:
    """The lines are these; in the words are their times alone, and no canary."""
    assert list(content.lines) == expected
    words = content.text.replace(CASE, "")
    assert [canary for canary in CANARIES if canary in words or canary in words.lower()] == []
    times = {f"{at:%H:%M}" for line in expected for at in (line.began, line.ended)}
    assert set(re.findall(r"\d\d:\d\d", content.text)) == times


def test_a_statement_holds_the_times_of_contact_and_nothing_else_whatever_happened(colin: Person) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(visits, min_size=len(DAYS), max_size=len(DAYS)), periods)
    def lives(days: list[dict[str, Any]], period: list[date]) -> None:
        with undone():
            family = referred_family(colin)
            lines = [live_through(family, day, visit, colin) for day, visit in zip(DAYS, days, strict=True)]
            expected = [line for line in lines if line and period[0] <= line.day <= period[1]]
            asked = asked_for(family, *period)
            if not expected:
                with pytest.raises(RefusedError, match="nothing to state"):
                    statements.preview(asked)
                return
            insist_on_nothing_else(statements.preview(asked).content, expected)
            issued = issue(asked, colin)
            insist_on_nothing_else(statements.content_of(Statement.get_by_id(issued.id)), expected)

    lives()


handed = st.tuples(came, left, st.sampled_from(["the same day", "the next day", "not noted", "not at all"]))


def hand_over(family: Family, saturday: date, plan: tuple[str, str, str], by: Person) -> Line | None:
    """A weekend: the child is handed out on Saturday, and handed back then or on Sunday."""
    out, back, when = plan
    sunday = saturday + timedelta(days=1)
    first, second = (make_booking(make_session(day), family, by) for day in (saturday, sunday))
    there: dict[Slot, str] = {} if when == "not at all" else {Slot.CHILD_CAME: "09:40", Slot.HANDED_OUT: out}
    returned: dict[Slot, str] = {Slot.HANDED_BACK: back, Slot.CHILD_LEFT: "13:05"}
    note_all(first, there | (returned if when == "the same day" else {}), by)
    note_all(second, returned if when == "the next day" else {}, by)
    if when in ("not noted", "not at all"):
        return None
    return Line(saturday, minute(out), saturday if when == "the same day" else sunday, minute(back))


def test_a_handover_lasts_from_handing_out_to_handing_back_even_if_the_clocks_change_in_between(colin: Person) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.tuples(*[handed] * len(SATURDAYS)))
    def lives(weekends: tuple[tuple[str, str, str], ...]) -> None:
        with undone():
            family = referred_family(colin, service="handover")
            plans = zip(SATURDAYS, weekends, strict=True)
            expected = [line for day, plan in plans if (line := hand_over(family, day, plan, colin))]
            asked = asked_for(family, DAYS[0], DAYS[-1])
            if expected:
                insist_on_nothing_else(statements.preview(asked).content, expected)
            else:
                with pytest.raises(RefusedError, match="nothing to state"):
                    statements.preview(asked)

    lives()


def test_a_night_between_is_said_by_its_date(colin: Person) -> None:
    family = referred_family(colin, service="handover")
    hand_over(family, SATURDAYS[1], ("10:30", "11:45", "the next day"), colin)
    assert told(family, DAYS[0]) == [(date(2026, 10, 24), "10:30", "11:45 on 25 October 2026")]
    assert told(family, date(2026, 10, 24), date(2026, 10, 24))
    with pytest.raises(RefusedError, match="nothing to state"):
        statements.preview(asked_for(family, date(2026, 10, 25), LAST))


def test_those_who_did_not_meet_have_no_line(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    make_visit(family, colin, date(2026, 11, 7), ("10:30", "11:20", "11:10", "12:00"))
    assert told(family) == [(date(2026, 11, 14), BEGAN, ENDED)]


def test_the_preview_counts_places_that_lack_a_time_or_are_not_closed(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    assert statements.preview(asked_for(family)).wanting == 0
    make_visit(family, colin, date(2026, 11, 7), (*TIMES[:3], None))
    make_visit(family, colin, date(2026, 11, 1), (TIMES[0], None, TIMES[2], None))
    make_booking(make_session(date(2026, 11, 8)), family, colin)
    assert statements.preview(asked_for(family)).wanting == 2
    assert "7 November" not in statements.preview(asked_for(family)).content.text


def test_of_a_handover_that_is_not_over_a_time_is_wanting(colin: Person) -> None:
    family = referred_family(colin, service="handover")
    hand_over(family, SATURDAYS[2], ("10:30", "11:45", "the next day"), colin)
    assert statements.preview(asked_for(family)).wanting == 0
    hand_over(family, SATURDAYS[3], ("10:30", "11:45", "not noted"), colin)
    assert statements.preview(asked_for(family)).wanting == 1


# What is refused


def refused(asked: Asked, by: Person, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        statements.issue(asked, Seen("0" * 64, statements.newest()), HOW, by)


def test_what_cannot_be_stated_is_refused_in_words(family: Family, home: Adult, colin: Person) -> None:
    make_visit(family, colin)
    make_visit(home.family, colin)
    asked, parent = asked_for(family), Asked(home.family, FIRST, LAST, adult=home.id, reason="court-asks")
    adult_of_family = Adult.get(Adult.family == family)
    admitted = families.admit(home.family, families.Name("Gita", "Gran"), FIRST, FIRST, colin)
    unknown, without_number = make_family(colin), referred_family(colin, None)
    referrals.Referral.delete().where(referrals.Referral.family == unknown).execute()
    for wrong, said in {
        asked._replace(last_day=date(2026, 11, 22)): "cannot reach into the future",
        asked._replace(first_day=date(2026, 11, 22)): "comes after its last day",
        asked._replace(first_day=date(2026, 11, 15)): "nothing to state",
        asked_for(referred_family(colin)): "nothing to state",
        asked._replace(adult=adult_of_family.id, reason="other"): "recorded for this family",
        asked._replace(adult=adult_of_family.id): "recorded for this family",
        parent._replace(adult=None): "one of the two sides",
        parent._replace(adult=admitted.id): "one of the two sides",
        parent._replace(adult=adult_of_family.id): "one of the two sides",
        parent._replace(reason=None): "the reason why",
        parent._replace(reason="because"): "the reason why",
        Asked(unknown, FIRST, LAST): "not recorded yet",
        asked_for(without_number): "case reference is not recorded",
    }.items():
        refused(wrong, colin, said)
    assert (Statement.select().count(), InformationRequest.select().count()) == (0, 0)


def test_what_was_not_looked_at_is_not_issued(family: Family, colin: Person) -> None:
    booking = make_visit(family, colin)
    asked = asked_for(family)
    seen = Seen(statements.preview(asked).mark, 0)
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    with pytest.raises(RefusedError, match="since you looked at this"):
        statements.issue(asked, seen, HOW, colin)
    assert Statement.select().count() == 0


def test_another_referrer_than_the_one_that_was_looked_at_gets_nothing(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    seen = Seen(statements.preview(asked_for(family)).mark, 0)
    referrals.refer(family, make_referrer(colin, "Somebody Else"), CASE, clock.today(), colin)
    with pytest.raises(RefusedError, match="since you looked at this"):
        statements.issue(asked_for(family), seen, HOW, colin)


def test_a_recipient_who_was_renamed_since_they_were_looked_at_gets_nothing(
    family: Family, home: Adult, colin: Person
) -> None:
    parent = Asked(home.family, FIRST, LAST, adult=home.id, reason="court-asks")
    for whose in (family, home.family):
        make_visit(whose, colin)
    seen, seen_parent = (Seen(statements.preview(asked).mark, 0) for asked in (asked_for(family), parent))
    referrals.change_referrer(referrals.Referrer.get(), "solicitor", "Somebody Else and Sons", "Else", colin)
    families.rename(home, families.Name("Somebody", "Else"), colin)
    for asked, mark in ((asked_for(family), seen), (parent, seen_parent)):
        with pytest.raises(RefusedError, match="since you looked at this"):
            statements.issue(asked, mark, HOW, colin)


def test_without_the_disclosure_there_is_no_statement(
    family: Family, colin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object) -> None:
        raise OSError("the disk is full")

    make_visit(family, colin)
    lines = AuditLine.select().count()
    monkeypatch.setattr(disclosures, "release", fails)
    with pytest.raises(OSError, match="the disk is full"):
        issue(asked_for(family), colin)
    assert (Statement.select().count(), InformationRequest.select().count()) == (0, 0)
    assert AuditLine.select().count() == lines


def test_a_request_that_is_not_theirs_is_not_answered_with_a_statement(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    visiting = Adult.get(Adult.family == family, Adult.side == "visiting")
    referrer = f"{REFERRER} {family.id}"
    theirs = NewRequest(family, None, LAST, "solicitor", referrer, "rang-back", "attendance", "court", BODY)
    wrong: dict[str, dict[str, Any]] = {
        "report": {"what": "report"},
        "another family's": {"family": referred_family(colin)},
        "a parent's": {"adult": visiting, "kind": "visiting", "asker": visiting.last_name, "body": None},
        "another body's": {"kind": "police"},
        "another solicitor's": {"asker": "Somebody Else"},
        "not checked": {"verified": "not"},
    }
    asked, seen = asked_for(family), Seen(statements.preview(asked_for(family)).mark, 0)
    for change in wrong.values():
        request = disclosures.log(NewRequest(**(vars(theirs) | change)), colin)
        with pytest.raises(RefusedError):
            statements.issue(asked, seen, request, colin)
    assert Statement.select().count() == 0
    request = disclosures.log(theirs, colin)
    assert statements.request_of(statements.issue(asked, seen, request, colin)) == request
    with pytest.raises(RefusedError, match="cannot be done now: released"):
        statements.issue(asked, Seen(seen.mark, statements.newest()), request, colin)


# What issuing leaves


def test_issuing_writes_the_statement_its_request_and_its_disclosure_together(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    issued = issue(asked_for(family), colin)
    request = InformationRequest.get()
    assert (request.kind, request.body, request.verified) == ("solicitor", BODY, "rang-back")
    released = Disclosure.get(Disclosure.request == request)
    assert (released.act, released.released) == ("released", f"statement:{issued.id}")
    assert (released.permission, request.what) == ("not-sought", "attendance")
    line = AuditLine.get(AuditLine.event == Event.STATEMENT_ISSUED)
    assert line.about == f"statement:{issued.id}"
    assert issued.sha256 in line.facts


def test_a_parent_gets_the_times_of_contact_under_no_name(home: Adult, colin: Person) -> None:
    make_visit(home.family, colin)
    issued = issue(Asked(home.family, FIRST, LAST, adult=home.id, reason="court-asks"), colin)
    content = statements.content_of(issued)
    assert content.text.splitlines()[1] == "For the parent who asked"
    insist_on_nothing_else(content, [Line(date(2026, 11, 14), minute(BEGAN), date(2026, 11, 14), minute(ENDED))])
    request = InformationRequest.get()
    assert (request.kind, request.adult_id, issued.reason) == ("home", home.id, "court-asks")


def test_pressed_twice_it_is_issued_once_and_asked_for_again_a_second_time(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    asked = asked_for(family)
    seen = Seen(statements.preview(asked).mark, statements.newest())
    first, again = (statements.issue(asked, seen, HOW, colin) for _ in range(2))
    assert (first, Disclosure.select().count()) == (again, 1)
    second = issue(asked, colin)
    assert (second.id, second.sha256, Disclosure.select().count()) == (first.id + 1, first.sha256, 2)


def test_two_co_ordinators_issue_what_both_look_at_once(family: Family, colin: Person, cast: Cast) -> None:
    booking = make_visit(family, colin)
    asked = asked_for(family)
    before = Seen(statements.preview(asked).mark, statements.newest())
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    seen = before._replace(mark=statements.preview(asked).mark)
    first, again = (statements.issue(asked, seen, HOW, by) for by in (colin, cast[Role.CHAIR]))
    assert (first, Disclosure.select().count()) == (again, 1)
    with pytest.raises(RefusedError, match="since you looked at this"):
        statements.issue(asked, before, HOW, colin)


def test_an_issued_statement_is_never_changed_and_goes_with_its_family_alone(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    issued = issue(asked_for(family), colin)
    for column in ("lines", "sha256", "last_day", "referrer_id", "replaces_id"):
        with pytest.raises((Refusal, IntegrityError), match="append-only"):
            db.execute_sql(f"UPDATE statement SET {column} = '1'")
    with pytest.raises((Refusal, IntegrityError), match="append-only"):
        issued.delete_instance()
    assert kinds.Part("attendance statements", "statement", "family_id = :record") in kinds.parts(kinds.FAMILY)
    with clock.at(datetime(2030, 1, 1, tzinfo=UTC)), writing():
        issue(asked_for(family), colin)
    assert kinds.last_used(kinds.FAMILY)[family.id] == date(2030, 1, 1)


# Corrections


@pytest.fixture
def issued(family: Family, colin: Person) -> tuple[Statement, Callable[[str | None], None]]:
    """A statement, and a way to correct the time at which the child left."""
    booking = make_visit(family, colin)
    return issue(asked_for(family), colin), lambda at: correct(booking, Slot.CHILD_LEFT, at, colin)


def numbers() -> list[int]:
    return [one.number for one in statements.stale()]


Issued = tuple[Statement, Callable[[str | None], None]]


def test_a_correction_makes_a_statement_stale_until_another_takes_its_place(issued: Issued, colin: Person) -> None:
    statement, change = issued
    assert numbers() == []
    change("12:05")
    assert numbers() == [statement.id]
    change(ENDED)
    assert numbers() == []
    change("12:05")
    later = issue(statements.in_place_of(statement), colin, None)
    assert (later.replaces_id, numbers(), statements.replaced_by(statement)) == (statement.id, [], later.id)
    assert statements.content_of(later).lines[0].ended == minute("12:05")
    assert (statements.request_of(later), InformationRequest.select().count()) == (statements.request_of(statement), 1)
    first, second = Disclosure.select().order_by(Disclosure.id)
    assert (second.replaces, second.released) == (first, f"statement:{later.id}")
    assert disclosures.undone() == ()
    assert f"In place of statement {statement.id}" in statements.as_text(later)
    assert f"Statement {later.id} took the place of this one." in statements.as_text(statement)
    assert statements.content_of(Statement.get_by_id(statement.id)).lines[0].ended == minute(ENDED)
    refused(statements.in_place_of(statement), colin, "took the place")
    refused(statements.in_place_of(later), colin, "Nothing has changed")


def test_a_contact_that_never_was_is_taken_back_by_an_empty_statement(issued: Issued, family: Family) -> None:
    statement, _ = issued
    colin, booking = statement.by, bookings.Booking.get(bookings.Booking.family == family)
    for slot in (Slot.VISITOR_LEFT, Slot.VISITOR_CAME):
        correct(booking, slot, None, colin)
    assert numbers() == [statement.id]
    later = issue(statements.in_place_of(statement), colin, None)
    assert statements.content_of(later).text.endswith("No contact is stated for this period.\n")


def test_a_register_that_is_closed_after_the_statement_makes_it_stale(family: Family, colin: Person) -> None:
    make_visit(family, colin)
    late = make_booking(make_session(date(2026, 11, 7)), family, colin)
    for slot, at in zip(SLOTS, TIMES, strict=True):
        attendance.note(late, slot, _at(date(2026, 11, 7), at), colin)
    clock.advance(timedelta(hours=1))
    issued = issue(asked_for(family), colin)
    clock.advance(timedelta(hours=1))
    attendance.close(late.session, colin)
    assert numbers() == [issued.id]


def test_what_happens_after_the_period_makes_nothing_stale(issued: Issued, family: Family, colin: Person) -> None:
    make_visit(family, colin, date(2026, 10, 31))
    assert numbers() == []


def test_whoever_got_what_is_wrong_now_gets_what_is_right_whoever_is_recorded_since(
    issued: Issued, home: Adult, colin: Person
) -> None:
    statement, change = issued
    of_home = make_visit(home.family, colin)
    parents = issue(Asked(home.family, FIRST, LAST, adult=home.id, reason="court-asks"), colin)
    for family in (statement.family, home.family):
        somebody_else = make_referrer(colin, f"Somebody Else {family.id}")
        referrals.refer(family, somebody_else, "OTHER 1", clock.today(), colin)
    assert numbers() == []
    change("12:05")
    correct(of_home, Slot.CHILD_LEFT, "12:05", colin)
    assert [(one.number, one.is_former) for one in statements.stale()] == [(statement.id, True), (parents.id, False)]
    later, to_parent = (issue(statements.in_place_of(one), colin, None) for one in (statement, parents))
    assert (later.referrer, later.case_reference) == (statement.referrer, CASE)
    assert (to_parent.adult, to_parent.referrer, to_parent.reason) == (home, None, "court-asks")
    assert numbers() == []
