"""The kinds of record that are kept for a time: which rows belong to one, what counts as its use, what needs it still.

Each capability says it for its own tables when it is imported, so that what disposes of records names no table.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import NamedTuple

from peewee import IntegerField, TextField

from ccc import clock
from ccc.db import Record, db
from ccc.drafts import Draft

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


_parts: defaultdict[str, list[Part]] = defaultdict(list)
_uses: defaultdict[str, list[str]] = defaultdict(list)
_needs: defaultdict[str, list[str]] = defaultdict(list)
_before: defaultdict[str, list[Callable[[int], object]]] = defaultdict(list)


def belongs_to(kind: str, words: str, table: str, where: str) -> None:
    """Let rows of a table go together with a record of this kind."""
    _parts[kind].append(Part(words, table, where))


def is_used(kind: str, sql: str) -> None:
    """Count as use of a record what this query tells: the number of the record, and the day of its last use."""
    _uses[kind].append(sql)


def was_used(kind: str, event: str) -> None:
    """Count an event of the audit trail about a record as its use. Each kind's own table has its name."""
    of_kind = f"r.id = CAST(substr(l.about, {len(kind) + 2}) AS INTEGER)"
    sql = f"SELECT r.id, max(l.created_at) FROM audit_line l JOIN {kind} r ON {of_kind} WHERE l.event = '{event}'"  # noqa: S608 - registered in our own code.
    is_used(kind, f"{sql} GROUP BY r.id")


def is_needed(kind: str, sql: str) -> None:
    """Let no record go whose number this query tells, whenever it was used last. It may ask for `:today`."""
    _needs[kind].append(sql)


def before_going(kind: str, act: Callable[[int], object]) -> None:
    """Do something for each record that goes, by its number, in the same transaction and before its rows go."""
    _before[kind].append(act)


def parts(kind: str) -> Iterator[Part]:
    """What belongs to a record, in the order in which it can go: what was built on it first."""
    return reversed(_parts[kind])


def last_used(kind: str) -> dict[int, date]:
    """The day on which each record of a kind was last used."""
    return _newest(db.execute_sql(_together(_uses[kind])))


def last_use(kind: str, record: int) -> date | None:
    """The day on which one record was last used."""
    alone = "WITH used (number, day) AS ({0}) SELECT number, day FROM used WHERE number = ?"
    each = [alone.format(sql) for sql in _uses[kind]]
    return _newest(db.execute_sql(_together(each), (record,) * len(each))).get(record)


def needed(kind: str) -> set[int]:
    """The numbers of the records that cannot go. In a set an empty cell harms nothing, as it would in SQL's NOT IN."""
    found = db.execute_sql(_together(_needs[kind] or ["SELECT NULL"]), {"today": str(clock.today())})
    return {number for (number,) in found}


def count(kind: str, records: Iterable[int]) -> dict[str, int]:
    """How many rows of each part belong to these records, in the order in which the parts were built."""
    every = [(part.words, part.table, part.where.replace(":record", "each.record")) for part in _parts[kind]]
    sums = ", ".join(f"sum((SELECT count(*) FROM {table} WHERE {where}))" for _, table, where in every)  # noqa: S608 - registered in our own code.
    sql = f"WITH each (record) AS (SELECT value FROM json_each(?)) SELECT {sums or 0} FROM each"  # noqa: S608 - as above.
    counted = db.execute_sql(sql, (json.dumps(sorted(records)),)).fetchone()
    found: dict[str, int] = {}
    for (words, _, _), rows in zip(every, counted, strict=False):
        found[words] = found.get(words, 0) + (rows or 0)
    return found


def erase(kind: str, record: int) -> dict[str, int]:
    """Erase a record and all that belongs to it, within the caller's transaction; how many rows of each part went."""
    gone: dict[str, int] = {}
    listed = Erasing.create(kind=kind, record=record)
    # Nobody can tell of a half-filled form whom it is about, so all go: they are a convenience of seven days.
    Draft.delete().execute()
    empty(kind, record)
    for words, table, where in parts(kind):
        rows = db.execute_sql(f"DELETE FROM {table} WHERE {where}", {"record": record}).rowcount  # noqa: S608 - as above.
        gone[words] = gone.get(words, 0) + rows
    listed.delete_instance()
    return gone


def empty(kind: str, record: int) -> None:
    """Do only what is done before a record goes, where the record itself cannot."""
    for act in _before[kind]:
        act(record)


def _together(queries: Iterable[str]) -> str:
    return " UNION ALL ".join(f"SELECT * FROM ({sql})" for sql in queries)  # noqa: S608 - as above.


def _newest(rows: Iterable[tuple[int, str | None]]) -> dict[int, date]:
    found: dict[int, date] = {}
    for number, day in rows:
        if day:
            found[number] = max(found.get(number, date.min), date.fromisoformat(day[:10]))
    return found
