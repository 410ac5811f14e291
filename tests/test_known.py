"""Somebody known: said without a list or with one, settled after a talk, and from then on never shown again."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ccc import bookings, clock, families, rota
from ccc.audit import AuditLine, Event
from ccc.bookings.known import look_through
from ccc.bookings.records import Booking
from ccc.contact_sessions import ContactSession, instant
from ccc.families import Family, FamilyKnown
from ccc.people import Appointment, Person, RefusedError
from ccc.roles import Role
from ccc.signin import accounts
from tests.booking_log import HOME_PHONE, VISITING_ADDRESS, make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient
from tests.conftest import PASSWORD, person_in
from tests.test_queries import counted

pytestmark = pytest.mark.usefixtures("everybody_ready")

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TOMORROW = date(2026, 11, 22)


@pytest.fixture
def vera(cast: Cast) -> Person:
    return cast[Role.VOLUNTEER]


@pytest.fixture
def session(vera: Person) -> ContactSession:
    """Tomorrow's session, in which Vera serves."""
    made = make_session(TOMORROW)
    make_duty(made, vera)
    return made


@pytest.fixture
def family(session: ContactSession, cast: Cast) -> Family:
    """A family that comes tomorrow."""
    made = make_family(cast[Role.COORDINATOR])
    make_booking(session, made, cast[Role.COORDINATOR])
    return made


def names_in(page: str) -> list[str]:
    """The names of families that a page shows."""
    return re.findall(r"Pipkin\d+|Hestia\d+|Viator\d+|Canary\w+", page)


def looks_at(session: ContactSession) -> list[int | None]:
    lines = AuditLine.select(AuditLine.actor).where(
        AuditLine.event == Event.SESSION_NAMES_SEEN, AuditLine.about == f"session:{session.id}"
    )
    return [actor for (actor,) in lines.tuples()]


def waiting(browser: CheckingClient) -> str:
    return browser.get("/").text.split("<main")[1]


# Without a list


def test_volunteer_says_that_they_know_somebody_and_the_coordinator_alone_is_told(as_role: Browser, cast: Cast) -> None:
    browser = as_role(Role.VOLUNTEER)
    assert browser.send("/known/").location == "/known/"
    page = browser.get("/known/").text
    assert "You told us on 21 November 2026. The co-ordinator will speak with you." in page
    assert "Tell the co-ordinator</button>" not in page
    text = "Vera Volunteer (invented) says that somebody whom they know comes here."
    assert text in waiting(as_role(Role.COORDINATOR))
    assert [role for role in (Role.SAFEGUARDING, Role.CHAIR, Role.VOLUNTEER) if "Vera" in waiting(as_role(role))] == [
        Role.VOLUNTEER  # Who is welcomed by name.
    ]


def test_said_twice_it_waits_once(as_role: Browser) -> None:
    browser = as_role(Role.VOLUNTEER)
    browser.send("/known/")
    browser.send("/known/")
    assert FamilyKnown.select().count() == 1


def test_coordinator_settles_it_by_the_reference_and_the_family_is_hidden(
    as_role: Browser, vera: Person, family: Family
) -> None:
    as_role(Role.VOLUNTEER).send("/known/")
    browser, address = as_role(Role.COORDINATOR), f"/known/{FamilyKnown.get().id}/settle"
    assert "Speak with them alone." in browser.get(address).text
    typed = {"outcome": "ours", "reference": family.reference.removeprefix("F-").lower()}
    # A slip cannot be taken back, so the co-ordinator first sees whose reference that is.
    for seen in ("", "F-ZZZZ"):
        assert "Pipkin" in browser.send(address, **typed, looked=seen).text
        assert families.hidden_from(vera) == set()
    assert browser.send(address, **typed, looked=family.reference).location == "/"
    assert families.hidden_from(vera) == {family.id}
    assert "says that" not in waiting(browser)
    assert browser.get(address).status_code == 404


def test_it_can_be_none_of_our_families(as_role: Browser, vera: Person, family: Family) -> None:
    as_role(Role.VOLUNTEER).send("/known/")
    as_role(Role.COORDINATOR).send(f"/known/{FamilyKnown.get().id}/settle", outcome="none", reference="")
    assert families.hidden_from(vera) == set()
    assert FamilyKnown.get().settled_by.name.startswith("Colin")
    as_role(Role.VOLUNTEER).send("/known/")
    assert FamilyKnown.select().count() == 2


