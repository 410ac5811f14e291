"""Registers that somebody should see to: those of today, and those that nobody closed."""

from datetime import date, timedelta

from ccc.contact_sessions.records import ContactSession
from ccc.db import while_unchanged

LOOKS_BACK = timedelta(days=60)
# Today's come first: an old one that nobody closed must not hide the one that is open.
UNCLOSED = """
SELECT s.* FROM contact_session s
 WHERE s.day BETWEEN ? AND ? AND s.cancelled_at IS NULL AND s.closed_at IS NULL
   AND (s.day = ? AND EXISTS (SELECT 1 FROM duty d
                               WHERE d.session_id = s.id AND d.person_id = ? AND d.ended_at IS NULL)
        OR ? AND EXISTS (SELECT 1 FROM booking b WHERE b.session_id = s.id AND b.status = 'booked'))
 ORDER BY s.day DESC, s.starts LIMIT 6
"""


@while_unchanged
def unclosed(person: int, today: date, *, runs: bool) -> tuple[ContactSession, ...]:
    """The sessions of today on whose rota somebody is; for the co-ordinator also older ones in which a place waits."""
    day = today.isoformat()
    return tuple(ContactSession.raw(UNCLOSED, (today - LOOKS_BACK).isoformat(), day, day, person, runs))
