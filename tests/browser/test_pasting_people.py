"""The co-ordinator brings the centre's volunteers in from a spreadsheet."""

import pytest

from tests.browser.conftest import Come
from tests.browser.server import Server
from tests.browser.visitor import Shape

pytestmark = pytest.mark.browser
HEADINGS = "Volunteer\tE-mail\tMobile\tInterview\tDBS number\tFavourite biscuit"


def test_a_list_is_looked_through_mended_and_then_taken_as_a_whole(demo: Server, come: Come, shape: Shape) -> None:
    coordinator = come(demo)
    coordinator.go("/sign-in")
    coordinator.sign_in("coordinator@demo.example")
    first, second = f"Pippa Pasted {shape.width}", f"Percival Pasted {shape.width}"
    good = f"{first}\tpippa{shape.width}@newcomers.example\t01632 960777\t4/3/2024\t001234567890\tshortbread"
    faulty = f"{second}\tpercival at home\t\t31/2/2024\t\tgingernut"
    coordinator.go("/people/")
    coordinator.follow("Paste a list")
    coordinator.type(pasted=f"{HEADINGS}\n{good}\n{faulty}")
    coordinator.press("Look at what would be taken")
    coordinator.sees("The email address does not look like one.")
    coordinator.sees("“31/2/2024” is not a date that we understand.")
    coordinator.sees("Not kept here, and not taken: DBS number.")
    coordinator.sees("Favourite biscuit")
    coordinator.type(pasted=f"{HEADINGS}\n{good}\n{second}\t\t\t28/2/2024\t\t")
    coordinator.press("Look at what would be taken")
    coordinator.sees("4 March 2024")
    coordinator.press("Take these 2 people")
    coordinator.sees("2 people are on the list now.")
    for name in (first, second):
        coordinator.go(f"/people/?q={name}")
        coordinator.follow(name)
        coordinator.sees("Not joined yet")
