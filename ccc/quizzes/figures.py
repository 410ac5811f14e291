"""What people misunderstand: how often each question is answered right at the first try, without a name.

Of fewer than five people one could tell who it was. So those who met a question are counted in fives, in the order in
which they finished, and a five that is not full yet counts nowhere. Every number here is a sum of whole fives, on this
day and on any other: taken from one another, they never tell of fewer than five people. (Only when somebody's record is
disposed of, years after they left, do the fives shift.)
"""

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, TypeVar

from ccc import clock, policies
from ccc.db import db, while_unchanged
from ccc.provisions import Key

FEWEST_PEOPLE = 5
# From these shares on, a question tells those who draft the next version something.
NEARLY_ALL, HARDLY_ANY = 0.95, 0.2
# What is finished never changes, and what is finished later comes later: no answer is ever slipped into a full five.
TRIES = """
SELECT a.person_id, v.number, a.asked, a.marks, a.finished_at FROM attempt a JOIN version v ON v.id = a.version_id
 WHERE a.quiz = ? AND a.finished_at IS NOT NULL ORDER BY a.finished_at, a.id
"""

T = TypeVar("T", bound=Hashable)


class Asked(NamedTuple):
    """A question as one edition asked it; what is asked under every policy is about none of its promises."""

    edition: int
    text: str
    provision: Key | None


class First(NamedTuple):
    """How somebody answered a question when they met it first under an edition."""

    asked: Asked
    quarter: str
    right: bool


class Five(NamedTuple):
    """Five people who met the same question: how many were right, and in which quarter the fifth was done."""

    asked: Asked
    quarter: str
    right: int


class Figure(NamedTuple):
    """How many people were asked a question, and how many were right at their first try."""

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


class Total(NamedTuple):
    """How many first answers there are on one promise, or in one quarter, and how many were right."""

    name: str
    answers: int
    right: int

    @property
    def share(self) -> float:
        return self.right / self.answers


class Figures(NamedTuple):
    """The figures of one edition, what is least understood first; and of each quarter of a year, over all editions."""

    questions: tuple[Figure, ...]
    promises: tuple[Total, ...]
    quarters: tuple[Total, ...]
    left_out: int


@while_unchanged
def figures(quiz: str, edition: int | None = None) -> Figures:
    """The figures of a quiz under an edition of its policy, or under the one in force."""
    fives, met = _fives(_firsts(quiz))
    here = edition or _edition_in_force(quiz)
    own = [five for five in fives if five.asked.edition == here]
    questions = [Figure(asked.text, asked.provision, *sums) for asked, *sums in _sums(own, lambda five: five.asked)]
    promises = [Total(key, *sums) for key, *sums in _sums(own, lambda five: five.asked.provision) if key]
    quarters = [Total(*sums) for sums in _sums(fives, lambda five: five.quarter)]
    least = sorted(questions, key=lambda one: (one.share, one.name))
    worst = sorted(promises, key=lambda one: (one.share, one.name))
    few = sum(asked.edition == here for asked in met) - len(questions)
    return Figures(tuple(least), tuple(worst), tuple(sorted(quarters)), few)


def _edition_in_force(quiz: str) -> int | None:
    version = policies.in_force(quiz)
    return version.edition if version else None


def _firsts(quiz: str) -> Iterator[First]:
    seen: set[tuple[int, int, str]] = set()
    for person, number, asked, marks, at in db.execute_sql(TRIES, (quiz,)):
        day, edition = clock.local(datetime.fromisoformat(at)), int(number.partition(".")[0])
        quarter = f"{day.year}, quarter {(day.month + 2) // 3}"
        for raw, right in zip(json.loads(asked), json.loads(marks), strict=False):
            if (person, edition, raw["id"]) not in seen:
                seen.add((person, edition, raw["id"]))
                about = None if raw["always"] else Key(raw["provision"])
                yield First(Asked(edition, raw["text"], about), quarter, right)


def _fives(firsts: Iterable[First]) -> tuple[list[Five], set[Asked]]:
    """The fives that are full, and all that was asked."""
    waiting: defaultdict[Asked, list[First]] = defaultdict(list)
    full: list[Five] = []
    for first in firsts:
        some = waiting[first.asked]
        some.append(first)
        if len(some) == FEWEST_PEOPLE:
            full.append(Five(first.asked, first.quarter, sum(one.right for one in some)))
            some.clear()
    return full, set(waiting)


def _sums(fives: Iterable[Five], of: Callable[[Five], T]) -> Iterator[tuple[T, int, int]]:
    """What the fives have in common, how many answers they are, and how many of those are right."""
    alike: defaultdict[T, list[int]] = defaultdict(list)
    for five in fives:
        alike[of(five)].append(five.right)
    yield from ((common, FEWEST_PEOPLE * len(rights), sum(rights)) for common, rights in alike.items())
