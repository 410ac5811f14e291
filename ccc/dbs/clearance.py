"""The only thing that leaves the vault: whether somebody is cleared. Who is cleared until when lies open."""

from collections.abc import Sequence
from datetime import date, timedelta

from peewee import ForeignKeyField

from ccc import clock
from ccc.clock import months_later
from ccc.db import Day, Record, db, while_unchanged
from ccc.people import Person, RefusedError

LONGEST_FOR_NOW = 3  # months
# SQL: the newest clearance of the person `p` counts, and holds from its first to its last day.
CLEARED = """coalesce((SELECT c.starts <= :today AND c.ends >= :today FROM clearance c
    WHERE c.person_id = p.id ORDER BY c.id DESC LIMIT 1), 0)"""


class Clearance(Record):
    """Cleared from one day to another, the last day included. A later row takes the place of an earlier one.

    One that ends before it starts says that an earlier one was ended.
    """

    person = ForeignKeyField(Person)
    starts = Day()
    ends = Day()
    by = ForeignKeyField(Person)


def is_cleared(person: Person) -> bool:
    """Tell whether the officers have cleared somebody, for today."""
    return _cleared_on(person, clock.today())


@while_unchanged
def _cleared_on(person: Person, today: date) -> bool:
    sql = f"SELECT {CLEARED} FROM person p WHERE p.id = :person"  # noqa: S608  (made of our own constants)
    row = db.execute_sql(sql, {"today": str(today), "person": person.id}).fetchone()
    return bool(row and row[0])


def newest_clearance(person: Person) -> Clearance | None:
    """The clearance that counts, whether or not it holds today."""
    newest: Clearance | None = (
        Clearance.select().where(Clearance.person == person).order_by(Clearance.id.desc()).first()
    )
    return newest


def clear(person: Person, starts: date, ends: date, by: Person) -> None:
    """Clear somebody, within the transaction of the decision."""
    Clearance.create(person=person, starts=starts, ends=ends, by=by)


def end_clearance(person: Person, by: Person) -> None:
    """End what somebody was given; where there is nothing, nothing is written, and nothing shows."""
    newest = newest_clearance(person)
    if newest and newest.starts <= newest.ends:
        Clearance.create(person=person, starts=clock.today(), ends=clock.today() - timedelta(days=1), by=by)


def never_cleared(by: Person) -> list[Person]:
    """Everybody here who was never cleared, by name, but whoever asks."""
    here = Person.select(Person.id, Person.created_at, Person.name).where(Person.left_on.is_null(), Person.id != by.id)
    return list(here.where(Person.id.not_in(Clearance.select(Clearance.person))).order_by(Person.name, Person.id))


def check_for_now(everybody: Sequence[Person], until: date, by: Person) -> None:
    """Look whether these can be cleared for now, because they serve already. Raises RefusedError."""
    if not everybody:
        raise RefusedError("Choose who is to be cleared for now.")
    if not clock.today() <= until <= months_later(clock.today(), LONGEST_FOR_NOW):
        raise RefusedError("Nobody is cleared for now for more than three months, and not into the past.")
    if any(person.id == by.id for person in everybody):
        raise RefusedError("You cannot clear yourself. The other officer does that.")
    had = {row.person_id for row in Clearance.select(Clearance.person)}
    if any(person.id in had for person in everybody):
        raise RefusedError("Somebody of these was cleared before. This is for a first time, and only once.")
