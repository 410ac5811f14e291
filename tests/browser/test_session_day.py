"""The day of a session: from taking a family in to its line in the booking log; at the door; and on paper."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser import session_acts as acts
from tests.browser.conftest import Come, Invented
from tests.browser.server import Server
from tests.browser.session_acts import Card, at, pass_time
from tests.browser.test_from_set_up_to_certificate import A4, sheets
from tests.browser.visitor import TELEPHONE, Shape, Visitor, words

pytestmark = pytest.mark.browser
LEADER = "Charity Chair"
OLD_TELEPHONE = Shape(TELEPHONE.width, TELEPHONE.height, scripts=False)
KEYBOARD = Shape(1280, 800, scripts=True)
SHREDDED = "The printed sheet was shredded on 19 November 2026."
# Of each family what was written by hand, in the order of the sheet; the last one is a handover. Nobody left at 12:58.
ON_THE_SHEET = [
    ["0944", "1000", "1201", "1212"],
    ["0950", "1002", "1258", "1215"],
    ["", "", "", ""],
    ["", "1004", "1030", ""],
    ["", "", "", ""],
    ["0955", "1006", "1010", "1150", "1155"],
]
SLIP = 6


@pytest.fixture
def hall(browser: Browser, invented: Invented) -> Iterator[Server]:
    """The invented centre on a Thursday at two minutes past ten. Six families have a place from ten to twelve."""
    with invented(at("10:02")) as server:
        yield server
        assert not server.complaints()


def test_the_coordinator_takes_a_family_from_its_first_day_to_its_line_in_the_log(hall: Server, come: Come) -> None:
    coordinator = come(hall)
    acts.enter(coordinator, "coordinator")
    reference = acts.take_in(coordinator)
    coordinator.sees("No place can be booked yet")
    for first_name in ("Heather", "Victor"):
        acts.give_policy(coordinator, first_name)
    session = acts.add_session(coordinator, "13:30", "14:30")
    acts.book(coordinator, reference)
    acts.put_on_rota(coordinator, LEADER)
    hall.set_clock(at("13:14"))
    acts.enter(coordinator, "coordinator")
    coordinator.go(session)
    coordinator.follow("Register")
    family = Card(coordinator, 0)
    assert "May come in: Heather H., Victor V. Needs: allergic to nuts" in words(family.whole)
    pass_time(hall, family, ("13:14", "Visiting adult came"), ("13:31", "Child came"))
    coordinator.look()
    hall.set_clock(at("14:00"))
    coordinator.follow("Look again")
    pass_time(hall, family, ("14:29", "Child left"), ("14:41", "Visiting adult left"))
    coordinator.follow("Close the register")
    coordinator.press("Close the register")
    coordinator.sees("The register is closed.")
    finds_outcome(coordinator, reference)


def finds_outcome(coordinator: Visitor, reference: str) -> None:
    """Look for the family in the log, where its one line says that it came."""
    coordinator.go("/bookings/")
    log = coordinator.page.locator("#log tbody tr")
    assert log.count() > 1
    coordinator.type(reference=reference)
    if coordinator.looker is None:
        coordinator.press("Search")
    expect(log).to_have_count(1)
    coordinator.look()
    expect(log.locator("td").last).to_have_text("Came")
    coordinator.leave_by(log.get_by_role("link").first)
    coordinator.sees("The register is closed.")


@pytest.mark.parametrize("shape", [TELEPHONE, OLD_TELEPHONE], ids=str)
def test_the_leader_keeps_the_register_on_a_telephone_from_the_first_press_to_closing(hall: Server, come: Come) -> None:
    leader, other_door = come(hall), come(hall)
    acts.enter(leader, "chair")
    leader.follow("Open the register")
    sees_first_names(leader)
    stands(leader, "6 families have a place. No children are here now.")
    first, second, third, handover = (Card(leader, place) for place in (0, 1, 2, 5))
    first.tap("Visiting adult came", at="0947")
    first.notes("Visiting adult came", "09:47")
    if leader.looker:
        # Whoever works by keys goes on from where they pressed.
        expect(first.row("Visiting adult came").get_by_role("link")).to_be_focused()
    pass_time(hall, first, ("10:03", "Child came"))
    stands(leader, "The children of 1 family are here now.")
    first.correct("Child came", "10:01")
    leader.look()
    pass_time(hall, handover, ("10:04", "Child came"), ("10:05", "Visiting adult came"), ("10:06", "Child handed out"))
    expect(handover.whole.locator(".tag")).to_have_text("Handed out")
    two_doors(hall, second, other_door)
    pass_time(hall, third, ("10:12", "Visiting adult came"))
    after_a_long_quiet(hall, first)
    cannot_close_yet(leader)
    pass_time(hall, second, ("12:15", "Child left"))
    pass_time(hall, handover, ("12:16", "Child handed back"), ("12:17", "Child left"))
    pass_time(hall, first, ("12:18", "Visiting adult left"))
    stands(leader, "No children are here now.")
    closes(leader)
    leader.go(other_door.page.url)
    leader.sees("If something in it is wrong, tell the co-ordinator.")
    expect(leader.page.locator(".family button, .family a")).to_have_count(0)


def sees_first_names(leader: Visitor) -> None:
    """Whoever serves looks once whether they know somebody, and goes back to the register."""
    register = leader.page.url
    leader.go(re.sub(r".*/sessions/(\d+)/register", r"/known/sessions/\1", register))
    leader.look()
    assert leader.page.get_by_role("link", name="I know them").count() == 6
    leader.go(register)


def stands(leader: Visitor, text: str) -> None:
    expect(leader.page.locator("#so-far")).to_contain_text(text)


def two_doors(hall: Server, card: Card, other_door: Visitor) -> None:
    """At the other door somebody has had the page open all the time, and presses the same a little later."""
    acts.enter(other_door, "coordinator")
    other_door.go(card.visitor.page.url.partition("#")[0])
    pass_time(hall, card, ("10:08", "Child came"))
    hall.set_clock(at("10:10"))
    there = Card(other_door, card.place)
    there.tap("Child came")
    expect(there.whole.get_by_role("alert")).to_contain_text(f"Noted already at 10:08 by {LEADER}.")
    there.notes("Child came", "10:08")
    other_door.look()
    pass_time(hall, there, ("10:11", "Visiting adult came"))
    card.visitor.follow("Look again")
    card.notes("Visiting adult came", "10:11")
    card.notes("Child came", "10:08")


def after_a_long_quiet(hall: Server, card: Card) -> None:
    """The sign-in is over by the time the child leaves: the press waits, and means the moment of the second press."""
    leader = card.visitor
    hall.set_clock(at("12:13"))
    with leader.page.expect_navigation():
        card.tap("Child left")
    expect(leader.page.locator("h1")).to_have_text("Sign in")
    leader.sign_in("chair@demo.example")
    leader.sees("This was not sent yet.")
    pass_time(hall, card, ("12:14", "Child left"))


def cannot_close_yet(leader: Visitor) -> None:
    leader.follow("Close the register")
    leader.sees("noted as here. The register cannot be closed before it is noted when they left.")
    assert leader.button("Close the register").count() == 0
    leader.leave_by(leader.page.get_by_role("link", name="The register"))


def closes(leader: Visitor) -> None:
    """Look at what will be written of each of the six, and close."""
    leader.follow("Close the register")
    said = [words(line).lower() for line in leader.page.locator("main td[data-label^=What]").all()]
    missed = "did not come (both sides)"
    assert said == ["came", "came", "did not come (the child's side)", missed, missed, "came"]
    leader.press("Close the register")
    leader.sees("The register is closed. From now on the co-ordinator corrects it.")


@pytest.mark.parametrize("shape", [KEYBOARD], ids=str)
def test_a_day_on_paper_is_printed_on_one_sheet_and_typed_in_without_a_mouse(hall: Server, come: Come) -> None:
    coordinator, leader = come(hall), come(hall)
    acts.enter(coordinator, "coordinator")
    coordinator.go("/sessions/")
    coordinator.leave_by(coordinator.page.locator("main tbody a").first)
    session = coordinator.page.url
    secrets = acts.surnames(coordinator, session) | acts.contact_details(coordinator)
    coordinator.go(session)
    coordinator.follow("Sheet to print")
    prints_on_one_sheet(coordinator, secrets)
    hall.set_clock(at("12:40"))
    acts.enter(leader, "chair")
    leader.go(f"{session}typed-in")
    types_in(leader)
    leader.sees("The sheet is typed in, and the register is closed.")
    acts.enter(coordinator, "coordinator")
    coordinator.go(f"{session}register")
    expect(coordinator.page.locator("main .note").first).to_contain_text(SHREDDED)
    coordinator.go(session)
    statuses = coordinator.page.locator("main td[data-label=Status]").all_inner_texts()
    assert sorted(statuses) == ["Came"] * 3 + ["Did not come (both sides)"] * 2 + ["Did not come (the visiting side)"]


def prints_on_one_sheet(coordinator: Visitor, secrets: set[str]) -> None:
    """One sheet of A4 for all six, with first names and initials, and nothing by which somebody could be found."""
    assert sheets(coordinator.page.pdf(prefer_css_page_size=True)) == [A4]
    coordinator.page.emulate_media(media="print")
    printed = words(coordinator.page.locator("body"))
    coordinator.page.emulate_media(media="screen")
    assert coordinator.page.locator("main tbody tr").count() == 6
    assert len(re.findall(r"\b[A-Z][a-z]+ [A-Z]\.", printed)) == 12
    assert "Lock this sheet away, then shred it" in printed
    assert [secret for secret in secrets | {"01632", "@"} if secret in printed] == []


def types_in(leader: Visitor) -> None:
    """Type what the sheet says, one family after the other, with a slip in it that is told and put right."""
    fields = leader.page.locator("main fieldset.times input")
    assert fields.count() == sum(len(times) for times in ON_THE_SHEET)
    past_the_top(leader)
    for field, digits in zip(fields.all(), chain(*ON_THE_SHEET), strict=True):
        tab_to(leader, field)
        leader.page.keyboard.type(digits)
    tab_to(leader, leader.page.get_by_label("The sheet was shredded"))
    leader.page.keyboard.press("Space")
    tab_to(leader, leader.button("Write all of it, and close the register"))
    enter(leader)
    leader.sees("Nothing was written yet: look at the times that are marked.")
    past_the_top(leader)
    leader.page.keyboard.press("Tab")
    leader.page.keyboard.press("Enter")
    expect(fields.nth(SLIP)).to_be_focused()
    assert fields.nth(SLIP - 1).input_value() == "10:02"
    leader.page.keyboard.press("ControlOrMeta+A")
    leader.page.keyboard.type("1158")
    enter(leader)


def past_the_top(leader: Visitor) -> None:
    """Skip what stands on every page, and the link back."""
    for key in ("Tab", "Enter", "Tab"):
        leader.page.keyboard.press(key)


def tab_to(leader: Visitor, there: Locator) -> None:
    """Go on by one: each thing comes straight after the one before."""
    leader.page.keyboard.press("Tab")
    expect(there).to_be_focused()


def enter(leader: Visitor) -> None:
    with leader.page.expect_navigation():
        leader.page.keyboard.press("Enter")
    leader.look()
