"""What somebody who knows an earlier version has to learn of a new one: the clauses that changed, no others."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from ccc.db import while_unchanged
from ccc.policies.changes import Change, Kind, changes
from ccc.policies.lookup import Branch, clauses, promising_clauses, tree
from ccc.policies.records import Version
from ccc.provisions import Key

REWORDED = (Kind.CHANGED, Kind.NEW)
UNCHANGED = (Kind.SAME, Kind.MOVED)


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
    before, after = ({clause.label: clause.makes for clause in promising_clauses(v)} for v in (known, version))
    meant = {c.after for c in found if c.after and c.before and before[c.before] != after[c.after]}
    labels = {c.after for c in found if c.after and c.kind not in UNCHANGED} | meant | _shortened(known, found)
    elsewhere = [c for c in found if not c.after and c.kind not in UNCHANGED]
    return Lesson(labels, reworded, elsewhere, frozenset(_asked(tree(version), labels)))


def _shortened(known: Version, found: Sequence[Change]) -> set[str]:
    """The clauses from under which one is gone: what is left of the sentence says something else."""
    parents = {clause.label: clause.parent for clause in clauses(known)}
    now = {change.before: change.after for change in found if change.before}
    gone = (now.get(parents[change.before]) for change in found if change.before and change.kind is Kind.GONE)
    return {label for label in gone if label}


def _asked(branches: Sequence[Branch], labels: AbstractSet[str], *, above: bool = False) -> Iterator[Key]:
    """What the clauses of these labels promise, with those above and below: one sentence can run through all three."""
    for branch in branches:
        here = above or branch.clause.label in labels
        if here or _holds(branch, labels):
            yield from (Key(tag.provision) for tag in branch.tags)
        yield from _asked(branch.under, labels, above=here)


def _holds(branch: Branch, labels: AbstractSet[str]) -> bool:
    return any(under.clause.label in labels or _holds(under, labels) for under in branch.under)
