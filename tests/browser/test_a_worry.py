"""A worry written on a telephone and read by the officers, and one about the chair that the chair never sees."""

import re

import pytest

from tests.browser.conftest import Come
from tests.browser.server import Server
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
WORRY, ABOUT_CHAIR = "A bruise that nobody could explain (invented)", "The chair drove a child home (invented)"


def test_a_worry_reaches_the_officers_and_one_about_the_chair_the_other_alone(demo: Server, come: Come) -> None:
    volunteer, officer, chair = (signed_in(come(demo), who) for who in ("volunteer", "safeguarding", "chair"))
    volunteer.page.locator("footer").get_by_role("link", name="Here is whom to tell").click()
    assert volunteer.heading == "Worried about something?"
    raise_worry(volunteer, WORRY, "Neither of the two")

    chair.go("/concerns/list")
    chair.follow(re.compile(r"\d+ \w+ \d{4}, \d\d:\d\d"))
    chair.sees(WORRY)
    volunteer.go("/concerns/mine")
    assert volunteer.page.locator(".tag").first.inner_text() == "Read"

    of_chair, of_officer = count(chair), count(officer)
    raise_worry(volunteer, ABOUT_CHAIR, "The chair")
    volunteer.sees("Outside the centre")
    officer.go("/concerns/list")
    officer.follow(re.compile(r"\d+ \w+ \d{4}, \d\d:\d\d"))
    officer.sees(ABOUT_CHAIR)
    officer.type(text="Rang the designated officer (invented)", passed_on="The designated officer")
    officer.page.get_by_label("It is dealt with").check()
    officer.press("Write it down")
    officer.sees("Rang the designated officer (invented)")
    assert (count(chair), count(officer)) == (of_chair, of_officer + 1)


def signed_in(visitor: Visitor, who: str) -> Visitor:
    visitor.go("/sign-in")
    visitor.sign_in(f"{who}@demo.example")
    return visitor


def raise_worry(visitor: Visitor, text: str, about: str) -> None:
    visitor.go("/concerns/new")
    visitor.type(text=text)
    visitor.page.get_by_label(about, exact=True).check()
    visitor.press("Send it to the officers")
    assert visitor.heading == "What you told us"


def count(visitor: Visitor) -> int:
    visitor.go("/concerns/list")
    return visitor.page.locator("tbody tr").count()
