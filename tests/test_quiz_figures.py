"""What people misunderstand: first tries under each edition, without names, and counted in fives alone."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from ccc import clock, people, policies
from ccc.people import Person
from ccc.policies import Version
from ccc.provisions import Key
from ccc.quizzes import figures
from ccc.quizzes.attempts import Attempt
from ccc.quizzes.figures import Figures
from ccc.roles import Role
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, published

Browser = Callable[[Role | None], CheckingClient]
PAGE = "/quizzes/confidentiality/figures"
EASY, HARD, ALWAYS = (
    "A question with an easy answer",
    "A question with a hard answer",
    "A question that is always asked",
)
ASKED = [("easy", "not-discussed", EASY), ("hard", "disposal", HARD), ("always", "not-discussed", ALWAYS)]
SPRING = datetime(2026, 4, 1, 9, tzinfo=clock.LONDON)


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def second(cast: dict[Role, Person], version: Version) -> Version:
    """The policy of today, after a change of substance."""
    return published(cast[Role.CHAIR], MILLBROOK.replace("on the notice board", "on the notice board in the hall"))


def begun(person: Person, version: Version, right: list[bool]) -> Attempt:
    """An attempt at an easy and a hard question, and maybe at the one that is always asked, answered so; still open."""
    asked = [
        {"id": name, "provision": key, "text": text, "always": text == ALWAYS}
        for (name, key, text), _ in zip(ASKED, right, strict=False)
    ]
    facts = {"person": person, "quiz": "confidentiality", "version": version, "marks": json.dumps(right)}
    made: Attempt = Attempt.create(asked=json.dumps(asked), **facts)
    return made


def finish(attempt: Attempt, at: datetime | None = None) -> None:
    """End an attempt."""
    Attempt.update(passed=False, finished_at=at or clock.now()).where(Attempt.id == attempt.id).execute()


def tried(person: Person, version: Version, right: list[bool], at: datetime | None = None) -> None:
    """An attempt that was answered so and finished."""
    finish(begun(person, version, right), at)


def somebody(number: int) -> Person:
    return people.add(f"Zephyrine {number} (invented)", None, None, None)


def tried_by(count: int, version: Version, right: list[bool], at: datetime | None = None) -> list[Person]:
    """So many people, each with an attempt that was answered so."""
    everybody = [somebody(number) for number in range(count)]
    for person in everybody:
        tried(person, version, right, at)
    return everybody


def shown(edition: int | None = None) -> Figures:
    return figures.figures("confidentiality", edition)


def counted(edition: int | None = None) -> dict[str, tuple[int, int]]:
    """How many people were asked each question, and how many were right."""
    return {one.name: (one.people, one.right) for one in shown(edition).questions}


def test_offices_see_what_is_least_understood_first_and_no_name(as_role: Browser, version: Version) -> None:
    tried_by(4, version, [True, False])
    tried(somebody(4), version, [True, True])
    text = as_role(Role.COORDINATOR).get(PAGE).text
    assert text.index(HARD) < text.index(EASY)
    assert "Hardly anybody is right" in text
    assert "Nearly everybody is right" in text
    assert "Zephyrine" not in text
    assert "20 %" in text
    assert "2026, quarter 4" in text
    assert "Editions:" not in text


def test_two_of_five_are_not_hardly_anybody(version: Version) -> None:
    tried_by(2, version, [True])
    tried_by(3, version, [False])
    assert [one.remark for one in shown().questions] == [""]


def test_only_the_first_try_counts(version: Version) -> None:
    for person in tried_by(5, version, [False, False]):
        tried(person, version, [True, True])
    assert counted() == {EASY: (5, 0), HARD: (5, 0)}


def test_fewer_than_five_people_are_not_shown_however_often_they_tried(as_role: Browser, version: Version) -> None:
    for person in tried_by(4, version, [False, False]):
        tried(person, version, [False, False])
    text = as_role(Role.CHAIR).get(PAGE).text
    assert "Not enough people have taken this quiz yet." in text
    assert EASY not in text
    assert "2 questions met too few people" in text
    assert "quarter" not in text


def test_what_one_person_alone_was_asked_is_in_no_total(version: Version) -> None:
    tried_by(4, version, [True])
    tried(somebody(4), version, [True, False])
    assert [(one.name, one.answers) for one in shown().promises] == [(Key.NOT_DISCUSSED, 5)]
    assert [(one.answers, one.right) for one in shown().quarters] == [(5, 5)]
    assert shown().left_out == 1


def test_nothing_moves_from_before_one_person_finished_to_after(version: Version) -> None:
    tried_by(5, version, [True, True])
    before = shown()
    for number in range(4):
        tried(somebody(number), version, [False, False])
        assert shown() == before
    tried(somebody(4), version, [False, False])
    assert counted() == {EASY: (10, 5), HARD: (10, 5)}


def test_who_begins_early_and_finishes_late_moves_nothing_that_was_shown(version: Version) -> None:
    early = begun(somebody(0), version, [False])
    tried_by(4, version, [True])
    assert counted() == {}, "Four have finished."
    tried(somebody(5), version, [True])
    clock.advance(timedelta(minutes=1))
    finish(early)
    assert counted() == {EASY: (5, 5)}


def test_answers_count_in_the_quarter_that_made_them_five(version: Version) -> None:
    tried_by(9, version, [True], at=SPRING)
    assert [(one.name, one.answers) for one in shown().quarters] == [("2026, quarter 2", 5)]
    tried(somebody(9), version, [False])
    now = ("2026, quarter 4", 5, 4)
    assert [tuple(one) for one in shown().quarters] == [("2026, quarter 2", 5, 5), now]


def test_after_a_change_of_substance_everybody_is_counted_anew(second: Version) -> None:
    first = policies.published("confidentiality")[-1]
    for person in tried_by(5, first, [True, False]):
        tried(person, second, [False, True])
    assert counted() == {EASY: (5, 0), HARD: (5, 5)}
    assert counted(edition=1) == {EASY: (5, 5), HARD: (5, 0)}
    assert [one.answers for one in shown().quarters] == [20]


def test_the_page_shows_the_edition_in_force_and_leads_to_earlier_ones(as_role: Browser, second: Version) -> None:
    tried_by(5, policies.published("confidentiality")[-1], [True, False])
    chair = as_role(Role.CHAIR)
    text = chair.get(PAGE).text
    assert "Not enough people have taken this quiz yet." in text
    assert "Over time, under every edition" in text
    assert f'href="{PAGE}?edition=1"' in text
    assert HARD in chair.get(f"{PAGE}?edition=1").text
    assert chair.get(f"{PAGE}?edition=3").status_code == 404


def test_what_is_asked_under_every_policy_stands_apart_from_the_clauses(as_role: Browser, version: Version) -> None:
    tried_by(5, version, [True, True, False])
    assert {one.name: (one.answers, one.right) for one in shown().promises}[Key.NOT_DISCUSSED] == (5, 5)
    text = as_role(Role.CHAIR).get(PAGE).text
    assert text.index(EASY) < text.index("Asked under every policy") < text.index(ALWAYS)


def test_a_volunteer_does_not_see_them(as_role: Browser, version: Version) -> None:
    assert as_role(Role.VOLUNTEER).get(PAGE).status_code == 403


def test_a_quiz_that_is_none_has_no_figures(as_role: Browser, version: Version) -> None:
    assert as_role(Role.CHAIR).get("/quizzes/no-such-quiz/figures").status_code == 404
