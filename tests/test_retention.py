"""When records are due: unused for their whole period, on no hold, needed by nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import IntegrityError

from ccc import attendance, clock, families, kinds, people, referrals, retention
from ccc.attendance.records import Attendance
from ccc.audit import AuditLine, Event
from ccc.bookings.records import Booking
from ccc.concerns.records import Concern
from ccc.db import db
from ccc.families import Family
from ccc.mail import Outbox
from ccc.people import Appointment, Person, RefusedError
from ccc.referrals import Referral
from ccc.retention import periods
from ccc.roles import Role
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
LAST = date(2023, 11, 20)


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


def old_family(by: Person, day: date = LAST) -> Family:
    """A family that came once, on a day long ago, and never again."""
    with clock.at(day):
        family = make_family(by)
        make_booking(make_session(day), family, by, status="came")
    return family


def left(name: str, day: date) -> Person:
    person = people.add(name, "pat@gone.example", "01632 960777", None)
    Person.update(left_on=day).where(Person.id == person.id).execute()
    return person


def test_a_family_is_due_on_the_day_after_its_three_years(colin: Person) -> None:
    family = old_family(colin)
    for today, is_due in ((date(2026, 11, 19), False), (date(2026, 11, 20), False), (date(2026, 11, 21), True)):
        with clock.at(today):
            assert (family.id in retention.due("family")) is is_due


@given(st.dates(date(2004, 1, 1), date(2020, 1, 1)), st.integers(1, 9))
def test_a_period_is_over_after_its_last_day_and_never_before(day: date, years: int) -> None:
    last = clock.months_later(day, 12 * years)
    assert (last.year, last.month) == (day.year + years, day.month)
    assert last.day == day.day or (day.month, day.day, last.day) == (2, 29, 28)
    with clock.at(last):
        assert not retention.is_over(day, years)
    with clock.at(last + timedelta(days=1)):
        assert retention.is_over(day, years)


def test_whatever_happens_to_a_family_counts_as_use_and_a_look_does_not(as_role: Browser, colin: Person) -> None:
    looked, given, booked, typed_in = (old_family(colin) for _ in range(4))
    as_role(Role.COORDINATOR).get(f"/families/{looked.reference}/")
    families.contacts_of(families.Adult.get(families.Adult.family == looked), colin)
    families.give_policy(families.Adult.get(families.Adult.family == given), date(2024, 1, 1), colin)
    make_booking(make_session(date(2024, 1, 1)), booked, colin)
    # The sheet of that day is typed in today: it counts today, and not only on the day of which it tells.
    booking = Booking.get(Booking.family == typed_in)
    Attendance.create(booking=booking, slot="child-came", at=booking.session.begins, by=colin, source="sheet")
    assert set(retention.due("family")) == {looked.id}


def test_the_policy_in_force_says_how_long(cast: Cast, colin: Person) -> None:
    family = old_family(colin)
    assert retention.period_of("family") == (3, "usual; your policy does not say")
    published(cast[Role.CHAIR])
    assert retention.period_of("family") == (3, "your policy, clause 10")
    db.execute_sql("DROP TRIGGER tag_is_fixed_update")
    db.execute_sql("""UPDATE tag SET choices = '{"years": 5}' WHERE provision = 'disposal'""")
    assert retention.period_of("person").years == 5
    assert family.id not in retention.due("family")


def test_people_are_due_who_left_and_served_last_long_ago(cast: Cast) -> None:
    gone, served, officer = (left(f"{name} (invented)", LAST) for name in ("Gone", "Served", "Officer"))
    make_duty(make_session(LAST + timedelta(days=9)), served)
    Appointment.create(person=officer, role=Role.CHAIR, starts=LAST, ends=date(2025, 1, 1), confirmed_at=clock.now())
    assert set(retention.due("person")) == {gone.id}
    with clock.at(date(2040, 1, 1)):
        assert set(retention.due("person")) == {gone.id, served.id, officer.id}


def test_a_referrer_is_due_once_no_family_of_theirs_is_here_also_beside_self_referred_ones(colin: Person) -> None:
    with clock.at(LAST):
        needed, unused = (referrals.add_referrer("court", f"Court {n} (invented)", "Clerk", colin) for n in (1, 2))
    # A self-referred family has an empty cell where others have a referrer: in SQL's NOT IN it would hide everybody.
    make_family(colin)
    family = make_family(colin)
    Referral.update(referrer=needed).where(Referral.family == family).execute()
    assert set(retention.due("referrer")) == {unused.id}


def test_concerns_have_a_period_of_their_own_that_an_officer_sets(cast: Cast) -> None:
    by = cast[Role.CHAIR]
    with clock.at(date(2022, 1, 1)):
        ended, _still_open = (Concern.create(raised_by=by) for _ in range(2))
        Concern.update(ended_at=clock.now()).where(Concern.id == ended.id).execute()
    assert retention.due("concern") == {}
    periods.set_concern_years(4, by)
    assert set(retention.due("concern")) == {ended.id}
    assert retention.period_of("concern") == (4, "set by your officers")
    with pytest.raises(RefusedError, match="1 to 99"):
        periods.set_concern_years(100, by)
    with pytest.raises(IntegrityError):
        db.execute_sql("UPDATE retention_rules SET concern_years = 1")


def test_a_concern_about_an_officer_is_due_only_when_no_officer_of_that_time_is_left(cast: Cast) -> None:
    sunita, charlie = cast[Role.SAFEGUARDING], cast[Role.CHAIR]
    Appointment.update(starts=date(2015, 1, 1)).execute()
    with clock.at(date(2016, 1, 1)):
        concern = Concern.create(raised_by=cast[Role.VOLUNTEER], only_for=sunita, ended_at=clock.now())
    assert retention.due("concern") == {}
    assert retention.labels("concern", [concern.id], charlie) == {}
    assert retention.labels("concern", [concern.id], sunita) != {}
    Appointment.update(ends=date(2020, 1, 1)).where(Appointment.person == charlie).execute()
    assert set(retention.due("concern")) == {concern.id}


# Holds


def test_a_hold_keeps_a_record_until_its_last_day_or_until_somebody_ends_it(colin: Person) -> None:
    one, other = old_family(colin), old_family(colin)
    retention.put("family", one.id, "court", clock.today(), colin)
    hold = retention.put("family", other.id, "police", None, colin)
    assert retention.due("family") == {}
    with pytest.raises(RefusedError, match="on hold already"):
        retention.put("family", one.id, "court", None, colin)
    with clock.at(clock.today() + timedelta(days=1)):
        assert set(retention.due("family")) == {one.id}
    retention.end(hold, colin)
    assert set(retention.due("family")) == {other.id}
    with pytest.raises(RefusedError, match="ended already"):
        retention.end(hold, colin)
    events = [line.event for line in AuditLine.select() if line.about.startswith("family:")]
    assert events == [Event.HOLD_PUT, Event.HOLD_PUT, Event.HOLD_ENDED]


def test_no_hold_is_put_on_nothing_or_in_the_past(colin: Person) -> None:
    with pytest.raises(RefusedError, match="no such record"):
        retention.put("family", 999, "court", None, colin)
    with pytest.raises(RefusedError, match="in the past"):
        retention.put("family", old_family(colin).id, "court", clock.today() - timedelta(days=1), colin)


# Every day


def test_the_offices_are_reminded_once_a_week_while_something_is_due_and_nothing_was_done(
    cast: Cast, colin: Person
) -> None:
    assert retention.remind() == 0
    family = old_family(colin)
    with clock.at(clock.today() + timedelta(days=1)):
        assert retention.remind() == 3
        assert all(family.reference not in mail.body for mail in Outbox.select())
        clock.advance(timedelta(days=6))
        assert retention.remind() == 0
        clock.advance(timedelta(days=1))
        assert retention.remind() == 3
        made = retention.propose("family", [family.id], colin)
        old = old_family(colin)
        clock.advance(timedelta(days=8))
        retention.approve(made, cast[Role.CHAIR])
        assert retention.remind() == 0
        clock.advance(timedelta(days=31))
        assert (old.id in retention.due("family"), retention.remind()) == (True, 3)
    assert Family.select().where(Family.id == family.id).exists(), "It reminds, and disposes of nothing."


def test_a_number_that_is_due_is_counted_anew_after_a_disposal(cast: Cast, colin: Person) -> None:
    family = old_family(colin)
    assert retention.due_in_all(clock.today()) == {"family": {family.id}}
    retention.approve(retention.propose("family", [family.id], colin), cast[Role.CHAIR])
    retention.carry_on()
    assert retention.due_in_all(clock.today()) == {}


# What belongs to what

# Tables whose rows stay when somebody goes, with the reason. They hold a number that no longer leads to a name.
STAYS = {
    "person": "the row itself stays, without a name",
    "version": "who approved what everybody signed",
    "drafter": "the same, for who had a part in it",
    "recovery_sheet": "who printed it",
    "vault_key": "the vault's own",
    "contact_session": "a session is nobody's",
    "session_pattern": "the same",
    "closure": "the same",
    "session_rules": "who set a rule",
    "dbs_rules": "the same",
    "retention_rules": "the same",
    "hold": "numbers and codes alone",
    "disposal": "the same",
    "concern": "has a period of its own, and lies in the vault",
    "concern_entry": "the same",
    "concern_entry_apart": "the same",
    "disposed_places": "figures alone",
    "disposal_item": "numbers and codes alone",
    "clause": "everybody's policy",
    "policy_review": "who recorded the committee's review",
    "pack_sign_off": "the same",
    "review_pack": "the same, with figures that name nobody",
    "review_reminder": "numbers and dates alone",
    "tag": "the same",
}


def test_every_table_that_tells_of_a_family_or_a_person_goes_with_them_or_has_a_reason_to_stay(cast: Cast) -> None:
    registered = {
        part.table.strip('"') for kind in ("family", "person", "referrer", "concern") for part in kinds.parts(kind)
    }
    tables = [name for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
    leads_to = {table: {row[2] for row in db.execute_sql(f"PRAGMA foreign_key_list('{table}')")} for table in tables}
    concerned = {"family", "person"}
    while more := {table for table, others in leads_to.items() if others & concerned} - concerned:
        concerned |= more
    assert len(concerned) > 40
    assert concerned - registered - STAYS.keys() == set()
    assert (STAYS.keys() - concerned, attendance.Attendance._meta.table_name in registered) == (set(), True)


def test_a_kept_row_goes_with_its_own_record_alone(colin: Person) -> None:
    one, other = old_family(colin), old_family(colin)
    for family in (one, other):
        booking = Booking.get(Booking.family == family)
        Attendance.create(booking=booking, slot="child-came", at=clock.now(), by=colin, source="sheet")
    kinds.Erasing.create(kind="family", record=one.id)
    with pytest.raises(IntegrityError, match="append-only"):
        Attendance.delete().execute()
    Attendance.delete().where(Attendance.booking.in_(Booking.select().where(Booking.family == one))).execute()
    assert Attendance.select().count() == 1
