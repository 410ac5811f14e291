"""Records as a page may call them: a family by its reference alone, a concern by its day, nothing that is hidden."""

from collections.abc import Collection

from ccc import clock, kinds
from ccc.concerns.records import Concern
from ccc.families.records import Family
from ccc.people import Person
from ccc.referrals import KINDS, Referrer
from ccc.retention.disposals import hidden_from


def labels(kind: str, numbers: Collection[int], to: Person) -> dict[int, str]:
    """What stands for each of these records, by its number; those that are gone or hidden are missing here."""
    shown = list(set(numbers) - hidden_from(to, kind))
    if kind == kinds.FAMILY:
        return dict(Family.select(Family.id, Family.reference).where(Family.id.in_(shown)).tuples())
    if kind == kinds.PERSON:
        return dict(Person.select(Person.id, Person.name).where(Person.id.in_(shown)).tuples())
    if kind == kinds.REFERRER:
        known = Referrer.select(Referrer.id, Referrer.kind).where(Referrer.id.in_(shown)).tuples()
        return {number: f"Referrer {number}, {KINDS[code]}" for number, code in known}
    raised = Concern.select(Concern.id, Concern.created_at).where(Concern.id.in_(shown))
    return {number: f"Concern of {clock.local(at):%d.%m.%Y}" for number, at in raised.tuples()}
