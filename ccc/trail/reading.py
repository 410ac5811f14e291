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
# There is one upper end: of two, SQLite would go to the one and count its way down to the other.
# How a DBS check goes on is not told to whom it is about; to whom it was shown stands on a page of its own.
SHOWN = """
    a.id >= :first AND a.id < :before AND a.about NOT IN (SELECT value FROM json_each(:hidden))
AND coalesce(json_extract(a.facts, '$.family'), json_extract(a.facts, '$.other'), 0)
    NOT IN (SELECT value FROM json_each(:known))
AND NOT (a.about = :reader AND a.event LIKE 'dbs-%')
"""
BY_ACTOR = " AND a.actor = :actor"
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
    # Only what is asked for stands in the query, so that an index brings the lines in their order.
    where = SHOWN if asked.actor is None else SHOWN + BY_ACTOR
    source = ("audit_line a", where) if asked.records is None else (OF_RECORDS.format(where), "TRUE")
    lists = {"records": asked.records, "hidden": [*hidden_from(reader)], "known": [*families.hidden_from(reader)]}
    values: dict[str, str | int | None] = {name: json.dumps(listed) for name, listed in lists.items()}
    values |= {"first": _first_of(asked.since) if asked.since else 0, "before": _end_of(asked, after)}
    values |= {"actor": asked.actor, "reader": ref(reader), "most": most}
    return db.execute_sql(LINES.format(*source), values).fetchall()


def _end_of(asked: Asked, after: str) -> int:
    """The number before which the lines end: that of a mark, if there is a line of it, or of the first day too late."""
    marked = db.execute_sql("SELECT id FROM audit_line WHERE hash = ?", [after]).fetchone()
    ends = _first_of(asked.until + timedelta(days=1)) if asked.until else BEYOND
    return min(ends, int(marked[0])) if marked else ends


def _first_of(day: date) -> int:
    """The number of the first line of a day or after it; one beyond all of them if there is none."""
    begins = datetime.combine(day, time.min, clock.LONDON)
    found = db.execute_sql(FROM, [Instant().db_value(begins)]).fetchone()
    return int(found[0]) if found else BEYOND
