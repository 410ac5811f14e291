"""Looks at somebody's contact details: each is written down, and that person can see who looked."""

from datetime import datetime
from typing import NamedTuple

from ccc.audit import AuditLine, Event, record
from ccc.db import writing
from ccc.people import Person, ref
from ccc.signin import accounts

NEWEST = 50


class Details(NamedTuple):
    """How to reach a person, and the name that they sign in with, which may be their email address."""

    phone: str | None
    email: str | None
    signs_in_as: str | None


class Look(NamedTuple):
    """That somebody looked at a person's details, or changed them."""

    name: str
    at: datetime
    changed: bool


def look_at_details(person: Person, by: Person) -> Details:
    """Give a person's contact details, once it is written down who looked."""
    with writing():
        record(Event.DETAILS_SEEN, by.id, ref(person))
        account = accounts.of(person)
    return Details(person.phone, person.email, account and account.sign_in_name)


def looks_at(person: Person) -> list[Look]:
    """List who looked at a person's details or changed them, newest first; what they did themselves is left out."""
    lines = (
        AuditLine.select(Person.name, AuditLine.created_at, AuditLine.event == Event.DETAILS_CHANGED)
        .join(Person, on=(AuditLine.actor == Person.id))
        .where(
            AuditLine.about == ref(person),
            AuditLine.event.in_([Event.DETAILS_SEEN, Event.DETAILS_CHANGED]),
            AuditLine.actor != person.id,
        )
    )
    newest = lines.order_by(AuditLine.id.desc()).limit(NEWEST).tuples()
    return [Look(name, at, bool(changed)) for name, at, changed in newest]
