"""The officers' list: who needs what, worst first, a page at a time; and what falls due in the coming months."""

import json
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ccc import clock
from ccc.clock import months_later
from ccc.db import db, while_unchanged
from ccc.dbs.asked import asks_for_dbs
from ccc.dbs.check import Check, unpack
from ccc.dbs.needs import STAGES, Need, Next, next_for
from ccc.dbs.rules import DbsRules, rules
from ccc.officers_vault import Opened
from ccc.people import Person

# Whoever is shown costs an opening: few enough that this page is quick in a centre of hundreds.
AT_ONCE = 30
# An officer's own check is left out everywhere here: it is with the other officer, and a count would tell of it.
# From which day on something waits: an act, or the recheck, which follows from the clearance.
# The order is found before any sealed row is touched: sorting would carry them all along, whether shown or not.
DUE = """
WITH open AS MATERIALIZED (
    SELECT d.id, d.waits_on, CASE WHEN d.paused THEN c.ends ELSE date(c.ends, :grace) END AS recheck
      FROM dbs_check d JOIN person p ON p.id = d.person_id
      LEFT JOIN clearance c ON c.id = (SELECT max(id) FROM clearance WHERE person_id = p.id) AND c.starts <= c.ends
     WHERE p.left_on IS NULL AND p.id != :own AND instr(lower(p.name), lower(:search)) > 0),
due AS MATERIALIZED (
    SELECT id, min(coalesce(waits_on, '9999'), coalesce(recheck, '9999')) AS day, waits_on, recheck FROM open)
"""
ORDER = f"{DUE} SELECT day, id FROM due ORDER BY day, id"  # noqa: S608  (made of our own constants)
ROWS = """
SELECT d.id, p.id, p.name, p.created_at, d.sealed FROM dbs_check d JOIN person p ON p.id = d.person_id
 WHERE d.id IN (SELECT value FROM json_each(?))
"""
WAITING = f"{DUE} SELECT count(*) FROM due WHERE waits_on <= :today OR recheck <= :soon"  # noqa: S608  (as above)
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
    today, in_force = clock.today(), rules()
    order = [place for place in _order(opened.by.id, search, in_force.grace_days) if place > after]
    # Whom a filter finds is known only when all are open; without one, no more is opened than is shown.
    rows = _sealed(order if need else order[:AT_ONCE])
    lines = {place: _line(rows[place[1]], opened, today, in_force) for place in order if place[1] in rows}
    found = [place for place in order if need is None or lines[place].need == need]
    listed = found[:AT_ONCE]
    return _pressing_first([lines[place] for place in listed]), listed[-1] if len(found) > AT_ONCE else None


@while_unchanged
def _order(own: int, search: str, grace_days: int) -> tuple[Place, ...]:
    """The places of all checks but one's own: what lies open puts them in order, and nothing sealed is touched."""
    asked = {"own": own, "search": search, "grace": f"-{grace_days} days"}
    return tuple(db.execute_sql(ORDER, asked).fetchall())


def _sealed(places: list[Place]) -> dict[int, tuple[Any, ...]]:
    rows = db.execute_sql(ROWS, [json.dumps([number for _, number in places])])
    return {row[0]: row[1:] for row in rows}


def coming_months(by: Person, count: int = 12) -> list[tuple[date, int]]:
    """For how many people something falls due in each of the coming months; what is overdue counts in the first."""
    first = clock.today().replace(day=1)
    months = [months_later(first, number) for number in range(count)]
    found = Counter(day[:7] for day, _ in _order(by.id, "", rules().grace_days))
    overdue = sum(number for month, number in found.items() if month < f"{first:%Y-%m}")
    return [(month, found.get(f"{month:%Y-%m}", 0) + (overdue if month == first else 0)) for month in months]


def count_waiting(by: Person) -> int:
    """For how many people something waits today. The vault stays closed for this."""
    if not asks_for_dbs():
        return 0
    days = {"today": str(clock.today()), "soon": str(clock.today() + timedelta(days=STAGES[0]))}
    asked = {"own": by.id, "search": "", "grace": f"-{rules().grace_days} days"}
    count: int = db.execute_sql(WAITING, asked | days).fetchone()[0]
    return count


def _pressing_first(listed: list[Line]) -> list[Line]:
    return sorted(listed, key=lambda line: (PRESSING[line.need], line.day or date.max, line.name))


def _line(row: tuple[Any, ...], opened: Opened, today: date, in_force: DbsRules) -> Line:
    number, name, joined, sealed = row
    text = opened.read(sealed)
    check = unpack(text, number) if text else None
    step = _next(check, joined, today, in_force) if check else Next(Need.LOST, None, None)
    return Line(number, name, step.need, step.day)


def _next(check: Check, joined: str, today: date, in_force: DbsRules) -> Next:
    return next_for(check, clock.local(datetime.fromisoformat(joined)).date(), today, in_force)
