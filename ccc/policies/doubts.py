"""What a person should look at twice before a draft is approved."""

from dataclasses import dataclass

from ccc.policies.lookup import all_in_force, promises_of_each
from ccc.policies.records import SIGNED, Version
from ccc.provisions import PROVISIONS, Key

NO_CHOICE = "unstated"


@dataclass(frozen=True)
class Doubts:
    """Promises in our words: those that nobody makes, and those made twice with different choices."""

    nobody_makes: tuple[str, ...]
    made_differently: tuple[str, ...]


def doubts(version: Version) -> Doubts:
    """What is missing from a draft or contradicts itself. Only the policy on confidentiality should hold everything."""
    others = [other for other in all_in_force() if other.policy_id != version.policy_id]
    each_makes = promises_of_each([version, *others])
    made = each_makes.pop(version.id)
    elsewhere = {key for makes in each_makes.values() for key in makes}
    whole = version.policy.slug == SIGNED
    missing = [PROVISIONS[key].promise for key in Key if whole and key not in made and key not in elsewhere]
    twice = [PROVISIONS[key].promise for key, each in made.items() if _differ(each)]
    return Doubts(tuple(missing), tuple(twice))


def _differ(each: list[dict[str, str | int]]) -> bool:
    """Tell whether two clauses choose otherwise; a clause that leaves a point open contradicts nobody."""
    chosen: dict[str, set[str | int]] = {}
    for choices in each:
        for name, value in choices.items():
            chosen.setdefault(name, set()).update({value} - {NO_CHOICE})
    return any(len(values) > 1 for values in chosen.values())
