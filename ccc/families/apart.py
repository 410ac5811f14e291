"""Families that must not meet: no session is open to both."""

from ccc import clock
from ccc.audit import Event, record
from ccc.db import db, writing
from ccc.families.records import Family, KeptApart, ref
from ccc.people import Person, RefusedError


def keep_apart(one: Family, other: Family, by: Person) -> None:
    """Mark two families that must not meet."""
    if one.id == other.id:
        raise RefusedError("That is this family itself.")
    with writing():
        if other.id in apart_from(one.id):
            raise RefusedError("These two families are kept apart already.")
        first, second = sorted((one.id, other.id))
        KeptApart.create(one=first, other=second, by=by)
        record(Event.KEPT_APART, by.id, ref(one), other=other.id)


def end_keeping_apart(one: Family, other: Family, by: Person) -> None:
    """Take the mark between two families away."""
    first, second = sorted((one.id, other.id))
    with writing():
        mark = (KeptApart.one == first) & (KeptApart.other == second) & KeptApart.ended_at.is_null()
        if not KeptApart.update(ended_at=clock.now()).where(mark).execute():
            raise RefusedError("These two families are not kept apart.")
        record(Event.KEPT_APART_ENDED, by.id, ref(one), other=other.id)


def apart_from(family: int) -> set[int]:
    """The numbers of the families that this one must not meet."""
    sql = "SELECT one_id + other_id - :family FROM kept_apart WHERE :family IN (one_id, other_id) AND ended_at IS NULL"
    return {number for (number,) in db.execute_sql(sql, {"family": family})}
