"""The officers' list: who needs what, worst first, a page at a time; and what falls due in the coming months."""

from datetime import date, datetime
from typing import Any, NamedTuple

from ccc import clock
from ccc.clock import months_later
from ccc.db import db
from ccc.dbs.check import Check, unpack
from ccc.dbs.needs import Need, Next, next_for
from ccc.dbs.rules import DbsRules, rules
from ccc.officers_vault import Opened
from ccc.people import Person

# Whoever is shown costs an opening: few enough that this page is quick in a centre of hundreds.
AT_ONCE = 30
# An officer's own check is left out everywhere here: it is with the other officer, and a count would tell of it.
# The index gives the order, and CROSS keeps it: sorting would carry every sealed row along, whether shown or not.
ROWS = """
SELECT p.id, p.name, p.created_at, d.sealed, coalesce(d.waits_on, '9999'), d.id FROM dbs_check d
 CROSS JOIN person p ON p.id = d.person_id
 WHERE p.left_on IS NULL AND p.id != :own AND instr(lower(p.name), lower(:search)) > 0
   AND (coalesce(d.waits_on, '9999'), d.id) > (:waits_on, :after)
 ORDER BY d.waits_on NULLS LAST, d.id
"""
MONTHS = """
SELECT substr(d.waits_on, 1, 7), count(*) FROM dbs_check d JOIN person p ON p.id = d.person_id
 WHERE p.left_on IS NULL AND p.id != :own AND d.waits_on < :end GROUP BY 1
"""
WAITING = """
SELECT count(*) FROM dbs_check d JOIN person p ON p.id = d.person_id
 WHERE p.left_on IS NULL AND p.id != :own AND d.waits_on <= :today
"""
PRESSING = {need: place for place, need in enumerate(Need)}
Place = tuple[str, int]


class Line(NamedTuple):
    """One person of the list: what is needed, and the day that goes with it."""

    number: int
    name: str
    need: Need
    day: date | None


def list_checks(
    opened: Opened, need: Need | None = None, search: str = "", after: Place = ("", 0)
) -> tuple[list[Line], Place | None]:
    """List at most 30 people, what presses most first, and tell where to go on after if there are more.

    The day on which something waits can be read without a key, so it decides who stands on which page: whoever waits
    longest on the first. So no more is opened than is shown, and a page is then put in the order in which it presses.
    """
    asked = {"own": opened.by.id, "search": search, "waits_on": after[0], "after": after[1]}
    listed: list[Line] = []
    last, today, in_force = after, clock.today(), rules()
    for row in db.execute_sql(ROWS, asked):
        line = _line(row, opened, today, in_force)
        if need is None or line.need == need:
            if len(listed) == AT_ONCE:
                return _pressing_first(listed), last
            listed.append(line)
            last = row[4], row[5]
    return _pressing_first(listed), None


def coming_months(by: Person, count: int = 12) -> list[tuple[date, int]]:
    """For how many people something falls due in each of the coming months; what is overdue counts in the first."""
    first = clock.today().replace(day=1)
    months = [months_later(first, number) for number in range(count)]
    found = dict(db.execute_sql(MONTHS, {"own": by.id, "end": str(months_later(first, count))}).fetchall())
    overdue = sum(number for month, number in found.items() if month < f"{first:%Y-%m}")
    return [(month, found.get(f"{month:%Y-%m}", 0) + (overdue if month == first else 0)) for month in months]


def count_waiting(by: Person) -> int:
    """For how many people something waits today. The vault stays closed for this."""
    count: int = db.execute_sql(WAITING, {"own": by.id, "today": str(clock.today())}).fetchone()[0]
    return count


def _pressing_first(listed: list[Line]) -> list[Line]:
    return sorted(listed, key=lambda line: (PRESSING[line.need], line.day or date.max, line.name))


def _line(row: tuple[Any, ...], opened: Opened, today: date, in_force: DbsRules) -> Line:
    number, name, joined, sealed = row[:4]
    text = opened.read(sealed)
    step = _next(unpack(text), joined, today, in_force) if text else Next(Need.LOST, None, None)
    return Line(number, name, step.need, step.day)


def _next(check: Check, joined: str, today: date, in_force: DbsRules) -> Next:
    return next_for(check, clock.local(datetime.fromisoformat(joined)).date(), today, in_force)
