"""Which promises are suggested for a clause, in many centres' ways of wording them."""

import pytest

from ccc import policy_text
from ccc.policy_text import Clause
from ccc.policy_text.suggest import tags_for
from ccc.provisions import PROVISIONS, Key
from tests.policy_phrases import NO_PROMISES, PHRASES, Promises


@pytest.mark.parametrize(("text", "expected"), PHRASES, ids=[text[:50] for text, _ in PHRASES])
def test_a_promise_is_recognised_however_it_is_worded(text: str, expected: Promises) -> None:
    assert {str(tag.provision): dict(tag.choices) for tag in tags_for(text)} == expected


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_only_mentions_a_promise_is_not_tagged(text: str) -> None:
    assert tags_for(text) == ()


def test_every_promise_is_recognised_in_several_wordings() -> None:
    wordings = [key for _, expected in PHRASES for key in expected]
    assert all(wordings.count(str(key)) >= 5 for key in Key)


@pytest.mark.parametrize("text", [text for text, _ in PHRASES])
def test_a_suggestion_answers_all_questions_and_quotes_the_clause(text: str) -> None:
    for tag in tags_for(text):
        assert PROVISIONS[tag.provision].accepts(tag.choices)
        assert tag.because
        assert tag.because in text


def only_clause(text: str) -> Clause:
    (clause,) = policy_text.read(text).clauses
    return clause


def test_items_take_their_not_from_the_sentence_that_leads_into_them() -> None:
    reading = policy_text.read("Volunteers must never:\n- talk about a family\n- write reports\n- drop litter")
    assert [[str(tag.provision) for tag in clause.tags] for clause in reading.clauses] == [
        ["not-discussed"],
        ["no-reports"],
        [],
    ]


def test_exceptions_stand_on_the_sub_clauses_that_state_the_grounds() -> None:
    clause = only_clause("1. Nothing is passed on unless\n   a) a child is in danger\n   b) the law demands it")
    assert clause.tags == ()
    assert [[tag.provision for tag in child.tags] for child in clause.children] == [[Key.RISK_EXCEPTIONS], []]


def test_exceptions_in_the_running_text_stand_on_the_clause() -> None:
    clause = only_clause("1. Nothing about a family is told to anyone unless a child is in danger.")
    assert [tag.provision for tag in clause.tags] == [Key.NOT_DISCUSSED, Key.RISK_EXCEPTIONS]


def test_emphasis_within_a_phrase_hides_no_promise() -> None:
    (tag,) = tags_for("Volunteers must **not** *discuss* a family.")
    assert tag.provision == Key.NOT_DISCUSSED
    assert "not** *discuss*" in tag.because


def test_a_period_that_is_not_whole_years_is_left_to_the_drafter() -> None:
    assert tags_for("Records are shredded after eighteen months.") == ()
