"""What somebody typed survives a mistake, another page, and a sign-in that ended meanwhile."""

import secrets

import pytest

from tests.browser.conftest import Come
from tests.browser.server import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
Typed = dict[str, str]


@pytest.fixture
def typed() -> Typed:
    """Somebody with a long name, whom nobody invited before."""
    mark = secrets.token_hex(4)
    name = f"Wilhelmina-{mark} Featherstonehaugh-Cholmondeley"
    return {"name": name, "email": f"{mark}@newcomers.example", "phone": "01632 960555"}


@pytest.fixture
def coordinator(demo: Server, come: Come) -> Visitor:
    return coordinator_at(come(demo))


def coordinator_at(visitor: Visitor) -> Visitor:
    visitor.go("/sign-in")
    visitor.sign_in("coordinator@demo.example")
    return visitor


def test_a_form_sent_after_the_sign_in_ended_comes_back_filled_in_and_not_carried_out(
    coordinator: Visitor, typed: Typed, demo: Server, come: Come
) -> None:
    coordinator.go("/people/invite")
    coordinator.type(**typed)
    elsewhere = coordinator_at(come(demo))
    elsewhere.go("/me/")
    elsewhere.press("End all my sign-ins")
    coordinator.press("Make the link")
    assert coordinator.heading == "Sign in"
    coordinator.sign_in("coordinator@demo.example")
    assert coordinator.heading == "Invite somebody"
    coordinator.sees("This was not sent yet.")
    assert typed_in(coordinator) == typed
    assert not is_known(coordinator_at(elsewhere), typed["name"])
    coordinator.press("Make the link")
    assert coordinator.heading == f"Invitation for {typed['name']}"
    assert is_known(elsewhere, typed["name"])


def test_a_mistake_costs_nothing_of_what_was_typed(coordinator: Visitor, typed: Typed) -> None:
    coordinator.go("/people/invite")
    faulty = typed | {"email": "wilhelmina at home"}
    coordinator.type(**faulty)
    coordinator.press("Make the link")
    coordinator.sees("Please look at this again")
    assert typed_in(coordinator) == faulty


def test_the_back_button_brings_back_what_was_typed(coordinator: Visitor, typed: Typed) -> None:
    coordinator.go("/people/invite")
    coordinator.type(**typed)
    coordinator.follow("← People")
    coordinator.page.go_back()
    assert typed_in(coordinator) == typed


def typed_in(visitor: Visitor) -> Typed:
    return {name: visitor.page.locator(f"main [name={name}]").input_value() for name in ("name", "email", "phone")}


def is_known(visitor: Visitor, name: str) -> bool:
    """Tell whether somebody stands in the list of people."""
    visitor.go(f"/people/?q={name}")
    return visitor.page.get_by_role("link", name=name, exact=True).count() == 1
