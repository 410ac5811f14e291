"""What somebody typed survives an ended sign-in, for them alone, and is never carried out by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from ccc import clock
from ccc.drafts import Draft
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import second_factor
from ccc.signin.accounts import Account
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD

AsRole = Callable[..., CheckingClient]
Cast = dict[Role, Person]
TYPED = {"name": "Nora New (invented)", "email": "nora@millbrook.example", "phone": "01632 960123"}


def come_back(client: CheckingClient, name: str) -> None:
    """Sign in again in the same browser, the second step with a code of a fresh sheet."""
    account = next(a for a in Account.select() if a.sign_in_name == name)
    code = second_factor.new_codes(account, second_factor.RECOVERY)[0]
    client.send("/sign-in", sign_in_name=name, password=PASSWORD)
    client.send("/sign-in/code", code=code)


def send_too_late(client: CheckingClient) -> str:
    """Fill a form in, be idle for an hour, and send it."""
    token = client.token()
    clock.advance(timedelta(hours=1))
    answer = client.post("/people/invite", data={"csrf_token": token, **TYPED})
    assert answer.status_code == 303
    return str(answer.location)


def test_a_form_sent_after_the_sign_in_ended_comes_back_filled_in_and_not_carried_out(as_role: AsRole) -> None:
    client, before = as_role(Role.COORDINATOR), Person.select().count()
    assert send_too_late(client) == "/sign-in?next=/people/invite"
    come_back(client, "Colin")
    page = client.get("/people/invite").text
    assert all(f'value="{value}"' in page for value in TYPED.values())
    assert "not sent yet" in page
    assert "Here is what you typed on 21 November 2026, 10:00." in page
    assert Person.select().count() == before


def test_once_sent_it_does_not_come_back(as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    send_too_late(client)
    come_back(client, "Colin")
    assert client.send("/people/invite", **TYPED).status_code == 303
    assert "not sent yet" not in client.get("/people/invite").text
    assert not Draft.select().exists()


def test_somebody_else_at_the_same_tablet_does_not_get_it(as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    as_role(Role.CHAIR)
    send_too_late(client)
    come_back(client, "Charlie")
    assert TYPED["name"] not in client.get("/people/invite").text


def test_what_was_typed_lies_sealed_and_goes_after_seven_days(app: App, as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    send_too_late(client)
    assert b"Nora" not in bytes(Draft.get().sealed)
    clock.advance(timedelta(days=7))
    come_back(client, "Colin")
    assert TYPED["name"] not in client.get("/people/invite").text


def test_a_form_whose_token_is_over_comes_back_filled_in(as_role: AsRole) -> None:
    client, before = as_role(Role.COORDINATOR), Person.select().count()
    answer = client.post("/people/invite", data={"csrf_token": "of yesterday", **TYPED})
    assert answer.location == "/people/invite"
    assert f'value="{TYPED["name"]}"' in client.get("/people/invite").text
    assert Person.select().count() == before


def test_passwords_and_codes_are_never_kept(app: App, cast: Cast, as_role: AsRole) -> None:
    client = as_role(Role.VOLUNTEER)
    client.post("/me/password", data={"csrf_token": "of yesterday", "password": PASSWORD, "new_password": "x"})
    assert not Draft.select().exists()


def test_a_sensitive_form_sent_after_the_proof_went_stale_comes_back(as_role: AsRole) -> None:
    chair = as_role(Role.CHAIR)
    token = chair.token()
    clock.advance(timedelta(minutes=16))
    form = {"csrf_token": token, "role": "co-ordinator", "starts": "2026-12-24"}
    assert chair.post("/people/1/offices", data=form).location == "/sign-in/again?next=/people/1/offices"
    chair.send("/sign-in/again?next=/people/1/offices", password=PASSWORD)
    assert 'value="2026-12-24"' in chair.get("/people/1/offices").text


def test_htmx_is_sent_to_the_sign_in_page_and_gets_no_page_into_its_fragment(app: App) -> None:
    answer = app.test_client().get("/me/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=/me/")


def test_an_older_draft_says_when_it_was_typed(as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    client.post("/people/invite", data={"csrf_token": "of yesterday", **TYPED})
    clock.advance(timedelta(minutes=20))
    assert "Here is what you typed on 21 November 2026, 09:00." in client.get("/people/invite").text


BUTTONS = ["/me/end-sign-ins", "/people/1/return", "/quizzes/confidentiality/again"]
STANDS_ON = {
    "http://localhost/people/1/": "/people/1/",
    "http://localhost/people/?show=left&q=a": "/people/?show=left&q=a",
    # Where there is no page to come back to, the first page is one.
    "http://localhost/me/end-sign-ins": "/",
    "http://localhost/nowhere": "/",
    "http://localhost//evil.example/": "/",
    "http://evil.example/people/1/": "/",
    "http://[": "/",
    "": "/",
}


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_whose_token_is_over_leads_back_to_its_page_and_asks_for_another_press(
    as_role: AsRole, button: str
) -> None:
    client = as_role(Role.COORDINATOR)
    for referer, page in STANDS_ON.items():
        answer = client.post(button, data={"csrf_token": "of yesterday"}, headers={"Referer": referer})
        assert (answer.status_code, answer.location) == (303, page), referer
    text = client.get("/people/1/").text
    assert "Please press the button again." in text
    assert "look it through" not in text


def test_a_button_pressed_after_the_sign_in_ended_leads_back_to_its_page(as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    token = client.token()
    clock.advance(timedelta(hours=1))
    answer = client.post(
        "/people/1/return", data={"csrf_token": token}, headers={"Referer": "http://localhost/people/1/"}
    )
    assert answer.location == "/sign-in?next=/people/1/"
    assert "please press the button again" in client.get(answer.location).text


def test_a_form_comes_back_with_all_of_its_address(as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    assert client.post("/people/invite?from=a", data={"csrf_token": "old", **TYPED}).location == "/people/invite?from=a"
