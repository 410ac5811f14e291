"""The policies that the journeys are made on: the model in the project, and two of real centres beside it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ccc import policy_text
from ccc.policy_text import Clause
from ccc.provisions import Key
from ccc.quizzes.questions import Choices
from tests.browser.server import REPO

REAL = REPO.parent / "shared" / "policies"
Promises = dict[Key, list[Choices]]


@dataclass(frozen=True)
class Pasted:
    """A real policy, and what a careful person reads in it."""

    path: Path

    @property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def promises(self) -> Promises:
        read = json.loads(self.path.with_suffix(".expected.json").read_text())
        return _gathered((tag["provision"], tag["choices"]) for tags in read["tags"].values() for tag in tags)


def model_promises(name: str) -> Promises:
    """What a model policy promises, as the reader takes it: tests of their own see to it that it reads it right."""
    reading = policy_text.read((REPO / "policies" / f"{name}.md").read_text())
    return _gathered((tag.provision, tag.choices) for clause in _all(reading.clauses) for tag in clause.tags)


def _all(clauses: Iterable[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from _all(clause.children)


def _gathered(tags: Iterable[tuple[str, Choices]]) -> Promises:
    promises: Promises = defaultdict(list)
    for provision, choices in tags:
        promises[Key(provision)].append(choices)
    return promises
