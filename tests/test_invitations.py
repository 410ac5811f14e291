"""Invitations: who makes them, and what the link does once, never twice, and never after its time."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from ccc import clock, db, people
from ccc.mail import Outbox
from ccc.onboarding import invited
from ccc.people import Appointment, Person, RefusedError
from ccc.roles import Role
from ccc.signin import accounts, links
from ccc.signin.links import Purpose
from tests.checking import App, CheckingClient

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]
GOOD = "four geese in the garden"


def invite(client: CheckingClient, **fields: str) -> Person:
    answer = client.send(
        "/people/invite", **{"name": "Nora New (invented)", "email": "nora@millbrook.example"} | fields
    )
    assert answer.status_code == 303, answer.text
    return Person.select().order_by(Person.id.desc()).get()


def path_for(person: Person) -> str:
    link = links.open_link_of(person, Purpose.JOIN)
    assert link
    return str(link.path)


def test_coordinator_invites_a_volunteer_who_joins(app: App, as_role: AsRole) -> None:
    coordinator, new = as_role(Role.COORDINATOR), app.test_client()
    person = invite(coordinator)
    assert path_for(person) in coordinator.get(f"/people/{person.id}/invitation").text
    path = path_for(person)
    assert new.send(path, sign_in_name="nora@millbrook.example", new_password=GOOD).location == "/"
    assert new.get("/me/").status_code == 200
    assert "joined" in coordinator.get(f"/people/{person.id}/invitation").text


def test_chair_invites_a_coordinator_whose_office_begins_today(as_role: AsRole, app: App) -> None:
    person = invite(as_role(Role.CHAIR), role=Role.COORDINATOR)
    assert people.roles_of(person) == {Role.VOLUNTEER, Role.COORDINATOR}


def test_coordinator_cannot_invite_to_an_office(as_role: AsRole) -> None:
    person = invite(as_role(Role.COORDINATOR), role=Role.COORDINATOR)
    assert people.roles_of(person) == {Role.VOLUNTEER}


def test_coordinator_does_not_get_the_link_of_an_office_holder(as_role: AsRole) -> None:
    person = invite(as_role(Role.CHAIR), role=Role.COORDINATOR)
    assert as_role(Role.COORDINATOR).get(f"/people/{person.id}/invitation").status_code == 403


def test_the_link_is_mailed_to_those_who_have_an_address(as_role: AsRole) -> None:
    person = invite(as_role(Role.COORDINATOR))
    assert path_for(person) in Outbox.get().body
    invite(as_role(Role.COORDINATOR), name="Old Ned (invented)", email="")
    assert Outbox.select().count() == 1


def test_somebody_without_email_joins_with_a_name_of_their_own(app: App, as_role: AsRole) -> None:
    person = invite(as_role(Role.COORDINATOR), name="Old Ned (invented)", email="")
    client = app.test_client()
    assert client.send(path_for(person), sign_in_name="ned 2026", new_password=GOOD).status_code == 303
    assert app.test_client().send("/sign-in", sign_in_name="Ned  2026", password=GOOD).status_code == 303


def test_two_who_share_an_address_sign_in_under_names_of_their_own(app: App, as_role: AsRole) -> None:
    first, second = invite(as_role(Role.COORDINATOR)), invite(as_role(Role.COORDINATOR), name="Nick New (invented)")
    app.test_client().send(path_for(first), sign_in_name="nora@millbrook.example", new_password=GOOD)
    taken = app.test_client().send(path_for(second), sign_in_name="nora@millbrook.example", new_password=GOOD)
    assert taken.status_code == 422
    assert "taken" in taken.text
    assert app.test_client().send(path_for(second), sign_in_name="nick", new_password=GOOD).status_code == 303


@pytest.mark.parametrize("what", ["used", "expired", "withdrawn", "replaced", "unknown", "left"])
def test_a_link_that_does_not_work_says_what_to_do(app: App, as_role: AsRole, cast: Cast, what: str) -> None:
    coordinator = as_role(Role.COORDINATOR)
    person = invite(coordinator)
    path = path_for(person)
    acts: dict[str, Callable[[], object]] = {
        "used": lambda: links.join(path.rsplit("/", 1)[1], "nora", GOOD),
        "expired": lambda: clock.advance(timedelta(days=14)),
        "withdrawn": lambda: coordinator.send(f"/people/{person.id}/invitation/withdraw"),
        "replaced": lambda: coordinator.send(f"/people/{person.id}/invitation"),
        "unknown": lambda: None,
        "left": lambda: people.leave(person, cast[Role.COORDINATOR]),
    }
    acts[what]()
    answer = app.test_client().get("/invitations/unknown" if what == "unknown" else path)
    assert answer.status_code == 410
    assert "Ask the person who invited you" in answer.text or "sign in" in answer.text


def test_an_invitation_that_is_sent_again_is_mailed_and_opens_for_another_fourteen_days(
    app: App, as_role: AsRole
) -> None:
    person = invite(as_role(Role.COORDINATOR))
    first = path_for(person)
    clock.advance(timedelta(days=13))
    assert as_role(Role.COORDINATOR).send(f"/people/{person.id}/invitation").status_code == 303
    again = path_for(person)
    assert again != first
    assert again in Outbox.select().order_by(Outbox.id.desc()).get().body
    clock.advance(timedelta(days=13))
    assert app.test_client().get(again).status_code == 200


def test_the_link_works_until_the_end_of_its_fourteenth_day(app: App, as_role: AsRole) -> None:
    path = path_for(invite(as_role(Role.COORDINATOR)))
    clock.advance(timedelta(days=14) - timedelta(seconds=1))
    assert app.test_client().get(path).status_code == 200


def test_opening_the_link_does_not_use_it_up(app: App, as_role: AsRole) -> None:
    path = path_for(invite(as_role(Role.COORDINATOR)))
    assert [app.test_client().get(path).status_code for _ in range(3)] == [200] * 3


def test_of_two_who_accept_at_once_one_joins_and_the_other_is_told(app: App, as_role: AsRole) -> None:
    person = invite(as_role(Role.COORDINATOR))
    token, together, outcomes = path_for(person).rsplit("/", 1)[1], Barrier(2), []

    def accept(name: str) -> None:
        together.wait()
        try:
            links.join(token, name, GOOD)
            outcomes.append("joined")
        except RefusedError as error:
            outcomes.append(str(error))
        finally:
            db.db.close()

    both = [Thread(target=accept, args=[name]) for name in ("nora", "mallory")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(outcome == "joined" for outcome in outcomes) == [False, True]
    assert accounts.Account.select().where(accounts.Account.person == person).count() == 1


def test_an_opened_invitation_tells_nobody_the_email_address(app: App, as_role: AsRole) -> None:
    page = app.test_client().get(path_for(invite(as_role(Role.COORDINATOR)))).text
    assert "Welcome, Nora New (invented)" in page
    assert "nora@millbrook.example" not in page


@pytest.mark.parametrize("name", ["Nora New (invented)", "nora  new (INVENTED)"])
def test_a_form_sent_twice_adds_one_person(as_role: AsRole, name: str) -> None:
    coordinator = as_role(Role.COORDINATOR)
    first = invite(coordinator)
    answer = coordinator.send("/people/invite", name=name)
    assert answer.status_code == 422
    assert "was added a moment ago. Is this the same person?" in answer.text
    assert Person.select().order_by(Person.id.desc()).get() == first


def test_of_two_clicks_at_once_one_adds_the_person(cast: Cast) -> None:
    together, outcomes = Barrier(2), []

    def click() -> None:
        together.wait()
        try:
            invited.invite(links.Details("Nora New (invented)"), None, cast[Role.COORDINATOR], "http://x.example")
            outcomes.append("added")
        except RefusedError:
            outcomes.append("refused")
        finally:
            db.db.close()

    both = [Thread(target=click) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert sorted(outcomes) == ["added", "refused"]


def test_somebody_of_the_same_name_can_be_added_later_or_by_somebody_else(as_role: AsRole) -> None:
    first = invite(as_role(Role.COORDINATOR))
    by_another = invite(as_role(Role.CHAIR))
    clock.advance(timedelta(minutes=10))
    later = invite(as_role(Role.COORDINATOR))
    assert len({first.id, by_another.id, later.id}) == 3


def test_who_was_added_by_mistake_and_marked_as_left_can_be_added_again(as_role: AsRole, cast: Cast) -> None:
    coordinator = as_role(Role.COORDINATOR)
    first = invite(coordinator)
    people.leave(first, cast[Role.COORDINATOR])
    assert invite(coordinator).id != first.id


def test_the_form_keeps_what_was_typed_when_something_is_wrong(as_role: AsRole) -> None:
    answer = as_role(Role.COORDINATOR).send("/people/invite", name="Nora New (invented)", email="no address", phone="1")
    assert answer.status_code == 422
    assert 'value="Nora New (invented)"' in answer.text
    assert 'value="no address"' in answer.text


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "Nora\x00New", "Nora\x1bNew"])
def test_a_name_that_is_none_is_refused(as_role: AsRole, name: str) -> None:
    assert as_role(Role.COORDINATOR).send("/people/invite", name=name).status_code == 422


def test_an_invited_safeguarding_officer_while_there_is_one_is_refused_and_nothing_is_kept(as_role: AsRole) -> None:
    before = Person.select().count()
    client = as_role(Role.CHAIR)
    answer = client.send("/people/invite", name="Second One (invented)", role=Role.SAFEGUARDING)
    assert answer.status_code == 422
    assert "End that office first" in answer.text
    assert (Person.select().count(), Appointment.select().count()) == (before, 3)
