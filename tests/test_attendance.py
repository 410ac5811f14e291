"""The lines of a register: which may be written, which count, how they are corrected, what closing makes of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from ccc import attendance, bookings, clock, contact_sessions, families
from ccc.attendance import SLOTS, Attendance, SheetRefusedError, Slot
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession, instant
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_booking, make_duty, make_family, make_session

Cast = dict[Role, Person]
# The session is from half past ten to half past twelve; each test begins while it goes on.
BEFORE, DURING = datetime(2026, 11, 21, 10, 25, tzinfo=UTC), datetime(2026, 11, 21, 11, 0, tzinfo=UTC)
AFTER = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
Note = Callable[..., None]


@pytest.fixture(autouse=True)
def _during() -> Iterator[None]:
    with clock.at(DURING):
        yield


@pytest.fixture
def vera(cast: Cast) -> Person:
    return cast[Role.VOLUNTEER]


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def session(vera: Person) -> ContactSession:
    session = make_session(clock.today())
    make_duty(session, vera, leader=True)
    return session


@pytest.fixture
def booking(session: ContactSession, colin: Person) -> Booking:
    return make_booking(session, make_family(colin), colin)


@pytest.fixture
def handover(session: ContactSession, colin: Person) -> Booking:
    return make_booking(session, make_family(colin, service="handover"), colin)


@pytest.fixture
def note(session: ContactSession, vera: Person) -> Note:
    """Note one thing, by the clock on the wall."""
    return lambda booking, slot, at: attendance.note(booking, slot, instant(session.day, at), vera)


def refused(act: Callable[[], object]) -> str:
    """Try something, see that no line came of it, and return what was said."""
    before = Attendance.select().count()
    with pytest.raises(RefusedError) as why:
        act()
    assert Attendance.select().count() == before
    return str(why.value)


def counts(booking: Booking) -> dict[str, str]:
    """What counts for a family: the time of each slot."""
    return {slot: line.clock for slot, line in attendance.counting(booking.session).get(booking.id, {}).items()}


def outcomes(session: ContactSession) -> list[tuple[str, str | None]]:
    booked = Booking.select(Booking.status, Booking.missed_by).where(Booking.session == session).order_by(Booking.id)
    return list(booked.tuples())


# Noting


def test_a_line_says_what_happened_when_and_who_wrote_it(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    line = attendance.counting(booking.session)[booking.id][Slot.CHILD_CAME]
    assert (line.clock, line.by, line.written_at) == ("10:32", vera.name, DURING)
    facts = AuditLine.select(AuditLine.about, AuditLine.facts).where(AuditLine.event == Event.ATTENDANCE_NOTED)
    assert list(facts.tuples()) == [(f"booking:{booking.id}", '{"slot": "child-came"}')]


def test_the_second_who_notes_the_same_is_told_what_stands_there(booking: Booking, note: Note, colin: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    again = instant(booking.day, "10:35")
    said = refused(lambda: attendance.note(booking, Slot.CHILD_CAME, again, colin))
    assert said == "Noted already at 10:32 by Vera Volunteer (invented)."
    assert counts(booking) == {"child-came": "10:32"}


def test_two_doors_do_not_disturb_each_other(booking: Booking, handover: Booking, note: Note) -> None:
    note(booking, Slot.VISITOR_CAME, "10:15")
    note(handover, Slot.CHILD_CAME, "10:31")
    note(booking, Slot.CHILD_CAME, "10:30")
    assert counts(booking) == {"visitor-came": "10:15", "child-came": "10:30"}
    assert counts(handover) == {"child-came": "10:31"}


@pytest.mark.parametrize(
    ("slot", "at", "said"),
    [
        (Slot.CHILD_CAME, "11:01", "This time has not come yet."),
        (Slot.CHILD_CAME, "09:29", "This is not a time of that session: it can be 09:30 to 13:30."),
        (Slot.CHILD_LEFT, "10:45", "The child comes, or is handed back, first, and leaves after that."),
        (Slot.VISITOR_LEFT, "10:45", "The visiting adult comes first, and leaves after that."),
        (Slot.HANDED_OUT, "10:45", "This is not noted for this family."),
    ],
)
def test_what_cannot_be_is_refused_in_words(booking: Booking, note: Note, slot: Slot, at: str, said: str) -> None:
    assert refused(lambda: note(booking, slot, at)) == said


def test_nobody_leaves_before_they_came(booking: Booking, note: Note) -> None:
    note(booking, Slot.CHILD_CAME, "10:40")
    assert "leaves after that" in refused(lambda: note(booking, Slot.CHILD_LEFT, "10:39"))
    note(booking, Slot.CHILD_LEFT, "10:40")


def test_somebody_can_leave_long_after_the_session_but_nobody_comes_then(booking: Booking, note: Note) -> None:
    note(booking, Slot.CHILD_CAME, "10:40")
    with clock.at(AFTER + timedelta(hours=3)):
        note(booking, Slot.CHILD_LEFT, "15:50")
        assert "09:30 to 13:30" in refused(lambda: note(booking, Slot.VISITOR_CAME, "13:31"))


def test_a_child_that_is_handed_out_leaves_only_when_it_is_back(handover: Booking, note: Note) -> None:
    note(handover, Slot.CHILD_CAME, "10:30")
    assert "handed out first" in refused(lambda: note(handover, Slot.HANDED_BACK, "10:31"))
    note(handover, Slot.HANDED_OUT, "10:31")
    assert "is handed back, first" in refused(lambda: note(handover, Slot.CHILD_LEFT, "10:40"))
    note(handover, Slot.HANDED_BACK, "10:50")
    note(handover, Slot.CHILD_LEFT, "10:55")


def test_a_child_can_be_handed_back_on_another_day_than_it_was_handed_out(handover: Booking, note: Note) -> None:
    note(handover, Slot.HANDED_BACK, "10:50")
    note(handover, Slot.CHILD_LEFT, "10:55")
    attendance.close(handover.session, handover.by)
    assert outcomes(handover.session) == [("came", None)]


def test_nothing_is_noted_for_a_place_that_was_cancelled(booking: Booking, note: Note, colin: Person) -> None:
    with clock.at(BEFORE):
        bookings.cancel(booking, "home", "illness", colin)
    assert "was cancelled" in refused(lambda: note(booking, Slot.CHILD_CAME, "10:32"))


def test_a_place_that_was_used_cannot_be_given_back(booking: Booking, note: Note, colin: Person) -> None:
    with clock.at(BEFORE):
        note(booking, Slot.VISITOR_CAME, "10:20")
        assert "Something is noted" in refused(lambda: bookings.cancel(booking, "home", "illness", colin))
        moved = contact_sessions.change_session
        assert "can no longer change" in refused(lambda: moved(booking.session, "18:00", "20:00", 6, colin))
        correct(booking, Slot.VISITOR_CAME, None, colin)
        bookings.cancel(booking, "home", "illness", colin)


def test_a_place_is_given_back_before_the_session_and_not_after_it_began(booking: Booking, colin: Person) -> None:
    assert "has begun" in refused(lambda: bookings.cancel(booking, "home", "illness", colin))
    assert outcomes(booking.session) == [("booked", None)]


# Correcting


def correct(booking: Booking, slot: Slot, at: str | None, by: Person) -> None:
    line = attendance.history(booking, slot)[0]
    attendance.correct(line, booking, instant(booking.day, at) if at else None, by)


def test_a_correction_is_a_new_line_and_the_old_one_stays(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    correct(booking, Slot.CHILD_CAME, "10:23", vera)
    assert counts(booking) == {"child-came": "10:23"}
    lines = attendance.history(booking, Slot.CHILD_CAME)
    assert [(line.clock, line.newest) for line in lines] == [("10:23", True), ("10:32", False)]


def test_what_did_not_happen_can_happen_later(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    correct(booking, Slot.CHILD_CAME, None, vera)
    assert counts(booking) == {}
    note(booking, Slot.CHILD_CAME, "10:50")
    assert counts(booking) == {"child-came": "10:50"}
    assert len(attendance.history(booking, Slot.CHILD_CAME)) == 3


def test_a_line_is_corrected_once_and_the_second_is_told(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    line = attendance.history(booking, Slot.CHILD_CAME)[0]
    attendance.correct(line, booking, instant(booking.day, "10:33"), vera)
    again = instant(booking.day, "10:34")
    assert "has just corrected this" in refused(lambda: attendance.correct(line, booking, again, vera))


def test_a_correction_keeps_to_the_order_of_the_day(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    note(booking, Slot.CHILD_LEFT, "10:50")
    assert "leaves after that" in refused(lambda: correct(booking, Slot.CHILD_CAME, "10:51", vera))
    assert "leaves after that" in refused(lambda: correct(booking, Slot.CHILD_CAME, None, vera))
    assert "not come yet" in refused(lambda: correct(booking, Slot.CHILD_LEFT, "11:30", vera))


def test_the_database_itself_refuses_a_second_first_line(booking: Booking, note: Note, vera: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:32")
    twice = {"booking": booking, "slot": Slot.CHILD_CAME, "at": DURING, "by": vera, "source": "register"}
    with pytest.raises(Exception, match="UNIQUE"):
        Attendance.create(**twice)
    with pytest.raises(Exception, match="append-only"):
        Attendance.update(at=AFTER).execute()


# Closing


def test_closing_says_of_each_family_who_came(session: ContactSession, colin: Person, note: Note) -> None:
    booked = [make_booking(session, make_family(colin), colin) for _ in range(4)]
    for slot in SLOTS["supported"]:
        note(booked[0], slot, "10:45")
    note(booked[1], Slot.VISITOR_CAME, "10:15")
    note(booked[2], Slot.CHILD_CAME, "10:30")
    note(booked[2], Slot.CHILD_LEFT, "10:50")
    with clock.at(AFTER):
        attendance.close(session, colin)
    assert outcomes(session) == [("came", None), ("missed", "home"), ("missed", "visiting"), ("missed", "both")]
    closed = ContactSession.get_by_id(session.id)
    assert (closed.closed_at, closed.closed_by) == (AFTER, colin)


def test_before_its_end_a_register_is_closed_only_when_every_child_has_left(
    booking: Booking, note: Note, colin: Person
) -> None:
    assert "goes on until 12:30" in refused(lambda: attendance.close(booking.session, colin))
    note(booking, Slot.CHILD_CAME, "10:30")
    note(booking, Slot.CHILD_LEFT, "10:50")
    attendance.close(booking.session, colin)
    assert outcomes(booking.session) == [("missed", "visiting")]


def test_a_register_stays_open_while_a_child_is_here(booking: Booking, note: Note, colin: Person) -> None:
    note(booking, Slot.CHILD_CAME, "10:30")
    assert "noted as here" in refused(lambda: attendance.close(booking.session, colin))
    assert outcomes(booking.session) == [("booked", None)]


def test_a_register_is_closed_once_and_not_before_the_session(session: ContactSession, colin: Person) -> None:
    with clock.at(session.begins - timedelta(minutes=1)):
        assert "has not begun" in refused(lambda: attendance.close(session, colin))
    attendance.close(session, colin)
    assert "closed already" in refused(lambda: attendance.close(session, colin))


def test_who_does_not_see_every_family_does_not_close(booking: Booking, colin: Person) -> None:
    families.know(colin, booking.family, colin)
    assert "Ask another co-ordinator" in refused(lambda: attendance.close(booking.session, colin))


def test_after_closing_the_coordinator_alone_corrects_and_the_outcome_follows(
    booking: Booking, note: Note, vera: Person, colin: Person
) -> None:
    note(booking, Slot.VISITOR_CAME, "10:15")
    with clock.at(AFTER):
        attendance.close(booking.session, vera)
    assert "The register is closed" in refused(lambda: note(booking, Slot.CHILD_CAME, "10:32"))
    assert "The register is closed" in refused(lambda: correct(booking, Slot.VISITOR_CAME, None, vera))
    attendance.note(booking, Slot.CHILD_CAME, instant(booking.day, "10:32"), colin)
    assert outcomes(booking.session) == [("came", None)]
    correct(booking, Slot.VISITOR_CAME, None, colin)
    assert outcomes(booking.session) == [("missed", "visiting")]


# The printed sheet


def typed(session: ContactSession, *times: dict[Slot, str]) -> dict[int, dict[Slot, datetime]]:
    booked = bookings.of_session(session)
    return {
        booking.id: {slot: instant(session.day, at) for slot, at in each.items()}
        for booking, each in zip(booked, times, strict=True)
    }


def test_a_sheet_is_written_whole_and_closes_the_register(
    session: ContactSession, booking: Booking, vera: Person
) -> None:
    times = {Slot.VISITOR_CAME: "10:16", Slot.CHILD_CAME: "10:29", Slot.CHILD_LEFT: "12:31", Slot.VISITOR_LEFT: "12:40"}
    with clock.at(AFTER):
        attendance.type_in(session, typed(session, times), vera)
    assert counts(booking) == dict(times)
    assert outcomes(session) == [("came", None)]
    assert ContactSession.get_by_id(session.id).sheet_shredded_on == clock.today()
    assert {line.source for line in Attendance.select()} == {"sheet"}
    facts = AuditLine.select(AuditLine.about, AuditLine.facts).where(AuditLine.event == Event.SHEET_SHREDDED)
    assert list(facts.tuples()) == [(f"session:{session.id}", '{"on": "2026-11-21"}')]


def test_a_sheet_with_one_wrong_time_is_not_written_at_all(
    session: ContactSession, booking: Booking, handover: Booking, note: Note, vera: Person
) -> None:
    note(booking, Slot.VISITOR_CAME, "10:15")
    wrong = {Slot.VISITOR_CAME: "10:16", Slot.CHILD_CAME: "10:29"}
    right = {Slot.CHILD_CAME: "10:30", Slot.HANDED_OUT: "10:33"}
    with pytest.raises(SheetRefusedError) as why:
        attendance.type_in(session, typed(session, wrong, right), vera)
    assert why.value.faults == {
        (booking.id, Slot.VISITOR_CAME): "Noted already at 10:15 by Vera Volunteer (invented).",
        (booking.id, Slot.CHILD_LEFT): "When did the child leave?",
    }
    assert counts(handover) == {}
    assert ContactSession.get_by_id(session.id).closed_at is None
