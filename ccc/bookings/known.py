"""Somebody known: the names that a volunteer looks through before a duty, and the rotas that have to change."""

from datetime import date
from typing import NamedTuple

from ccc import clock, families, rota
from ccc.audit import Event, record
from ccc.bookings.places import of_session
from ccc.contact_sessions.records import ContactSession, instant
from ccc.contact_sessions.records import ref as session_ref
from ccc.db import db, while_unchanged, writing
from ccc.families.records import Family
from ccc.people import Person, RefusedError

# Those on a rota to come who know a family that comes; which family it is, nobody learns from this. And where two
# families have a place who must not meet, with nobody: they were booked before that was known.
CLASHES = """
SELECT DISTINCT s.id, s.day, s.ends, d.person_id
  FROM contact_session s JOIN duty d ON d.session_id = s.id AND d.ended_at IS NULL
  JOIN booking b ON b.session_id = s.id AND b.status != 'cancelled'
  JOIN family_known k ON k.person_id = d.person_id AND k.family_id = b.family_id
 WHERE s.day >= :today AND s.closed_at IS NULL
UNION ALL SELECT DISTINCT s.id, s.day, s.ends, NULL FROM contact_session s
  JOIN booking a ON a.session_id = s.id AND a.status = 'booked'
  JOIN booking b ON b.session_id = s.id AND b.status = 'booked'
  JOIN kept_apart k ON k.one_id = a.family_id AND k.other_id = b.family_id AND k.ended_at IS NULL
 WHERE s.day >= :today AND NOT EXISTS (
       SELECT 1 FROM family_known f WHERE f.person_id = :to AND f.family_id IN (a.family_id, b.family_id))
 ORDER BY 2, 1, 4
"""
# Families that no co-ordinator in office may see, because each of them knows that family.
WITHOUT_COORDINATOR = """
SELECT count(*) FROM family f WHERE f.ended_on IS NULL AND f.id IN (SELECT family_id FROM family_known)
   AND NOT EXISTS (SELECT 1 FROM appointment a WHERE a.role = 'co-ordinator' AND a.confirmed_at IS NOT NULL
        AND a.starts <= :today AND (a.ends IS NULL OR a.ends >= :today)
        AND NOT EXISTS (SELECT 1 FROM family_known k WHERE k.family_id = f.id AND k.person_id = a.person_id))
"""


class Guest(NamedTuple):
    """A family of a session, by the number of its booking, and in first names and initials."""

    booking: int
    family: Family
    names: str


class Clash(NamedTuple):
    """Somebody on a rota to come knows a family that comes; with nobody, two families come who must not meet."""

    session: int
    day: date
    ends: str
    person: int | None


def look_through(session: ContactSession, person: Person) -> list[Guest]:
    """The families of a session, for somebody who serves in it, once it is written down that they looked.

    Families that they know are left out. Raises RefusedError outside the time in which one may look.
    """
    with writing():
        if not rota.serves(session, person):
            raise RefusedError("You are not on the rota of this session.")
        if not rota.names_are_open(session):
            raise RefusedError("You can look through the names from 48 hours before you serve until the session ends.")
        record(Event.SESSION_NAMES_SEEN, person.id, session_ref(session))
        hidden = families.hidden_from(person)
        coming = [booking for booking in of_session(session) if booking.family_id not in hidden]
        names = families.names_of((booking.family_id for booking in coming), short=True)
    return [Guest(booking.id, booking.family, _said(names[booking.family_id])) for booking in coming]


def clashes(to: Person) -> list[Clash]:
    """What has to change in sessions to come, the next one first; nothing of meetings with a family that `to` knows."""
    now = clock.now()
    return [clash for clash in _clashes(clock.today(), to.id) if instant(clash.day, clash.ends) > now]


def without_coordinator() -> int:
    """Count the families that no co-ordinator in office may see."""
    return _without_coordinator(clock.today())


@while_unchanged
def _clashes(today: date, to: int) -> tuple[Clash, ...]:
    rows = db.execute_sql(CLASHES, {"today": str(today), "to": to})
    return tuple(Clash(session, date.fromisoformat(day), ends, person) for session, day, ends, person in rows)


@while_unchanged
def _without_coordinator(today: date) -> int:
    return db.execute_sql(WITHOUT_COORDINATOR, {"today": str(today)}).fetchone()[0]


def _said(names: families.Names) -> str:
    """Say a family's names: "Pip and Posy, with Hestia C. and Viator C."."""
    return f"{' and '.join(names.children)}, with {' and '.join(filter(None, (names.home, names.visiting)))}"
