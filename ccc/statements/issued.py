"""The statements that were made: the list, one of them, and those that no longer say what the register says."""

import json
from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple

from ccc import clock
from ccc.audit import Event, record
from ccc.centre import the_centre
from ccc.db import db, while_unchanged, writing
from ccc.families import hidden_from
from ccc.people import Person
from ccc.statements.attended import places_of
from ccc.statements.content import Content
from ccc.statements.lines import from_json, lines_of, said
from ccc.statements.records import Statement, ref

AT_ONCE = 25
LISTED = """
SELECT s.id, f.reference, s.first_day, s.last_day, r.kind, s.created_at, later.id
  FROM statement s JOIN family f ON f.id = s.family_id LEFT JOIN referrer r ON r.id = s.referrer_id
  LEFT JOIN statement later ON later.replaces_id = s.id
 WHERE s.family_id NOT IN (SELECT value FROM json_each(:hidden)) AND (:after = 0 OR s.id < :after)
 ORDER BY s.id DESC LIMIT :most
"""
# Written or closed after the statement, so that it may say something else now. A child that is handed out in the period
# may come back after it.
DOUBTED = """
SELECT s.id, s.family_id, s.referrer_id != coalesce(r.referrer_id, 0), s.first_day, s.last_day, s.lines
  FROM statement s LEFT JOIN referral r ON r.family_id = s.family_id
  LEFT JOIN statement later ON later.replaces_id = s.id
 WHERE later.id IS NULL AND EXISTS (
   SELECT 1 FROM booking b JOIN contact_session c ON c.id = b.session_id
    WHERE b.family_id = s.family_id AND b.day >= s.first_day AND (b.day <= s.last_day OR b.service = 'handover')
      AND (c.closed_at >= s.created_at
           OR EXISTS (SELECT 1 FROM attendance a WHERE a.booking_id = b.id AND a.created_at >= s.created_at)))
 ORDER BY s.id
"""


class Row(NamedTuple):
    """One line of the list. `kind` is the referrer's, none for a parent; `later` the number that took its place."""

    number: int
    reference: str
    first_day: date
    last_day: date
    kind: str | None
    made_at: datetime
    later: int | None


class Stale(NamedTuple):
    """A statement that is wrong now. `is_former` if it went to a referrer who is not the recorded one any more."""

    number: int
    family: int
    is_former: bool


def newest() -> int:
    """The number of the statement that was made last, or 0."""
    return int(db.execute_sql("SELECT coalesce(max(id), 0) FROM statement").fetchone()[0])


def list_statements(hidden: Collection[int], after: int) -> tuple[list[Row], int | None]:
    """One page of the statements, newest first, without those of hidden families; and where to go on."""
    asked = {"hidden": json.dumps(sorted(hidden)), "after": after, "most": AT_ONCE + 1}
    rows = [
        Row(
            number, family, date.fromisoformat(first), date.fromisoformat(last), kind, datetime.fromisoformat(at), later
        )
        for number, family, first, last, kind, at, later in db.execute_sql(LISTED, asked)
    ]
    return rows[:AT_ONCE], rows[AT_ONCE - 1].number if len(rows) > AT_ONCE else None


def find(number: int, person: Person) -> Statement | None:
    """The statement of this number; none if its family is hidden from who asks."""
    statement: Statement | None = Statement.get_or_none(Statement.id == number)
    return statement if statement and statement.family_id not in hidden_from(person) else None


def look_at(statement: Statement, by: Person) -> Content:
    """What a statement tells, as it was issued, once it is written down who looked."""
    with writing():
        record(Event.STATEMENT_SEEN, by.id, ref(statement))
    return content_of(statement)


def content_of(statement: Statement) -> Content:
    """What a statement tells, as it was issued."""
    period = statement.first_day, statement.last_day
    return Content(statement.case_reference, *period, from_json(statement.lines))


def as_text(statement: Statement) -> str:
    """A statement as plain text, with what it got when it was issued: number, day, and the mark of the rest."""
    made = f"Number {statement.id}, made on {said(clock.local(statement.created_at).date())}"
    instead = [f"In place of statement {statement.replaces_id}"] if statement.replaces_id else []
    later = replaced_by(statement)
    after = [f"Statement {later} took the place of this one."] if later else []
    head = [the_centre().name, made, *instead, *after]
    content = content_of(statement).text
    return "\n".join([*head, "", content, f"Mark of the words above, from their title on: {statement.sha256}", ""])


def replaced_by(statement: Statement) -> int | None:
    """The number of the statement that took the place of this one."""
    return Statement.select(Statement.id).where(Statement.replaces == statement).scalar()


@while_unchanged
def stale() -> tuple[Stale, ...]:
    """The statements that should be made anew, oldest first; in a fixed number of queries."""
    doubted = db.execute_sql(DOUBTED).fetchall()
    places = places_of({family for _, family, *_ in doubted})
    return tuple(
        Stale(number, family, bool(is_former))
        for number, family, is_former, first, last, lines in doubted
        if from_json(lines) != lines_of(places.get(family, []), date.fromisoformat(first), date.fromisoformat(last))
    )
