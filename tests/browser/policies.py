"""The policies that the journeys are made on: two of real centres, which lie beside the project, and its own model."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from ccc import policy_text
from ccc.policy_text import Clause
from ccc.provisions import Key
from ccc.quizzes.questions import Choices
from tests.browser.server import REPO

REAL = REPO.parent / "shared" / "policies"
Promises = dict[Key, list[Choices]]


@dataclass(frozen=True)
class Policy:
    """A policy to begin with: the text of a real one is pasted, a model is chosen from a list."""

    name: str
    is_model: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def text(self) -> str:
        return _real(f"{self.name}.txt")

    @cached_property
    def promises(self) -> Promises:
        """What a careful person reads in it; of a model, what the reader does, which has tests of its own for that."""
        if self.is_model:
            clauses = policy_text.read((REPO / "policies" / f"{self.name}.md").read_text()).clauses
            return _gathered((tag.provision, tag.choices) for clause in _all(clauses) for tag in clause.tags)
        tags = json.loads(_real(f"{self.name}.expected.json"))["tags"].values()
        return _gathered((tag["provision"], tag["choices"]) for each in tags for tag in each)


MODEL = Policy("confidentiality", is_model=True)
OF_A_TRUST, OF_A_CHURCH = Policy("000_1dfd21b6f2a0f7a5"), Policy("003_0160bb124533269d")


def _real(name: str) -> str:
    if not (REAL / name).is_file():
        pytest.skip(f"the real policies are not here: {REAL / name}")
    return (REAL / name).read_text()


def _all(clauses: Iterable[Clause]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from _all(clause.children)


def _gathered(tags: Iterable[tuple[str, Choices]]) -> Promises:
    promises: Promises = defaultdict(list)
    for provision, choices in tags:
        promises[Key(provision)].append(choices)
    return promises
