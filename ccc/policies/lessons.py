"""What somebody who knows an earlier version has to learn of a new one: the clauses that changed, no others."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ccc.db import while_unchanged
from ccc.policies.changes import Change, Kind, changes
from ccc.policies.lookup import Branch, clauses, tags, tree
from ccc.policies.records import Version
from ccc.provisions import Key

REWORDED = (Kind.CHANGED, Kind.NEW)


class Lesson(NamedTuple):
    """The clauses to read again, by their labels; what changed around the clauses, or is gone; what is asked about."""

    labels: AbstractSet[str]
    reworded: Mapping[str, Change]
    elsewhere: Sequence[Change]
    promises: AbstractSet[Key]


@while_unchanged
def lesson(known: Version, version: Version) -> Lesson:
    """Compare what somebody knows with a later version: words, and what they are taken to promise."""
    found = changes(known, version)
    reworded = {change.after: change for change in found if change.after and change.kind in REWORDED}
    before, after = _promised(known), _promised(version)
    meant = {c.after for c in found if c.after and c.before and before.get(c.before) != after.get(c.after)}
    labels = frozenset(reworded) | meant
    elsewhere = [c for c in found if not c.after and c.kind not in (Kind.SAME, Kind.MOVED)]
    return Lesson(labels, reworded, elsewhere, frozenset(_asked(tree(version), labels)))


def _promised(version: Version) -> dict[str, set[tuple[str, str]]]:
    """What each clause promises, by its label; clauses that promise nothing are left out."""
    made = tags(version)
    return {
        clause.label: {(tag.provision, str(sorted(tag.chosen.items()))) for tag in made[clause.id]}
        for clause in clauses(version)
        if clause.id in made
    }


def _asked(branches: Sequence[Branch], labels: AbstractSet[str], *, above: bool = False) -> Iterator[Key]:
    """What the clauses of these labels promise, with those above and below: one sentence can run through all three."""
    for branch in branches:
        here = above or branch.clause.label in labels
        if here or _holds(branch, labels):
            yield from (Key(tag.provision) for tag in branch.tags)
        yield from _asked(branch.under, labels, above=here)


def _holds(branch: Branch, labels: AbstractSet[str]) -> bool:
    return any(under.clause.label in labels or _holds(under, labels) for under in branch.under)
