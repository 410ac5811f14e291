"""Offices from day to day, succession, leaving, and who sees a volunteer's own details."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask

from ccc import audit, clock, people
from ccc.audit import AuditLine, Event
from ccc.mail import Outbox
from ccc.people import Appointment, Person, RefusedError
from ccc.roles import Role
from ccc.signin import accounts, links
from ccc.signin.links import Purpose
from tests.checking import App, CheckingClient

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)


def in_office(role: Role) -> list[str]:
    return [person.name.split()[0] for person in people.in_office(role)]


def test_an_office_begins_and_ends_by_itself_its_last_day_included(cast: Cast) -> None:
    people.appoint(cast[Role.VOLUNTEER], Role.COORDINATOR, TODAY + DAY, TODAY + 3 * DAY, cast[Role.CHAIR])
    held = []
    for days in range(6):
        with clock.at(TODAY + days * DAY):
            held.append("Vera" in in_office(Role.COORDINATOR))
    assert held == [False, True, True, True, False, False]


@pytest.mark.parametrize(
    ("who", "role", "dates", "why"),
    [
        (Role.SAFEGUARDING, Role.CHAIR, (TODAY, None), "two different people"),
        (Role.CHAIR, Role.SAFEGUARDING, (TODAY, None), "two different people"),
        (Role.VOLUNTEER, Role.SAFEGUARDING, (TODAY, None), "has a safeguarding officer"),
        (Role.COORDINATOR, Role.COORDINATOR, (TODAY, None), "already"),
        (Role.VOLUNTEER, Role.COORDINATOR, (TODAY - DAY, None), "in the past"),
        (Role.VOLUNTEER, Role.COORDINATOR, (TODAY + DAY, TODAY), "before the first"),
    ],
)
def test_an_appointment_that_does_not_fit_is_refused(
    cast: Cast, who: Role, role: Role, dates: tuple[date, date | None], why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        people.appoint(cast[who], role, *dates, cast[Role.CHAIR])
    assert Appointment.select().count() == 3


def test_chair_appoints_through_the_form(as_role: AsRole, cast: Cast) -> None:
    chair = as_role(Role.CHAIR)
    answer = chair.send("/people/1/offices", role=Role.COORDINATOR, starts="2026-11-21", ends="2027-11-20")
    assert answer.status_code == 303
    assert in_office(Role.COORDINATOR) == ["Colin", "Vera"]
    assert "20 November 2027" in chair.get("/people/1/").text


def test_a_new_chair_takes_office_when_the_safeguarding_officer_confirms(as_role: AsRole, cast: Cast) -> None:
    as_role(Role.CHAIR).send("/people/1/offices", role=Role.CHAIR, starts="2026-11-21")
    waiting = people.waiting_chairs()[0]
    assert in_office(Role.CHAIR) == ["Charlie"]
    as_role(Role.SAFEGUARDING).send(f"/people/1/offices/{waiting.id}/confirm")
    assert in_office(Role.CHAIR) == ["Vera"]
    assert people.roles_of(cast[Role.CHAIR]) == {Role.VOLUNTEER}


def test_a_chair_from_next_month_leaves_the_old_one_in_office_until_then(cast: Cast) -> None:
    office = people.appoint(cast[Role.VOLUNTEER], Role.CHAIR, date(2026, 12, 1), None, cast[Role.CHAIR])
    people.confirm_chair(office, cast[Role.SAFEGUARDING])
    assert in_office(Role.CHAIR) == ["Charlie"]
    with clock.at(date(2026, 12, 1)):
        assert in_office(Role.CHAIR) == ["Vera"]


def test_nobody_confirms_twice_or_themselves(cast: Cast) -> None:
    office = people.appoint(cast[Role.VOLUNTEER], Role.CHAIR, TODAY, None, cast[Role.CHAIR])
    with pytest.raises(RefusedError, match="yourself"):
        people.confirm_chair(office, cast[Role.VOLUNTEER])
    people.confirm_chair(office, cast[Role.SAFEGUARDING])
    with pytest.raises(RefusedError, match="no longer waits"):
        people.confirm_chair(office, cast[Role.SAFEGUARDING])


def test_the_chair_in_office_cannot_be_removed_without_a_successor(as_role: AsRole, cast: Cast) -> None:
    office = Appointment.get(Appointment.person == cast[Role.CHAIR])
    answer = as_role(Role.CHAIR).send(f"/people/{cast[Role.CHAIR].id}/offices/{office.id}/end")
    assert answer.status_code == 422
    assert in_office(Role.CHAIR) == ["Charlie"]


def test_chair_ends_an_office_at_once_and_the_open_browser_is_shut_out(as_role: AsRole, cast: Cast) -> None:
    coordinator, office = as_role(Role.COORDINATOR), Appointment.get(Appointment.person == cast[Role.COORDINATOR])
    as_role(Role.CHAIR).send(f"/people/{cast[Role.COORDINATOR].id}/offices/{office.id}/end")
    assert coordinator.get("/people/1/").status_code == 403


def test_warnings_go_out_60_30_and_7_days_before_an_office_ends(cast: Cast) -> None:
    Appointment.update(ends=TODAY + 70 * DAY).where(Appointment.person == cast[Role.COORDINATOR]).execute()
    warned = []
    for days in range(72):
        with clock.at(TODAY + days * DAY):
            if people.warn_of_ending():
                warned.append(70 - days)
    assert warned == [60, 30, 7]
    assert {letter.recipient for letter in Outbox.select()} == {"colin@millbrook.example", "charlie@millbrook.example"}


def test_coordinator_records_that_a_volunteer_left_and_undoes_it(as_role: AsRole, cast: Cast) -> None:
    coordinator = as_role(Role.COORDINATOR)
    assert coordinator.get("/people/1/leaving").status_code == 200
    coordinator.send("/people/1/leaving")
    assert Person.get_by_id(1).left_on == TODAY
    coordinator.send("/people/1/return")
    assert Person.get_by_id(1).left_on is None


def test_an_office_holder_does_not_leave_before_the_office_is_ended(as_role: AsRole, cast: Cast) -> None:
    answer = as_role(Role.COORDINATOR).send(f"/people/{cast[Role.CHAIR].id}/leaving")
    assert answer.status_code == 422
    assert "ends the office first" in answer.text


def test_the_look_at_contact_details_is_recorded(as_role: AsRole, cast: Cast) -> None:
    answer = as_role(Role.COORDINATOR).send("/people/1/details")
    assert answer.status_code == 200
    assert "01632 960999" in answer.text
    assert "<dt>Signs in as</dt><dd>Vera</dd>" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    line = AuditLine.select().order_by(AuditLine.id.desc()).get()
    assert (line.event, line.about, line.actor) == (Event.DETAILS_SEEN, "person:1", cast[Role.COORDINATOR].id)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_address_that_is_merely_fetched_shows_no_details_and_records_no_look(as_role: AsRole, method: str) -> None:
    answer = as_role(Role.COORDINATOR).open("/people/1/details", method=method)
    assert answer.status_code == 200
    assert "01632 960999" not in answer.text
    assert not AuditLine.select().where(AuditLine.event == Event.DETAILS_SEEN).exists()


def test_the_details_of_somebody_who_has_not_joined_can_be_looked_at(as_role: AsRole, cast: Cast) -> None:
    newcomer = people.add("Nora New (invented)", None, "01632 960123", cast[Role.COORDINATOR])
    answer = as_role(Role.COORDINATOR).send(f"/people/{newcomer.id}/details")
    assert "01632 960123" in answer.text
    assert "not joined yet" in answer.text


def test_who_makes_a_new_password_link_does_not_see_an_email_address(as_role: AsRole, app: App, cast: Cast) -> None:
    newcomer = people.add("Nora New (invented)", "nora@millbrook.example", None, cast[Role.COORDINATOR])
    accounts.make(newcomer, "nora@millbrook.example", "four geese in the garden")
    officer = as_role(Role.SAFEGUARDING)
    assert officer.send(f"/people/{newcomer.id}/password").status_code == 303
    link = links.open_link_of(newcomer, Purpose.PASSWORD)
    assert link
    handed_over = officer.get(f"/people/{newcomer.id}/password").text
    assert link.path in handed_over
    for page in (handed_over, app.test_client().get(link.path).text):
        assert "nora@millbrook.example" not in page
        assert "email address, or the sign-in name" in page


@pytest.mark.parametrize("role", [Role.SAFEGUARDING, Role.CHAIR])
def test_nobody_but_the_coordinator_sees_contact_details(as_role: AsRole, role: Role) -> None:
    client = as_role(role)
    assert "01632 960999" not in client.get("/people/1/").text
    assert client.get("/people/1/details").status_code == 403
    assert client.send("/people/1/details").status_code == 403


def test_a_volunteer_changes_their_own_details(as_role: AsRole, cast: Cast) -> None:
    volunteer = as_role(Role.VOLUNTEER)
    answer = volunteer.send("/me/details", name="Vera Volunteer (invented)", email="new@millbrook.example", phone="")
    assert answer.status_code == 303
    assert (Person.get_by_id(1).email, Person.get_by_id(1).phone) == ("new@millbrook.example", None)


def test_the_trail_of_all_this_is_whole_and_names_nobody(app: Flask, as_role: AsRole, cast: Cast) -> None:
    as_role(Role.CHAIR).send("/people/1/offices", role=Role.COORDINATOR, starts="2026-11-21")
    assert audit.verify().fault is None
    assert not [line for line in AuditLine.select() if "vera" in (line.facts + line.about).lower()]


def test_the_first_page_tells_of_offices_that_end_and_of_a_chair_to_confirm(as_role: AsRole, cast: Cast) -> None:
    people.appoint(cast[Role.VOLUNTEER], Role.CHAIR, TODAY, None, cast[Role.CHAIR])
    Appointment.update(ends=TODAY + 50 * DAY).where(Appointment.person == cast[Role.COORDINATOR]).execute()
    assert "is to be the new chair" in as_role(Role.SAFEGUARDING).get("/").text
    for role, told in ((Role.COORDINATOR, True), (Role.CHAIR, True), (Role.SAFEGUARDING, False)):
        assert ("10 January 2027" in as_role(role).get("/").text) == told


def test_an_office_that_is_over_is_not_brought_back_by_its_own_form(as_role: AsRole, cast: Cast) -> None:
    chair, office = as_role(Role.CHAIR), Appointment.get(Appointment.person == cast[Role.COORDINATOR])
    address = f"/people/{cast[Role.COORDINATOR].id}/offices/{office.id}/end"
    chair.send(address)
    assert chair.send(address, last_day="2030-01-01").status_code == 422
    assert in_office(Role.COORDINATOR) == []


def test_an_office_is_not_extended_into_its_successors_time(cast: Cast) -> None:
    chair, office = cast[Role.CHAIR], Appointment.get(Appointment.person == cast[Role.SAFEGUARDING])
    people.end_appointment(office, TODAY + DAY, chair)
    people.appoint(cast[Role.VOLUNTEER], Role.SAFEGUARDING, TODAY + 2 * DAY, None, chair)
    with pytest.raises(RefusedError, match="has a safeguarding officer"):
        people.end_appointment(office, TODAY + 9 * DAY, chair)


def test_there_is_never_more_than_one_chair_whatever_was_confirmed_in_which_order(cast: Cast) -> None:
    first, second = cast[Role.VOLUNTEER], cast[Role.COORDINATOR]
    for person, days in ((second, 20), (first, 10)):
        office = people.appoint(person, Role.CHAIR, TODAY + days * DAY, None, cast[Role.CHAIR])
        people.confirm_chair(office, cast[Role.SAFEGUARDING])
    for days in range(30):
        with clock.at(TODAY + days * DAY):
            assert len(in_office(Role.CHAIR)) == 1, days


def test_a_chair_confirmed_meanwhile_is_not_removed_by_an_old_page(cast: Cast) -> None:
    office = people.appoint(cast[Role.VOLUNTEER], Role.CHAIR, TODAY, None, cast[Role.CHAIR])
    seen_before = Appointment.get_by_id(office.id)
    people.confirm_chair(office, cast[Role.SAFEGUARDING])
    with pytest.raises(RefusedError, match="serves until"):
        people.end_appointment(seen_before, TODAY, cast[Role.CHAIR])


def test_coming_back_opens_no_browser_of_bygone_days(as_role: AsRole, cast: Cast) -> None:
    volunteer = as_role(Role.VOLUNTEER)
    people.leave(cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
    people.come_back(cast[Role.VOLUNTEER], cast[Role.COORDINATOR])
    assert volunteer.get("/me/").status_code == 303


def test_an_office_ended_on_the_day_it_began_does_not_run_backwards(as_role: AsRole, cast: Cast) -> None:
    office, chair = Appointment.get(Appointment.person == cast[Role.COORDINATOR]), as_role(Role.CHAIR)
    chair.send(f"/people/{cast[Role.COORDINATOR].id}/offices/{office.id}/end")
    page = chair.get(f"/people/{cast[Role.COORDINATOR].id}/").text
    assert "From 21 November 2026, ended on that day" in page
    assert "20 November 2026" not in page
