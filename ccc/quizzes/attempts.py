"""Attempts at a quiz: one question after the other, marked here, and kept without the answers that were given."""

import json
from collections.abc import Collection
from random import Random, SystemRandom
from typing import Any

from peewee import BooleanField, Expression, ForeignKeyField, ModelSelect, TextField

from ccc import clock, people, policies
from ccc.audit import Event, record
from ccc.db import Instant, Record, writing
from ccc.people import Person, RefusedError
from ccc.policies import Policy, Version
from ccc.provisions import Key
from ccc.quizzes import selection
from ccc.quizzes.questions import Answer, Kind, Question, Quiz


class Attempt(Record):
    """One person's way through a quiz. What was asked is copied into it, since the quiz file changes.

    `passed` stays empty while it is open, and for one that ended because the policy changed.
    """

    person = ForeignKeyField(Person)
    quiz = TextField()
    version = ForeignKeyField(Version)
    again_of = ForeignKeyField("self", null=True)
    asked = TextField()
    marks = TextField(default="[]")
    answers = TextField(default="[]")
    passed = BooleanField(null=True)
    finished_at = Instant(null=True)

    @property
    def questions(self) -> list[Question]:
        """The questions as they were asked, their answers in the order of this attempt."""
        return [_question(raw) for raw in json.loads(self.asked)]

    @property
    def results(self) -> list[bool]:
        """For each question answered so far, whether it was right."""
        return list(json.loads(self.marks))

    @property
    def chosen(self) -> list[list[int]]:
        """The answers given, as positions in the order of this attempt; empty once it is finished."""
        return list(json.loads(self.answers))


def progress(attempt: Attempt) -> tuple[int, int]:
    """How many questions are answered, and how many there are."""
    return len(attempt.results), len(json.loads(attempt.asked))


def missed(attempt: Attempt) -> list[Question]:
    """The questions that were not answered right."""
    return [q for q, was_right in zip(attempt.questions, attempt.results, strict=False) if not was_right]


def history(person: Person, quiz: str) -> list[Attempt]:
    """A person's attempts at a quiz, newest first; only the first of them can be open."""
    return list(_of(person, quiz))


def newest(person: Person, quiz: str) -> Attempt | None:
    """A person's latest attempt at a quiz, open or finished."""
    return _of(person, quiz).first()


def open_attempt(person: Person, quiz: str) -> Attempt | None:
    """The attempt that a person has not finished yet."""
    return _of(person, quiz).where(Attempt.finished_at.is_null()).first()


def is_outdated(attempt: Attempt, in_force: Version) -> bool:
    """Tell whether the policy changed in substance since. An editorial change leaves attempts as they are."""
    return attempt.version.edition != in_force.edition


def passed_attempt(person: Person, version: Version) -> Attempt | None:
    """The attempt with which a person passed the quiz on this edition of the policy, up to this version."""
    return _passed(version).where(Attempt.person == person).order_by(Attempt.id).first()


def has_passed(person: Person, version: Version) -> bool:
    """Tell whether a person passed the quiz on this edition of the policy."""
    return passed_attempt(person, version) is not None


def passed_people(version: Version) -> set[int]:
    """The numbers of everybody who passed the quiz on this edition: one query, for lists of people."""
    return {person for (person,) in _passed(version).select(Attempt.person).distinct().tuples()}


def how_many(quiz: Quiz, version: Version, count: int) -> int:
    """How many questions an attempt on this version will have."""
    fitting = selection.asked_under(quiz, policies.promises(version))
    return max(sum(q.essential for q in fitting), min(count, len(fitting)))


def start(person: Person, quiz: Quiz, version: Version, *, count: int, has_read: bool) -> Attempt:
    """Begin the quiz on the version in force; go on with the attempt that is open on it already.

    Raises RefusedError while the policy is not read to its end, and when the quiz is passed.
    """
    slug = version.policy.slug
    with writing():
        going_on = _insist_on_need(person, version)
        if going_on and not is_outdated(going_on, version):
            return going_on
        if not has_read:
            raise RefusedError("The quiz opens when you have read the policy to its end.")
        if going_on:
            Attempt.update(finished_at=clock.now(), answers="[]").where(Attempt.id == going_on.id).execute()
        rng = SystemRandom()
        chosen = selection.choose(selection.asked_under(quiz, policies.promises(version)), count, rng)
        return _begin(person, slug, version, chosen, rng)


def again(attempt: Attempt, quiz: Quiz, version: Version) -> Attempt:
    """Begin a short attempt on the promises that were missed; go on with the one that is open already.

    Raises RefusedError when the quiz is passed, and when these questions belong to an older policy.
    """
    with writing():
        going_on = _insist_on_need(attempt.person, version)
        if going_on:
            return going_on
        if is_outdated(attempt, version):
            raise RefusedError("The policy has changed since then. Begin the quiz on the new one.")
        rng, asked = SystemRandom(), {question.id for question in attempt.questions}
        fitting = selection.asked_under(quiz, policies.promises(version))
        chosen = selection.choose_again(fitting, {q.id for q in missed(attempt)}, rng, asked=asked)
        return _begin(attempt.person, attempt.quiz, version, chosen, rng, again_of=attempt)


