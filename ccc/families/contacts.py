"""Address, telephone and email of one adult: sealed, shown one adult at a time, each look written down."""

from datetime import datetime
from typing import NamedTuple

from ccc.audit import AuditLine, Event, record
from ccc.db import writing
from ccc.families.members import adult_ref
from ccc.families.records import Adult
from ccc.people import Person, RefusedError

NEWEST = 50


class Contact(NamedTuple):
    """How to reach an adult; `address_confidential` keeps the address from the other side."""

    address: str | None
    phone: str | None
    email: str | None
    address_confidential: bool


class Look(NamedTuple):
    """That somebody of the centre looked, and when."""

    name: str
    at: datetime


def contacts_of(adult: Adult, by: Person) -> Contact:
    """Give an adult's contact details, once it is written down who looked."""
    _note_look(adult, by)
    fresh = Adult.get_by_id(adult.id)
    return Contact(fresh.address, fresh.phone, fresh.email, fresh.address_confidential)


def phone_of(adult: Adult, by: Person) -> str | None:
    """Give an adult's telephone number alone, once it is written down who looked."""
    _note_look(adult, by)
    return Adult.get_by_id(adult.id).phone


def change_contact(adult: Adult, to: Contact, by: Person) -> None:
    """Change an adult's contact details. They are kept for the two sides only."""
    if adult.side == "admitted":
        raise RefusedError("Contact details are kept of the two sides only.")
    kept = {"address": to.address or None, "phone": to.phone or None, "email": to.email or None}
    with writing():
        changed = Adult.update(address_confidential=to.address_confidential, **kept)
        changed.where(Adult.id == adult.id).execute()
        record(Event.ADULT_CHANGED, by.id, adult_ref(adult))


def looks_at(adult: Adult) -> list[Look]:
    """Who looked at an adult's contact details, newest first."""
    lines = AuditLine.select(Person.name, AuditLine.created_at).join(Person, on=(AuditLine.actor == Person.id))
    seen = lines.where(AuditLine.about == adult_ref(adult), AuditLine.event == Event.CONTACT_SEEN)
    return [Look(*look) for look in seen.order_by(AuditLine.id.desc()).limit(NEWEST).tuples()]


def _note_look(adult: Adult, by: Person) -> None:
    with writing():
        record(Event.CONTACT_SEEN, by.id, adult_ref(adult))
