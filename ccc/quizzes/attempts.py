"""Attempts at a quiz: one question after the other, marked here, and kept without the answers that were given."""

import json
from collections.abc import Collection
from random import SystemRandom
from typing import Any

from peewee import BooleanField, ForeignKeyField, ModelSelect, TextField

from ccc import clock, kinds, people, policies
from ccc.audit import Event, record
from ccc.db import Instant, Record, writing
from ccc.people import Person, RefusedError
from ccc.policies import Policy, Version
from ccc.provisions import Key
from ccc.quizzes import selection
from ccc.quizzes.questions import Answer, Kind, Question, Quiz

DICE = SystemRandom()


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
    """List the questions that were not answered right."""
    return [q for q, was_right in zip(attempt.questions, attempt.results, strict=False) if not was_right]


def history(person: Person, quiz: str) -> list[Attempt]:
    """List a person's attempts at a quiz, newest first; only the first of them can be open."""
    return list(_of(person, quiz))


def newest(person: Person, quiz: str) -> Attempt | None:
    """Find a person's latest attempt at a quiz, open or finished."""
    return _of(person, quiz).first()


def open_attempt(person: Person, quiz: str) -> Attempt | None:
    """Find the attempt that a person has not finished yet."""
    return _of(person, quiz).where(Attempt.finished_at.is_null()).first()


def is_outdated(attempt: Attempt, in_force: Version) -> bool:
    """Tell whether the policy changed in substance since. An editorial change leaves attempts as they are."""
    return attempt.version.edition != in_force.edition


def passed_attempt(person: Person, version: Version) -> Attempt | None:
    """Find the attempt with which a person passed the quiz on this edition of the policy, up to this version."""
    return _passed(version).where(Attempt.person == person).order_by(Attempt.id).first()


def has_passed(person: Person, version: Version) -> bool:
    """Tell whether a person passed the quiz on this edition of the policy."""
    return passed_attempt(person, version) is not None


def passed_people(version: Version) -> set[int]:
    """Give the numbers of everybody who passed the quiz on this edition: one query, for lists of people."""
    return {person for (person,) in _passed(version).select(Attempt.person).distinct().tuples()}


def asked_of(person: Person, quiz: Quiz, version: Version) -> list[Question]:
    """The questions for one person: those that fit the policy, or after a change those on what has changed alone."""
    fitting = selection.asked_under(quiz, policies.promises(version))
    known = _last_passed(person, version)
    if known is None:
        return fitting
    changed = policies.lesson(known, version).promises
    return [question for question in fitting if question.provision in changed and not question.always]


def how_many(person: Person, quiz: Quiz, version: Version, count: int) -> int:
    """How many questions an attempt of this person on this version will have."""
    fitting = asked_of(person, quiz, version)
    return max(sum(q.essential for q in fitting), min(count, len(fitting)))


def start(person: Person, quiz: Quiz, version: Version, *, count: int, has_read: bool) -> Attempt:
    """Begin the quiz on the version in force; go on with the attempt that is open on it already.

    Raises RefusedError while the policy is not read to its end, and when the quiz is passed.
    """
    # Two versions may have to be compared for it: nobody who wants to write shall wait for that.
    asked = asked_of(person, quiz, version)
    with writing():
        going_on = _insist_on_need(person, version)
        if going_on and not is_outdated(going_on, version):
            return going_on
        if not has_read:
            raise RefusedError("The quiz opens when you have read the policy to its end.")
        if going_on:
            _keep(going_on, finished_at=clock.now(), answers="[]")
        passed = None if asked else pass_unasked(person, version)
        return passed or _begin(person, version, selection.choose(asked, count, DICE))


def pass_unasked(person: Person, version: Version) -> Attempt | None:
    """Let whoever passed an earlier version pass this one with that: for where no question is about what changed."""
    with writing():
        if not _last_passed(person, version) or has_passed(person, version):
            return None
        made: Attempt = Attempt.create(person=person, version=version, quiz=version.policy.slug, asked="[]")
        _finish(made, [], passed=True)
        return Attempt.get_by_id(made.id)


