"""Giving and cancelling places: whom the rules refuse, what they write down, and what hangs on a place."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ccc import bookings, clock, contact_sessions, families, rota
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking, known
from ccc.contact_sessions import ContactSession, Plan
from ccc.families import Adult, Family
from ccc.people import Person, RefusedError
from ccc.roles import Role
from ccc.rota import Duty
from tests.booking_log import make_booking, make_duty, make_family, make_session

Cast = dict[Role, Person]
SATURDAY = date(2026, 11, 28)


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def family(colin: Person) -> Family:
    return make_family(colin)


def events(event: Event) -> list[tuple[str, str]]:
    return list(AuditLine.select(AuditLine.about, AuditLine.facts).where(AuditLine.event == event).tuples())


def statuses(session: ContactSession) -> list[str]:
    return [booking.status for booking in Booking.select().where(Booking.session == session).order_by(Booking.id)]


# Giving a place


def test_a_family_gets_the_lowest_place_that_is_free(colin: Person) -> None:
    session = make_session()
    made = [bookings.book(session, make_family(colin), colin) for _ in range(3)]
    bookings.cancel(made[1], "home", "illness", colin)
    again = bookings.book(session, make_family(colin, service="handover"), colin)
    assert ([one.place for one in made], again.place) == ([1, 2, 3], 2)
    assert (again.day, again.service, again.status) == (session.day, "handover", "booked")


def test_giving_a_place_is_written_down_by_numbers(colin: Person, family: Family) -> None:
    session = make_session()
    made = bookings.book(session, family, colin)
    facts = f'{{"family": {family.id}, "session": {session.id}}}'
    assert events(Event.BOOKED) == [(f"booking:{made.id}", facts)]


def refused(session: ContactSession, family: Family, by: Person) -> str:
    """Try to book, see that nothing came of it, and return what was said."""
    before = Booking.select().count()
    with pytest.raises(RefusedError) as why:
        bookings.book(session, family, by)
    assert (Booking.select().count(), events(Event.BOOKED)[before:]) == (before, [])
    return str(why.value)


def test_no_more_families_than_places(colin: Person, family: Family) -> None:
    session = make_session(places=2)
    for _ in range(2):
        bookings.book(session, make_family(colin), colin)
    assert refused(session, family, colin) == "All places are taken."


def test_a_session_that_was_made_smaller_is_full_at_its_new_size(colin: Person, family: Family) -> None:
    session = make_session(places=6)
    made = [bookings.book(session, make_family(colin), colin) for _ in range(4)]
    for booking in made[:2]:
        bookings.cancel(booking, "home", "illness", colin)
    contact_sessions.change_session(session, "10:30", "12:30", 2, colin)
    assert refused(session, family, colin) == "All places are taken."


def test_no_family_twice_in_one_session(colin: Person, family: Family) -> None:
    session = make_session()
    bookings.book(session, family, colin)
    assert refused(session, family, colin) == "The family has a place already."


def test_a_family_that_cancelled_can_be_booked_again(colin: Person, family: Family) -> None:
    session = make_session()
    bookings.cancel(bookings.book(session, family, colin), "visiting", "work", colin)
    bookings.book(session, family, colin)
    assert statuses(session) == ["cancelled", "booked"]


@pytest.mark.parametrize("turned", [False, True])
def test_never_with_a_family_that_it_must_not_meet(colin: Person, family: Family, turned: bool) -> None:  # noqa: FBT001
    session, other = make_session(), make_family(colin)
    families.keep_apart(*((family, other) if turned else (other, family)), colin)
    first = bookings.book(session, other, colin)
    assert refused(session, family, colin) == "A family comes that this one must not meet."
    bookings.cancel(first, "home", "illness", colin)
    assert bookings.book(session, family, colin)


def test_a_mark_that_was_taken_away_keeps_nobody_apart(colin: Person, family: Family) -> None:
    session, other = make_session(), make_family(colin)
    families.keep_apart(family, other, colin)
    families.end_keeping_apart(family, other, colin)
    bookings.book(session, other, colin)
    assert bookings.book(session, family, colin)


def test_two_families_said_to_be_apart_only_later_are_pointed_out(colin: Person, family: Family) -> None:
    session, other = make_session(), make_family(colin)
    made = [bookings.book(session, one, colin) for one in (family, other)]
    assert known.clashes(colin) == []
    families.keep_apart(family, other, colin)
    assert [one.session for one in known.clashes(colin)] == [session.id]
    knows = make_family(colin)
    assert [one.session for one in known.clashes(Person.get(Person.id != colin.id))] == [session.id]
    families.know(colin, knows, colin)
    assert [one.session for one in known.clashes(colin)] == [session.id]
    families.know(colin, other, colin)
    assert known.clashes(colin) == []
    bookings.cancel(made[0], "centre", "other", colin)
    assert known.clashes(Person.get(Person.id != colin.id)) == []


def test_whoever_knows_a_family_is_refused_a_meeting_with_it_without_a_reason(colin: Person, family: Family) -> None:
    session, hidden = make_session(), make_family(colin)
    make_booking(session, hidden, colin)
    families.keep_apart(family, hidden, colin)
    families.know(colin, hidden, colin)
    assert refused(session, family, colin) == "Another co-ordinator has to see to this."


def test_coming_places_follow_what_a_family_comes_for(colin: Person, family: Family) -> None:
    over, coming = make_session(clock.today() - timedelta(days=7)), make_session()
    made = [make_booking(session, family, colin) for session in (over, coming)]
    families.change(family, service="handover", needs=[], separate_doors=False, by=colin)
    assert [Booking.get_by_id(one.id).service for one in made] == ["supported", "handover"]


def test_a_cancelled_place_tells_by_which_side_when_why_and_who_wrote_it_down(colin: Person, family: Family) -> None:
    session = make_session()
    bookings.cancel(bookings.book(session, family, colin), "visiting", "illness", colin)
    told = (family.reference, "the visiting side", "illness", clock.now(), colin.name)
    assert bookings.cancelled_in(session, set()) == [told]
    assert bookings.cancelled_in(session, {family.id}) == []


def test_no_family_that_has_ended_here(colin: Person, family: Family) -> None:
    families.end(family, colin)
    assert "ended" in refused(make_session(), family, colin)


def test_a_family_that_comes_already_keeps_coming_while_somebody_new_waits_for_the_policy(
    colin: Person, family: Family
) -> None:
    bookings.book(make_session(), family, colin)
    families.admit(family, families.Name("Gita", "Grandmother (invented)"), clock.today(), clock.today(), colin)
    assert families.missing(family)
    assert bookings.book(make_session(SATURDAY + timedelta(weeks=1)), family, colin)


def test_no_family_before_the_policy_was_given_to_each_adult(colin: Person, family: Family) -> None:
    Adult.update(policy_given_on=None).where(Adult.family == family, Adult.side == "visiting").execute()
    assert "policy" in refused(make_session(), family, colin)


def test_no_place_in_a_session_that_is_cancelled_or_gone(colin: Person, family: Family) -> None:
    session, gone = make_session(), make_session()
    contact_sessions.cancel_session(session, "hall", colin)
    assert refused(session, family, colin) == "The session is cancelled."
    gone.delete_instance()
    assert refused(gone, family, colin) == "This session is no longer there."


def test_no_place_once_the_session_has_begun(colin: Person, family: Family) -> None:
    session = make_session(clock.today())
    with clock.at(datetime(2026, 11, 21, 10, 29, tzinfo=UTC)):
        bookings.cancel(bookings.book(session, family, colin), "home", "travel", colin)
        clock.advance(timedelta(minutes=1))
        assert refused(session, family, colin) == "The session has begun already."


def test_a_family_that_somebody_knows_is_none_of_theirs_to_book(colin: Person, family: Family) -> None:
    session = make_session()
    booked = bookings.book(make_session(), family, colin)
    families.know(colin, family, colin)
    assert refused(session, family, colin) == "There is no family of this reference."
    assert bookings.find(booked.id, colin) is None
    with pytest.raises(RefusedError, match="no booking of this number"):
        bookings.cancel(booked, "home", "illness", colin)


def test_a_family_and_a_volunteer_who_knows_it_are_never_paired(cast: Cast, colin: Person, family: Family) -> None:
    vera, served, free = cast[Role.VOLUNTEER], make_session(), make_session()
    families.know(vera, family, vera)
    duty = make_duty(served, vera)
    assert refused(served, family, colin) == "Somebody on the rota knows this family. Change the rota first."
    Duty.update(ended_at=clock.now()).where(Duty.id == duty.id).execute()
    booked = bookings.book(served, family, colin)
    for refuse in rota.refuses:
        refuse(free, vera)
    with pytest.raises(RefusedError, match="They know a family that comes"):
        [refuse(served, vera) for refuse in rota.refuses]
    bookings.cancel(booked, "home", "illness", colin)
    for refuse in rota.refuses:
        refuse(served, vera)


def test_if_the_rules_overlook_somebody_the_index_does_not(
    colin: Person, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(places=1)
    bookings.book(session, make_family(colin), colin)
    monkeypatch.setattr("ccc.bookings.places.live", lambda _session: [])
    assert refused(session, family, colin) == "The last place has just gone."


# Every session until a day


def weekly(by: Person, weeks: int = 6) -> list[ContactSession]:
    until = SATURDAY + timedelta(weeks=weeks - 1)
    pattern = contact_sessions.add_pattern(Plan(5, "every", "10:30", "12:30", 2, SATURDAY, until), by)
    return list(ContactSession.select().where(ContactSession.pattern == pattern).order_by(ContactSession.day))


def test_a_family_gets_every_session_until_a_day_that_day_included(colin: Person, family: Family) -> None:
    sessions = weekly(colin)
    make_session(SATURDAY + timedelta(weeks=1), starts="14:00", ends="16:00")
    series = bookings.book_until(sessions[1], family, sessions[3].day, colin)
    assert [booking.session_id for booking in series.booked] == [one.id for one in sessions[1:4]]
    assert series.refused == []
    assert len(events(Event.BOOKED)) == 3


def test_a_session_without_a_place_is_left_out_and_told(colin: Person, family: Family) -> None:
    sessions = weekly(colin)
    contact_sessions.cancel_session(sessions[0], "hall", colin)
    bookings.book(sessions[1], family, colin)
    for _ in range(2):
        bookings.book(sessions[2], make_family(colin), colin)
    series = bookings.book_until(sessions[0], family, sessions[-1].day, colin)
    assert [booking.session_id for booking in series.booked] == [one.id for one in sessions[3:]]
    reasons = ["The session is cancelled.", "The family has a place already.", "All places are taken."]
    assert series.refused == list(zip(sessions[:3], reasons, strict=True))


def test_without_a_pattern_it_is_the_others_on_that_day_of_the_week(colin: Person, family: Family) -> None:
    weekly(colin)
    alone = [make_session(SATURDAY + timedelta(days=days), starts="14:00", ends="16:00") for days in (0, 7, 8, 14)]
    series = bookings.book_until(alone[0], family, SATURDAY + timedelta(days=60), colin)
    assert [booking.session_id for booking in series.booked] == [alone[place].id for place in (0, 1, 3)]


def test_where_nothing_at_all_can_be_booked_it_is_refused(colin: Person, family: Family) -> None:
    sessions = weekly(colin)
    with pytest.raises(RefusedError, match=r"^The last day lies before this session\.$"):
        bookings.book_until(sessions[1], family, sessions[0].day, colin)
    bookings.book_until(sessions[0], family, sessions[-1].day, colin)
    with pytest.raises(RefusedError, match=r"^The family has a place already\.$"):
        bookings.book_until(sessions[0], family, sessions[-1].day, colin)


# Cancelling


def test_a_cancelled_booking_stays_with_who_when_which_side_and_why(colin: Person, family: Family) -> None:
    made = bookings.book(make_session(), family, colin)
    bookings.cancel(made, "visiting", "travel", colin)
    kept = Booking.get_by_id(made.id)
    assert (kept.status, kept.cancel_side, kept.cancel_code) == ("cancelled", "visiting", "travel")
    assert (kept.cancelled_by, kept.cancelled_at) == (colin, clock.now())
    assert events(Event.BOOKING_CANCELLED) == [(f"booking:{made.id}", '{"code": "travel", "side": "visiting"}')]


def test_nothing_is_cancelled_twice_or_after_the_register_was_closed(colin: Person, family: Family) -> None:
    session = make_session()
    made, other = bookings.book(session, family, colin), bookings.book(session, make_family(colin), colin)
    bookings.cancel(made, "home", "illness", colin)
    with pytest.raises(RefusedError, match="cancelled already"):
        bookings.cancel(made, "visiting", "other", colin)
    ContactSession.update(closed_at=clock.now(), closed_by=colin).where(ContactSession.id == session.id).execute()
    with pytest.raises(RefusedError, match="closed"):
        bookings.cancel(other, "home", "illness", colin)
    assert (Booking.get_by_id(made.id).cancel_side, statuses(session)) == ("home", ["cancelled", "booked"])


def test_what_stands_in_the_way_of_cancelling_is_asked_first(
    colin: Person, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_booking: Booking, _by: Person) -> None:
        raise RefusedError("The child is here.")

    session = make_session()
    made = bookings.book(session, family, colin)
    monkeypatch.setattr(bookings.ends, "when_cancelling", [refuse])
    with pytest.raises(RefusedError, match="The child is here"):
        bookings.cancel(made, "home", "illness", colin)
    with pytest.raises(RefusedError, match="The child is here"):
        contact_sessions.cancel_session(session, "hall", colin)
    assert statuses(session) == ["booked"]
    assert ContactSession.get_by_id(session.id).cancelled_at is None


def test_a_cancelled_session_cancels_its_bookings_on_the_centres_side(colin: Person) -> None:
    session = make_session()
    made = [bookings.book(session, make_family(colin), colin) for _ in range(2)]
    bookings.cancel(made[0], "home", "illness", colin)
    contact_sessions.cancel_session(session, "weather", colin)
    kept = Booking.select(Booking.cancel_side, Booking.cancel_code).order_by(Booking.id).tuples()
    assert list(kept) == [("home", "illness"), ("centre", "closed")]


def test_a_family_whose_time_ends_gives_its_coming_places_back(colin: Person, family: Family) -> None:
    today, coming = make_session(clock.today()), make_session()
    for session in (today, coming):
        bookings.book(session, family, colin)
    with clock.at(datetime(2026, 11, 21, 11, 0, tzinfo=UTC)):
        families.end(family, colin)
    assert (statuses(today), statuses(coming)) == (["booked"], ["cancelled"])
    assert Booking.get(Booking.session == coming).cancel_code == "ended"


# What others ask


def test_outcomes_are_set_and_a_cancelled_booking_keeps_its_own(colin: Person, family: Family) -> None:
    session = make_session()
    made, gone = bookings.book(session, family, colin), make_booking(session, make_family(colin), colin)
    bookings.cancel(gone, "home", "illness", colin)
    bookings.set_outcome(made, "missed", "visiting")
    bookings.set_outcome(gone, "came")
    kept = Booking.select(Booking.status, Booking.missed_by).order_by(Booking.id).tuples()
    assert list(kept) == [("missed", "visiting"), ("cancelled", None)]
    bookings.set_outcome(made, "came")
    assert Booking.get_by_id(made.id).missed_by is None


def test_sessions_count_live_places_and_know_that_something_hangs_on_them(colin: Person, family: Family) -> None:
    full, given_back, empty = make_session(), make_session(), make_session()
    made = [bookings.book(session, family, colin) for session in (full, given_back)]
    bookings.cancel(made[1], "home", "illness", colin)
    numbers = [full.id, given_back.id, empty.id]
    assert contact_sessions.in_use(numbers) == {full.id: 1}
    relied = {number for ask in contact_sessions.relied_on for number in ask(numbers)}
    assert relied == {full.id, given_back.id}
    assert [booking.family for booking in bookings.of_session(full)] == [family]
    assert bookings.of_session(given_back) == []


@pytest.mark.parametrize(("found", "words"), [
    (("booked",), "booked"),
    (("came",), "came"),
    (("missed", "visiting"), "did not come (the visiting side)"),
    (("missed", "both"), "did not come (both sides)"),
    (("missed",), "did not come"),
    (("cancelled", None, "home"), "cancelled (the child's side)"),
    (("cancelled", None, "centre"), "cancelled (the centre)"),
])  # fmt: skip
def test_each_status_is_said_in_words_with_the_side(found: tuple[str, ...], words: str) -> None:
    assert bookings.in_words(*found) == words
