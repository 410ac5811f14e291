"""What people misunderstand: how often each question is answered right at the first try, without a name.

Fewer than five people are not shown: of so few one could tell who it was.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from ccc import clock
from ccc.db import db, while_unchanged
from ccc.provisions import Key

FEWEST_PEOPLE = 5
# From these shares on, a question tells those who draft the next version something.
NEARLY_ALL, HARDLY_ANY = 0.95, 0.4
TRIES = "SELECT person_id, asked, marks, created_at FROM attempt WHERE quiz = ? AND marks != '[]' ORDER BY id"


class First(NamedTuple):
    """How one person answered one question when they met it first."""

    person: int
    question: str
    text: str
    provision: Key
    quarter: str
    right: bool


class Figure(NamedTuple):
    """How many people were asked something, and how many were right at their first try."""

    name: str
    provision: Key | None
    people: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.people

    @property
    def remark(self) -> str:
        """What a share at either end may mean; nothing in between."""
        if self.share >= NEARLY_ALL:
            return "Nearly everybody is right: perhaps it is too easy."
        if self.share <= HARDLY_ANY:
            return "Hardly anybody is right: perhaps the clause or the question is not clear."
        return ""


class Figures(NamedTuple):
    """The figures of one quiz: by question, those least understood first; by promise; and by quarter of a year."""

    questions: tuple[Figure, ...]
    promises: tuple[Figure, ...]
    quarters: tuple[Figure, ...]
    left_out: int


@while_unchanged
def figures(quiz: str) -> Figures:
    """The figures of a quiz, from everybody's first try at each of its questions."""
    firsts = list(_firsts(quiz))
    questions, few = _by(firsts, "text")
    promises, _ = _by(firsts, "provision")
    quarters, _ = _by(firsts, "quarter")
    least = sorted(questions, key=lambda one: (one.share, one.name))
    worst = sorted(promises, key=lambda one: (one.share, one.name))
    return Figures(tuple(least), tuple(worst), tuple(sorted(quarters)), few)


def _firsts(quiz: str) -> Iterator[First]:
    seen: set[tuple[int, str]] = set()
    for person, asked, marks, at in db.execute_sql(TRIES, (quiz,)):
        day = clock.local(datetime.fromisoformat(at))
        quarter = f"{day.year}, quarter {(day.month + 2) // 3}"
        for raw, right in zip(json.loads(asked), json.loads(marks), strict=False):
            if (person, raw["id"]) not in seen:
                seen.add((person, raw["id"]))
                yield First(person, raw["id"], raw["text"], Key(raw["provision"]), quarter, right)


def _by(firsts: Sequence[First], field: str) -> tuple[list[Figure], int]:
    """The figures by one field, and how many of its values too few people met."""
    met: dict[str, list[First]] = defaultdict(list)
    for first in firsts:
        met[getattr(first, field)].append(first)
    enough = {name: some for name, some in met.items() if len({one.person for one in some}) >= FEWEST_PEOPLE}
    about = {name: some[0].provision if field != "quarter" else None for name, some in enough.items()}
    shown = [Figure(name, about[name], len(some), sum(one.right for one in some)) for name, some in enough.items()]
    return shown, len(met) - len(shown)
