"""Names and needs for pages that may show them, for many families at once; and finding a family by a name."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from ccc import vault
from ccc.db import db
from ccc.families.family import NEEDS
from ccc.families.known import hidden_from
from ccc.families.records import Adult, FamilyNeed
from ccc.people import Person

AT_ONCE = 25
EVERY = -1
NAMES = """
SELECT family_id, side, first_name, last_name, id FROM adult
 WHERE family_id IN (SELECT value FROM json_each(:numbers)) AND side IN ('home', 'visiting') AND withdrawn_on IS NULL
UNION ALL SELECT family_id, 'child', first_name, NULL, id FROM child
 WHERE family_id IN (SELECT value FROM json_each(:numbers)) AND withdrawn_on IS NULL ORDER BY 5
"""
LISTED = """
SELECT id, reference, service FROM family
 WHERE (ended_on IS NOT NULL) = :ended AND (:after = 0 OR id < :after)
   AND id NOT IN (SELECT value FROM json_each(:hidden))
 ORDER BY id DESC LIMIT :most
"""
Row = tuple[int, str, str]
# What else these families are found by, such as a reference that others gave them: words by the family's number.
also_found_by: list[Callable[[Collection[int]], Mapping[int, str]]] = []


class Names(NamedTuple):
    """The names of a family: the adult of each side, and the children who come."""

    home: str
    visiting: str
    children: tuple[str, ...]


class Line(NamedTuple):
    """One line of the list of families."""

    reference: str
    names: Names
    service: str


def names_of(families: Iterable[int], *, short: bool = False) -> dict[int, Names]:
    """The names of these families; `short` gives an adult's first name and initial."""
    found: dict[int, dict[str, list[str]]] = {number: defaultdict(list) for number in families}
    for number, side, first, last, _ in db.execute_sql(NAMES, {"numbers": json.dumps(list(found))}):
        name = vault.open_field(first)
        found[number][side].append(_said(name, vault.open_field(last), short=short) if last else name)
    # Of each side there is one adult; a family whose adult has gone has none.
    return {
        number: Names("".join(of["home"][-1:]), "".join(of["visiting"][-1:]), tuple(of["child"]))
        for number, of in found.items()
    }


def admitted(families: Iterable[int], *, short: bool = False) -> dict[int, list[str]]:
    """Everybody who may be admitted with these families: the adults of both sides, and those named besides."""
    found: dict[int, list[str]] = {number: [] for number in families}
    listed = Adult.select(Adult.family, Adult.first_name, Adult.last_name).where(
        Adult.family.in_(list(found)), Adult.withdrawn_on.is_null()
    )
    for number, first, last in listed.order_by(Adult.id).tuples():
        found[number].append(_said(first, last, short=short))
    return found


def needs_of(families: Iterable[int]) -> dict[int, list[str]]:
    """What to be ready for with these families, in words."""
    numbers = list(families)
    found: dict[int, list[str]] = {number: [] for number in numbers}
    noted = FamilyNeed.select(FamilyNeed.family, FamilyNeed.code).where(FamilyNeed.family.in_(numbers))
    for number, code in noted.order_by(FamilyNeed.id).tuples():
        found[number].append(NEEDS[code])
    return found


def list_families(to: Person, search: str, after: int, *, ended: bool) -> tuple[list[Line], int | None]:
    """One page of the families that somebody may see, newest first; and where to go on, if there are more."""
    hidden = json.dumps(sorted(hidden_from(to)))
    asked = {"ended": ended, "after": after, "hidden": hidden, "most": EVERY if search else AT_ONCE + 1}
    rows: list[Row] = db.execute_sql(LISTED, asked).fetchall()
    if search:
        rows = _matching(rows, search.casefold())
    names = names_of(number for number, _, _ in rows[:AT_ONCE])
    lines = [Line(reference, names[number], service) for number, reference, service in rows[:AT_ONCE]]
    return lines, rows[AT_ONCE - 1][0] if len(rows) > AT_ONCE else None


def _matching(rows: Collection[Row], search: str) -> list[Row]:
    """The families of this reference or name. Names lie sealed, so each is opened and looked at."""
    names = names_of(number for number, _, _ in rows)
    others = [words_of(names) for words_of in also_found_by]

    def words(number: int, reference: str) -> str:
        home, visiting, children = names[number]
        return "\n".join((reference, home, visiting, *children, *(other.get(number, "") for other in others)))

    return [row for row in rows if search in words(row[0], row[1]).casefold()]


def _said(first: str, last: str, *, short: bool) -> str:
    return f"{first} {last[:1]}." if short else f"{first} {last}"
