"""For how long each kind of record is kept, and who says so."""

from typing import NamedTuple

from ccc import kinds, policies
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Person, RefusedError
from ccc.provisions import Key
from ccc.retention.records import RetentionRules

USUAL_YEARS, USUAL_CONCERN_YEARS = 3, 6
# In the order in which a page shows them.
WORDS = {
    kinds.FAMILY: ("family", "families"),
    kinds.PERSON: ("person who has left", "people who have left"),
    kinds.REFERRER: ("referrer without a family here", "referrers without a family here"),
    kinds.CONCERN: ("worry that was dealt with", "worries that were dealt with"),
}


class Period(NamedTuple):
    """Years after the last use, and who says so, in words."""

    years: int
    source: str


def of(kind: str) -> Period:
    """How long a record is kept after its last use; what was used on the last day of it stays that day."""
    if kind == kinds.CONCERN:
        rules = RetentionRules.select().order_by(RetentionRules.id.desc()).first()
        if rules:
            return Period(rules.concern_years, "set by your officers")
        return Period(USUAL_CONCERN_YEARS, "usual; your officers can change it")
    return _of_policy()


def set_concern_years(years: int, by: Person) -> None:
    """Set for how long worries are kept after they were dealt with."""
    if not 1 <= years <= 99:
        raise RefusedError("Worries can be kept for 1 to 99 years.")
    with writing():
        rules = RetentionRules.create(by=by, concern_years=years)
        record(Event.RETENTION_RULES_CHANGED, by.id, f"retention-rules:{rules.id}")


def _of_policy() -> Period:
    """What the policy in force promises; of several promises the shortest, since it is one as well."""
    made = policies.makers_of(Key.DISPOSAL, policies.in_force(policies.SIGNED))
    if not made:
        return Period(USUAL_YEARS, "usual; your policy does not say")
    years, label = min((int(chosen["years"]), label) for label, chosen in made)
    return Period(years, f"your policy, clause {label}")