@pytest.mark.parametrize(
    "typed", [{}, {"outcome": "ours"}, {"outcome": "ours", "reference": "F-ZZZZ"}, {"outcome": "x", "reference": "x"}]
)
def test_what_cannot_be_settled_comes_back_as_it_was_typed(
    as_role: Browser, vera: Person, typed: dict[str, str]
) -> None:
    known = families.know(vera, None, vera)
    answer = as_role(Role.COORDINATOR).send(f"/known/{known.id}/settle", **typed)
    assert answer.status_code == 422
    assert f'value="{typed.get("reference", "")}"' in answer.text
    assert FamilyKnown.get().settled_at is None


# With the names of the next session


@pytest.mark.parametrize(
    ("hours", "status"), [(-48.02, 409), (-48, 200), (0, 200), (1.99, 200), (2, 409)], ids=lambda value: f"{value}"
)
def test_the_names_are_open_from_48_hours_before_the_session_until_its_end(
    as_role: Browser, session: ContactSession, family: Family, hours: float, status: int
) -> None:
    with clock.at(session.begins + timedelta(hours=hours)):
        answer = as_role(Role.VOLUNTEER).get(f"/known/sessions/{session.id}")
    assert answer.status_code == status
    assert bool(names_in(answer.text)) == (status == 200)
    assert len(looks_at(session)) == (status == 200)


def test_the_names_are_first_names_and_initials_and_each_look_is_written_down(
    as_role: Browser, session: ContactSession, family: Family, vera: Person
) -> None:
    answer = as_role(Role.VOLUNTEER).get(f"/known/sessions/{session.id}")
    assert re.search(r"<span>Pipkin\d+, with Hestia\d+ C. and Viator\d+ C.</span>", answer.text)
    kept_back = (family.reference, "Canary", HOME_PHONE, VISITING_ADDRESS)
    assert [text for text in kept_back if text in answer.text] == []
    assert answer.headers["Cache-Control"] == "no-store"
    assert looks_at(session) == [vera.id]


def test_nobody_looks_through_the_names_of_a_session_in_which_they_do_not_serve(
    as_role: Browser, session: ContactSession, family: Family, cast: Cast
) -> None:
    booking = Booking.get(Booking.family == family)
    for role in (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR):
        for address in (f"/known/sessions/{session.id}", f"/known/sessions/{session.id}/{booking.id}"):
            assert as_role(role).get(address).status_code == 403
            assert as_role(role).send(address).status_code in (403, 405)
    assert looks_at(session) == []
    with pytest.raises(RefusedError, match="not on the rota"):
        look_through(session, cast[Role.CHAIR])


def test_a_cancelled_booking_and_a_cancelled_session_show_no_name(
    as_role: Browser, session: ContactSession, family: Family, cast: Cast
) -> None:
    bookings.cancel(Booking.get(Booking.family == family), "home", "illness", cast[Role.COORDINATOR])
    assert "There is nobody to show you." in as_role(Role.VOLUNTEER).get(f"/known/sessions/{session.id}").text
    ContactSession.update(cancelled_at=clock.now()).where(ContactSession.id == session.id).execute()
    assert as_role(Role.VOLUNTEER).get(f"/known/sessions/{session.id}").status_code == 409


def test_volunteer_says_i_know_them_and_never_gets_that_name_again(
    as_role: Browser, session: ContactSession, family: Family, vera: Person, cast: Cast
) -> None:
    other = make_family(cast[Role.COORDINATOR])
    make_booking(session, other, cast[Role.COORDINATOR])
    browser, here = as_role(Role.VOLUNTEER), f"/known/sessions/{session.id}"
    address = f"{here}/{Booking.get(Booking.family == family).id}"
    gone = set(names_in(browser.get(address).text))
    assert len(gone) == 3
    assert families.hidden_from(vera) == set()
    assert browser.send(address).location == "/rota/mine"
    after = [browser.get(page) for page in ("/", "/rota/mine", here, address, "/known/", "/me/", "/me/register")]
    assert [page.request.path for page in after if gone & set(names_in(page.text))] == []
    assert len(names_in(after[2].text)) == 3
    assert after[3].status_code == 404


def test_the_rota_has_to_change_when_somebody_on_it_knows_a_family_and_which_one_is_not_told(
    as_role: Browser, session: ContactSession, family: Family, vera: Person
) -> None:
    families.know(vera, family, vera)
    browser, address = as_role(Role.COORDINATOR), f"/sessions/{session.id}/rota"
    page = waiting(browser)
    assert "Vera Volunteer (invented) says that they know a family that comes." in page
    assert "The rota of 22 November 2026 needs a change" in page
    marked = browser.get(address).text
    assert "Knows a family that comes" in marked
    assert [text for text in (page, marked) if family.reference in text or names_in(text)] == []
    duty = rota.serves(session, vera)
    assert duty
    browser.send(f"/rota/{duty.id}/off")
    assert "needs a change" not in waiting(browser)


