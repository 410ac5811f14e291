"""What people misunderstand: from first tries alone, without names, and not of fewer than five people."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest

from ccc import clock, people
from ccc.people import Person
from ccc.policies import Version
from ccc.quizzes import figures
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[[Role | None], CheckingClient]
PAGE = "/quizzes/confidentiality/figures"
EASY, HARD = "A question with an easy answer", "A question with a hard answer"


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    return published(cast[Role.CHAIR])


def tried(person: Person, version: Version, right: list[bool], at: datetime | None = None) -> Attempt:
    """An attempt at an easy and a hard question, answered so."""
    asked = [
        {"id": name, "provision": key, "text": text}
        for name, key, text in (("easy", "not-discussed", EASY), ("hard", "disposal", HARD))
    ]
    facts = {"person": person, "quiz": "confidentiality", "version": version, "finished_at": clock.now()}
    made: Attempt = Attempt.create(
        asked=json.dumps(asked), marks=json.dumps(right), passed=False, created_at=at or clock.now(), **facts
    )
    return made


def somebody(number: int) -> Person:
    return people.add(f"Zephyrine {number} (invented)", None, None, None)


def test_offices_see_what_is_least_understood_first_and_no_name(as_role: Browser, version: Version) -> None:
    for number in range(6):
        tried(somebody(number), version, [True, number == 0])
    text = as_role(Role.COORDINATOR).get(PAGE).text
    assert text.index(HARD) < text.index(EASY)
    assert "Hardly anybody is right" in text
    assert "Nearly everybody is right" in text
    assert "Zephyrine" not in text
    assert "17 %" in text
    assert "2026, quarter 4" in text


def test_only_the_first_try_counts(version: Version) -> None:
    for number in range(5):
        person = somebody(number)
        tried(person, version, [False, False])
        tried(person, version, [True, True])
    assert [(one.people, one.right) for one in figures.figures("confidentiality").questions] == [(5, 0), (5, 0)]


def test_fewer_than_five_people_are_not_shown_however_often_they_tried(as_role: Browser, version: Version) -> None:
    for number in range(4):
        person = somebody(number)
        for _ in range(3):
            tried(person, version, [False, False])
    text = as_role(Role.CHAIR).get(PAGE).text
    assert "Not enough people have taken this quiz yet." in text
    assert EASY not in text
    assert "2 questions met too few people" in text


def test_a_quarter_with_too_few_people_is_left_out(version: Version) -> None:
    for number in range(9):
        spring = datetime(2026, 4, 1, 9, tzinfo=clock.LONDON) if number < 4 else None
        tried(somebody(number), version, [True, True], at=spring)
    assert [one.name for one in figures.figures("confidentiality").quarters] == ["2026, quarter 4"]


def test_a_volunteer_does_not_see_them(as_role: Browser, version: Version) -> None:
    assert as_role(Role.VOLUNTEER).get(PAGE).status_code == 403


def test_a_quiz_that_is_none_has_no_figures(as_role: Browser, version: Version) -> None:
    assert as_role(Role.CHAIR).get("/quizzes/no-such-quiz/figures").status_code == 404
