"""A month's picture: places offered, given and used in each session. Figures alone, for those who see no family."""

from datetime import date
from typing import NamedTuple

from ccc.clock import months_later
from ccc.db import db, while_unchanged

FIGURES = """
SELECT s.day, s.starts, s.places, count(b.id), coalesce(sum(b.status = 'came'), 0)
  FROM contact_session s LEFT JOIN booking b ON b.session_id = s.id AND b.status != 'cancelled'
 WHERE s.day >= :first AND s.day < :next AND s.cancelled_at IS NULL
 GROUP BY s.id ORDER BY s.day, s.starts
"""


class Figures(NamedTuple):
    """The places of one session. One that is cancelled offers none, and has no line."""

    day: date
    starts: str
    offered: int
    booked: int
    used: int


@while_unchanged
def month(first: date) -> tuple[Figures, ...]:
    """The figures of each session of the month that begins on this day."""
    rows = db.execute_sql(FIGURES, {"first": str(first), "next": str(months_later(first, 1))})
    return tuple(Figures(date.fromisoformat(day), *rest) for day, *rest in rows)