def test_the_rota_refuses_somebody_who_knows_a_family_that_comes(
    session: ContactSession, family: Family, cast: Cast
) -> None:
    chair, colin = cast[Role.CHAIR], cast[Role.COORDINATOR]
    families.know(chair, family, chair)
    with pytest.raises(RefusedError, match="know a family that comes"):
        rota.put_on(session, chair, colin)
    rota.put_on(make_session(), chair, colin)


def test_a_rota_of_a_session_that_is_over_needs_no_change(
    as_role: Browser, session: ContactSession, family: Family, vera: Person
) -> None:
    families.know(vera, family, vera)
    with clock.at(instant(TOMORROW, "12:30")):
        assert "needs a change" not in waiting(as_role(Role.COORDINATOR))


def test_coordinator_writes_down_the_talk_about_a_family_that_is_hidden_already(
    as_role: Browser, family: Family, vera: Person
) -> None:
    known = families.know(vera, family, vera)
    browser, address = as_role(Role.COORDINATOR), f"/known/{known.id}/settle"
    page = browser.get(address).text
    assert "outcome" not in page
    assert family.reference not in page
    assert browser.send(address).location == "/"
    assert families.hidden_from(vera) == {family.id}
    assert "says that" not in waiting(browser)


# Co-ordinators and officers


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SAFEGUARDING])
def test_whoever_can_see_the_families_says_it_on_the_family_s_own_page(
    as_role: Browser, family: Family, cast: Cast, role: Role
) -> None:
    browser, address = as_role(role), f"/known/families/{family.reference}"
    assert "Tell the co-ordinator</button>" not in browser.get("/known/").text
    assert browser.send("/known/").status_code == 403
    assert "You cannot undo this." in browser.get(address).text
    assert browser.send(address).status_code == 303
    assert families.find(family.reference, cast[role]) is None
    assert browser.get(address).status_code == 404


def test_the_officers_are_told_by_number_when_no_coordinator_is_left_for_a_family(
    as_role: Browser, as_person: Callable[..., CheckingClient], family: Family, cast: Cast
) -> None:
    as_role(Role.COORDINATOR).send(f"/known/families/{family.reference}")
    for role in (Role.SAFEGUARDING, Role.CHAIR):
        page = waiting(as_role(role))
        assert "A family needs another co-ordinator" in page
        assert family.reference not in page
    assert "another co-ordinator" not in waiting(as_role(Role.COORDINATOR))
    assert "says that" not in waiting(as_role(Role.COORDINATOR))
    second = person_in(Role.COORDINATOR, "Cora Coordinator (invented)")
    accounts.make(second, "Cora", PASSWORD)
    assert "another co-ordinator" not in waiting(as_role(Role.CHAIR))
    assert "Colin Coordinator (invented) says that they know a family that comes." in waiting(as_person(second))
    Appointment.update(ends=date(2026, 11, 20)).where(Appointment.person == second).execute()
    assert "A family needs another co-ordinator" in waiting(as_role(Role.CHAIR))
    families.end(family, cast[Role.SAFEGUARDING])
    assert "another co-ordinator" not in waiting(as_role(Role.CHAIR))


def test_nobody_settles_what_they_said_themselves(as_role: Browser, cast: Cast) -> None:
    known = families.know(cast[Role.COORDINATOR], None, cast[Role.COORDINATOR])
    assert "says that" not in waiting(as_role(Role.COORDINATOR))
    assert as_role(Role.COORDINATOR).send(f"/known/{known.id}/settle", outcome="none").status_code == 404


def test_the_trail_holds_numbers_and_no_name(
    as_role: Browser, session: ContactSession, family: Family, vera: Person
) -> None:
    browser = as_role(Role.VOLUNTEER)
    browser.get(f"/known/sessions/{session.id}")
    browser.send(f"/known/sessions/{session.id}/{Booking.get(Booking.family == family).id}")
    events = (Event.SESSION_NAMES_SEEN, Event.SOMEBODY_KNOWN)
    lines = list(AuditLine.select().where(AuditLine.event.in_(events)))
    assert {line.about for line in lines} == {f"session:{session.id}", f"family:{family.id}"}
    assert [line for line in lines if names_in(line.facts) or family.reference in line.facts] == []


def test_the_names_of_many_families_take_no_more_questions_than_those_of_one(
    as_role: Browser, session: ContactSession, family: Family, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, counts = as_role(Role.VOLUNTEER), []
    for families_more in (0, 5):
        for _ in range(families_more):
            make_booking(session, make_family(cast[Role.COORDINATOR]), cast[Role.COORDINATOR])
        with counted(monkeypatch) as asked:
            browser.get(f"/known/sessions/{session.id}")
        counts.append(len(asked))
    assert counts[0] == counts[1] < 16
