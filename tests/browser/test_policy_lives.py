"""The policy lives on: a clause changes and only that is learned anew; a year later the committee reviews it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from ccc.provisions import Key
from tests.browser import acts
from tests.browser.conftest import Come, Invented
from tests.browser.policies import MODEL
from tests.browser.quiz_taking import Taker
from tests.browser.server import REPO, Server
from tests.browser.session_acts import DAY, at, enter, someone
from tests.browser.visitor import Visitor, words

pytestmark = pytest.mark.browser
TEXT = (REPO / "policies" / "confidentiality.md").read_text(encoding="utf-8")
CHANGED = TEXT.replace("once it has not been used for three years", "once it has not been used for two years")
TO_REVIEW = "Confidentiality policy: its review is due by"
REASON = "Two years are long enough for what we keep."


@pytest.fixture
def centre(browser: Browser, invented: Invented) -> Iterator[Server]:
    """The invented centre on a Thursday morning, with a clock of its own."""
    with invented(at("10:02")) as server:
        yield server
        assert not server.complaints()


def on_paper(page: Page) -> str:
    """What of a page is printed."""
    page.emulate_media(media="print")
    text = words(page.locator("body"))
    page.emulate_media(media="screen")
    return text


def change_a_clause(coordinator: Visitor, chair: Visitor) -> None:
    """One drafts, the other approves and publishes, with the reason and the day that the form proposes."""
    coordinator.go("/drafting/confidentiality/text")
    coordinator.type(text=CHANGED)
    coordinator.press("Read this text")
    chair.go("/")
    chair.leave_by(chair.page.locator("main li", has_text="a draft waits for you").get_by_role("link"))
    chair.press("Approve this policy")
    chair.page.get_by_label("Everybody reads it and signs again").check()
    chair.type(change_note=REASON)
    assert chair.page.locator("[name=sign_by]").input_value() == (DAY + timedelta(weeks=6)).isoformat()
    chair.press("Publish")
    chair.sees("Version 2.0, approved by the chair")


def test_a_changed_clause_alone_is_read_asked_about_and_signed_and_the_old_certificate_stays(
    centre: Server, come: Come
) -> None:
    volunteer = someone(come, centre, "volunteer")
    first = Taker(volunteer, MODEL.promises)
    first.begin()
    assert len(first.take()) == 15
    volunteer.follow("Go on to the undertaking")
    number = acts.sign(volunteer, "Violet Volunteer")
    certificate = on_paper(volunteer.page)

    change_a_clause(someone(come, centre, "coordinator"), someone(come, centre, "chair"))
    volunteer.go("/")
    volunteer.sees("The policy has changed.")
    volunteer.follow("Read the policy")
    volunteer.sees(f"What changed: {REASON}")
    volunteer.press("Show it all on one page")
    assert volunteer.page.locator("ol.reading .label").all_inner_texts() == ["12"]
    assert words(volunteer.page.locator("ol.reading del")) == "three"
    assert words(volunteer.page.locator("ol.reading ins")) == "two"
    volunteer.press("I have read it to the end")

    again = Taker(volunteer, {Key.DISPOSAL: [{"years": 2}]})
    again.begin()
    asked = again.take()
    assert {question.provision for question in asked} == {Key.DISPOSAL}
    volunteer.follow("Go on to the undertaking")
    assert acts.sign(volunteer, "Violet Volunteer") != number
    volunteer.go(f"/undertakings/certificates/{number}")
    assert on_paper(volunteer.page) == certificate


def test_the_yearly_review_goes_from_the_pack_to_the_sign_off_to_the_next_day(centre: Server, come: Come) -> None:
    chair = someone(come, centre, "chair")
    chair.go("/policies/confidentiality/")
    chair.sees("Next review due by 31 December 2026.")
    chair.go("/")
    chair.leave_by(chair.page.locator("main li", has_text=TO_REVIEW).get_by_role("link"))
    assert chair.heading == "Review pack for the committee"
    chair.press("Draw it up for the meeting")
    assert chair.heading == "Review pack 2026-1"
    read = on_paper(chair.page)
    assert "6. The audit trail" in read
    assert "Sign off" not in read
    centre.set_clock(at("10:02") + timedelta(days=9))
    enter(chair, "chair")
    chair.go("/conformance/packs/2026-1")
    chair.follow("Sign off after the meeting")
    chair.type(on=(DAY + timedelta(days=8)).isoformat())
    chair.page.get_by_label("It stays as it is").check()
    chair.press("Sign off")
    chair.sees("Day of the meeting")
    chair.sees("27 November 2026")
    chair.go("/policies/confidentiality/")
    chair.sees("Last reviewed in November 2026. Next review due by 30 November 2027.")
    chair.go("/")
    assert chair.page.locator("main li", has_text=TO_REVIEW).count() == 0
    coordinator = someone(come, centre, "coordinator")
    coordinator.go("/conformance/packs/2026-1")
    again = on_paper(coordinator.page)
    assert again[again.index("1. Clause by clause") :] == read[read.index("1. Clause by clause") :]
