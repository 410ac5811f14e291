"""The questions that we supply are fit for every policy: enough of them, each in its place, all in our own words."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from ccc.provisions import PROVISIONS, Key
from ccc.quizzes.questions import Kind, Question, Quiz, load
from ccc.quizzes.selection import asked_under

REPO = Path(__file__).parent.parent
QUIZZES = REPO / "quizzes"
POLICIES = REPO.parent / "shared" / "policies"


@pytest.fixture(scope="module")
def shipped() -> Quiz:
    return load(QUIZZES / "confidentiality.toml", QUIZZES)


def every_way_to_promise(key: Key) -> Iterator[dict[str, str | int]]:
    names = [choice.name for choice in PROVISIONS[key].choices]
    ways: list[Iterable[str | int]] = [choice.options or range(1, 100) for choice in PROVISIONS[key].choices]
    return (dict(zip(names, way, strict=True)) for way in product(*ways))


EVERY_PROMISE = [(key, choices) for key in Key for choices in every_way_to_promise(key)]


@pytest.mark.parametrize(("key", "choices"), EVERY_PROMISE)
def test_two_questions_at_least_check_what_a_volunteer_must_know(
    shipped: Quiz, key: Key, choices: Mapping[str, str | int]
) -> None:
    asked = [question for question in asked_under(shipped, {key: [choices]}) if not question.always]
    assert len(asked) >= (2 if PROVISIONS[key].must_know else 1)
    assert all(question.provision is key for question in asked)


@pytest.mark.parametrize("key", [key for key in Key if PROVISIONS[key].choices])
def test_two_questions_hold_whatever_was_chosen(shipped: Quiz, key: Key) -> None:
    # They are asked when two clauses of a policy choose differently, so that questions on the choice drop out.
    either_way = [q for q in shipped.questions if q.provision is key and not q.when and not q.always]
    assert len(either_way) >= (2 if PROVISIONS[key].must_know else 1)


@pytest.mark.parametrize("key", [key for key in Key if PROVISIONS[key].choices])
def test_where_policies_differ_each_choice_has_a_question_of_its_own(shipped: Quiz, key: Key) -> None:
    asked = [(name, value) for q in shipped.questions if q.provision is key for name, value in q.when.items()]
    options = [(choice.name, value) for choice in PROVISIONS[key].choices for value in choice.options]
    assert set(options) <= set(asked)


def test_reporting_a_worry_is_always_asked_and_essential(shipped: Quiz) -> None:
    always = asked_under(shipped, {})
    assert [question.essential for question in always] == [True]
    assert "co-ordinator or the safeguarding officer" in next(a.text for a in always[0].answers if a.right)


def test_both_exceptions_are_essential_under_a_policy_that_has_them(shipped: Quiz) -> None:
    asked = asked_under(shipped, {Key.RISK_EXCEPTIONS: [{}]})
    essential = {question.id for question in asked if question.essential and not question.always}
    assert essential == {"child-hurt-at-home", "threat-in-the-car-park"}


def test_the_supplied_quiz_has_all_kinds_and_enough_questions(shipped: Quiz) -> None:
    assert len(shipped.questions) >= 40
    assert {question.kind for question in shipped.questions} == set(Kind)
    assert {question.provision for question in shipped.questions} == set(Key)
    assert all(2 <= len(question.answers) <= 4 for question in shipped.questions)


def test_no_two_supplied_questions_are_asked_in_the_same_words_under_one_policy(shipped: Quiz) -> None:
    asked = Counter((q.text, q.provision, tuple(q.when.items())) for q in shipped.questions)
    assert set(asked.values()) == {1}


def test_every_feedback_is_one_whole_sentence(shipped: Quiz) -> None:
    feedback = [answer.feedback for question in shipped.questions for answer in question.answers]
    assert [said for said in feedback if len(re.findall(r"[.!?](?=\s|$)", said)) != 1 or said[-1] not in ".!?"] == []


def test_guessing_does_not_pay(shipped: Quiz) -> None:
    ones = [question for question in shipped.questions if question.kind is Kind.ONE]
    longest = sum(max(question.answers, key=lambda answer: len(answer.text)).right for question in ones)
    shortest = sum(min(question.answers, key=lambda answer: len(answer.text)).right for question in ones)
    judged = [question for question in shipped.questions if question.kind is Kind.TRUE_FALSE]
    true = sum(answer.right for question in judged for answer in question.answers if answer.text == "True")
    assert max(longest, shortest) < len(ones) / 2
    assert len(judged) / 3 < true < len(judged) * 2 / 3


def test_true_stands_before_false(shipped: Quiz) -> None:
    judged = [question for question in shipped.questions if question.kind is Kind.TRUE_FALSE]
    assert {tuple(answer.text for answer in question.answers) for question in judged} == {("True", "False")}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def runs_of_eight(text: str) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[start : start + 8]) for start in range(len(said) - 7)}


def said_in(question: Question) -> str:
    return "\n".join([question.text, *(f"{answer.text}\n{answer.feedback}" for answer in question.answers)])


@pytest.mark.skipif(not POLICIES.is_dir(), reason=f"the real policies are not there: {POLICIES}")
def test_no_question_borrows_the_words_of_a_real_policy(shipped: Quiz) -> None:
    policies = [path.read_text() for path in POLICIES.glob("*.txt")]
    assert policies
    borrowed = set.union(*map(runs_of_eight, policies))
    assert [question.id for question in shipped.questions if runs_of_eight(said_in(question)) & borrowed] == []
