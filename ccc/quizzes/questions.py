"""The questions of a quiz: what one is, and reading them from `quizzes/*.toml` with every fault named."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

from ccc.provisions import PROVISIONS, Key

MOST_BYTES = 500_000
MOST_ANSWERS = 6
LONGEST = {"id": 60, "title": 120, "text": 600, "feedback": 300}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
QUIZ_KEYS = {"title", "question"}
QUESTION_KEYS = {"id", "provision", "when", "kind", "essential", "always", "text", "answer"}
ANSWER_KEYS = {"text", "right", "feedback"}

Choices: TypeAlias = Mapping[str, str | int]
Table: TypeAlias = dict[str, Any]


class QuizError(ValueError):
    """A quiz file that cannot be used: each of its `problems` names the file, the question and what is wrong."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    SEVERAL = "several"
    TRUE_FALSE = "true-false"


@dataclass(frozen=True)
class Answer:
    """Something a volunteer can answer, and the sentence shown afterwards."""

    text: str
    right: bool
    feedback: str


@dataclass(frozen=True)
class Question:
    """A situation and a question on one promise, asked where the policy made the choices of `when`.

    Getting an `essential` one wrong is not passing; an `always` one is asked whatever the policy promises.
    """

    id: str
    provision: Key
    when: Choices = field(hash=False)
    kind: Kind
    essential: bool
    always: bool
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Quiz:
    """All questions of one file, for all policies."""

    title: str
    questions: tuple[Question, ...]

    def by_id(self, question_id: str) -> Question:
        """Find a question; KeyError if the file no longer has it."""
        found = next((q for q in self.questions if q.id == question_id), None)
        if found is None:
            raise KeyError(question_id)
        return found


def load(path: Path, folder: Path) -> Quiz:
    """Read the quiz at `path`, which must lie inside `folder`; QuizError names everything that is wrong in it."""
    raw = _parsed(path, _read(path, folder))
    problems = [f"{path}: {fault}" for fault in _quiz_faults(raw)]
    if problems:
        raise QuizError(problems)
    return Quiz(_tidy(raw["title"]), tuple(_question(question) for question in raw["question"]))


def load_all(folder: Path) -> dict[str, Quiz]:
    """Read every quiz of a folder, by the policy it is on; QuizError names everything that is wrong in any of them."""
    found: dict[str, Quiz] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            found[path.stem] = load(path, folder)
        except QuizError as error:
            problems += error.problems
    if problems:
        raise QuizError(problems)
    return found


def _read(path: Path, folder: Path) -> str:
    if not _lies_inside(path, folder):
        raise QuizError([f"{path}: a quiz file must lie inside {folder}"])
    if not path.is_file():
        raise QuizError([f"{path}: there is no such file"])
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuizError([f"{path}: not UTF-8 text (byte {error.start})"]) from error
    except OSError as error:
        raise QuizError([f"{path}: cannot be read ({error.strerror})"]) from error
    if len(data) > MOST_BYTES:
        raise QuizError([f"{path}: longer than {MOST_BYTES:,} bytes"])
    return text


