"""The log: one line a booking, newest day first; a page at a time, or all of it for a spreadsheet. It holds no name."""

import json
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from ccc.audit import Event, record
from ccc.bookings.words import SIDES, in_words
from ccc.csv_file import as_csv
from ccc.db import db, writing
from ccc.people import Person

AT_ONCE = 25
HEADINGS = ("Date", "Family", "Service", "Status", "Cancelled by")
LINES = """
SELECT b.session_id, b.day, f.reference, b.service, b.status, b.missed_by, b.cancel_side, b.id
  FROM booking b JOIN family f ON f.id = b.family_id
 WHERE b.family_id NOT IN (SELECT value FROM json_each(:hidden))
"""
# Only what is asked for stands in the query, so that each way to ask has an index that brings it in its order.
WHERE = {
    "family": " AND b.family_id = :family",
    "since": " AND b.day >= :since",
    "until": " AND b.day <= :until",
    "status": " AND b.status = :status",
    "after": " AND (b.day, b.id) < (:day, :number)",
}
ORDER = " ORDER BY b.day DESC, b.id DESC"


class Asked(NamedTuple):
    """Which lines of the log: those of a family, from one day to another (included), of one status; or any."""

    family: int | None = None
    since: date | None = None
    until: date | None = None
    status: str | None = None


class Place(NamedTuple):
    """The line after which a page begins."""

    day: date
    number: int


class Line(NamedTuple):
    """One booking: when, who by reference, and what became of it in words."""

    session: int
    day: date
    reference: str
    service: str
    words: str


def log(asked: Asked, hidden: Collection[int], after: Place | None = None) -> tuple[list[Line], Place | None]:
    """A page of the log without the hidden families, and where the next one begins if there is one."""
    rows = _rows(asked, hidden, after, f" LIMIT {AT_ONCE + 1}")
    lines = [
        Line(session, date.fromisoformat(day), reference, service, in_words(status, missed_by, side))
        for session, day, reference, service, status, missed_by, side, _ in rows[:AT_ONCE]
    ]
    more = Place(lines[-1].day, rows[AT_ONCE - 1][-1]) if len(rows) > AT_ONCE else None
    return lines, more


def export(asked: Asked, hidden: Collection[int], by: Person) -> str:
    """The whole log as CSV, and a line in the trail that it was taken out. It holds references, and no name."""
    lines = (
        (day, reference, service, in_words(status, missed_by), SIDES.get(side or "", ""))
        for _, day, reference, service, status, missed_by, side, _ in _rows(asked, hidden, None)
    )
    text = as_csv(HEADINGS, lines)
    with writing():
        record(Event.LOG_EXPORTED, by.id, "bookings:log")
    return text


def _rows(asked: Asked, hidden: Collection[int], after: Place | None, limit: str = "") -> list[tuple[Any, ...]]:
    given = {name: value for name, value in asked._asdict().items() if value is not None}
    given |= {"after": None, "day": after.day, "number": after.number} if after else {}
    sql = LINES + "".join(clause for name, clause in WHERE.items() if name in given) + ORDER + limit
    values = {name: str(value) if isinstance(value, date) else value for name, value in given.items()}
    return db.execute_sql(sql, values | {"hidden": json.dumps(sorted(hidden))}).fetchall()
