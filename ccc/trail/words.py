"""Lines of the audit trail in words that people understand."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from ccc.trail.records import UNNUMBERED, is_askable, names

# Facts that name a record, by the kind of it, and how they are told.
REFERS = {
    "family": ("family", "{}"),
    "other": ("family", "{}"),
    "person": ("person", "{}"),
    "seen_by": ("person", "seen by {}"),
    "session": ("session", "{}"),
    "version": ("version", "{}"),
}
# These let a program prove something. Of a disposal the number is told to nobody.
UNTOLD = {"at", "disposal", "lines", "link", "people", "sha256", "trail"}

Facts = dict[str, str | int | None]


class Line(NamedTuple):
    """One line, in words: about what it is, and the same as a search understands it; empty where nobody can ask."""

    at: datetime
    who: str
    what: str
    record: str
    about: str
    details: str


def in_words(rows: Iterable[tuple[Any, ...]]) -> Iterator[Line]:
    """Tell lines as they lie in the database, all that they name looked up at once."""
    read: list[tuple[str, str, str, str, Facts]] = [
        (at, who, event, about, json.loads(facts)) for _, at, who, event, about, facts, _ in rows
    ]
    named = names({record for *_, about, facts in read for record in (about, *_named_in(facts).values())})
    for at, who, event, about, facts in read:
        called = named.get(about) or UNNUMBERED.get(about.partition(":")[0]) or _plain(about)
        linked = about if is_askable(about) else ""
        yield Line(datetime.fromisoformat(at), who or "the program", _plain(event), linked, called, _told(facts, named))


def _named_in(facts: Facts) -> dict[str, str]:
    """The records that facts name, by the name of the fact."""
    return {fact: f"{REFERS[fact][0]}:{number}" for fact, number in facts.items() if fact in REFERS}


def _told(facts: Facts, named: Mapping[str, str]) -> str:
    plain = {fact: f"{fact.replace('_', ' ')} {value}" for fact, value in facts.items() if value is not None}
    meant = {
        fact: REFERS[fact][1].format(named.get(record, _plain(record))) for fact, record in _named_in(facts).items()
    }
    return ", ".join(text for fact, text in (plain | meant).items() if fact not in UNTOLD)


def _plain(code: str) -> str:
    """A code such as "dbs-seen" or "booking:7" as people say it."""
    words = code.replace("-", " ").replace(":", " ")
    return (words[:1].upper() + words[1:]).replace("Dbs", "DBS")
