"""A month's picture: places offered, given and used in each session. Figures alone, for those who see no family.

The places of families that are disposed of stay in them.
"""

from datetime import date
from typing import NamedTuple

from ccc import clock, kinds
from ccc.clock import months_later
from ccc.db import Instant, db, while_unchanged

FIGURES = """
SELECT s.day, s.starts, s.places, count(b.id) + coalesce(d.booked, 0),
       coalesce(sum(b.status = 'came'), 0) + coalesce(d.used, 0)
  FROM contact_session s LEFT JOIN booking b ON b.session_id = s.id AND b.status != 'cancelled'
  LEFT JOIN disposed_places d ON d.session_id = s.id
 WHERE s.day >= :first AND s.day < :next AND s.cancelled_at IS NULL
 GROUP BY s.id ORDER BY s.day, s.starts
"""
# A family has one place in a session at most that was not cancelled.
KEEP = """
INSERT INTO disposed_places (created_at, session_id, booked, used)
SELECT ?, session_id, 1, status = 'came' FROM booking WHERE family_id = ? AND status != 'cancelled'
    ON CONFLICT (session_id) DO UPDATE SET booked = booked + 1, used = used + excluded.used
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


def _keep_figures(family: int) -> None:
    """Count the places of a family that is about to go."""
    db.execute_sql(KEEP, (Instant().db_value(clock.now()), family))


kinds.before_going(kinds.FAMILY, _keep_figures)
