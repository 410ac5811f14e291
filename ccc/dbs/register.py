"""The register of everyone to whom a person's DBS information was shown: officer and day, for the person to read."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from itertools import takewhile
from typing import NamedTuple

from ccc import clock
from ccc.audit import Event, record
from ccc.db import Instant, db, writing
from ccc.people import Person, ref

EVERYBODY = "everybody"
SHOWN = """
SELECT p.name, a.created_at, a.event FROM audit_line a JOIN person p ON p.id = a.actor
 WHERE (a.event IN (:seen, :changed) AND a.about = :about)
    OR (a.event = :listed AND a.actor != :person AND (json_extract(a.facts, '$.people') LIKE :number
        OR (json_extract(a.facts, '$.people') = :everybody AND a.created_at >= :joined)))
 ORDER BY a.id DESC
"""


class Shown(NamedTuple):
    """That a person's information was shown to somebody on a day: alone, or as a line of the list."""

    name: str
    on: date
    in_the_list: bool


def note_look(person: Person, by: Person) -> None:
    """Write down that somebody opened a person's check: once for each day."""
    _note(Event.DBS_SEEN, by, ref(person))


def note_list(listed: Sequence[int], by: Person) -> None:
    """Write down that somebody saw these people in the list: one line that counts for each of them."""
    if listed:
        _note(Event.DBS_LIST_SEEN, by, "dbs:list", people=f".{'.'.join(map(str, sorted(listed)))}.")


def note_whole_list(by: Person) -> None:
    """Write down that everybody's check was opened, to show some: who was shown must not tell what is in a check."""
    _note(Event.DBS_LIST_SEEN, by, "dbs:list", people=EVERYBODY)


def shown_to(person: Person) -> list[Shown]:
    """Everyone to whom a person's information was shown, newest first, each once a day and way."""
    asked = {"seen": Event.DBS_SEEN, "changed": Event.DBS_CHANGED, "listed": Event.DBS_LIST_SEEN}
    them = {"about": ref(person), "person": person.id, "number": f"%.{person.id}.%", "everybody": EVERYBODY}
    rows = db.execute_sql(SHOWN, asked | them | {"joined": Instant().db_value(person.created_at)})
    lines = (Shown(name, _day(at), event == Event.DBS_LIST_SEEN) for name, at, event in rows)
    return list(dict.fromkeys(lines))


def _note(event: Event, by: Person, about: str, **facts: str) -> None:
    """Write a line, unless the same one was written today: a look is worth its line, leafing back and forth is not."""
    if not _was_noted_today((by.id, event, about), facts):
        with writing():
            record(event, by.id, about, **facts)


def _was_noted_today(line: tuple[int, str, str], facts: dict[str, str]) -> bool:
    """Look back through today's lines, and no further: the trail grows for as long as there is a centre."""
    midnight = str(Instant().db_value(datetime.combine(clock.today(), time(), clock.LONDON)))
    newest_first = db.execute_sql("SELECT created_at, actor, event, about, facts FROM audit_line ORDER BY id DESC")
    todays = takewhile(lambda row: row[0] >= midnight, newest_first)
    return any(row[1:4] == line and json.loads(row[4]) == facts for row in todays)


def _day(at: str) -> date:
    return clock.local(datetime.fromisoformat(at)).date()
