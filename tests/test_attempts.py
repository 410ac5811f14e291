"""An attempt is asked what the policy promises, marked once, finished once, and forgets the answers given."""

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from threading import Barrier, Thread

import pytest
from peewee import IntegrityError

from ccc import db, policies, undertakings
from ccc.audit import AuditLine
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.provisions import Key
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt
from ccc.quizzes.clauses import clauses_about
from ccc.quizzes.questions import Answer, Kind, Question, Quiz
from ccc.roles import Role
from tests.samples import MILLBROOK, published

PASS_MARK = 80
ANSWERS = (Answer("Tell", True, "Yes."), Answer("Hum", False, "No."), Answer("Chat", False, "No."))  # noqa: FBT003
EDITORIAL = MILLBROOK.replace("hard times", "difficult times")


def make_question(name: str, provision: Key = Key.NOT_DISCUSSED, **changes: object) -> Question:
    facts: dict[str, object] = {"kind": Kind.ONE, "essential": False, "always": False, "when": {}}
    facts |= {"text": f"What about {name}?", "answers": ANSWERS}
    return Question(id=name, provision=provision, **(facts | changes))  # type: ignore[arg-type]  # only what a test is about


QUIZ = Quiz(
    "A quiz",
    (
        make_question("worry", essential=True, always=True),
        make_question("neighbour"),
        make_question("newspaper"),
        make_question("letter", Key.NO_REPORTS),
        make_question("diary", Key.NO_REPORTS),
        make_question("lift", Key.OWN_BOUNDARIES),
    ),
)


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def vera(cast: dict[Role, Person]) -> Person:
    return cast[Role.VOLUNTEER]


@pytest.fixture
def attempt(vera: Person, version: Version) -> Attempt:
    return begin(vera, version)


def begin(person: Person, version: Version, quiz: Quiz = QUIZ, *, count: int = 15) -> Attempt:
    return attempts.start(person, quiz, version, count=count, has_read=True)


def finish(attempt: Attempt, wrong: set[str] | frozenset[str] = frozenset(), *, by: str = "Hum") -> Attempt:
    """Answer everything that is left: right, save the questions named."""
    for index, question in enumerate(attempt.questions):
        text = by if question.id in wrong else "Tell"
        chosen = [place for place, answer in enumerate(question.answers) if answer.text == text]
        attempt = attempts.answer(attempt, index, chosen, PASS_MARK)
    return attempt


def ids(attempt: Attempt) -> set[str]:
    return {question.id for question in attempt.questions}


def publish_editorial(version: Version, cast: dict[Role, Person]) -> Version:
    draft = policies.draft(version.policy.slug, EDITORIAL, cast[Role.COORDINATOR])
    policies.approve(draft, cast[Role.CHAIR], seen=policies.fingerprint(draft))
    return policies.publish(draft, cast[Role.CHAIR], material=False, change_note="One word.")


def test_the_quiz_opens_once_the_policy_is_read(vera: Person, version: Version) -> None:
    with pytest.raises(RefusedError, match="read the policy to its end"):
        attempts.start(vera, QUIZ, version, count=15, has_read=False)
    assert not Attempt.select().exists()


def test_what_the_policy_does_not_promise_is_not_asked(vera: Person, cast: dict[Role, Person]) -> None:
    without = "\n".join(line for line in MILLBROOK.splitlines() if not line.startswith(("2.", "5.")))
    attempt = begin(vera, published(cast[Role.CHAIR], without))
    assert ids(attempt) == {"worry", "neighbour", "newspaper"}


def test_all_that_is_promised_is_asked_and_no_more_than_the_setting_says(vera: Person, version: Version) -> None:
    assert attempts.how_many(vera, QUIZ, version, 15) == 6
    assert attempts.how_many(vera, QUIZ, version, 4) == len(begin(vera, version, count=4).questions) == 4


def test_starting_twice_goes_on_with_the_open_attempt(vera: Person, version: Version, attempt: Attempt) -> None:
    assert begin(vera, version) == attempt == attempts.open_attempt(vera, "confidentiality")


def test_the_database_holds_one_open_attempt_per_person_and_quiz(attempt: Attempt) -> None:
    with pytest.raises(IntegrityError):
        Attempt.create(person=attempt.person, quiz=attempt.quiz, version=attempt.version, asked="[]")


