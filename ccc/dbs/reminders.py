"""Reminders to the officers: that something waits, never whose and what; each stage of each day once.

They are worked out from what lies open: from which day on something waits, and until when somebody is cleared.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from peewee import ForeignKeyField, IntegerField

from ccc import clock, mail, people
from ccc.db import Day, Record, db, writing
from ccc.dbs.asked import asks_for_dbs
from ccc.dbs.needs import STAGES
from ccc.dbs.rules import rules
from ccc.people import Person
from ccc.roles import OFFICERS

SUBJECT = "Something waits for you at the contact centre"
TEXT = "Something waits for you in the officers' part of the contact centre's pages. Please sign in and look.\n"
# Before a clearance ends, whatever it was that paused the other reminders, or was not done.
LAST_STAGES = (14, 7, 0)
OPEN = """
SELECT d.person_id, d.waits_on, d.paused, c.ends FROM dbs_check d JOIN person p ON p.id = d.person_id
  LEFT JOIN clearance c ON c.id = (SELECT max(id) FROM clearance WHERE person_id = p.id) AND c.starts <= c.ends
 WHERE p.left_on IS NULL
"""


class DbsReminder(Record):
    """That the officers were told of a stage before a day. Another day is another cycle."""

    person = ForeignKeyField(Person)
    day = Day()
    stage = IntegerField()

    class Meta:
        indexes = ((("person", "day", "stage"), True),)


class Stage(NamedTuple):
    """A stage that was reached: about whom, before which day, and how many days before."""

    person: int
    day: date
    stage: int


def remind() -> int:
    """Mail each officer once, whatever the number of stages that were reached; return how many mails.

    An officer is not told of their own check. Where nobody can be mailed, the stages wait until somebody can.
    """
    if not asks_for_dbs():
        return 0
    with writing():
        told = set(DbsReminder.select(DbsReminder.person, DbsReminder.day, DbsReminder.stage).tuples())
        due = [stage for stage in _reached() if stage not in told]
        mails = sum(_mail(officer, due) for officer in people.holders(OFFICERS))
        for stage in due if mails else ():
            DbsReminder.create(**stage._asdict())
    return mails


def _mail(officer: Person, due: list[Stage]) -> bool:
    return any(stage.person != officer.id for stage in due) and mail.queue(officer.email, SUBJECT, TEXT)


def _reached() -> Iterator[Stage]:
    """The stage of each day that was reached."""
    grace = timedelta(days=rules().grace_days)
    for person, waits_on, paused, ends in db.execute_sql(OPEN).fetchall():
        if waits_on:
            yield from _stage(person, date.fromisoformat(waits_on), (0,))
        if ends:
            last_day = date.fromisoformat(ends)
            yield from _stage(person, last_day, LAST_STAGES)
            yield from () if paused else _stage(person, last_day - grace, STAGES)


def _stage(person: int, day: date, stages: tuple[int, ...]) -> Iterator[Stage]:
    reached = [stage for stage in stages if (day - clock.today()).days <= stage]
    if reached:
        yield Stage(person, day, min(reached))
