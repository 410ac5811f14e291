"""What a promise shows for itself: facts, and what is wrong. Each evidence is a function, found by its promise."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from ccc import clock
from ccc.db import db
from ccc.policies import Version
from ccc.provisions import Key


class Asked(NamedTuple):
    """For which version something is asked, as of which day, and what there is of the last two days."""

    version: Version
    today: date
    backed_up: bool
    trail_read: bool

    @property
    def year_ago(self) -> str:
        return str(clock.months_later(self.today, -12))


class Evidence(NamedTuple):
    """What the records show, in short sentences without names, and what is not as it was promised.

    It stays `open` whether a promise is kept that neither the policy nor the centre says when to keep.
    """

    facts: tuple[str, ...]
    faults: tuple[str, ...]
    open: bool = False


Look = Callable[[Asked], Evidence]
_looks: dict[Key, Look] = {}


def shows(*keys: Key) -> Callable[[Look], Look]:
    """Register what shows that these promises are kept."""

    def register(look: Look) -> Look:
        _looks.update(dict.fromkeys(keys, look))
        return look

    return register


def evidence_of(asked: Asked) -> dict[Key, Evidence]:
    """What every promise shows for itself, whether or not the policy makes it; each is asked once."""
    found = {look: look(asked) for look in set(_looks.values())}
    return {key: found[_looks[key]] for key in Key}


def counted(sql: str, **values: str | int) -> tuple[Any, ...]:
    """The one row of a counting query."""
    return tuple(db.execute_sql(sql, values).fetchone())


def tell(facts: Mapping[str, object], faults: Mapping[str, int]) -> Evidence:
    """Say each fact with its value, and of the faults those that there are; one that is True needs no number."""
    there = {words: number for words, number in faults.items() if number}
    return Evidence(tuple(map(_said, facts, facts.values())), tuple(map(_said, there, there.values())))


def said(day: date | datetime) -> str:
    """A day as people write it."""
    local = clock.local(day).date() if isinstance(day, datetime) else day
    return f"{local.day} {local:%B %Y}"


def _said(words: str, value: object) -> str:
    return f"{words}." if value is True else f"{words}: {value}."
