"""The rules of DBS checks: what is kept and how it is packed, what is next, and what a decision clears."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccc import clock, dbs, people, vault
from ccc.audit import AuditLine, Event
from ccc.clock import months_later
from ccc.dbs import (
    MEANWHILE,
    Asked,
    Certificate,
    Check,
    DbsCheck,
    DbsRules,
    Decision,
    Entry,
    Level,
    Look,
    Need,
    Position,
    Result,
    Verdict,
    Workforce,
)
from ccc.dbs.check import DAYS as DAY_NAMES
from ccc.dbs.check import FIRST_DAY, SIZE, pack, unpack
from ccc.dbs.needs import USUALLY
from ccc.officers_vault import Opened
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.vaulted import check_of, fill_in, opened_by_both

Cast = Mapping[Role, Person]
TODAY = date(2026, 11, 21)
ASKED = Asked(Position.VOLUNTEER, Level.ENHANCED, Workforce.CHILD)
DAYS = st.dates(FIRST_DAY, date(2090, 1, 1))
ENTRIES = st.builds(Entry, DAYS, st.integers(1, 10**6), st.text(max_size=80))
CHECKS = st.builds(
    Check,
    position=st.none() | st.sampled_from(Position),
    level=st.none() | st.sampled_from(Level),
    workforce=st.none() | st.sampled_from(Workforce),
    number=st.from_regex("[0-9]{12}", fullmatch=True) | st.just(""),
    looks=st.lists(st.builds(Look, DAYS, st.sampled_from(Result)), max_size=12).map(tuple),
    decision=st.none() | st.sampled_from(Decision),
    history=st.lists(ENTRIES, max_size=8).map(tuple),
    **{name: st.none() | DAYS for name in DAY_NAMES},
)


@pytest.fixture
def both(cast: Cast) -> dict[Role, Opened]:
    return opened_by_both(cast)


@pytest.fixture
def opened(both: dict[Role, Opened]) -> Opened:
    return both[Role.SAFEGUARDING]


@pytest.fixture
def vera(cast: Cast) -> Person:
    return cast[Role.VOLUNTEER]


def seen(person: Person, opened: Opened, on: date = TODAY) -> None:
    certificate = Certificate("001234567890", on - timedelta(days=10), on)
    dbs.see_original(person, opened, check_of(person, opened).mark, ASKED, certificate)


def decided(person: Person, opened: Opened, decision: Decision = Decision.MAY, due: date | None = None) -> None:
    dbs.decide(person, opened, check_of(person, opened).mark, Verdict(decision, clock.today(), due))


def need_of(check: Check, today: date = TODAY) -> Need:
    return dbs.next_for(check, TODAY, today, DbsRules()).need


@given(CHECKS)
def test_what_is_packed_comes_out_whole_and_always_has_one_length(check: Check) -> None:
    assert unpack(pack(check, 7), 7) == check
    assert unpack(pack(check, 7), 8) is None
    assert len(pack(check, 7).encode()) == SIZE


def test_of_a_history_that_grows_too_long_only_the_oldest_lines_go() -> None:
    history = [Entry(TODAY, number, "decision: may serve") for number in range(200)]
    packed = unpack(pack(Check(history=tuple(history)), 7), 7)
    assert packed
    kept = packed.history
    assert 100 < len(kept) < 200
    assert list(kept) == history[-len(kept) :]


@given(CHECKS, st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_what_lies_open_tells_no_day_of_a_check_and_not_who_was_refused(check: Check, today: date) -> None:
    step = dbs.next_for(check, TODAY, today, DbsRules())
    if check.decision is None:
        assert step.need in (Need.START, Need.SEE, Need.DECIDE)
    if check.decision != Decision.MAY:
        days = {Need.START: TODAY, Need.DECIDE: today}
        assert step.waits_on == days.get(step.need, today + USUALLY)
    elif step.waits_on:
        assert step.waits_on == today or step.waits_on.day == 1


@given(CHECKS, st.integers(0, 400))
def test_with_the_days_a_need_only_grows_more_pressing(check: Check, days: int) -> None:
    order = list(Need)
    later = need_of(check, TODAY + timedelta(days))
    assert order.index(later) <= order.index(need_of(check))


@pytest.mark.parametrize(
    ("days", "need"),
    [
        (31, Need.NOTHING),
        (30, Need.IN_30),
        (15, Need.IN_30),
        (14, Need.IN_14),
        (8, Need.IN_14),
        (7, Need.IN_7),
        (0, Need.IN_7),
        (-1, Need.OVERDUE),
    ],
)
def test_a_recheck_is_told_of_30_14_and_7_days_before(days: int, need: Need) -> None:
    serving = Check(decision=Decision.MAY, recheck_due=TODAY + timedelta(days))
    assert need_of(serving) == need
    in_hand = Check(decision=Decision.MAY, recheck_due=TODAY + timedelta(days), renewal_since=TODAY)
    assert need_of(in_hand) == Need.RENEWAL


def test_a_look_is_due_a_year_after_the_last_and_only_with_the_persons_agreement() -> None:
    year_ago = months_later(TODAY, -12)
    serving: dict[str, Any] = {"decision": Decision.MAY, "decided_on": year_ago, "recheck_due": months_later(TODAY, 24)}
    assert need_of(Check(**serving)) == Need.NOTHING
    assert need_of(Check(**serving, consent_on=year_ago)) == Need.LOOK
    looked = Look(year_ago + timedelta(days=31), Result.CURRENT)
    assert need_of(Check(**serving, consent_on=year_ago, looks=(looked,))) == Need.NOTHING


@pytest.mark.parametrize("result", [Result.NOT_CURRENT, Result.NO_MATCH])
def test_a_look_that_found_something_else_calls_for_a_decision(result: Result) -> None:
    looked = Look(TODAY, result)
    serving = Check(decision=Decision.MAY, decided_on=TODAY, recheck_due=months_later(TODAY, 24), looks=(looked,))
    assert need_of(serving) == Need.DECIDE


def test_somebody_who_was_refused_may_apply_again_even_on_that_day(vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    decided(vera, opened, Decision.MAY_NOT)
    assert need_of(check_of(vera, opened)) == Need.REFUSED
    asked = Asked(Position.VOLUNTEER, Level.ENHANCED, Workforce.CHILD)
    dbs.apply(vera, opened, check_of(vera, opened).mark, asked, TODAY)
    again = check_of(vera, opened)
    assert (need_of(again), again.number, again.seen_on) == (Need.SEE, "", None)


def test_a_row_in_anothers_place_is_not_taken_for_theirs(cast: Cast, vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    theirs = DbsCheck.get(DbsCheck.person == vera).sealed
    DbsCheck.update(sealed=theirs).where(DbsCheck.person == cast[Role.COORDINATOR]).execute()
    assert dbs.look_into(cast[Role.COORDINATOR], opened) is None


def test_leaving_by_mistake_takes_no_clearance_away(cast: Cast, vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    decided(vera, opened)
    people.leave(vera, cast[Role.COORDINATOR])
    people.come_back(vera, cast[Role.COORDINATOR])
    assert dbs.is_cleared(vera)


@given(st.from_regex("[0-9]{1,11}", fullmatch=True))
def test_a_number_that_lost_its_noughts_is_offered_whole(number: str) -> None:
    fault = dbs.number_fault(number)
    assert fault
    assert number.zfill(12) in fault
    assert dbs.number_fault(number.zfill(12)) is None


@pytest.mark.parametrize("number", ["", "0012345678901", "00123456789O", "\u0661" * 12, "²²²²²²²²²²²²", "0012 3456789"])
def test_what_is_no_number_is_refused(number: str) -> None:
    assert dbs.number_fault(number)


def test_a_check_is_there_from_the_day_somebody_joins(both: dict[Role, Opened]) -> None:
    nora = people.add("Nora New (invented)", None, None, None)
    assert DbsCheck.get(DbsCheck.person == nora).waits_on == TODAY
    assert check_of(nora, both[Role.CHAIR]) == Check()


def test_a_decision_clears_until_the_recheck_and_its_grace_are_over(vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    assert not dbs.is_cleared(vera)
    decided(vera, opened, due=date(2027, 6, 1))
    for day, cleared in ((date(2027, 6, 1), True), (date(2027, 7, 1), True), (date(2027, 7, 2), False)):
        with clock.at(day):
            assert dbs.is_cleared(vera) == cleared


@pytest.mark.parametrize("decision", [Decision.MAY_NOT, Decision.ELSEWHERE])
def test_any_other_decision_ends_a_clearance_at_once(vera: Person, opened: Opened, decision: Decision) -> None:
    seen(vera, opened)
    decided(vera, opened)
    assert dbs.is_cleared(vera)
    decided(vera, opened, decision)
    assert not dbs.is_cleared(vera)


def test_a_new_certificate_leaves_the_clearance_until_it_is_decided_on(vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    decided(vera, opened)
    seen(vera, opened)
    assert dbs.is_cleared(vera)
    assert check_of(vera, opened).decision is None
    assert check_of(vera, opened).recheck_due is None


def test_the_usual_recheck_of_29_february_is_on_the_28th(vera: Person, opened: Opened) -> None:
    with clock.at(date(2028, 2, 29)):
        seen(vera, opened, date(2028, 2, 29))
        decided(vera, opened)
        assert check_of(vera, opened).recheck_due == date(2031, 2, 28)


@pytest.mark.parametrize(
    ("due", "because"),
    [
        (date(2026, 11, 1), "before the certificate was issued"),
        (date(2026, 11, 21), "before the decision"),
        (date(2029, 11, 22), "after 36 months at the latest"),
    ],
)
def test_a_recheck_that_cannot_be_is_refused(vera: Person, opened: Opened, due: date, because: str) -> None:
    seen(vera, opened)
    with pytest.raises(RefusedError, match=because):
        decided(vera, opened, due=due)
    assert not dbs.is_cleared(vera)


def test_nothing_is_decided_before_the_original_was_seen(vera: Person, opened: Opened) -> None:
    with pytest.raises(RefusedError, match="original is seen in person"):
        decided(vera, opened)


def test_a_look_needs_the_agreement_and_does_not_lie_before_it(vera: Person, opened: Opened) -> None:
    seen(vera, opened)
    look = Look(TODAY - timedelta(days=1), Result.CURRENT)
    with pytest.raises(RefusedError, match="agreement"):
        dbs.note_look(vera, opened, check_of(vera, opened).mark, look)
    dbs.note_consent(vera, opened, check_of(vera, opened).mark, TODAY)
    with pytest.raises(RefusedError, match="cannot lie before"):
        dbs.note_look(vera, opened, check_of(vera, opened).mark, look)


def test_of_two_officers_at_once_the_second_is_told(vera: Person, both: dict[Role, Opened]) -> None:
    seen(vera, both[Role.CHAIR])
    mark = check_of(vera, both[Role.CHAIR]).mark
    dbs.decide(vera, both[Role.CHAIR], mark, Verdict(Decision.MAY_NOT, TODAY))
    with pytest.raises(RefusedError, match=MEANWHILE[:30]):
        dbs.decide(vera, both[Role.SAFEGUARDING], mark, Verdict(Decision.MAY, TODAY))
    assert check_of(vera, both[Role.SAFEGUARDING]).decision == Decision.MAY_NOT
    assert not dbs.is_cleared(vera)


@pytest.mark.parametrize("role", [Role.CHAIR, Role.SAFEGUARDING])
def test_nobody_does_anything_to_their_own_check(cast: Cast, both: dict[Role, Opened], role: Role) -> None:
    own, other = cast[role], both[Role.CHAIR if role == Role.SAFEGUARDING else Role.SAFEGUARDING]
    mark = check_of(own, other).mark
    with pytest.raises(RefusedError, match="own check"):
        dbs.look_into(own, both[role])
    with pytest.raises(RefusedError, match="own check"):
        dbs.apply(own, both[role], mark, ASKED, TODAY)
    with pytest.raises(RefusedError, match="own check"):
        dbs.begin_anew(own, both[role])


def test_the_audit_trail_tells_that_something_was_done_and_never_what(vera: Person, opened: Opened) -> None:
    fill_in(vera, opened, Decision.ELSEWHERE)
    lines = AuditLine.select().where(AuditLine.event == Event.DBS_CHANGED)
    assert {(line.about, line.facts) for line in lines} == {(f"person:{vera.id}", "{}")}
    assert len(lines) == 5


def test_a_check_sealed_to_a_lost_key_is_named_and_can_be_begun_anew(vera: Person, opened: Opened) -> None:
    stranger = vault.public_of(vault.new_private_key())
    DbsCheck.update(sealed=vault.seal_to(stranger, pack(Check(), vera.id))).where(DbsCheck.person == vera).execute()
    assert dbs.look_into(vera, opened) is None
    assert {line.number: line.need for line in dbs.list_checks(opened)[0]}[vera.id] == Need.LOST
    dbs.begin_anew(vera, opened)
    assert check_of(vera, opened) == Check()
    with pytest.raises(RefusedError, match="can be opened"):
        dbs.begin_anew(vera, opened)


def test_what_presses_most_stands_first_and_an_officers_own_is_left_out(
    cast: Cast, vera: Person, both: dict[Role, Opened]
) -> None:
    opened, nora = both[Role.SAFEGUARDING], people.add("Nora New (invented)", None, None, None)
    for person in (vera, nora, cast[Role.COORDINATOR]):
        seen(person, opened)
    decided(nora, opened, due=TODAY + timedelta(days=10))
    decided(vera, opened, due=TODAY + timedelta(days=5))
    clock.advance(timedelta(days=7))
    listed = [(line.number, line.need) for line in dbs.list_checks(opened)[0]]
    assert listed == [
        (vera.id, Need.OVERDUE),
        (nora.id, Need.IN_7),
        (cast[Role.COORDINATOR].id, Need.DECIDE),
        (cast[Role.CHAIR].id, Need.START),
    ]


def test_leafing_through_the_list_shows_everybody_once(cast: Cast, opened: Opened) -> None:
    for number in range(120):
        people.add(f"Person {number} (invented)", None, None, None)
    pages, after = [], ("", 0)
    while after:
        lines, more = dbs.list_checks(opened, after=after)
        pages.append([line.number for line in lines])
        after = more  # type: ignore[assignment]  # None ends the loop
    assert [len(page) for page in pages] == [30, 30, 30, 30, 3]
    own = cast[Role.SAFEGUARDING].id
    assert sorted(sum(pages, [])) == sorted(person.id for person in Person.select() if person.id != own)  # noqa: RUF017
    only = dbs.list_checks(opened, Need.START, "person 11")[0]
    assert [line.name.split()[1] for line in only] == ["11", *(f"11{n}" for n in range(10))]


def test_the_coming_months_count_each_check_where_it_waits_and_not_ones_own(
    cast: Cast, vera: Person, opened: Opened
) -> None:
    seen(vera, opened)
    decided(vera, opened, due=date(2027, 3, 5))
    months = dict(dbs.coming_months(cast[Role.SAFEGUARDING]))
    assert len(months) == 12
    assert {month: count for month, count in months.items() if count} == {date(2026, 11, 1): 2, date(2027, 3, 1): 1}
    assert dbs.count_waiting(cast[Role.SAFEGUARDING]) == 2


def test_rules_are_added_and_tell_who_set_a_level_first(cast: Cast) -> None:
    levels = {Position.VOLUNTEER: Level.ENHANCED}
    dbs.set_rules(levels, dbs.Periods(36, 30, 12), cast[Role.CHAIR])
    dbs.set_rules(levels | {Position.CHAIR: Level.STANDARD}, dbs.Periods(24, 0, 6), cast[Role.SAFEGUARDING])
    volunteers, chairs = (dbs.level_set_by(position) for position in (Position.VOLUNTEER, Position.CHAIR))
    assert volunteers
    assert chairs
    assert (volunteers.by, chairs.by) == (cast[Role.CHAIR], cast[Role.SAFEGUARDING])
    assert dbs.level_set_by(Position.LEADER) is None
    assert [state.recheck_months for state in dbs.earlier_rules()] == [24, 36]


@pytest.mark.parametrize("periods", [(0, 30, 12), (61, 30, 12), (36, -1, 12), (36, 91, 12), (36, 30, 0), (36, 30, 25)])
def test_periods_that_make_no_sense_are_refused(cast: Cast, periods: tuple[int, int, int]) -> None:
    with pytest.raises(RefusedError):
        dbs.set_rules({}, dbs.Periods(*periods), cast[Role.CHAIR])
