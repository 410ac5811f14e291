"""A family as a whole: taking it in, its service and needs, what a first booking waits for, ending and coming back."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from peewee import IntegrityError, fn

from ccc import clock
from ccc.audit import Event, record
from ccc.db import db, writing
from ccc.families.records import Adult, Child, Family, FamilyNeed, GivenReference, ref
from ccc.people import Person, RefusedError

# Signs that are easily taken for one another in handwriting are left out, such as O and 0, I and 1, S and 5.
SIGNS = "34679ACDEFGHJKMNPQRTWXY"
SERVICES = {"supported": "supported contact", "handover": "handover"}
SIDES = {"home": "the adult whom the child lives with", "visiting": "the visiting adult"}
SIDES["admitted"] = "an adult who may also be admitted"
NEEDS = {
    "allergy-nuts": "allergic to nuts",
    "allergy-milk": "allergic to milk",
    "allergy-other": "another allergy: ask the adult who brings the child",
    "step-free": "needs a way without steps",
    "hearing": "somebody is hard of hearing",
    "sight": "somebody sees little",
    "quiet": "needs a quiet corner",
    "interpreter": "an interpreter comes along",
}
MOST_TRIES = 1000
# A child who comes was not born so many years ago.
LONGEST_AGO = 18

# Capabilities above this one add themselves: what else a first booking waits for, and who objects to an end.
waits_for: list[Callable[[Family], Iterable[str]]] = []
when_ending: list[Callable[[Family, Person], object]] = []
when_changed: list[Callable[[Family, str], object]] = []


class Name(NamedTuple):
    """An adult's name."""

    first: str
    last: str


class NewChild(NamedTuple):
    """A child who comes along: the first name, and the year of birth."""

    first_name: str
    born: int


@dataclass(frozen=True)
class NewFamily:
    """What is known of a family on the day on which it is taken in."""

    service: str
    home: Name
    visiting: Name
    children: Sequence[NewChild]
    needs: Iterable[str] = ()
    separate_doors: bool = False


def add(new: NewFamily, by: Person) -> Family:
    """Take a family in, under a reference that was never given out before."""
    if not new.children:
        raise RefusedError("Name at least one child.")
    with writing():
        known = {"service": new.service, "separate_doors": new.separate_doors, "started_on": clock.today()}
        family = Family.create(reference=_new_reference(), **known)
        for side, name in (("home", new.home), ("visiting", new.visiting)):
            Adult.create(family=family, side=side, first_name=name.first, last_name=name.last)
        for child in new.children:
            insist_on_year(child.born)
            Child.create(family=family, first_name=child.first_name, born=child.born)
        _set_needs(family, new.needs)
        record(Event.FAMILY_ADDED, by.id, ref(family))
    return family


def newest() -> int:
    """The number of the family that was taken in last, or 0."""
    return Family.select(fn.MAX(Family.id)).scalar() or 0


def change(family: Family, service: str, needs: Iterable[str], by: Person, *, separate_doors: bool) -> None:
    """Change what a family comes for, by which doors, and what to be ready for."""
    with writing():
        changed = Family.update(service=service, separate_doors=separate_doors)
        changed.where(Family.id == family.id).execute()
        _set_needs(family, needs)
        for act in when_changed:
            act(family, service)
        record(Event.FAMILY_CHANGED, by.id, ref(family))


def end(family: Family, by: Person) -> None:
    """End a family's time here. Nothing is booked for it any more."""
    with writing():
        active = (Family.id == family.id) & Family.ended_on.is_null()
        if not Family.update(ended_on=clock.today()).where(active).execute():
            raise RefusedError("This family's time here has ended already.")
        for act in when_ending:
            act(family, by)
        record(Event.FAMILY_ENDED, by.id, ref(family))


def reopen(family: Family, by: Person) -> None:
    """Let a family come again whose time here had ended."""
    with writing():
        ended = (Family.id == family.id) & Family.ended_on.is_null(is_null=False)
        if not Family.update(ended_on=None).where(ended).execute():
            raise RefusedError("This family is active already.")
        record(Event.FAMILY_REOPENED, by.id, ref(family))


def is_active(family: Family) -> bool:
    """Tell whether a family comes here at present."""
    return family.ended_on is None


def missing(family: Family) -> list[str]:
    """Everything that a booking waits for, a plain sentence each; no name stands in them."""
    ungiven = Adult.select(Adult.side).where(
        Adult.family == family, Adult.withdrawn_on.is_null(), Adult.policy_given_on.is_null()
    )
    found = [f"The policy was not given yet to {SIDES[side]}." for (side,) in ungiven.order_by(Adult.id).tuples()]
    return found + [sentence for ask in waits_for for sentence in ask(family)]


def ready_to_book(family: Family, *, first: bool = True) -> str | None:
    """Why a family can be given no place as things stand, or None. It is read afresh.

    What is missing stands in the way of the first place alone: nobody who comes already is turned away for a letter.
    """
    if not is_active(Family.get_by_id(family.id)):
        return "This family's time here has ended. Let it come again first."
    return next(iter(missing(family)), None) if first else None


def insist_on_year(born: int) -> None:
    """Refuse a year in which no child was born who could come today."""
    this_year = clock.today().year
    if not this_year - LONGEST_AGO <= born <= this_year:
        raise RefusedError(f"The year of birth can be {this_year - LONGEST_AGO} to {this_year}.")


def insist_on_past(day: date) -> None:
    """Refuse a day that is still to come for what has happened."""
    if day > clock.today():
        raise RefusedError("This day is still to come. Fill in the day on which it was done.")
    if day < clock.months_later(clock.today(), -12 * LONGEST_AGO):
        raise RefusedError("This day is very long ago. Look at the year.")


def _new_reference() -> str:
    """A reference that nobody ever had: the index decides, also for two people who add at once."""
    for _ in range(MOST_TRIES):
        signs = "".join(secrets.choice(SIGNS) for _ in range(4))
        # Without a figure in it, it might spell a word.
        if signs.isalpha():
            continue
        try:
            with db.atomic():
                GivenReference.create(reference=f"F-{signs}")
        except IntegrityError:
            continue
        return f"F-{signs}"
    raise RefusedError("No new reference could be found. Please try again.")


def _set_needs(family: Family, needs: Iterable[str]) -> None:
    wanted = {code for code in needs if code in NEEDS}
    FamilyNeed.delete().where(FamilyNeed.family == family).execute()
    for code in sorted(wanted):
        FamilyNeed.create(family=family, code=code)
