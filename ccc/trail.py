"""The audit trail as people read it: who did what to which record, page by page, and its newest hash to write down."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from ccc import clock, concerns, families
from ccc.audit import NOTHING_BEFORE, AuditLine, Event, record
from ccc.concerns import Concern
from ccc.csv_file import as_csv
from ccc.db import Instant, db, writing
from ccc.people import Person
from ccc.people import ref as person_ref
from ccc.retention.records import Disposal, DisposalItem

AT_ONCE = 50
HEADINGS = ("When", "Who", "What", "About", "Details")
RECORD = re.compile(r"[a-z-]{2,30}:[0-9]{1,9}")
# Their numbers are told to nobody: a gap in them would tell an officer of a worry that concerns them.
UNNUMBERED = {"concern": "A worry", "disposal": "A disposal"}
LINES = """
SELECT a.id, a.created_at, p.name, a.event, a.about, a.facts FROM audit_line a LEFT JOIN person p ON p.id = a.actor
 WHERE a.about NOT IN (SELECT value FROM json_each(:hidden))
"""
# Only what is asked for stands in the query, so that an index brings the lines in their order however many there are.
WHERE = {
    "actor": " AND a.actor = :actor",
    "about": " AND a.about = :about",
    # How a DBS check goes on is told to nobody but the officers; to whom it was shown stands on a page of its own.
    "own": " AND (a.actor = :own OR a.about = 'person:' || :own AND a.event NOT LIKE 'dbs-%')",
    "first": " AND a.id >= :first",
    "last": " AND a.id < :last",
    "after": " AND a.id < :after",
}
FROM = "SELECT id FROM audit_line WHERE created_at >= ? ORDER BY created_at, id LIMIT 1"
BEYOND = 2**62
LONGEST_FACT = 40


class Asked(NamedTuple):
    """Which lines: of what somebody did, about a record, from one day to another (included); or somebody's own."""

    actor: int | None = None
    about: str | None = None
    since: date | None = None
    until: date | None = None
    own: int | None = None


class Line(NamedTuple):
    """One line, in words: about what it is, and the same as a search understands it; empty where nobody can ask."""

    at: datetime
    who: str
    what: str
    record: str
    about: str
    details: str


def page_of(asked: Asked, reader: Person, after: int | None = None) -> tuple[list[Line], int | None]:
    """A page of lines, the newest first, and after which number the next begins if there is one."""
    rows = _rows(asked, reader, after, f" LIMIT {AT_ONCE + 1}")
    more = rows[AT_ONCE - 1][0] if len(rows) > AT_ONCE else None
    return list(_lines(rows[:AT_ONCE], reader)), more


def export(asked: Asked, reader: Person) -> str:
    """All of these lines as CSV; that they were taken out is a line itself."""
    lines = (
        (f"{clock.local(at):%Y-%m-%d %H:%M:%S}", who, what, about, details)
        for at, who, what, _, about, details in _lines(_rows(asked, reader, None), reader)
    )
    text = as_csv(HEADINGS, lines)
    with writing():
        record(Event.TRAIL_EXPORTED, reader.id, "audit:trail")
    return text


def newest_hash() -> str:
    """The hash of the newest line. Written down, it shows later that nothing was cut off."""
    newest = AuditLine.select(AuditLine.hash).order_by(AuditLine.id.desc()).tuples().first()
    return newest[0] if newest else NOTHING_BEFORE


def record_of(typed: str, reader: Person) -> str | None:
    """The record that somebody means: by a family's reference, or by kind and number as a link has it."""
    if RECORD.fullmatch(typed):
        return typed if typed.partition(":")[0] not in UNNUMBERED else None
    family = families.find(typed, reader)
    return families.ref(family) if family else None


def hidden_from(reader: Person) -> set[str]:
    """The records whose lines a reader must not meet: worries about them, and families that they know."""
    known = concerns.known_to(reader).select(Concern.id)
    worries = [number for (number,) in Concern.select(Concern.id).where(Concern.id.not_in(known)).tuples()]
    of_them = (DisposalItem.kind == "concern") & DisposalItem.record.in_(worries)
    disposals = Disposal.select(Disposal.id).join(DisposalItem).where(of_them).tuples()
    hidden = {f"concern:{number}" for number in worries} | {f"disposal:{number}" for (number,) in disposals}
    return hidden | {families.ref(number) for number in families.hidden_from(reader)}


def _rows(asked: Asked, reader: Person, after: int | None, limit: str = "") -> list[tuple[Any, ...]]:
    values: dict[str, int | str | None] = {"actor": asked.actor, "about": asked.about, "own": asked.own, "after": after}
    values["first"] = _first_of(asked.since) if asked.since else None
    values["last"] = _first_of(asked.until + timedelta(days=1)) if asked.until else None
    given = {name: value for name, value in values.items() if value is not None}
    sql = LINES + "".join(clause for name, clause in WHERE.items() if name in given) + " ORDER BY a.id DESC" + limit
    return db.execute_sql(sql, given | {"hidden": json.dumps(sorted(hidden_from(reader)))}).fetchall()


def _first_of(day: date) -> int:
    """The number of the first line of a day or after it; one beyond all of them if there is none."""
    begins = datetime.combine(day, time.min, clock.LONDON)
    found = db.execute_sql(FROM, [Instant().db_value(begins)]).fetchone()
    return int(found[0]) if found else BEYOND


def _lines(rows: Iterable[tuple[Any, ...]], reader: Person) -> Iterator[Line]:
    listed = list(rows)
    names = _names({about for *_, about, _ in listed}, reader)
    for _, at, who, event, about, facts in listed:
        told = ", ".join(f"{name.replace('_', ' ')} {_short(value)}" for name, value in json.loads(facts).items())
        when = datetime.fromisoformat(at)
        label = names.get(about) or UNNUMBERED.get(about.partition(":")[0])
        linked = "" if label in UNNUMBERED.values() else about
        yield Line(when, who or "the program", _in_words(event), linked, label or _in_words(about), told)


def _names(records: Collection[str], reader: Person) -> dict[str, str]:
    """The names of people and the references of families, of those that the reader may know of."""
    numbers = [int(about.removeprefix("person:")) for about in records if about.startswith("person:")]
    people = Person.select(Person.id, Person.name).where(Person.id.in_(numbers)).tuples()
    wanted = [int(about.removeprefix("family:")) for about in records if about.startswith("family:")]
    shown = families.visible_to(reader).where(families.Family.id.in_(wanted))
    named = {person_ref(number): name for number, name in people}
    return named | {families.ref(family): f"Family {family.reference}" for family in shown}


def _short(value: object) -> str:
    """A fact as one can read it: of a fingerprint, its first signs."""
    text = str(value)
    return text if len(text) <= LONGEST_FACT else f"{text[:12]}…"


def _in_words(code: str) -> str:
    """A code such as "dbs-seen" or "booking:7" as people say it."""
    words = code.replace("-", " ").replace(":", " ")
    return (words[:1].upper() + words[1:]).replace("Dbs", "DBS")
