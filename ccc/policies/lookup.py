"""Finds policies, versions, clauses and promises; changes nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ccc.db import db, while_unchanged
from ccc.policies.records import Clause, Policy, Tag, Version
from ccc.provisions import Key

Chosen = dict[str, str | int]
Promises = dict[Key, list[Chosen]]
PROMISING = """
SELECT c.label, c.text, t.provision, t.choices FROM clause c LEFT JOIN tag t ON t.clause_id = c.id
 WHERE c.version_id = ? ORDER BY c.position, t.id
"""


class Promising(NamedTuple):
    """A clause, and the promises that it makes, each with what it chooses."""

    label: str
    text: str
    makes: dict[Key, Chosen]


@dataclass(frozen=True)
class Branch:
    """A clause with the promises that it makes and the clauses under it."""

    clause: Clause
    tags: tuple[Tag, ...]
    under: tuple["Branch", ...]


def nothing_published() -> bool:
    """Tell whether the centre has no policy in force yet: then its first chair may publish alone."""
    return not Version.select().where(Version.published_at.is_null(is_null=False)).exists()


def in_force(slug: str) -> Version | None:
    """The version of a policy that holds today."""
    held = published(slug)
    return held[0] if held else None


@while_unchanged
def all_in_force() -> tuple[Version, ...]:
    """The version in force of every policy that has one, by title."""
    held = Version.select(Version, Policy).join(Policy).where(Version.published_at.is_null(is_null=False))
    newest = {version.policy_id: version for version in held.order_by(Version.id)}
    return tuple(sorted(newest.values(), key=lambda version: (version.title.casefold(), version.id)))


@while_unchanged
def published(slug: str) -> tuple[Version, ...]:
    """Every version that was ever in force, newest first."""
    held = (Policy.slug == slug) & Version.published_at.is_null(is_null=False)
    return tuple(Version.select(Version, Policy).join(Policy).where(held).order_by(Version.id.desc()))


def opening(version: Version, edition: int) -> Version | None:
    """The version with which an edition of the same policy began: everybody was asked to sign that one."""
    return Version.get_or_none(Version.policy == version.policy_id, Version.number == f"{edition}.0")


def in_the_making(policy: Policy) -> Version | None:
    """The draft, or the approved version that waits to be published."""
    return Version.get_or_none(Version.policy == policy, Version.published_at.is_null())


def making(slug: str) -> Version | None:
    """The same, for a policy by its place in addresses."""
    open_still = (Policy.slug == slug) & Version.published_at.is_null()
    return Version.select(Version, Policy).join(Policy).where(open_still).first()


@while_unchanged
def all_in_the_making() -> tuple[Version, ...]:
    """Every draft and every approved version that waits to be published."""
    open_still = Version.select(Version, Policy).join(Policy).where(Version.published_at.is_null())
    return tuple(open_still.order_by(Version.id))


def clauses(version: Version) -> list[Clause]:
    """The clauses and sub-clauses of a version in their order."""
    return list(Clause.select().where(Clause.version == version).order_by(Clause.position))


def tags(version: Version) -> dict[int, list[Tag]]:
    """The promises of a version by the number of the clause that makes them."""
    found: dict[int, list[Tag]] = {}
    for tag in Tag.select().join(Clause).where(Clause.version == version).order_by(Clause.position, Tag.id):
        found.setdefault(tag.clause_id, []).append(tag)
    return found


@while_unchanged
def promising_clauses(version: Version) -> tuple[Promising, ...]:
    """The clauses of a version in their order, each with what it promises."""
    found: dict[str, Promising] = {}
    for label, text, key, chosen in db.execute_sql(PROMISING, (version.id,)):
        clause = found.setdefault(label, Promising(label, text, {}))
        if key:
            clause.makes[Key(key)] = json.loads(chosen)
    return tuple(found.values())


def makers_of(promise: Key, version: Version | None) -> list[tuple[str, Chosen]]:
    """The labels of the clauses that make a promise, each with what it chooses; none where there is no version."""
    every = promising_clauses(version) if version else ()
    return [(clause.label, clause.makes[promise]) for clause in every if promise in clause.makes]


def promises(version: Version) -> Promises:
    """What a version promises: each promise with the choices of every clause that makes it."""
    return promises_of_each([version])[version.id]


def promises_of_each(versions: Iterable[Version]) -> dict[int, Promises]:
    """The same for several versions, at the cost of one."""
    found: dict[int, Promises] = {version.id: {} for version in versions}
    made = Tag.select(Tag, Clause).join(Clause).where(Clause.version.in_(list(found)))
    for tag in made.order_by(Clause.position, Tag.id):
        found[tag.clause.version_id].setdefault(Key(tag.provision), []).append(tag.chosen)
    return found


@while_unchanged
def tree(version: Version) -> tuple[Branch, ...]:
    """The clauses of a version, each with those under it."""
    return _under("", clauses(version), tags(version))


def _under(parent: str, all_clauses: Sequence[Clause], made: dict[int, list[Tag]]) -> tuple[Branch, ...]:
    return tuple(
        Branch(clause, tuple(made.get(clause.id, ())), _under(clause.label, all_clauses, made))
        for clause in all_clauses
        if clause.parent == parent
    )