def test_the_order_of_the_answers_belongs_to_the_attempt(vera: Person, attempt: Attempt) -> None:
    again = attempts.history(vera, "confidentiality")[0]
    assert again.asked == attempt.asked
    assert sorted(answer.text for answer in again.questions[0].answers) == ["Chat", "Hum", "Tell"]


def test_the_order_of_questions_and_answers_differs_between_attempts(vera: Person, version: Version) -> None:
    orders = Counter[str]()
    for _ in range(12):
        attempt = begin(vera, version)
        orders[attempt.asked] += 1
        attempt.delete_instance()
    assert len(orders) > 1


def test_an_attempt_outlives_the_questions_of_the_file(vera: Person, version: Version, attempt: Attempt) -> None:
    assert begin(vera, version, Quiz("Another", (make_question("new"),))).asked == attempt.asked
    assert finish(attempt).passed


def test_progress_counts_what_is_answered(attempt: Attempt) -> None:
    assert attempts.progress(attempt) == (0, 6)
    assert attempts.progress(attempts.answer(attempt, 0, [0], PASS_MARK)) == (1, 6)


def test_a_question_is_marked_once(attempt: Attempt) -> None:
    answers = attempt.questions[0].answers
    right = next(place for place, answer in enumerate(answers) if answer.right)
    first = attempts.answer(attempt, 0, [(right + 1) % 3], PASS_MARK)
    second = attempts.answer(attempt, 0, [right], PASS_MARK)
    assert first.results == second.results == [False]
    assert second.chosen == [[(right + 1) % 3]]


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ([], "Choose an answer"),
        ([3], "Choose an answer"),
        ([-1], "Choose an answer"),
        ([0, 1], "Choose one answer only"),
    ],
)
def test_what_is_no_answer_is_refused(attempt: Attempt, chosen: list[int], sentence: str) -> None:
    with pytest.raises(RefusedError, match=sentence):
        attempts.answer(attempt, 0, chosen, PASS_MARK)
    assert attempts.progress(Attempt.get_by_id(attempt.id))[0] == 0


@pytest.mark.parametrize("index", [1, 5, 6])
def test_questions_are_answered_one_after_the_other(attempt: Attempt, index: int) -> None:
    with pytest.raises(RefusedError, match="one after the other"):
        attempts.answer(attempt, index, [0], PASS_MARK)


def test_several_right_answers_must_all_be_chosen(vera: Person, version: Version) -> None:
    both = (*ANSWERS[:2], Answer("Write it down", right=True, feedback="Yes."))
    attempt = begin(vera, version, Quiz("A quiz", (make_question("fire", kind=Kind.SEVERAL, answers=both),)))
    right = [place for place, answer in enumerate(attempt.questions[0].answers) if answer.right]
    assert attempts.answer(attempt, 0, right, PASS_MARK).passed


def test_enough_right_answers_pass_and_it_is_written_down(vera: Person, version: Version, attempt: Attempt) -> None:
    assert finish(attempt, {"lift"}).passed
    assert attempts.has_passed(vera, version)
    assert attempts.passed_people(version) == {vera.id}
    line = AuditLine.select().order_by(AuditLine.id.desc()).first()
    assert (line.event, line.about, line.actor) == ("quiz-finished", f"person:{vera.id}", vera.id)
    assert json.loads(line.facts) == {"passed": 1, "version": version.id}


@pytest.mark.parametrize("wrong", [{"lift", "diary"}, {"worry"}])
def test_too_few_or_an_essential_one_wrong_does_not_pass(attempt: Attempt, wrong: set[str]) -> None:
    finished = finish(attempt, wrong)
    assert finished.passed is False
    assert {question.id for question in attempts.missed(finished)} == wrong
    assert not attempts.has_passed(attempt.person, attempt.version)
    assert attempts.passed_people(attempt.version) == set()


def test_two_who_missed_the_same_leave_the_same_whatever_they_answered(
    monkeypatch: pytest.MonkeyPatch, cast: dict[Role, Person], version: Version
) -> None:
    kept = []
    for role, by in ((Role.VOLUNTEER, "Hum"), (Role.COORDINATOR, "Chat")):
        monkeypatch.setattr(attempts, "DICE", Random(7))  # noqa: S311 (both are to be asked the same)
        attempt = finish(begin(cast[role], version), {"lift", "diary"}, by=by)
        line = AuditLine.select().order_by(AuditLine.id.desc()).first()
        kept.append((attempt.asked, attempt.marks, attempt.answers, attempt.passed, line.facts))
    assert kept[0] == kept[1]
    assert kept[0][2] == "[]"


