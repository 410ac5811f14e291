"""A hall without a network: the sheet that is printed, and the page on which it is typed in and its end recorded."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from werkzeug.test import TestResponse

from ccc import attendance, clock, families
from ccc.attendance import Slot
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession, instant
from ccc.families import Adult
from ccc.people import Person
from ccc.roles import Role
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient

pytestmark = pytest.mark.usefixtures("everybody_ready")

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
AFTER = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
# In the order of the fields, as somebody types them.
TIMES = ("1014", "10:30", "12.29", "1241")
SLOTS = ("visitor-came", "child-came", "child-left", "visitor-left")


@pytest.fixture(autouse=True)
def _the_day_after() -> Iterator[None]:
    """Most sheets are typed in at home, on the day after the session."""
    with clock.at(AFTER):
        yield


@pytest.fixture
def session(cast: Cast) -> ContactSession:
    session = make_session(datetime(2026, 11, 21, tzinfo=UTC).date())
    make_duty(session, cast[Role.VOLUNTEER], leader=True)
    return session


@pytest.fixture
def booking(session: ContactSession, cast: Cast) -> Booking:
    return make_booking(session, make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])


@pytest.fixture
def handover(session: ContactSession, booking: Booking, cast: Cast) -> Booking:
    family = make_family(cast[Role.COORDINATOR], service="handover", separate_doors=True)
    return make_booking(session, family, cast[Role.COORDINATOR])


@pytest.fixture
def colin(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


def type_in(client: CheckingClient, booking: Booking, *times: str, **more: str) -> TestResponse:
    """Fill in the line of one family, and send the page."""
    fields = {f"at-{booking.id}-{slot}": at for slot, at in zip(SLOTS, times, strict=False)}
    return client.send(f"/sessions/{booking.session_id}/typed-in", **fields, **more)


def lines(booking: Booking) -> dict[str, str]:
    return {slot: line.clock for slot, line in attendance.counting(booking.session).get(booking.id, {}).items()}


# The sheet


def test_the_sheet_holds_what_the_door_needs_and_no_contact_detail(
    colin: CheckingClient, session: ContactSession, handover: Booking
) -> None:
    page = colin.get(f"/sessions/{session.id}/sheet")
    home = Adult.get(Adult.family == handover.family, Adult.side == "home")
    needed = (handover.family.reference, f"{home.first_name} C.", "Different doors", "Child handed out", "shred")
    assert [words for words in needed if words not in page.text] == []
    assert [word for word in ("Canary", "01632 9601", "01632 9602", "@family") if word in page.text] == []
    assert page.headers["Cache-Control"] == "no-store"
    seen = AuditLine.select(AuditLine.about).where(AuditLine.event == Event.SHEET_PRINTED)
    assert [about for (about,) in seen.tuples()] == [f"session:{session.id}"]


def test_a_session_that_was_cancelled_has_no_sheet(colin: CheckingClient, session: ContactSession) -> None:
    ContactSession.update(cancelled_at=clock.now()).execute()
    assert colin.get(f"/sessions/{session.id}/sheet").status_code == 409


def test_the_page_to_type_in_keeps_the_order_of_the_sheet(
    colin: CheckingClient, session: ContactSession, booking: Booking, handover: Booking
) -> None:
    for page in ("sheet", "typed-in"):
        text = colin.get(f"/sessions/{session.id}/{page}").text
        assert text.index(booking.family.reference) < text.index(handover.family.reference)


# Typing it in


def test_the_leader_types_the_sheet_in_on_the_day_after(
    as_role: Browser, session: ContactSession, booking: Booking
) -> None:
    answer = type_in(as_role(Role.VOLUNTEER), booking, *TIMES, shredded="y")
    assert answer.status_code == 303
    assert lines(booking) == dict(zip(SLOTS, ("10:14", "10:30", "12:29", "12:41"), strict=True))
    closed = ContactSession.get_by_id(session.id)
    assert (closed.closed_at, closed.sheet_shredded_on) == (AFTER, clock.today())
    assert Booking.get_by_id(booking.id).status == "came"


def test_a_family_without_a_time_did_not_come(colin: CheckingClient, booking: Booking, handover: Booking) -> None:
    type_in(colin, booking, *TIMES, shredded="y")
    missed = Booking.get_by_id(handover.id)
    assert (missed.status, missed.missed_by) == ("missed", "both")


def test_one_wrong_time_keeps_everything_typed_and_writes_nothing(
    colin: CheckingClient, session: ContactSession, booking: Booking
) -> None:
    told = type_in(colin, booking, "1014", "1030", "1029", "99", shredded="y")
    assert told.status_code == 422
    assert "We do not understand this time." in told.text
    told = type_in(colin, booking, "1014", "1030", "1029", "1241", shredded="y")
    assert told.status_code == 422
    assert "and leaves after that." in told.text.split(f'id="at-{booking.id}-child-left-error"')[1]
    assert [at for at in ("10:14", "10:30", "10:29", "12:41") if f'value="{at}"' not in told.text] == []
    assert lines(booking) == {}
    assert ContactSession.get_by_id(session.id).closed_at is None


def test_a_child_who_came_has_to_leave(colin: CheckingClient, booking: Booking) -> None:
    told = type_in(colin, booking, "1014", "1030", shredded="y")
    assert (told.status_code, "When did the child leave?" in told.text) == (422, True)


def test_without_the_tick_that_it_was_shredded_nothing_is_written(colin: CheckingClient, booking: Booking) -> None:
    told = type_in(colin, booking, *TIMES)
    assert (told.status_code, "Shred the sheet first" in told.text) == (422, True)
    assert lines(booking) == {}


def test_what_was_noted_in_the_register_stands_there_and_is_told_where_it_differs(
    colin: CheckingClient, booking: Booking, cast: Cast
) -> None:
    at = instant(booking.day, "10:13")
    attendance.note(booking, Slot.VISITOR_CAME, at, cast[Role.COORDINATOR])
    page = colin.get(f"/sessions/{booking.session_id}/typed-in").text
    assert "Visiting adult came: <strong>10:13</strong>" in page
    assert f'name="at-{booking.id}-visitor-came"' not in page
    told = type_in(colin, booking, *TIMES, shredded="y")
    assert "Noted already at 10:13 by Colin Coordinator (invented)." in told.text
    assert type_in(colin, booking, "", *TIMES[1:], shredded="y").status_code == 303
    assert lines(booking)["visitor-came"] == "10:13"


def test_a_sheet_that_is_sent_twice_is_written_once(colin: CheckingClient, booking: Booking) -> None:
    assert type_in(colin, booking, *TIMES, shredded="y").status_code == 303
    told = type_in(colin, booking, *TIMES, shredded="y")
    assert (told.status_code, "closed already" in told.text) == (409, True)


def test_a_family_that_is_not_for_the_reader_is_on_neither_page_and_keeps_the_register_open(
    colin: CheckingClient, session: ContactSession, booking: Booking, cast: Cast
) -> None:
    families.know(cast[Role.COORDINATOR], booking.family, cast[Role.COORDINATOR])
    for page in ("sheet", "typed-in"):
        assert "Pipkin" not in colin.get(f"/sessions/{session.id}/{page}").text
    told = colin.send(f"/sessions/{session.id}/typed-in", shredded="y")
    assert (told.status_code, "Ask another co-ordinator" in told.text) == (422, True)
