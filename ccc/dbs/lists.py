"""The officers' list: who needs what, worst first, a page at a time; and what falls due in the coming months."""

from datetime import date
from typing import NamedTuple

from ccc import clock
from ccc.clock import months_later
from ccc.db import db
from ccc.dbs.check import Check, unpack
from ccc.dbs.needs import Need, Next, next_for
from ccc.dbs.rules import DbsRules, rules
from ccc.officers_vault import Opened

AT_ONCE = 50
ROWS = """
SELECT p.id, p.name, p.created_at, d.sealed, d.waits_on FROM dbs_check d JOIN person p ON p.id = d.person_id
 WHERE p.left_on IS NULL AND instr(lower(p.name), lower(:search)) > 0
   AND (coalesce(d.waits_on, '9999'), p.id) > (:waits_on, :after)
 ORDER BY coalesce(d.waits_on, '9999'), p.id
"""
MONTHS = """
SELECT substr(d.waits_on, 1, 7), count(*) FROM dbs_check d JOIN person p ON p.id = d.person_id
 WHERE p.left_on IS NULL AND d.waits_on < :end GROUP BY 1
"""


class Line(NamedTuple):
    """One person of the list. An officer's own line says nothing: `need` is None."""

    number: int
    name: str
    need: Need | None
    day: date | None
    waits_on: str


def list_checks(
    opened: Opened, need: Need | None = None, search: str = "", after: tuple[str, int] = ("", 0)
) -> tuple[list[Line], tuple[str, int] | None]:
    """Those for whom something waits longest come first. The day something waits orders the list without a key.

    Gives at most 50 lines, and where to go on after if there are more.
    """
    asked = {"search": search, "waits_on": after[0], "after": after[1]}
    wanted: list[Line] = []
    today, in_force = clock.today(), rules()
    for row in db.execute_sql(ROWS, asked):
        line = _line(row, opened, today, in_force)
        if need is None or line.need == need:
            wanted.append(line)
        if len(wanted) > AT_ONCE:
            break
    listed = wanted[:AT_ONCE]
    more = (listed[-1].waits_on, listed[-1].number) if len(wanted) > AT_ONCE else None
    return listed, more


def coming_months(count: int = 12) -> list[tuple[date, int]]:
    """For how many people something falls due in each of the coming months; what is overdue counts in the first."""
    first = clock.today().replace(day=1)
    months = [months_later(first, number) for number in range(count)]
    found = dict(db.execute_sql(MONTHS, {"end": str(months_later(first, count))}).fetchall())
    overdue = sum(number for month, number in found.items() if month < f"{first:%Y-%m}")
    return [(month, found.get(f"{month:%Y-%m}", 0) + (overdue if month == first else 0)) for month in months]


def _line(row: tuple, opened: Opened, today: date, in_force: DbsRules) -> Line:  # type: ignore[type-arg]  # columns of SQL
    number, name, joined, sealed, waits_on = row
    if number == opened.by.id:
        return Line(number, name, None, None, waits_on or "9999")
    text = opened.read(sealed)
    step = _next(unpack(text), joined, today, in_force) if text else Next(Need.LOST, None, None)
    return Line(number, name, step.need, step.day, waits_on or "9999")


def _next(check: Check, joined: str, today: date, in_force: DbsRules) -> Next:
    return next_for(check, date.fromisoformat(joined[:10]), today, in_force)
