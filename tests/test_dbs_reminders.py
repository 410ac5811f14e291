"""Reminders: to the officers alone, that something waits and never whose or what, each stage once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ccc import clock, daily, db, dbs, people
from ccc.config import Settings
from ccc.dbs import Asked, Certificate, Decision, Level, Position, Verdict, Workforce, asked
from ccc.dbs.reminders import remind
from ccc.mail import Outbox
from ccc.officers_vault import Opened
from ccc.people import Person
from ccc.roles import Role
from tests.vaulted import check_of, opened_by_both

Cast = Mapping[Role, Person]
TODAY = date(2026, 11, 21)
DUE = date(2027, 6, 30)
BOTH = ["charlie@millbrook.example", "sunita@millbrook.example"]


@pytest.fixture
def opened(cast: Cast) -> Opened:
    return opened_by_both(cast)[Role.SAFEGUARDING]


@pytest.fixture
def vera(cast: Cast, opened: Opened) -> Person:
    """A volunteer who may serve, the recheck due in June; nobody else is there but the two officers' own."""
    person = cast[Role.VOLUNTEER]
    may_serve(person, opened)
    for other in cast.values():
        if other != person:
            dbs.DbsCheck.update(waits_on=None).where(dbs.DbsCheck.person == other).execute()
    return person


def may_serve(person: Person, opened: Opened, due: date = DUE) -> None:
    asked = Asked(Position.VOLUNTEER, Level.ENHANCED, Workforce.CHILD)
    today = clock.today()
    certificate = Certificate("001234567890", today - timedelta(days=9), today)
    dbs.see_original(person, opened, check_of(person, opened).mark, asked, certificate)
    dbs.decide(person, opened, check_of(person, opened).mark, Verdict(Decision.MAY, today, due))


def test_new_periods_move_the_days_on_which_something_waits(opened: Opened, vera: Person) -> None:
    dbs.note_consent(vera, opened, check_of(vera, opened).mark, TODAY)
    assert dbs.DbsCheck.get(person=vera).waits_on == date(2027, 11, 1)
    dbs.change_rules({}, dbs.Periods(look_months=3), opened, seen=0)
    assert dbs.DbsCheck.get(person=vera).waits_on == date(2027, 2, 1)


def test_what_waits_already_is_not_told_again_for_new_periods(opened: Opened, cast: Cast) -> None:
    opened_by_both(cast)
    assert remind()
    dbs.change_rules({}, dbs.Periods(look_months=3), opened, seen=0)
    assert not remind()


def days_with_mail(first: date, last: date) -> list[int]:
    """Remind every day, and tell how many days before the recheck there was mail."""
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    found = []
    for day in days:
        with clock.at(day):
            if remind():
                found.append((DUE - day).days)
    return found


def test_each_stage_is_told_once_to_both_officers_and_again_before_the_clearance_ends(vera: Person) -> None:
    assert dbs.is_cleared(vera)
    assert days_with_mail(TODAY, DUE + timedelta(days=60)) == [30, 14, 7, 0, -16, -23, -30]
    assert sorted(mail.recipient for mail in Outbox.select()) == sorted(BOTH * 7)


def test_a_look_that_nobody_made_hides_no_recheck(vera: Person, opened: Opened) -> None:
    dbs.note_consent(vera, opened, check_of(vera, opened).mark, TODAY)
    dbs.change_rules({}, dbs.Periods(look_months=3), opened, seen=0)
    look_due = (DUE - date(2027, 2, 1)).days
    assert days_with_mail(TODAY, DUE) == [look_due, 30, 14, 7, 0]


def test_before_a_clearance_ends_they_are_told_whatever_paused_the_rest(vera: Person, opened: Opened) -> None:
    dbs.renew(vera, opened, check_of(vera, opened).mark, in_hand=True)
    assert days_with_mail(TODAY, DUE + timedelta(days=31)) == [-16, -23, -30]
    with clock.at(DUE + timedelta(days=31)):
        assert dbs.next_for(check_of(vera, opened), TODAY, clock.today(), dbs.rules()).need == dbs.Need.OVERDUE


def test_a_clearance_for_now_does_not_end_without_a_word(cast: Cast, opened: Opened) -> None:
    new = people.add("Nora New (invented)", None, None, None)
    assert remind()
    until = date(2027, 2, 20)
    dbs.clear_for_now([new], until, opened)
    told = [day for day in range(90, -1, -1) if _mails_on(until - timedelta(day))]
    assert told[-3:] == [14, 7, 0]


def _mails_on(day: date) -> int:
    with clock.at(day):
        return remind()


