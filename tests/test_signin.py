"""Signing in, out, and the ways back in."""

from collections.abc import Callable

from flask import Flask

from ccc.people import Person
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.conftest import PASSWORD


def test_volunteer_signs_in_through_the_form(app: Flask, cast: dict[Role, Person]) -> None:
    client = app.test_client()
    assert client.get("/").location == "/sign-in?next=/"
    answer = client.send("/sign-in?next=/me/", sign_in_name="Vera", password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/me/")
    assert cast[Role.VOLUNTEER].name in client.get("/me/").text


def test_coordinator_without_a_second_factor_sets_one_up_first(app: Flask, cast: dict[Role, Person]) -> None:
    client = app.test_client()
    client.send("/sign-in", sign_in_name="Colin", password=PASSWORD)
    assert client.get("/").location == "/me/second-step/"


def test_every_page_of_a_role_opens(as_role: Callable[..., CheckingClient], cast: dict[Role, Person]) -> None:
    client = as_role(Role.CHAIR)
    for path in ("/", "/me/", "/me/details", "/me/password", "/me/second-step/", "/me/second-step/telephone", "/me/second-step/sheet", "/concerns/", "/people/invite", "/people/1/", "/people/1/offices", "/people/1/password", "/sign-in/again"):
        assert client.get(path).status_code == 200, path
