"""Names and needs for pages that may show them, for many families at once; and finding a family by a name."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from peewee import ModelSelect

from ccc.families.family import NEEDS
from ccc.families.known import visible_to
from ccc.families.records import Adult, Child, Family, FamilyNeed
from ccc.people import Person

AT_ONCE = 25


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
    numbers = list(families)
    sides: dict[int, dict[str, str]] = {number: {} for number in numbers}
    for number, side, name in _adults(numbers, ("home", "visiting"), short=short):
        sides[number][side] = name
    children: dict[int, list[str]] = {}
    coming = Child.select(Child.family, Child.first_name).where(Child.family.in_(numbers), Child.withdrawn_on.is_null())
    for number, name in coming.order_by(Child.id).tuples():
        children.setdefault(number, []).append(name)
    return {
        number: Names(found.get("home", ""), found.get("visiting", ""), tuple(children.get(number, ())))
        for number, found in sides.items()
    }


def admitted(families: Iterable[int], *, short: bool = False) -> dict[int, list[str]]:
    """Everybody who may be admitted with these families: the adults of both sides, and those named besides."""
    numbers = list(families)
    found: dict[int, list[str]] = {number: [] for number in numbers}
    for number, _, name in _adults(numbers, ("home", "visiting", "admitted"), short=short):
        found[number].append(name)
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
    shown = visible_to(to).where(Family.ended_on.is_null(is_null=not ended)).order_by(Family.id.desc())
    if search:
        shown = shown.where(Family.id.in_(_matching(shown, search.casefold())))
    if after:
        shown = shown.where(Family.id < after)
    rows = list(shown.select(Family.id, Family.reference, Family.service).limit(AT_ONCE + 1).tuples())
    names = names_of(number for number, _, _ in rows[:AT_ONCE])
    lines = [Line(reference, names[number], service) for number, reference, service in rows[:AT_ONCE]]
    return lines, rows[AT_ONCE - 1][0] if len(rows) > AT_ONCE else None


def _matching(shown: ModelSelect, search: str) -> list[int]:
    """The numbers of the families of this reference or name. Names lie sealed, so each is opened and looked at."""
    references = dict(shown.select(Family.id, Family.reference).tuples())
    return [
        number
        for number, names in names_of(references).items()
        if search in "\n".join((references[number], names.home, names.visiting, *names.children)).casefold()
    ]


def _adults(numbers: list[int], sides: tuple[str, ...], *, short: bool) -> Iterator[tuple[int, str, str]]:
    listed = Adult.select(Adult.family, Adult.side, Adult.first_name, Adult.last_name).where(
        Adult.family.in_(numbers), Adult.side.in_(sides), Adult.withdrawn_on.is_null()
    )
    for number, side, first, last in listed.order_by(Adult.id).tuples():
        yield number, side, f"{first} {last[:1]}." if short else f"{first} {last}"