def test_a_refusal_looks_like_a_wait_and_is_told_of_no_sooner(cast: Cast, opened: Opened) -> None:
    rows = []
    for name, decision in (("Rhoda", Decision.MAY_NOT), ("Ella", Decision.ELSEWHERE)):
        person = people.add(f"{name} (invented)", None, None, None)
        asked = Asked(Position.VOLUNTEER, Level.ENHANCED, Workforce.CHILD)
        certificate = Certificate("001234567890", TODAY - timedelta(days=9), TODAY - timedelta(days=5))
        dbs.see_original(person, opened, check_of(person, opened).mark, asked, certificate)
        dbs.decide(person, opened, check_of(person, opened).mark, Verdict(decision, TODAY - timedelta(days=2)))
        rows.append(
            dbs.DbsCheck.select(dbs.DbsCheck.waits_on, dbs.DbsCheck.paused).where(dbs.DbsCheck.person == person)
        )
    (refused,), (elsewhere,) = (list(row.tuples()) for row in rows)
    assert refused == elsewhere == (TODAY + timedelta(days=28), False)
    assert not dbs.Clearance.select().exists()


def test_an_officer_is_not_told_of_their_own_check(cast: Cast, opened: Opened) -> None:
    for person in cast.values():
        on = TODAY if person == cast[Role.CHAIR] else None
        dbs.DbsCheck.update(waits_on=on).where(dbs.DbsCheck.person == person).execute()
    assert remind() == 1
    assert [mail.recipient for mail in Outbox.select()] == BOTH[1:]


def test_a_stage_that_nobody_could_be_mailed_of_is_told_later(vera: Person, cast: Cast) -> None:
    everybody = list(people.holders([Role.CHAIR, Role.SAFEGUARDING]))
    people.Person.update(email=None).execute()
    with clock.at(DUE):
        assert remind() == 0
        for officer in everybody:
            people.Person.update(email=officer.email).where(people.Person.id == officer.id).execute()
        assert remind() == 2


def test_a_mail_names_nobody_and_nothing(vera: Person) -> None:
    days_with_mail(DUE, DUE)
    for mail in Outbox.select():
        text = f"{mail.subject} {mail.body}"
        assert "Something waits for you" in text
        told = [*vera.name.split()[:2], "DBS", "check", "recheck", "2027", "June", "30"]
        assert [word for word in told if word.lower() in text.lower()] == []


def test_many_checks_make_one_mail_an_officer(cast: Cast, opened: Opened) -> None:
    for number in range(5):
        may_serve(people.add(f"Person {number} (invented)", None, None, None), opened)
    with clock.at(DUE):
        assert remind() == 2


def test_told_twice_on_a_day_it_mails_once(vera: Person) -> None:
    with clock.at(DUE - timedelta(days=14)):
        assert [remind(), remind()] == [2, 0]
    assert vera


def test_a_renewal_in_hand_pauses_them_and_they_come_again_after(vera: Person, opened: Opened) -> None:
    dbs.renew(vera, opened, check_of(vera, opened).mark, in_hand=True)
    assert days_with_mail(DUE - timedelta(days=30), DUE - timedelta(days=10)) == []
    dbs.renew(vera, opened, check_of(vera, opened).mark, in_hand=False)
    assert days_with_mail(DUE - timedelta(days=10), DUE) == [10, 7, 0]


def test_the_next_cycle_begins_with_its_first_stage(vera: Person, opened: Opened) -> None:
    assert days_with_mail(DUE - timedelta(days=30), DUE) == [30, 14, 7, 0]
    with clock.at(DUE):
        may_serve(vera, opened, date(2030, 6, 30))
    with clock.at(date(2030, 5, 31)):
        assert remind() == 2
    with clock.at(date(2030, 6, 1)):
        assert remind() == 0


def test_nobody_is_reminded_of_somebody_who_left(vera: Person, cast: Cast) -> None:
    people.leave(vera, cast[Role.COORDINATOR])
    assert days_with_mail(DUE, DUE) == []


def test_the_server_does_it_by_itself_once_a_day(vera: Person, settings: Settings) -> None:
    with clock.at(DUE):
        for _ in range(2):
            daily.keep_house_once(replace(settings, mail=None))
    assert sorted(mail.recipient for mail in Outbox.select()) == BOTH
    assert vera


def test_two_processes_at_once_mail_once(vera: Person) -> None:
    def process(_: int) -> int:
        try:
            return remind()
        finally:
            db.db.close()

    with clock.at(DUE), ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(process, range(4))) == [0, 0, 0, 2]
    assert vera


def test_a_centre_that_does_not_ask_for_checks_is_not_reminded(vera: Person, cast: Cast) -> None:
    asked.stop_asking(cast[Role.CHAIR])
    with clock.at(DUE):
        assert dbs.count_waiting(cast[Role.SAFEGUARDING]) == 0
        assert remind() == 0
        asked.ask_again(cast[Role.CHAIR])
        assert dbs.count_waiting(cast[Role.SAFEGUARDING]) == 1
        assert remind() == 2
    assert vera
