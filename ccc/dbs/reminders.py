"""Reminders to the officers: that something waits, never whose and what; each stage once until the check changes."""

from ccc import clock, mail, people
from ccc.db import writing
from ccc.dbs.checks import DbsCheck
from ccc.dbs.needs import STAGES
from ccc.people import Person
from ccc.roles import OFFICERS

SUBJECT = "Something waits for you at the contact centre"
TEXT = "Something waits for you in the officers' part of the contact centre's pages. Please sign in and look.\n"


def remind() -> int:
    """Mail the officers once, whatever the number of things that came to a new stage; return how many mails."""
    with writing():
        due = [(row, stage) for row in _waiting() if (stage := _stage(row)) is not None]
        for row, stage in due:
            DbsCheck.update(reminded=stage).where(DbsCheck.id == row.id).execute()
        return sum(mail.queue(officer.email, SUBJECT, TEXT) for officer in people.holders(OFFICERS)) if due else 0


def _waiting() -> list[DbsCheck]:
    here = DbsCheck.select(DbsCheck.id, DbsCheck.waits_on, DbsCheck.reminded).join(Person)
    return list(here.where(Person.left_on.is_null(), DbsCheck.waits_on.is_null(is_null=False)))


def _stage(row: DbsCheck) -> int | None:
    """The stage that was reached and not told of yet."""
    days = (row.waits_on - clock.today()).days
    reached = min((stage for stage in STAGES if days <= stage), default=None)
    return reached if reached is not None and (row.reminded is None or reached < row.reminded) else None