def test_an_attempt_touches_no_table_but_its_own_and_the_audit_trail(attempt: Attempt) -> None:
    def rows() -> dict[str, list[tuple[object, ...]]]:
        tables = [name for (name,) in db.db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: db.db.execute_sql(f"SELECT * FROM {table}").fetchall() for table in tables}

    before = rows()
    finish(attempt, {"lift"})
    after = rows()
    assert {table for table in after if after[table] != before[table]} == {"attempt", "audit_line", "sqlite_sequence"}


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE attempt SET passed = 1",
        "UPDATE attempt SET finished_at = NULL, passed = NULL",
        "DELETE FROM attempt",
        "INSERT OR REPLACE INTO attempt SELECT * FROM attempt",
    ],
)
def test_a_finished_attempt_stays_as_it_is(attempt: Attempt, sql: str) -> None:
    finish(attempt, {"worry"})
    with pytest.raises(IntegrityError, match="finished attempt"):
        db.db.execute_sql(sql)


@pytest.mark.parametrize("sql", ["UPDATE attempt SET asked = '[]'", "UPDATE attempt SET person_id = 2"])
def test_what_was_asked_of_whom_stays_while_it_is_open(attempt: Attempt, sql: str) -> None:
    with pytest.raises(IntegrityError, match="does not change"):
        db.db.execute_sql(sql)


def test_answers_cannot_stay_in_a_finished_attempt(attempt: Attempt) -> None:
    with pytest.raises(IntegrityError):
        db.db.execute_sql("UPDATE attempt SET finished_at = '2026', answers = '[[1]]'")


def test_trying_again_asks_what_was_missed_and_passing_that_passes(version: Version, attempt: Attempt) -> None:
    failed = finish(attempt, {"letter", "lift"})
    short = attempts.again(failed, QUIZ, version, count=15)
    assert ids(short) == {"letter", "diary", "lift"}
    assert attempts.how_many_again(failed, QUIZ, version, 15) == 3
    assert short.again_of_id == failed.id
    assert finish(short).passed
    assert attempts.has_passed(attempt.person, version)


def test_trying_again_after_a_change_asks_nothing_but_what_changed(
    vera: Person, attempt: Attempt, cast: dict[Role, Person]
) -> None:
    quiz = Quiz("Worry", (*QUIZ.questions, make_question("secret", always=True)))
    finish(attempt)
    newer = published(cast[Role.CHAIR], MILLBROOK.replace("discuss or disclose", "discuss, hint at or disclose"))
    failed = finish(begin(vera, newer, quiz), {"neighbour", "newspaper"})
    assert ids(attempts.again(failed, quiz, newer, count=15)) == {"neighbour", "newspaper"}


