"""The register as the hall meets it: who gets in when, what a press does, correcting, closing, a child left behind."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from ccc import attendance, bookings, clock, db, families
from ccc.attendance import Slot
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession
from ccc.families import Adult, Family, FamilyNeed
from ccc.onboarding import steps
from ccc.people import Person
from ccc.roles import Role
from ccc.rota import Duty
from tests.booking_log import HOME_PHONE, VISITING_PHONE, make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient
from tests.test_queries import counted

# Volunteers may serve here; a test that is about those who may not says so.
pytestmark = pytest.mark.usefixtures("everybody_ready")

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
HTMX = {"HX-Request": "true"}
EARLY, DURING = datetime(2026, 11, 21, 9, 29, tzinfo=UTC), datetime(2026, 11, 21, 10, 32, 40, tzinfo=UTC)
AFTER = datetime(2026, 11, 21, 12, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _during() -> Iterator[None]:
    with clock.at(DURING):
        yield


@pytest.fixture
def session(cast: Cast) -> ContactSession:
    session = make_session(clock.today())
    make_duty(session, cast[Role.VOLUNTEER], leader=True)
    return session


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast[Role.COORDINATOR], separate_doors=True)


@pytest.fixture
def booking(session: ContactSession, family: Family, cast: Cast) -> Booking:
    return make_booking(session, family, cast[Role.COORDINATOR])


@pytest.fixture
def vera(as_role: Browser, session: ContactSession) -> CheckingClient:
    return as_role(Role.VOLUNTEER)


@pytest.fixture
def colin(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


def register(session: ContactSession) -> str:
    return f"/sessions/{session.id}/register"


def press(client: CheckingClient, booking: Booking, slot: Slot, at: str | None = None) -> TestResponse:
    """Press a button, with the time as it stood there or another one."""
    shown = "10:30"
    fields = {"booking": str(booking.id), "slot": slot, "at": at or shown, "shown": shown}
    return client.send(register(booking.session), **fields)


def lines(booking: Booking) -> dict[str, str]:
    return {slot: line.clock for slot, line in attendance.counting(booking.session).get(booking.id, {}).items()}


# What it shows


def test_the_register_says_who_comes_when_and_who_may_come_in(
    vera: CheckingClient, session: ContactSession, booking: Booking, family: Family
) -> None:
    FamilyNeed.create(family=family, code=next(iter(families.NEEDS)))
    page = vera.get(register(session))
    home = Adult.get(Adult.family == family, Adult.side == "home")
    assert "Saturday 21 November 2026, 10:30–12:30" in page.text
    assert f"May come in: {home.first_name} C." in page.text
    assert "the two sides use different doors" in page.text
    assert families.NEEDS[next(iter(families.NEEDS))] in page.text
    assert re.findall(r"due (\d\d:\d\d)<", page.text) == ["10:15", "10:30", "12:30", "12:40"]
    assert page.headers["Cache-Control"] == "no-store"


def test_a_handover_is_shown_in_the_order_in_which_it_goes(
    vera: CheckingClient, session: ContactSession, cast: Cast
) -> None:
    make_booking(session, make_family(cast[Role.COORDINATOR], service="handover"), cast[Role.COORDINATOR])
    card = vera.get(register(session)).text.split('<li class="family"')[1]
    order = [card.index(f">{words}") for words in ("Child came", "Child handed out", "Child handed back", "Child left")]
    assert order == sorted(order)


def test_a_volunteer_reads_no_last_name_reference_or_contact_detail(
    vera: CheckingClient, colin: CheckingClient, session: ContactSession, booking: Booking, family: Family
) -> None:
    page = vera.get(register(session)).text
    assert "Pipkin" in page
    assert [word for word in ("Canary", "01632 9601", "01632 9602", family.reference, "@") if word in page] == []
    assert family.reference in colin.get(register(session)).text


def test_a_family_that_a_volunteer_knows_is_left_out_and_cannot_be_noted(
    vera: CheckingClient, session: ContactSession, booking: Booking, family: Family, cast: Cast
) -> None:
    families.know(cast[Role.VOLUNTEER], family, cast[Role.VOLUNTEER])
    page = vera.get(register(session)).text
    assert "Families that you know are never shown to you." in page
    assert "Pipkin" not in page
    # It says no more on a day on which that family does not come.
    bookings.set_outcome(booking, "booked")
    Booking.update(status="cancelled", cancelled_at=DURING).execute()
    assert vera.get(register(session)).text.partition("<main")[2] == page.partition("<main")[2]
    assert press(vera, booking, Slot.CHILD_CAME).status_code == 404
    assert vera.get(f"{register(session)}/{booking.id}/child-came").status_code == 404
    assert lines(booking) == {}


def test_the_register_asks_no_more_for_six_families_than_for_one(
    vera: CheckingClient, session: ContactSession, booking: Booking, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    vera.get(register(session))
    with counted(monkeypatch) as few:
        vera.get(register(session))
    for _ in range(5):
        make_booking(session, make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])
    vera.get(register(session))
    with counted(monkeypatch) as many:
        vera.get(register(session))
    assert len(many) <= len(few)


def test_what_is_remembered_of_a_register_holds_no_name_and_no_token(
    vera: CheckingClient, session: ContactSession, booking: Booking
) -> None:
    page = vera.get(register(session)).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.partition('<li class="family"')[2])
    remembered = str(db._memory.answers)
    assert f"family-{booking.id}" in remembered
    assert token
    assert [secret for secret in ("Pipkin", "Hestia", "Viator", token[1]) if secret in remembered] == []
    assert "Pipkin" in page


# Who gets in


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (EARLY, "The register opens on 21 November at 09:30."),
        (DURING + timedelta(hours=4), "The register was open until 21 November at 13:30."),
    ],
)
def test_those_on_the_rota_get_in_from_an_hour_before_to_an_hour_after(
    as_role: Browser, session: ContactSession, booking: Booking, at: datetime, said: str
) -> None:
    assert as_role(Role.VOLUNTEER).get(register(session)).status_code == 200
    Duty.update(leader=False).execute()
    with clock.at(at):
        vera = as_role(Role.VOLUNTEER)
        assert said in vera.get(register(session)).text
        assert press(vera, booking, Slot.CHILD_CAME, "10:31").status_code == 409
    assert lines(booking) == {}


def test_whoever_may_no_longer_serve_finds_the_doors_of_their_session_shut(
    vera: CheckingClient, colin: CheckingClient, session: ContactSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "may_be_on_rota", lambda _person: False)
    names = f"/known/sessions/{session.id}"
    for address in (register(session), f"/sessions/{session.id}/close", f"/sessions/{session.id}/not-collected", names):
        answer = vera.get(address)
        assert answer.status_code == 409
        assert "You may not serve at the moment" in answer.text
        assert "Pipkin" not in answer.text
    assert colin.get(register(session)).status_code == 200


def test_the_leader_has_until_the_end_of_the_next_day(as_role: Browser, session: ContactSession) -> None:
    pages = [register(session), f"/sessions/{session.id}/close", f"/sessions/{session.id}/typed-in"]
    for at, status in ((DURING + timedelta(hours=30), 200), (DURING + timedelta(days=2), 409)):
        with clock.at(at):
            vera = as_role(Role.VOLUNTEER)
            assert {vera.get(page).status_code for page in pages} == {status}


def test_the_coordinator_may_be_late_but_not_early(as_role: Browser, session: ContactSession, booking: Booking) -> None:
    with clock.at(EARLY):
        assert as_role(Role.COORDINATOR).get(register(session)).status_code == 409
    with clock.at(DURING + timedelta(days=3)):
        late = as_role(Role.COORDINATOR)
        assert press(late, booking, Slot.CHILD_CAME, "10:31").status_code == 303
    assert lines(booking) == {"child-came": "10:31"}


@pytest.mark.parametrize("role", [Role.SAFEGUARDING, Role.CHAIR])
def test_nobody_else_gets_in(as_role: Browser, session: ContactSession, booking: Booking, role: Role) -> None:
    client = as_role(role)
    pages = ("register", "close", "not-collected", "sheet", "typed-in", f"register/{booking.id}/child-came")
    assert {client.get(f"/sessions/{session.id}/{page}").status_code for page in pages} == {403}
    assert press(client, booking, Slot.CHILD_CAME).status_code == 403


def test_a_duty_that_was_given_back_opens_nothing(vera: CheckingClient, session: ContactSession) -> None:
    Duty.update(ended_at=clock.now()).execute()
    answer = vera.get(register(session))
    assert (answer.status_code, "You are not on the rota of this session" in answer.text) == (403, True)


def test_a_session_that_is_not_there_or_cancelled_has_no_register(
    colin: CheckingClient, session: ContactSession
) -> None:
    ContactSession.update(cancelled_at=clock.now()).execute()
    assert "cancelled" in colin.get(register(session)).text
    assert colin.get("/sessions/999999/register").status_code == 404


# Pressing


def test_a_press_notes_the_moment_and_comes_back_to_the_family(vera: CheckingClient, booking: Booking) -> None:
    answer = press(vera, booking, Slot.CHILD_CAME)
    assert (answer.status_code, answer.location) == (303, f"{register(booking.session)}#family-{booking.id}")
    # The page had been open since half past ten.
    assert lines(booking) == {"child-came": "10:32"}
    assert "<time>10:32</time>" in vera.get(register(booking.session)).text


def test_a_time_that_was_changed_is_taken_as_it_is(vera: CheckingClient, booking: Booking) -> None:
    assert press(vera, booking, Slot.CHILD_CAME, "10.28").status_code == 303
    assert lines(booking) == {"child-came": "10:28"}


def test_with_htmx_the_card_of_that_family_alone_comes_back(vera: CheckingClient, booking: Booking, cast: Cast) -> None:
    other = make_booking(booking.session, make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])
    fields = {"csrf_token": vera.token(), "booking": booking.id, "slot": "child-came", "at": "10:30", "shown": "10:30"}
    card = vera.post(register(booking.session), data=fields, headers=HTMX)
    assert card.status_code == 200
    assert f'id="family-{booking.id}"' in card.text
    assert f'id="family-{other.id}"' not in card.text
    assert "<html" not in card.text
    assert "The children of 1 family are here now." in card.text
    assert "HX-Request" in card.headers["Vary"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_second_at_the_other_door_is_told_and_sees_how_it_stands(
    vera: CheckingClient, colin: CheckingClient, booking: Booking, headers: dict[str, str]
) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    fields = {"csrf_token": colin.token(), "booking": booking.id, "slot": "child-came", "at": "10:33"}
    with clock.at(DURING + timedelta(minutes=2)):
        told = colin.post(register(booking.session), data=fields, headers=headers)
    assert told.status_code == 422
    assert "Noted already at 10:32 by Vera Volunteer (invented)." in told.text
    assert "<time>10:32</time>" in told.text
    assert lines(booking) == {"child-came": "10:32"}


def test_a_wrong_time_is_told_at_the_family_and_kept_as_typed(vera: CheckingClient, booking: Booking) -> None:
    told = press(vera, booking, Slot.CHILD_CAME, "10:59")
    assert (told.status_code, "This time has not come yet." in told.text) == (422, True)
    assert 'value="10:59"' in told.text
    told = press(vera, booking, Slot.CHILD_CAME, "half past")
    assert "We do not understand this time. Write it like 10:30." in told.text
    assert lines(booking) == {}


def test_a_press_for_another_session_or_a_cancelled_place_is_refused(
    vera: CheckingClient, booking: Booking, cast: Cast
) -> None:
    elsewhere = make_booking(make_session(), booking.family, cast[Role.COORDINATOR])
    fields = {"slot": "child-came", "at": "10:30"}
    answer = vera.send(register(booking.session), booking=elsewhere.id, **fields)
    assert (answer.status_code, "This family has no place in this session" in answer.text) == (404, True)
    assert vera.send(register(booking.session), booking="x", **fields).status_code == 422
    with clock.at(booking.session.begins - timedelta(minutes=1)):
        bookings.cancel(booking, "home", "illness", cast[Role.COORDINATOR])
    assert "was cancelled" in press(vera, booking, Slot.CHILD_CAME).text
    assert lines(booking) == {}


def test_an_office_holder_may_take_as_long_at_the_register_as_a_volunteer_and_nowhere_else(
    colin: CheckingClient, session: ContactSession, booking: Booking
) -> None:
    clock.advance(timedelta(minutes=45))
    assert colin.get("/families/").status_code == 303
    assert colin.get(register(session)).status_code == 200
    assert colin.get("/families/").status_code == 303
    clock.advance(timedelta(minutes=76))
    assert colin.get(register(session)).status_code == 303


# Correcting


def correction(client: CheckingClient, booking: Booking, slot: Slot, **fields: str) -> TestResponse:
    address = f"{register(booking.session)}/{booking.id}/{slot}"
    seen = re.search(r'name="seen" value="(\d*)"', client.get(address).text)
    assert seen
    return client.send(address, seen=seen[1], **fields)


def test_a_time_is_corrected_and_the_old_one_stands_struck_through(vera: CheckingClient, booking: Booking) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    assert correction(vera, booking, Slot.CHILD_CAME, at="1023").status_code == 303
    assert lines(booking) == {"child-came": "10:23"}
    page = vera.get(f"{register(booking.session)}/{booking.id}/child-came").text
    assert "<s>10:32</s>" in page
    assert "Vera Volunteer (invented)" in page


def test_what_did_not_happen_is_taken_away_by_its_own_button(vera: CheckingClient, booking: Booking) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    assert correction(vera, booking, Slot.CHILD_CAME, at="10:32", nothing="y").status_code == 303
    assert lines(booking) == {}
    assert "did not happen" in vera.get(f"{register(booking.session)}/{booking.id}/child-came").text


def test_a_correction_without_a_time_or_of_what_was_corrected_meanwhile_is_refused(
    vera: CheckingClient, booking: Booking
) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    old = attendance.history(booking, Slot.CHILD_CAME)[0].id
    assert "Fill in the time." in correction(vera, booking, Slot.CHILD_CAME, at="").text
    correction(vera, booking, Slot.CHILD_CAME, at="10:31")
    address = f"{register(booking.session)}/{booking.id}/child-came"
    told = vera.send(address, seen=str(old), at="10:30")
    assert (told.status_code, "has just corrected this" in told.text) == (422, True)


@pytest.mark.parametrize("slot", ["handed-out", "no-such-slot"])
def test_there_is_no_page_for_what_a_family_does_not_do(vera: CheckingClient, booking: Booking, slot: str) -> None:
    assert vera.get(f"{register(booking.session)}/{booking.id}/{slot}").status_code == 404


# Closing


def test_the_leader_closes_and_the_page_says_first_what_will_be_written(vera: CheckingClient, booking: Booking) -> None:
    address = f"/sessions/{booking.session_id}/close"
    assert "did not come (both sides)" in vera.get(address).text
    assert "Nothing is noted for anybody." in vera.get(address).text
    assert "The session goes on until 12:30." in vera.send(address).text
    with clock.at(booking.session.finishes):
        assert vera.send(address).status_code == 303
    assert Booking.get_by_id(booking.id).status == "missed"
    assert vera.send(address).status_code == 409


def test_a_register_with_a_child_in_the_hall_is_not_closed(vera: CheckingClient, booking: Booking) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    told = vera.send(f"/sessions/{booking.session_id}/close")
    assert (told.status_code, "Note first when they left." in told.text) == (422, True)
    assert ContactSession.get_by_id(booking.session_id).closed_at is None


def test_a_volunteer_who_does_not_lead_neither_closes_nor_sees_a_number(vera: CheckingClient, booking: Booking) -> None:
    Duty.update(leader=False).execute()
    pages = ("close", "typed-in", "not-collected")
    assert {vera.get(f"/sessions/{booking.session_id}/{page}").status_code for page in pages} == {403}
    assert "Close the register" not in vera.get(register(booking.session)).text


def test_after_closing_the_coordinator_alone_finds_a_way_to_correct(
    vera: CheckingClient, colin: CheckingClient, booking: Booking
) -> None:
    press(vera, booking, Slot.VISITOR_CAME)
    with clock.at(booking.session.finishes):
        vera.send(f"/sessions/{booking.session_id}/close")
    assert "Correct" not in vera.get(register(booking.session)).text
    told = press(vera, booking, Slot.CHILD_CAME)
    assert (told.status_code, "The register is closed." in told.text) == (422, True)
    assert correction(colin, booking, Slot.CHILD_CAME, at="10:31").status_code == 303
    assert Booking.get_by_id(booking.id).status == "came"


# A child was not collected


def test_the_leader_sees_one_number_after_the_end_and_the_look_is_written_down(
    as_role: Browser, vera: CheckingClient, booking: Booking, family: Family
) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    address = f"/sessions/{booking.session_id}/not-collected"
    assert "The session is not over yet." in vera.get(address).text
    home = Adult.get(Adult.family == family, Adult.side == "home")
    with clock.at(AFTER):
        vera = as_role(Role.VOLUNTEER)
        asked = vera.get(address).text
        assert (HOME_PHONE in asked, VISITING_PHONE in asked) == (False, False)
        shown = vera.send(address, adult=str(home.id))
    assert (HOME_PHONE in shown.text, VISITING_PHONE in shown.text) == (True, False)
    assert shown.headers["Cache-Control"] == "no-store"
    seen = AuditLine.select(AuditLine.about).where(AuditLine.event == Event.CONTACT_SEEN)
    assert [about for (about,) in seen.tuples()] == [f"adult:{home.id}"]


def test_there_is_no_number_of_a_family_whose_child_has_gone(
    as_role: Browser, vera: CheckingClient, booking: Booking, family: Family
) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    press(vera, booking, Slot.CHILD_LEFT)
    home = Adult.get(Adult.family == family, Adult.side == "home")
    with clock.at(AFTER):
        told = as_role(Role.VOLUNTEER).send(f"/sessions/{booking.session_id}/not-collected", adult=str(home.id))
    assert "No child is noted as here." in told.text
    assert HOME_PHONE not in told.text
    assert not AuditLine.select().where(AuditLine.event == Event.CONTACT_SEEN).exists()


def test_the_leader_of_a_day_sees_no_number_on_the_next(
    as_role: Browser, booking: Booking, vera: CheckingClient
) -> None:
    press(vera, booking, Slot.CHILD_CAME)
    with clock.at(AFTER + timedelta(days=1)):
        address = f"/sessions/{booking.session_id}/not-collected"
        assert "That day is over." in as_role(Role.VOLUNTEER).get(address).text
        assert as_role(Role.COORDINATOR).get(address).status_code == 200


# The first page


def test_the_first_page_leads_those_who_serve_to_the_open_register(
    vera: CheckingClient, colin: CheckingClient, session: ContactSession
) -> None:
    assert "The register is open: 10:30–12:30." in vera.get("/").text
    assert "The register is open" not in colin.get("/").text


def test_the_first_page_tells_the_coordinator_of_a_register_that_nobody_closed(
    as_role: Browser, booking: Booking
) -> None:
    with clock.at(DURING + timedelta(days=2)):
        assert "Nobody has closed the register of 21 November." in as_role(Role.COORDINATOR).get("/").text
        assert "register" not in as_role(Role.VOLUNTEER).get("/").text.split("<main")[1].split("</main")[0]
    with clock.at(AFTER):
        attendance.close(booking.session, booking.by)
    with clock.at(DURING + timedelta(days=2)):
        assert "Nobody has closed" not in as_role(Role.COORDINATOR).get("/").text
