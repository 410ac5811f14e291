"""Which lines of the audit trail somebody asked for, less those that they must not meet: a page, or a file."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from ccc import clock, families
from ccc.audit import NOTHING_BEFORE, Event, record
from ccc.csv_file import as_csv
from ccc.db import Instant, db, writing
from ccc.people import Person, RefusedError, ref
from ccc.trail.records import hidden_from
from ccc.trail.words import Line, in_words

AT_ONCE, MOST_SAVED = 50, 20_000
TOO_MANY = f"These are more than {MOST_SAVED:,} lines, too many for one file. Please choose a shorter period."
HEADINGS = ("When", "Who", "What", "About", "Details")
LINES = """
SELECT a.id, a.created_at, p.name, a.event, a.about, a.facts, a.hash FROM {0} LEFT JOIN person p ON p.id = a.actor
 WHERE {1} ORDER BY a.id DESC LIMIT :most
"""
# Of each record its newest lines alone are read, by an index, however much is written down of it.
OF_RECORDS = """json_each(:records) r CROSS JOIN audit_line a ON a.id IN (
    SELECT a.id FROM audit_line a WHERE a.about = r.value AND {0} ORDER BY a.id DESC LIMIT :most)
"""
# How a DBS check goes on is not told to whom it is about; to whom it was shown stands on a page of its own.
SHOWN = """
    a.about NOT IN (SELECT value FROM json_each(:hidden)) AND NOT (a.about = :reader AND a.event LIKE 'dbs-%')
AND coalesce(json_extract(a.facts, '$.family'), json_extract(a.facts, '$.other'), 0)
    NOT IN (SELECT value FROM json_each(:known))
"""
# Only what is asked for stands in the query, so that an index brings the lines in their order however many there are.
WHERE = {
    "actor": " AND a.actor = :actor",
    "first": " AND a.id >= :first",
    "last": " AND a.id < :last",
    "after": " AND a.id < :after",
}
FROM = "SELECT id FROM audit_line WHERE created_at >= ? ORDER BY created_at, id LIMIT 1"
BEYOND = 2**62

Rows = list[tuple[Any, ...]]


class Asked(NamedTuple):
    """Which lines: of what somebody did, about one of these records, from one day to another (included)."""

    actor: int | None = None
    records: list[str] | None = None
    since: date | None = None
    until: date | None = None


def page_of(asked: Asked, reader: Person, after: str = "") -> tuple[list[Line], str]:
    """A page of lines, the newest first, and the mark of its last line if there are more. It begins after a mark.

    A mark is the hash of a line: its number would tell how many others lie between, which nobody may count.
    """
    return _page(_rows(asked, reader, AT_ONCE + 1, after))


def own_page(person: Person, after: str = "") -> tuple[list[Line], str]:
    """The same of what somebody did, and of what was done to their own record."""
    ways = Asked(actor=person.id), Asked(records=[ref(person)])
    rows = {row for way in ways for row in _rows(way, person, AT_ONCE + 1, after)}
    return _page(sorted(rows, reverse=True)[: AT_ONCE + 1])


def export(asked: Asked, reader: Person) -> str:
    """All of these lines as CSV; that they were taken out is a line itself. Raises RefusedError for too many."""
    rows = _rows(asked, reader, MOST_SAVED + 1)
    if len(rows) > MOST_SAVED:
        raise RefusedError(TOO_MANY)
    lines = (
        (f"{clock.local(at):%Y-%m-%d %H:%M:%S}", who, what, about, details)
        for at, who, what, _, about, details in in_words(rows)
    )
    text = as_csv(HEADINGS, lines)
    with writing():
        record(Event.TRAIL_EXPORTED, reader.id, "audit:trail")
    return text


def newest_hash(reader: Person) -> str:
    """The hash of the newest line that a reader may meet. Written down, it shows later that nothing was cut off."""
    newest = _rows(Asked(), reader, 1)
    return str(newest[0][-1]) if newest else NOTHING_BEFORE


def _page(rows: Rows) -> tuple[list[Line], str]:
    more = rows[AT_ONCE - 1][-1] if len(rows) > AT_ONCE else ""
    return list(in_words(rows[:AT_ONCE])), more


def _rows(asked: Asked, reader: Person, most: int, after: str = "") -> Rows:
    limits: dict[str, int | None] = {"actor": asked.actor, "after": _number_of(after)}
    limits["first"] = _first_of(asked.since) if asked.since else None
    limits["last"] = _first_of(asked.until + timedelta(days=1)) if asked.until else None
    given = {name: value for name, value in limits.items() if value is not None}
    where = SHOWN + "".join(clause for name, clause in WHERE.items() if name in given)
    source = "audit_line a" if asked.records is None else OF_RECORDS.format(where)
    lists = {"records": asked.records, "hidden": [*hidden_from(reader)], "known": [*families.hidden_from(reader)]}
    values = (
        given | {name: json.dumps(listed) for name, listed in lists.items()} | {"reader": ref(reader), "most": most}
    )
    return db.execute_sql(LINES.format(source, where), values).fetchall()


def _number_of(mark: str) -> int | None:
    found = db.execute_sql("SELECT id FROM audit_line WHERE hash = ?", [mark]).fetchone() if mark else None
    return int(found[0]) if found else None


def _first_of(day: date) -> int:
    """The number of the first line of a day or after it; one beyond all of them if there is none."""
    begins = datetime.combine(day, time.min, clock.LONDON)
    found = db.execute_sql(FROM, [Instant().db_value(begins)]).fetchone()
    return int(found[0]) if found else BEYOND