def test_versions_are_not_compared_while_others_wait_to_write(
    vera: Person, attempt: Attempt, cast: dict[Role, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(attempt)
    newer = published(cast[Role.CHAIR], MILLBROOK.replace("discuss or disclose", "discuss, hint at or disclose"))
    compare, held = policies.lesson, list[bool]()

    def lesson(known: Version, version: Version) -> policies.Lesson:
        held.append(db.db.in_transaction())
        return compare(known, version)

    monkeypatch.setattr(policies, "lesson", lesson)
    undertakings.finish(vera, newer, QUIZ)
    failed = finish(begin(vera, newer), {"neighbour", "newspaper"})
    attempts.again(failed, QUIZ, newer, count=15)
    assert held == [False, False, False]


def test_trying_again_twice_goes_on_with_the_first(version: Version, attempt: Attempt) -> None:
    failed = finish(attempt, {"worry"})
    assert attempts.again(failed, QUIZ, version, count=15).id == attempts.again(failed, QUIZ, version, count=15).id


def test_who_has_passed_neither_starts_nor_tries_again(vera: Person, version: Version, attempt: Attempt) -> None:
    done = finish(attempt)
    with pytest.raises(RefusedError, match="passed this quiz"):
        begin(vera, version)
    with pytest.raises(RefusedError, match="passed this quiz"):
        attempts.again(done, QUIZ, version, count=15)


def test_trying_again_what_is_asked_no_more_is_refused(version: Version, attempt: Attempt) -> None:
    failed = finish(attempt, {"worry"})
    with pytest.raises(RefusedError, match="Begin the quiz from the start"):
        attempts.again(failed, Quiz("Another", (make_question("new"),)), version, count=15)


def test_an_editorial_change_asks_for_no_new_quiz(
    vera: Person, version: Version, attempt: Attempt, cast: dict[Role, Person]
) -> None:
    reworded = publish_editorial(version, cast)
    assert reworded.number == "1.1"
    assert finish(attempt).passed
    assert attempts.passed_attempt(vera, reworded) == attempt
    assert attempts.passed_people(reworded) == {vera.id}


def test_a_pass_on_a_later_version_does_not_count_for_the_one_before(
    vera: Person, version: Version, cast: dict[Role, Person]
) -> None:
    finish(begin(vera, publish_editorial(version, cast)))
    assert not attempts.has_passed(vera, version)


def test_a_change_in_substance_asks_for_a_new_quiz(
    vera: Person, version: Version, attempt: Attempt, cast: dict[Role, Person]
) -> None:
    finish(attempt)
    new = published(cast[Role.CHAIR], EDITORIAL)
    assert new.number == "2.0"
    assert not attempts.has_passed(vera, new)
    assert begin(vera, new).id != attempt.id


def test_an_open_attempt_on_the_old_policy_is_ended_by_a_new_one(
    vera: Person, attempt: Attempt, cast: dict[Role, Person]
) -> None:
    attempts.answer(attempt, 0, [0], PASS_MARK)
    new = published(cast[Role.CHAIR], EDITORIAL)
    with pytest.raises(RefusedError, match="policy has changed"):
        attempts.answer(attempt, 1, [0], PASS_MARK)
    fresh = begin(vera, new)
    old = Attempt.get_by_id(attempt.id)
    assert (old.passed, old.answers, old.finished_at is not None) == (None, "[]", True)
    assert (fresh.version_id, attempts.progress(fresh)) == (new.id, (0, 6))


def test_what_was_missed_under_the_old_policy_is_not_tried_again(attempt: Attempt, cast: dict[Role, Person]) -> None:
    failed = finish(attempt, {"worry"})
    new = published(cast[Role.CHAIR], EDITORIAL)
    with pytest.raises(RefusedError, match="policy has changed"):
        attempts.again(failed, QUIZ, new, count=15)


def test_a_quiz_without_a_question_for_this_policy_is_refused(vera: Person, version: Version) -> None:
    with pytest.raises(RefusedError, match="no such questions"):
        begin(vera, version, Quiz("Empty", ()))


def at_once(act: Callable[[], object]) -> None:
    """Do the same thing in two threads, each with a connection of its own."""
    together, faults = Barrier(2), list[BaseException]()

    def run() -> None:
        try:
            together.wait()
            act()
        except BaseException as fault:  # noqa: BLE001 (whatever happened, the test is to hear of it)
            faults.append(fault)
        finally:
            db.db.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_two_starts_at_once_make_one_attempt(vera: Person, version: Version) -> None:
    at_once(lambda: begin(vera, version))
    assert Attempt.select().count() == 1


def test_two_answers_at_once_leave_one_mark(attempt: Attempt) -> None:
    at_once(lambda: attempts.answer(attempt, 0, [0], PASS_MARK))
    assert attempts.progress(Attempt.get_by_id(attempt.id))[0] == 1


def test_two_last_answers_at_once_finish_once(vera: Person, version: Version) -> None:
    attempt = begin(vera, version, Quiz("Short", (make_question("worry"),)))
    at_once(lambda: attempts.answer(attempt, 0, [0], PASS_MARK))
    assert AuditLine.select().where(AuditLine.event == "quiz-finished").count() == 1


def test_a_promise_is_shown_with_its_whole_clause(version: Version) -> None:
    about = clauses_about(version)
    assert [clause.label for clause in about[Key.RISK_EXCEPTIONS]] == ["3", "3a", "3b"]
    assert [clause.label for clause in about[Key.ATTENDANCE_ONLY]] == ["3", "3a", "3b"]
    assert [clause.label for clause in about[Key.OWN_BOUNDARIES]] == ["5"]
