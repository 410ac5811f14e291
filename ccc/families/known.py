"""Somebody known: who of the centre knows which family, and so never gets to see it."""

from peewee import ModelSelect, fn

from ccc import clock, people
from ccc.audit import Event, record
from ccc.db import db, while_unchanged, writing
from ccc.families.records import Family, FamilyKnown, ref
from ccc.people import Person, RefusedError

UNSETTLED = FamilyKnown.settled_at.is_null()


def visible_to(person: Person) -> ModelSelect:
    """The families that a person may know of: all but those whom they know otherwise."""
    knows = FamilyKnown.select().where(FamilyKnown.person == person, FamilyKnown.family == Family.id)
    return Family.select().where(~fn.EXISTS(knows))


def find(reference: str, person: Person) -> Family | None:
    """The family of this reference; none if there is none that this person may know of."""
    signs = reference.strip().upper().removeprefix("F-")
    return visible_to(person).where(Family.reference == f"F-{signs}").first()


@while_unchanged
def hidden_from(person: Person) -> frozenset[int]:
    """The numbers of the families that stand in no answer to this person."""
    sql = "SELECT family_id FROM family_known WHERE person_id = ? AND family_id IS NOT NULL"
    return frozenset(number for (number,) in db.execute_sql(sql, (person.id,)))


def know(person: Person, family: Family | None, by: Person) -> FamilyKnown:
    """Note that somebody knows a family; with none, that somebody whom they know comes here. Said twice, it is once."""
    with writing():
        same = (FamilyKnown.family == family) if family else FamilyKnown.family.is_null() & UNSETTLED
        if before := FamilyKnown.get_or_none(FamilyKnown.person == person, same):
            return before
        known = FamilyKnown.create(person=person, family=family)
        record(Event.SOMEBODY_KNOWN, by.id, _about(known), person=person.id)
    return known


def settle(known: FamilyKnown, family: Family | None, by: Person) -> FamilyKnown:
    """Note that the co-ordinator has spoken with them: it is this family, or none of ours."""
    with writing():
        fresh = FamilyKnown.get_by_id(known.id)
        if fresh.settled_at:
            raise RefusedError("This is settled already.")
        fresh.settled_at, fresh.settled_by = clock.now(), by
        if family and not fresh.family_id and family.id not in hidden_from(fresh.person):
            fresh.family = family
        fresh.save()
        record(Event.SOMEBODY_KNOWN_SETTLED, by.id, _about(fresh), person=fresh.person_id)
    return fresh


def declared(to: Person) -> list[FamilyKnown]:
    """What was said and is not settled yet, oldest first; without families that the one who asks knows."""
    said = FamilyKnown.select(FamilyKnown, Person.id, Person.name).join(Person, on=FamilyKnown.person)
    own = FamilyKnown.alias()
    hidden = own.select().where(own.person == to, own.family == FamilyKnown.family)
    return list(said.where(UNSETTLED, ~fn.EXISTS(hidden)).order_by(FamilyKnown.id))


def _about(known: FamilyKnown) -> str:
    return ref(known.family_id) if known.family_id else people.ref(known.person_id)
