"""A volunteer breaks the quiz off, goes on elsewhere, fails, and tries again at once on what was missed."""

import secrets

import pytest

from tests.browser import acts
from tests.browser.conftest import Come
from tests.browser.policies import MODEL
from tests.browser.quiz_taking import Taker
from tests.browser.server import Server
from tests.browser.visitor import Shape

pytestmark = pytest.mark.browser
# With 15 questions and a pass mark of 80 %, four wrong answers are one too many.
TOO_MANY = 4


@pytest.fixture
def name() -> str:
    """A name that nobody else at this centre has."""
    return f"Nora Newcomer {secrets.token_hex(4)}"


@pytest.fixture
def taker(demo: Server, come: Come, name: str) -> Taker:
    """Somebody who has just joined the demonstration's centre, and read its policy."""
    coordinator, newcomer = come(demo), come(demo)
    coordinator.go("/sign-in")
    coordinator.sign_in("coordinator@demo.example")
    acts.join(newcomer, acts.invite(coordinator, name), name)
    acts.read_on_one_page(newcomer)
    return Taker(newcomer, MODEL.promises)


def test_whoever_fails_tries_again_at_once_on_what_was_missed(taker: Taker) -> None:
    taker.begin()
    asked = taker.take(mistakes=TOO_MANY)
    missed = [question for question in asked if not question.essential][:TOO_MANY]
    assert taker.visitor.heading == "Not passed yet"
    taker.visitor.sees(f"You had {len(asked) - TOO_MANY} of {len(asked)} right.")
    for question in missed:
        taker.visitor.sees(question.text)
    taker.visitor.press("Try these again now")
    again = taker.take()
    assert {question.id for question in missed} <= {question.id for question in again}
    assert len(again) < len(asked)
    assert taker.visitor.heading == "You have passed"


def test_a_quiz_broken_off_goes_on_where_it_was_on_another_device(
    taker: Taker, demo: Server, come: Come, name: str
) -> None:
    taker.begin()
    first = taker.question()
    taker.answer(first, right=not first.essential)
    elsewhere = Taker(come(demo), MODEL.promises)
    elsewhere.visitor.go("/quizzes/confidentiality/")
    elsewhere.visitor.sign_in(name)
    elsewhere.visitor.sees("You have answered 1 of 15 questions.")
    elsewhere.visitor.follow("Go on with question 2")
    rest = elsewhere.take()
    assert first not in rest
    assert len(rest) == 14


def test_with_scripts_one_question_takes_the_place_of_another_and_without_them_page_follows_page(
    taker: Taker, shape: Shape
) -> None:
    taker.begin()
    pages: list[str] = []
    taker.visitor.page.on("request", lambda asked: pages.append(asked.url) if asked.is_navigation_request() else None)
    taker.answer(taker.question(), right=True)
    taker.visitor.page.get_by_role("link", name="Next question").click()
    taker.question()
    assert bool(pages) is not shape.scripts
    assert taker.visitor.page.url.endswith("/2")
