"""The clauses of the centre's own policy in which it makes a promise: shown beside what was asked about it."""

from collections.abc import Iterator

from ccc.policies import Branch, Clause, Version, tree
from ccc.provisions import Key


def clauses_about(version: Version) -> dict[Key, list[Clause]]:
    """Find where a version makes each of its promises.

    Clauses come whole, with all that stands under them: half of a sentence can promise the opposite.
    """
    about: dict[Key, list[Clause]] = {}
    for branch in tree(version):
        whole = list(_whole(branch))
        for key in {Key(tag.provision) for part in whole for tag in part.tags}:
            about.setdefault(key, []).extend(part.clause for part in whole)
    return about


def _whole(branch: Branch) -> Iterator[Branch]:
    yield branch
    for under in branch.under:
        yield from _whole(under)
