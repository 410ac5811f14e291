"""A new centre sets itself up; chair, co-ordinator and volunteer go all the way to a printed certificate."""

import re

import pytest

from tests.browser import acts
from tests.browser.conftest import Come
from tests.browser.policies import MODEL, OF_A_CHURCH, OF_A_TRUST, Policy
from tests.browser.quiz_taking import Taker
from tests.browser.server import Server
from tests.browser.visitor import Shape, Visitor
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
CENTRE = "Lantern Lane Contact Centre (invented)"
CHAIR, COORDINATOR, VOLUNTEER = "Chloe Chair", "Conrad Coordinator", "Viola Volunteer"
# The sides of a sheet of A4, in points.
A4 = (595, 842)


@pytest.mark.parametrize("policy", [OF_A_TRUST, OF_A_CHURCH, MODEL], ids=str)
def test_a_new_centre_comes_from_its_set_up_link_to_a_printed_certificate(
    policy: Policy, new_centre: Server, come: Come, shape: Shape
) -> None:
    chair, coordinator, volunteer = come(new_centre), come(new_centre), come(new_centre)
    ways = [acts.choose_sheet, acts.choose_telephone]
    first, second = ways if shape.scripts else reversed(ways)
    set_up(chair, new_centre.greeting, policy)
    first(chair)
    publish(chair)
    acts.join(coordinator, acts.invite(chair, COORDINATOR, "Co-ordinator"), COORDINATOR)
    second(coordinator)
    acts.join(volunteer, acts.invite(coordinator, VOLUNTEER), VOLUNTEER)
    certificate = onboard(volunteer, policy)
    assert sheets(volunteer.page.pdf(prefer_css_page_size=True)) == [A4]
    see_who_is_how_far(coordinator, certificate)


def set_up(chair: Visitor, greeting: list[str], policy: Policy) -> None:
    """Open the link that the server printed, alone on its line."""
    chair.go(next(line for line in greeting if line.startswith("http")))
    chair.type(centre_name=CENTRE, coordinator_phone="01632 960001", safeguarding_phone="01632 960002")
    chair.type(name=CHAIR, sign_in_name=CHAIR, new_password=PASSWORD)
    if policy.is_model:
        chair.page.locator(f"input[name=policy][value={policy.name}]").check()
    else:
        chair.type(text=policy.text)
    chair.press("Set up the centre")


def publish(chair: Visitor) -> None:
    """Look at the draft, leave out what was set aside, and publish."""
    chair.sees("The centre has no policy in force yet.")
    chair.follow("See to it")
    assert chair.heading.startswith("Draft: ")
    while chair.button("Leave it out").count():
        chair.press("Leave it out")
    chair.follow("Correct clause 1")
    chair.press("Keep this")
    chair.sees("Clause 1 is corrected.")
    chair.follow("Publish")
    chair.press("Publish this policy")
    chair.sees("The policy is in force. Anybody can read it now.")


def onboard(volunteer: Visitor, policy: Policy) -> str:
    """Read, take the quiz with a mistake, sign; return the number of the certificate."""
    volunteer.leave_by(volunteer.page.locator("main .next a"))
    assert len(acts.read_part_by_part(volunteer)) >= 10
    volunteer.follow("What comes next")
    volunteer.sees("Quiz on the policy")
    taker = Taker(volunteer, policy.promises)
    taker.begin()
    assert len(taker.take(mistakes=1)) == 15
    assert volunteer.heading == "You have passed"
    volunteer.follow("Go on to the undertaking")
    return acts.sign(volunteer, VOLUNTEER)


def see_who_is_how_far(coordinator: Visitor, certificate: str) -> None:
    """The list of people shows the steps of each, the register who has signed."""
    coordinator.go("/people/")
    coordinator.follow(VOLUNTEER)
    for step in ("Read our confidentiality policy", "Quiz on the policy", "Sign the undertaking"):
        done = coordinator.page.locator(".steps li", has_text=step)
        assert "Done" in done.inner_text(), step
    coordinator.go("/people/")
    coordinator.follow("Who has signed")
    line = coordinator.page.get_by_role("row").filter(has_text=VOLUNTEER)
    assert "on screen" in line.inner_text()
    assert certificate in line.inner_text()


def sheets(pdf: bytes) -> list[tuple[int, int]]:
    """The sheets of paper that a print takes, each by its width and height."""
    count = len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == count
    return [(round(float(width)), round(float(height))) for width, height in boxes]
