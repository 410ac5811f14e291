"""The kinds of record that are kept for a time: which rows belong to one, and what counts as its use.

Each capability says it for its own tables when it is imported, so that what disposes of records names no table.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from peewee import IntegerField, TextField

from ccc.db import Record, db

FAMILY, PERSON, REFERRER, CONCERN = "family", "person", "referrer", "concern"


class Erasing(Record):
    """What is being erased in this transaction. Tables whose rows are kept let those of these records go."""

    kind = TextField()
    record = IntegerField()

    class Meta:
        indexes = ((("kind", "record"), True),)


class Part(NamedTuple):
    """Rows of one table that belong to a record, in the certificate's words. `where` holds `:record`, its number."""

    words: str
    table: str
    where: str


_parts: dict[str, list[Part]] = {}
_uses: dict[str, list[str]] = {}


def belongs_to(kind: str, words: str, table: str, where: str) -> None:
    """Let rows of a table go together with a record of this kind."""
    _parts.setdefault(kind, []).append(Part(words, table, where))


def is_used(kind: str, sql: str) -> None:
    """Count as use of a record what this query tells: the number of the record, and the day of its last use."""
    _uses.setdefault(kind, []).append(sql)


def parts(kind: str) -> Iterator[Part]:
    """What belongs to a record, in the order in which it can go: what was built on it first."""
    return reversed(_parts.get(kind, []))


def last_used(kind: str) -> dict[int, date]:
    """The day on which each record of a kind was last used."""
    found: dict[int, date] = {}
    for sql in _uses.get(kind, []):
        for number, day in db.execute_sql(sql):
            if day:
                found[number] = max(found.get(number, date.min), date.fromisoformat(day[:10]))
    return found