def answer(attempt: Attempt, index: int, chosen: Collection[int], pass_mark: int) -> Attempt:
    """Mark the answer to one question; with the last one the attempt is finished, passed or not.

    A question is marked once: answering it again changes nothing. Raises RefusedError for an answer that is not one,
    for a question whose turn has not come, and when the policy changed meanwhile.
    """
    with writing():
        fresh = _of(attempt.person_id, attempt.quiz).where(Attempt.id == attempt.id).get()
        done, total = progress(fresh)
        if index < done:
            return fresh
        _insist_on_turn(fresh, index)
        question = fresh.questions[index]
        _insist_on_answer(question, chosen)
        _mark(fresh, chosen, was_right=selection.is_right(question, chosen))
        if done + 1 == total:
            _finish(fresh, pass_mark)
        fresh.save(only=["marks", "answers", "passed", "finished_at"])
    return fresh


def _of(person: Person | int, quiz: str) -> ModelSelect:
    with_version = Attempt.select(Attempt, Version, Policy).join(Version).join(Policy)
    return with_version.where(Attempt.person == person, Attempt.quiz == quiz).order_by(Attempt.id.desc())


def _passed(version: Version) -> ModelSelect:
    same_edition = (
        (Version.policy == version.policy_id)
        & (Version.id <= version.id)
        & Version.number.startswith(f"{version.edition}.")
    )
    return Attempt.select(Attempt).join(Version).where(_is_passed() & same_edition)


def _is_passed() -> Expression:
    return Attempt.passed == True  # noqa: E712  (peewee turns the comparison into SQL)


def _insist_on_need(person: Person, version: Version) -> Attempt | None:
    if has_passed(person, version):
        raise RefusedError("You have passed this quiz. There is no need to take it again.")
    return open_attempt(person, version.policy.slug)


def _insist_on_turn(attempt: Attempt, index: int) -> None:
    done, _ = progress(attempt)
    in_force = policies.in_force(attempt.quiz)
    if in_force is None or is_outdated(attempt, in_force):
        raise RefusedError("The policy has changed meanwhile. Begin the quiz on the new one.")
    if attempt.finished_at or index != done:
        raise RefusedError("Please answer the questions one after the other.")


def _insist_on_answer(question: Question, chosen: Collection[int]) -> None:
    if not chosen or not all(0 <= position < len(question.answers) for position in chosen):
        raise RefusedError("Choose an answer.")
    if len(set(chosen)) > 1 and question.kind is not Kind.SEVERAL:
        raise RefusedError("Choose one answer only.")


def _begin(
    person: Person, slug: str, version: Version, chosen: list[Question], rng: Random, again_of: Attempt | None = None
) -> Attempt:
    if not chosen:
        raise RefusedError("There are no such questions on this policy any more. Begin the quiz from the start.")
    asked = json.dumps([_as_asked(question, rng) for question in chosen], ensure_ascii=False)
    made: Attempt = Attempt.create(person=person, quiz=slug, version=version, asked=asked, again_of=again_of)
    return made


def _mark(attempt: Attempt, chosen: Collection[int], *, was_right: bool) -> None:
    attempt.marks = json.dumps([*attempt.results, was_right])
    attempt.answers = json.dumps([*attempt.chosen, sorted(set(chosen))])


def _finish(attempt: Attempt, pass_mark: int) -> None:
    attempt.passed = selection.passed(list(zip(attempt.questions, attempt.results, strict=True)), pass_mark)
    attempt.answers, attempt.finished_at = "[]", clock.now()
    facts = {"version": attempt.version_id, "passed": int(attempt.passed)}
    record(Event.QUIZ_FINISHED, attempt.person_id, people.ref(attempt.person_id), **facts)


def _as_asked(question: Question, rng: Random) -> dict[str, Any]:
    answers = [question.answers[position] for position in selection.shuffled_answers(question, rng)]
    return {
        "id": question.id,
        "provision": question.provision,
        "kind": question.kind,
        "essential": question.essential,
        "always": question.always,
        "text": question.text,
        "answers": [[answer.text, answer.right, answer.feedback] for answer in answers],
    }


def _question(raw: dict[str, Any]) -> Question:
    return Question(
        id=raw["id"],
        provision=Key(raw["provision"]),
        # It was asked: on which choices that once depended no longer matters.
        when={},
        kind=Kind(raw["kind"]),
        essential=raw["essential"],
        always=raw["always"],
        text=raw["text"],
        answers=tuple(Answer(*answer) for answer in raw["answers"]),
    )