def _lies_inside(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        # A ring of links, or a name that no file can have.
        return False


def _parsed(path: Path, text: str) -> Table:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise QuizError([f"{path}: nested too deeply"]) from error
    except ValueError as error:
        raise QuizError([f"{path}: not TOML: {error}"]) from error


def _question(raw: Table) -> Question:
    return Question(
        id=raw["id"],
        provision=Key(raw["provision"]),
        when=MappingProxyType(dict(raw.get("when", {}))),
        kind=Kind(raw["kind"]),
        essential=raw.get("essential", False),
        always=raw.get("always", False),
        text=_tidy(raw["text"]),
        answers=tuple(Answer(_tidy(a["text"]), a["right"], _tidy(a["feedback"])) for a in raw["answer"]),
    )


def _tidy(text: str) -> str:
    """Join lines that were only broken to keep the file readable."""
    return " ".join(text.split())


def _quiz_faults(raw: Table) -> Iterator[str]:
    yield from _unknown_keys(raw, QUIZ_KEYS)
    yield from _text_faults(raw, "title")
    questions = raw.get("question")
    if not isinstance(questions, list) or not questions:
        yield "has no [[question]]"
        return
    seen: set[str] = set()
    for number, question in enumerate(questions, 1):
        name = f"question {number}"
        if isinstance(question, dict) and isinstance(question.get("id"), str):
            name += f" “{question['id'][: LONGEST['id']]}”"
            if question["id"] in seen:
                yield f"{name}: another question has the same id"
            seen.add(question["id"])
        yield from (f"{name}: {fault}" for fault in _question_faults(question))


def _question_faults(raw: object) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield "is not a table: begin it with [[question]]"
        return
    yield from _unknown_keys(raw, QUESTION_KEYS)
    yield from _text_faults(raw, "id")
    if isinstance(raw.get("id"), str) and not SLUG.fullmatch(raw["id"]):
        yield "id must be small letters, digits and single hyphens"
    yield from _text_faults(raw, "text")
    yield from _option_faults(raw, "kind", list(Kind))
    yield from _option_faults(raw, "provision", list(Key))
    yield from _when_faults(raw)
    yield from _flag_faults(raw)
    yield from _answers_faults(raw)


def _when_faults(raw: Table) -> Iterator[str]:
    when, provision = raw.get("when", {}), raw.get("provision")
    if not isinstance(when, dict):
        yield 'when must be a table, such as { where = "at-all" }'
    elif isinstance(provision, str) and provision in PROVISIONS:
        choices = {choice.name: choice for choice in PROVISIONS[Key(provision)].choices}
        for name, value in when.items():
            if name not in choices:
                yield f"{provision} has no choice {_shown(name)}"
            elif not isinstance(value, str | int) or not choices[name].accepts(value):
                options = ", ".join(choices[name].options) or "a whole number from 1 to 99"
                yield f"{name} cannot be {_shown(value)}; it can be: {options}"


def _flag_faults(raw: Table) -> Iterator[str]:
    for name in ("essential", "always"):
        if not isinstance(raw.get(name, False), bool):
            yield f"{name} must be true or false"
    if raw.get("always") is True and raw.get("essential") is not True:
        yield "a question that is always asked must be essential too"
    if raw.get("always") is True and raw.get("when"):
        yield "a question that is always asked cannot depend on a choice (when)"


def _answers_faults(raw: Table) -> Iterator[str]:
    answers = raw.get("answer", [])
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        yield "answers must be tables: begin each with [[question.answer]]"
        return
    for number, answer in enumerate(answers, 1):
        yield from (f"answer {number}: {fault}" for fault in _answer_faults(answer))
    texts = [_tidy(answer["text"]) for answer in answers if isinstance(answer.get("text"), str)]
    if len(set(texts)) < len(texts):
        yield "two answers say the same"
    right = sum(answer.get("right") is True for answer in answers)
    yield from _number_faults(raw.get("kind"), len(answers), right)


def _answer_faults(answer: Table) -> Iterator[str]:
    yield from _unknown_keys(answer, ANSWER_KEYS)
    yield from _text_faults(answer, "text")
    yield from _text_faults(answer, "feedback")
    if not isinstance(answer.get("right"), bool):
        yield "right must be true or false"


def _number_faults(kind: object, answers: int, right: int) -> Iterator[str]:
    if not 2 <= answers <= MOST_ANSWERS:
        yield f"has {answers} answers; it needs 2 to {MOST_ANSWERS}"
    elif kind == Kind.TRUE_FALSE and answers != 2:
        yield f"has {answers} answers; true-false needs exactly two"
    if right == 0:
        yield "no answer is right"
    elif kind == Kind.SEVERAL and right == 1:
        yield "only one answer is right, so its kind is “one”, not “several”"
    elif kind in (Kind.ONE, Kind.TRUE_FALSE) and right > 1:
        yield f"{right} answers are right where only one can be"


def _unknown_keys(raw: Table, known: Collection[str]) -> Iterator[str]:
    yield from (f"unknown key {_shown(key)}" for key in raw if key not in known)


def _text_faults(raw: Table, name: str) -> Iterator[str]:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip():
        yield f"has no {name}"
    elif len(_tidy(value)) > LONGEST[name]:
        yield f"{name} is longer than {LONGEST[name]} characters"


def _option_faults(raw: Table, name: str, options: Collection[str]) -> Iterator[str]:
    if name not in raw:
        yield f"has no {name}"
    elif raw[name] not in options:
        yield f"unknown {name} {_shown(raw[name])}; it can be: {', '.join(options)}"


def _shown(value: object) -> str:
    return f"“{str(value)[:60]}”"
