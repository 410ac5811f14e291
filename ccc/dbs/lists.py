"""The officers' list: who needs what, worst first, a page at a time; and what falls due in the coming months."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ccc import clock
from ccc.clock import months_later
from ccc.db import db
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
ROWS = f"""{DUE}, here AS MATERIALIZED (SELECT id, day FROM due WHERE (day, id) > (:day, :after) ORDER BY day, id)
SELECT p.id, p.name, p.created_at, d.sealed, here.day, d.id
  FROM here CROSS JOIN dbs_check d ON d.id = here.id CROSS JOIN person p ON p.id = d.person_id
 ORDER BY here.day, here.id
"""  # noqa: S608  (made of our own constants; what people typed comes in as parameters)
MONTHS = f"{DUE} SELECT substr(day, 1, 7), count(*) FROM due WHERE day < :end GROUP BY 1"  # noqa: S608  (as above)
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
    asked = _asked(opened.by, search) | {"day": after[0], "after": after[1]}
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
    found = dict(db.execute_sql(MONTHS, _asked(by) | {"end": str(months_later(first, count))}).fetchall())
    overdue = sum(number for month, number in found.items() if month < f"{first:%Y-%m}")
    return [(month, found.get(f"{month:%Y-%m}", 0) + (overdue if month == first else 0)) for month in months]


def count_waiting(by: Person) -> int:
    """For how many people something waits today. The vault stays closed for this."""
    days = {"today": str(clock.today()), "soon": str(clock.today() + timedelta(days=STAGES[0]))}
    count: int = db.execute_sql(WAITING, _asked(by) | days).fetchone()[0]
    return count


def _asked(by: Person, search: str = "") -> dict[str, object]:
    return {"own": by.id, "search": search, "grace": f"-{rules().grace_days} days"}


def _pressing_first(listed: list[Line]) -> list[Line]:
    return sorted(listed, key=lambda line: (PRESSING[line.need], line.day or date.max, line.name))


def _line(row: tuple[Any, ...], opened: Opened, today: date, in_force: DbsRules) -> Line:
    number, name, joined, sealed = row[:4]
    text = opened.read(sealed)
    check = unpack(text, number) if text else None
    step = _next(check, joined, today, in_force) if check else Next(Need.LOST, None, None)
    return Line(number, name, step.need, step.day)


def _next(check: Check, joined: str, today: date, in_force: DbsRules) -> Next:
    return next_for(check, clock.local(datetime.fromisoformat(joined)).date(), today, in_force)
