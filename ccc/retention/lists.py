"""Records as a page may call them: a family by its reference alone, a concern by its day, nothing that is hidden."""

from collections.abc import Collection
from datetime import date, timedelta

from ccc import clock, kinds
from ccc.concerns.records import Concern
from ccc.families.records import Family
from ccc.people import FORMER, Person
from ccc.referrals import KINDS, Referrer
from ccc.retention.disposals import contents, hidden_from
from ccc.retention.holds import CODES
from ccc.retention.records import Disposal, Hold

LATELY = timedelta(days=30)


def labels(kind: str, numbers: Collection[int], to: Person) -> dict[int, str]:
    """What stands for each of these records, by its number; those that are gone or hidden are missing here."""
    shown = list(set(numbers) - hidden_from(to, kind))
    if kind == kinds.FAMILY:
        return dict(Family.select(Family.id, Family.reference).where(Family.id.in_(shown)).tuples())
    if kind == kinds.PERSON:
        return dict(Person.select(Person.id, Person.name).where(Person.id.in_(shown), Person.name != FORMER).tuples())
    if kind == kinds.REFERRER:
        known = Referrer.select(Referrer.id, Referrer.kind).where(Referrer.id.in_(shown)).tuples()
        return {number: f"Referrer {number}, {KINDS[code]}" for number, code in known}
    raised = Concern.select(Concern.id, Concern.created_at).where(Concern.id.in_(shown))
    return {number: f"Worry of {clock.local(at):%d.%m.%Y}" for number, at in raised.tuples()}


def lately_held(disposal: Disposal, to: Person) -> list[tuple[str, str, date]]:
    """The holds on what a disposal lists that ended within a month: on what, why, and the last day."""
    found = []
    for kind, numbers in contents(disposal).items():
        known = labels(kind, numbers, to)
        for hold in Hold.select().where(Hold.kind == kind, Hold.record.in_(list(known))).order_by(Hold.id):
            last = clock.local(hold.ended_at).date() if hold.ended_at else hold.until
            if last and clock.today() - LATELY <= last <= clock.today():
                found.append((known[hold.record], CODES[hold.code], last))
    return found
