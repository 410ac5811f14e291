"""The clauses of the centre's own policy in which it makes a promise: shown beside what was asked about it."""

from collections.abc import Iterator

from ccc.policies import Clause, Tag, Version, clauses
from ccc.provisions import Key


def clauses_about(version: Version) -> dict[Key, list[Clause]]:
    """Where a version makes each of its promises: clauses whole, since half of a sentence can promise the opposite."""
    promised: dict[int, set[Key]] = {}
    for clause, provision in (
        Tag.select(Tag.clause, Tag.provision).join(Clause).where(Clause.version == version).tuples()
    ):
        promised.setdefault(clause, set()).add(Key(provision))
    about: dict[Key, list[Clause]] = {}
    for whole in _whole(clauses(version)):
        for key in set().union(*(promised.get(clause.id, set()) for clause in whole)):
            about.setdefault(key, []).extend(whole)
    return about


def _whole(ordered: list[Clause]) -> Iterator[list[Clause]]:
    """Each clause with what stands under it."""
    together: list[Clause] = []
    for clause in ordered:
        if together and not clause.parent:
            yield together
            together = []
        together.append(clause)
    if together:
        yield together
