"""What leaves the centre, and what is destroyed: requests, statements, releases, worries and a disposal, end to end."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import leaving_acts as acts
from tests.browser.conftest import Come, Invented
from tests.browser.server import Server
from tests.browser.session_acts import DAY, at, someone
from tests.browser.visitor import COMPUTER, TELEPHONE, Visitor, words
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser
on_a_computer = pytest.mark.parametrize("shape", [COMPUTER], ids=str)
on_a_telephone = pytest.mark.parametrize("shape", [TELEPHONE], ids=str)
TODAY = "19 November 2026"
WORRY, ABOUT_CHAIR = "A bruise that nobody could explain (invented)", "The chair drove a child home (invented)"
DONE, PASSED_ON = "I rang and told them all of it (invented)", "The council's designated officer (invented)"
PEOPLE = {"Violet", "Volunteer", "Cornelius", "Coordinator", "Saffron", "Charity"}


@pytest.fixture(scope="module")
def centre(browser: Browser, invented: Invented) -> Iterator[Server]:
    """The invented centre on a Thursday morning. Its clock is ours: a password proves something for minutes only."""
    with invented(at("10:02")) as server:
        yield server
        assert not server.complaints()


@on_a_computer
def test_a_solicitor_who_asks_gets_dates_and_times_on_paper_and_nothing_else(centre: Server, come: Come) -> None:
    coordinator = someone(come, centre, "coordinator")
    family = acts.open_family(coordinator, "A solicitor")
    case = re.search(r"SC-\d{5}", words(coordinator.page.locator("main dl.facts")))
    assert case
    coordinator.follow("Log a request")
    coordinator.page.locator("#kind").get_by_label("the referrer recorded for this family").check()
    acts.choose(coordinator, verified="We rang back on a number that we had before")
    acts.choose(coordinator, what="Dates and times of attendance", purpose="Proceedings in a court")
    coordinator.press("Log this request")
    coordinator.sees("Not answered yet")
    coordinator.follow("Make the statement")
    coordinator.type(first_day=(DAY - timedelta(days=365)).isoformat())
    coordinator.press("Show me what it would say")
    coordinator.sees("It answers the request of")
    seen = words(coordinator.page.get_by_role("region", name="The statement"))
    assert re.search(r"\d{4} \d\d:\d\d \d\d:\d\d", seen)
    coordinator.press("Issue this statement")
    on_paper = acts.printed(coordinator)
    assert seen in on_paper
    assert case[0] in on_paper
    assert [secret for secret in family.secrets | PEOPLE if secret in on_paper] == []
    expect(acts.in_log(coordinator, family.reference)).to_contain_text("Released")


@on_a_computer
def test_a_parent_who_asks_for_the_others_address_is_refused_and_the_log_says_so(centre: Server, come: Come) -> None:
    coordinator = someone(come, centre, "coordinator")
    family = acts.open_family(coordinator)
    home, visiting = family.adults[:2]
    secrets = acts.how_to_reach(coordinator, home)
    coordinator.follow("Log a request")
    coordinator.page.get_by_label("Whose is it?").select_option(f"{home}, the adult whom the child lives with")
    acts.choose(coordinator, kind=f"{visiting}, the visiting adult", verified="We know them in person")
    acts.choose(coordinator, what="An adult's address, telephone or email", purpose="For themselves")
    coordinator.press("Log this request")
    coordinator.follow("Ask an officer to release it")
    acts.choose(coordinator, ground="Someone is at risk of physical violence")
    coordinator.press("Ask an officer")
    coordinator.sees("Nothing goes to a parent")
    acts.go_back(coordinator)
    coordinator.follow("Refuse it")
    told = "Nothing was released, so there was nothing to tell"
    acts.choose(coordinator, permission="The person concerned did not permit it", told=told)
    coordinator.press("Write down that it was refused")
    coordinator.sees("Permission: the person concerned did not permit it.")
    shown = words(coordinator.page.locator("body"))
    assert [secret for secret in secrets if secret in shown] == []
    line = words(acts.in_log(coordinator, family.reference))
    assert line.startswith(TODAY)
    assert line.endswith("The visiting adult An adult's address, telephone or email Refused")


@on_a_computer
def test_an_officer_who_gives_the_password_again_releases_under_a_ground(centre: Server, come: Come) -> None:
    officer = someone(come, centre, "safeguarding")
    waiting = officer.page.locator("main li").filter(has_text="an officer is to decide")
    reference = waiting.locator("span").first.inner_text().removeprefix("About ").partition(":")[0]
    officer.leave_by(waiting.get_by_role("link"))
    officer.sees("The duty desk, Police (invented)")
    officer.follow("Decide")
    officer.sees("The reason given: a child is at risk of harm, outside the centre.")
    acts.choose(officer, decision="Release what is ticked below")
    officer.page.get_by_label("Address, telephone or email of the adult whom the child lives with").check()
    acts.choose(officer, told="The person concerned was not told: it would put somebody in danger")
    centre.set_clock(at("10:20"))
    officer.press("Write down my decision")
    proves_again(officer)
    officer.press("Write down my decision")
    officer.sees("What went out of the record: address, telephone or email of the adult whom the child lives with.")
    expect(acts.in_log(officer, reference)).to_contain_text("Released")
    coordinator = someone(come, centre, "coordinator")
    line = acts.in_log(coordinator, reference)
    assert words(line).endswith("The police An adult's address, telephone or email Released")
    coordinator.leave_by(line.get_by_role("link").first)
    coordinator.sees("Ground: a child is at risk of harm, outside the centre.")
    coordinator.sees("Saffron Safeguarding, 19 November 2026, 10:20")


def proves_again(officer: Visitor) -> None:
    """Give the password once more, and find everything as it was chosen."""
    assert officer.heading == "Your password once more"
    officer.type(password=PASSWORD)
    officer.press("Go on")
    officer.sees("This was not sent yet.")
    assert officer.page.locator("main :checked").count() == 3


@on_a_telephone
def test_a_worry_told_on_a_telephone_is_read_and_answered_by_the_officer(centre: Server, come: Come) -> None:
    volunteer, officer = (someone(come, centre, who) for who in ("volunteer", "safeguarding"))
    acts.tell(volunteer, WORRY, "Neither of the two")
    assert acts.how_it_stands(volunteer) == "Not yet"
    acts.read_newest(officer)
    officer.sees(WORRY)
    acts.write_down(officer, DONE, PASSED_ON)
    for said in ("Dealt with on 19 November 2026", DONE, PASSED_ON):
        officer.sees(said)
    assert acts.how_it_stands(volunteer) == "Read"
    assert WORRY not in words(volunteer.page.locator("body"))


@on_a_telephone
def test_a_worry_about_the_chair_is_read_by_the_other_officer_and_shows_the_chair_nothing(
    centre: Server, come: Come
) -> None:
    volunteer, officer, chair = (someone(come, centre, who) for who in ("volunteer", "safeguarding", "chair"))
    before = list(acts.everywhere(chair))
    acts.tell(volunteer, ABOUT_CHAIR, "The chair")
    volunteer.sees("Outside the centre")
    assert list(acts.everywhere(chair)) == before
    acts.read_newest(officer)
    officer.sees(ABOUT_CHAIR)
    officer.sees("Only you can read this: it is about the other officer.")
    read_at = officer.page.url
    acts.write_down(officer, DONE, PASSED_ON)
    assert acts.how_it_stands(volunteer) == "Read"
    chair.go(read_at)
    assert chair.heading == "There is no such page"


@on_a_computer
def test_what_is_due_goes_by_two_people_to_a_certificate_that_names_nobody(centre: Server, come: Come) -> None:
    coordinator, officer = (someone(come, centre, who) for who in ("coordinator", "safeguarding"))
    coordinator.follow("See what is due")
    due = coordinator.page.get_by_role("row").filter(has_text="Families")
    listed = words(coordinator.page.locator("main .choice"))
    reference = listed.partition(":")[0]
    family = of_years_ago(coordinator, reference)
    acts.by_menu(coordinator, "Keeping")
    coordinator.leave_by(due.get_by_role("link"))
    coordinator.press("Propose that these go")
    coordinator.sees("An officer who is somebody else has to approve this.")
    disposal = coordinator.heading
    approves(officer, disposal)
    officer.follow("The certificate")
    certificate = acts.printed(officer)
    assert "by the co-ordinator" in certificate
    assert "by the safeguarding officer" in certificate
    assert "not noted yet" in certificate
    assert [secret for secret in family.secrets | PEOPLE if secret in certificate] == []
    shreds(coordinator, disposal)
    of_nobody(coordinator, reference)


def of_years_ago(coordinator: Visitor, reference: str) -> acts.Known:
    """Look up the names of a family whose time here has ended."""
    acts.by_menu(coordinator, "Families")
    coordinator.follow("Families whose time has ended")
    coordinator.follow(reference)
    return acts.family_here(coordinator)


def approves(officer: Visitor, disposal: str) -> None:
    """Look at what goes and what stays, approve it, and find that just this went."""
    acts.by_menu(officer, "Keeping")
    officer.follow(disposal)
    going = acts.figures(officer)
    assert going
    officer.follow("Approve this")
    officer.sees("This cannot be undone.")
    assert acts.figures(officer) == going
    officer.press("Yes, destroy this for good")
    officer.sees("This is done.")
    assert acts.figures(officer) == going


def shreds(coordinator: Visitor, disposal: str) -> None:
    """Note that the paper files are shredded as well; the certificate says so from then on."""
    acts.by_menu(coordinator, "Keeping")
    coordinator.follow(disposal)
    coordinator.follow("The paper is shredded")
    coordinator.press("The paper is shredded")
    coordinator.follow("The certificate")
    assert f"Paper shredded {TODAY}, by the co-ordinator" in acts.printed(coordinator)


def of_nobody(coordinator: Visitor, reference: str) -> None:
    acts.by_menu(coordinator, "Families")
    coordinator.follow("Families whose time has ended")
    coordinator.type(q=reference)
    coordinator.press("Search")
    coordinator.sees("No family of this reference or name is in this list.")