def how_many_again(attempt: Attempt, quiz: Quiz, version: Version, count: int) -> int:
    """How many questions there will be when the missed ones are tried again: none once the policy asks none of them."""
    # Chance decides which they are, and never how many.
    return len(_missed_again(attempt, quiz, version, count))


def again(attempt: Attempt, quiz: Quiz, version: Version, *, count: int) -> Attempt:
    """Begin an attempt on the promises that were missed; go on with the one that is open already.

    Raises RefusedError when the quiz is passed, and when these questions belong to an older policy.
    """
    missed_again = _missed_again(attempt, quiz, version, count)
    with writing():
        going_on = _insist_on_need(attempt.person, version)
        if going_on:
            return going_on
        if is_outdated(attempt, version):
            raise RefusedError("The policy has changed since then. Begin the quiz on the new one.")
        return _begin(attempt.person, version, missed_again, again_of=attempt)


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
        results = [*fresh.results, selection.is_right(question, chosen)]
        if len(results) == total:
            marked = list(zip(fresh.questions, results, strict=True))
            _finish(fresh, results, passed=selection.passed(marked, pass_mark))
        else:
            _keep(fresh, marks=json.dumps(results), answers=json.dumps([*fresh.chosen, sorted(set(chosen))]))
        return Attempt.get_by_id(attempt.id)


def _missed_again(attempt: Attempt, quiz: Quiz, version: Version, count: int) -> list[Question]:
    fitting = asked_of(attempt.person, quiz, version)
    wrong, asked = {q.id for q in missed(attempt)}, {q.id for q in attempt.questions}
    return selection.choose_again(fitting, wrong, count, DICE, asked=asked)


def _of(person: Person | int, quiz: str) -> ModelSelect:
    with_version = Attempt.select(Attempt, Version, Policy).join(Version).join(Policy)
    return with_version.where(Attempt.person == person, Attempt.quiz == quiz).order_by(Attempt.id.desc())


def _passed(version: Version) -> ModelSelect:
    same_edition = (
        (Version.policy == version.policy_id)
        & (Version.id <= version.id)
        & Version.number.startswith(f"{version.edition}.")
    )
    return Attempt.select(Attempt).join(Version).where(Attempt.passed, same_edition)


def _last_passed(person: Person, version: Version) -> Version | None:
    """The newest version of before this edition on which somebody passed the quiz."""
    rows = Attempt.select(Attempt, Version).join(Version)
    own = rows.where(Attempt.person == person, Attempt.passed, Version.policy == version.policy_id)
    earlier = own.where(Version.id < version.id, ~Version.number.startswith(f"{version.edition}."))
    newest = earlier.order_by(Version.id.desc()).first()
    return newest.version if newest else None


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


def _begin(person: Person, version: Version, chosen: list[Question], again_of: Attempt | None = None) -> Attempt:
    if not chosen:
        raise RefusedError("There are no such questions on this policy any more. Begin the quiz from the start.")
    asked = json.dumps([_as_asked(question) for question in chosen], ensure_ascii=False)
    facts = {"person": person, "version": version, "quiz": version.policy.slug, "again_of": again_of}
    made: Attempt = Attempt.create(asked=asked, **facts)
    return made


def _finish(attempt: Attempt, results: list[bool], *, passed: bool) -> None:
    """Keep the result, and forget which answers were given."""
    _keep(attempt, marks=json.dumps(results), answers="[]", passed=passed, finished_at=clock.now())
    facts = {"version": attempt.version_id, "passed": int(passed)}
    record(Event.QUIZ_FINISHED, attempt.person_id, people.ref(attempt.person_id), **facts)


def _keep(attempt: Attempt, **changes: object) -> None:
    Attempt.update(**changes).where(Attempt.id == attempt.id).execute()


def _as_asked(question: Question) -> dict[str, Any]:
    answers = [question.answers[position] for position in selection.shuffled_answers(question, DICE)]
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


kinds.belongs_to(kinds.PERSON, "attempts at a quiz", "attempt", "person_id = :record")
