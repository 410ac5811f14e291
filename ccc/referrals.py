"""Who sent a family here: the bodies that refer, and each family's referral."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from peewee import JOIN, ForeignKeyField, TextField

from ccc import families, kinds
from ccc.audit import Event, record
from ccc.db import Day, Record, writing
from ccc.families import Family, NewFamily
from ccc.people import Person, RefusedError
from ccc.vault import SealedText

KINDS = {
    "solicitor": "a solicitor",
    "cafcass": "Cafcass",
    "mediator": "a mediator",
    "court": "a court",
    "local-authority": "a local authority",
    "other": "another body",
}
# What stands of a referrer who had to go while something still pointed at them.
GONE = "no longer kept"
# A number of theirs, and no room for a remark: it holds a figure, and hardly any blanks.
CASE_REFERENCE = re.compile(r"(?=.{1,40}$)(?=.*[0-9])[A-Za-z0-9/-]+( [A-Za-z0-9/-]+){0,3}")


class Referrer(Record):
    """Somebody who refers families, of a body such as a court or a firm of solicitors."""

    kind = TextField()
    body = SealedText()
    person = SealedText()
    policy_given_on = Day(null=True)


class Referral(Record):
    """How a family came. With no referrer, the parents came by themselves. The case reference is the referrer's own."""

    family = ForeignKeyField(Family, unique=True)
    referrer = ForeignKeyField(Referrer, null=True)
    case_reference = SealedText(null=True)
    received_on = Day()
    by = ForeignKeyField(Person)


class Came(NamedTuple):
    """How a family came: by whom, under which case reference of theirs, and when that reached the centre."""

    referrer: Referrer | None
    case_reference: str | None
    received_on: date


def add_referrer(kind: str, body: str, person: str, by: Person) -> Referrer:
    """Add somebody who refers families."""
    with writing():
        if any((one.kind, one.body, one.person) == (kind, body, person) for one in Referrer.select()):
            raise RefusedError("This referrer is on the list already.")
        referrer = Referrer.create(kind=kind, body=body, person=person)
        record(Event.REFERRER_ADDED, by.id, referrer_ref(referrer))
    return referrer


def change_referrer(referrer: Referrer, kind: str, body: str, person: str, by: Person) -> None:
    """Change what is kept of a referrer."""
    with writing():
        Referrer.update(kind=kind, body=body, person=person).where(Referrer.id == referrer.id).execute()
        record(Event.REFERRER_CHANGED, by.id, referrer_ref(referrer))


def give_policy_to_referrer(referrer: Referrer, on: date, by: Person) -> None:
    """Record the day on which the centre's policy was given to a referrer."""
    families.insist_on_past(on)
    with writing():
        Referrer.update(policy_given_on=on).where(Referrer.id == referrer.id).execute()
        record(Event.POLICY_GIVEN, by.id, referrer_ref(referrer), on=on)


def take_in(new: NewFamily, came: Came, by: Person, seen: int | None = None) -> Family:
    """Take a family in together with how it came.

    With the number of the newest family that somebody saw before, a form that is sent twice makes one family.
    """
    with writing():
        if seen is not None and families.newest() != seen:
            raise RefusedError(
                "A family was taken in since you opened this page. Look at the list: if this one is not there, send "
                "the form again."
            )
        family = families.add(new, by)
        _refer(family, came, by)
    return family


def refer(
    family: Family, referrer: Referrer | None, case_reference: str | None, received_on: date, by: Person
) -> Referral:
    """Record how a family came, in place of what was recorded before."""
    with writing():
        referral = _refer(family, Came(referrer, case_reference, received_on), by)
        record(Event.REFERRAL_CHANGED, by.id, families.ref(family))
    return referral


def referral_of(family: Family) -> Referral | None:
    """How a family came, with its referrer."""
    found = Referral.select(Referral, Referrer).join(Referrer, JOIN.LEFT_OUTER).where(Referral.family == family)
    return found.first()


def referrers() -> list[Referrer]:
    """Everybody who refers families, by their body. They lie sealed, so they are put in order here."""
    return sorted(Referrer.select(), key=lambda one: (one.body.casefold(), one.person.casefold(), one.id))


def referrer_ref(referrer: Referrer) -> str:
    """The reference to a referrer that the audit trail uses."""
    return f"referrer:{referrer.id}"


def _refer(family: Family, came: Came, by: Person) -> Referral:
    """Each family has one referral: a correction takes its place."""
    families.insist_on_past(came.received_on)
    if came.case_reference and not came.referrer:
        raise RefusedError("Parents who come by themselves have no case reference.")
    if came.case_reference and not CASE_REFERENCE.fullmatch(came.case_reference):
        raise RefusedError(
            "A case reference is a number of theirs: figures, with letters, - and / and few blanks, at most 40 signs."
        )
    kept = {"referrer": came.referrer, "case_reference": came.case_reference or None, "received_on": came.received_on}
    referral = Referral.get_or_none(Referral.family == family)
    if referral is None:
        return Referral.create(family=family, by=by, **kept)
    if referral.referrer_id != (came.referrer and came.referrer.id):
        _end(referral, by)
    Referral.update(by=by, **kept).where(Referral.id == referral.id).execute()
    return Referral.get_by_id(referral.id)


def _end(referral: Referral, by: Person | None) -> None:
    """Write down that a referrer has this family here no more: until then, what is kept of the referrer was in use."""
    if referral.referrer_id:
        record(Event.REFERRAL_ENDED, by and by.id, f"referrer:{referral.referrer_id}")


def _end_with_family(family: int) -> None:
    for referral in Referral.select().where(Referral.family == family):
        _end(referral, None)


def _policy_for_referrer(family: Family) -> Iterator[str]:
    referral = referral_of(family)
    if referral is None:
        yield "How the family came is not recorded yet."
    elif referral.referrer and not referral.referrer.policy_given_on:
        yield "The policy was not given yet to the referrer."


def _leave_nothing(number: int) -> None:
    Referrer.update(kind="other", body=GONE, person=GONE, policy_given_on=None).where(Referrer.id == number).execute()


def _case_references(numbers: Collection[int]) -> dict[int, str]:
    """The referrers' own case references, by which they ask about these families."""
    given = Referral.family.in_(list(numbers)) & Referral.case_reference.is_null(is_null=False)
    return dict(Referral.select(Referral.family, Referral.case_reference).where(given).tuples())


families.waits_for.append(_policy_for_referrer)
families.also_found_by.append(_case_references)


kinds.before_going(kinds.FAMILY, _end_with_family)
kinds.belongs_to(kinds.FAMILY, "referrals", "referral", "family_id = :record")
kinds.is_used(kinds.FAMILY, "SELECT family_id, max(received_on, substr(created_at, 1, 10)) FROM referral")
kinds.before_going(kinds.REFERRER, _leave_nothing)
kinds.belongs_to(kinds.REFERRER, "referrers", "referrer", "id = :record")
kinds.is_used(kinds.REFERRER, "SELECT id, max(substr(created_at, 1, 10), coalesce(policy_given_on, '')) FROM referrer")
kinds.was_used(kinds.REFERRER, Event.REFERRAL_ENDED)
kinds.is_needed(kinds.REFERRER, "SELECT referrer_id FROM referral")
