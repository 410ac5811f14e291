"""Reminders: to the officers alone, that something waits and never whose or what, each stage once."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest

from ccc import clock, daily, db, dbs, people
from ccc.config import Settings
from ccc.dbs import Asked, Certificate, Decision, Level, Position, Verdict, Workforce
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
    assert dbs.DbsCheck.get(person=vera).waits_on == DUE
    dbs.change_rules({}, dbs.Periods(look_months=3), opened, seen=0)
    assert dbs.DbsCheck.get(person=vera).waits_on == date(2027, 2, 21)


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


def test_each_stage_is_told_once_to_both_officers(vera: Person) -> None:
    assert dbs.is_cleared(vera)
    assert days_with_mail(TODAY, DUE + timedelta(days=60)) == [30, 14, 7, 0]
    assert sorted(mail.recipient for mail in Outbox.select()) == sorted(BOTH * 4)


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
