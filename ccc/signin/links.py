"""One-time links: an invitation to join, and a way to a new password."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from peewee import ForeignKeyField, TextField

from ccc import clock, kinds, mail, people
from ccc.audit import Event, record
from ccc.db import Instant, Record, writing
from ccc.people import Person, RefusedError, ref
from ccc.roles import Role
from ccc.signin import accounts, sign_ins, throttle
from ccc.signin.accounts import Account
from ccc.vault import SealedText


class Purpose(StrEnum):
    """What a link opens."""

    JOIN = "join"
    PASSWORD = "password"  # noqa: S105  (the purpose of a link)


LASTS = {Purpose.JOIN: timedelta(days=14), Purpose.PASSWORD: timedelta(days=1)}
ASK = {
    Purpose.JOIN: "Ask the person who invited you for a new one.",
    Purpose.PASSWORD: "Ask for another at “I do not remember my password”, or ring the co-ordinator.",
}


class OneTimeLink(Record):
    """A link for one person and one purpose. The token lies sealed, so that the inviter can show it again."""

    person = ForeignKeyField(Person, backref="links")
    purpose = TextField()
    token = SealedText()
    token_hash = TextField(unique=True)
    made_by = ForeignKeyField(Person, null=True)
    expires_at = Instant()
    used_at = Instant(null=True)
    withdrawn_at = Instant(null=True)
    # The vacant office that begins when the link is used. The command line prints such links, and no page shows them.
    office = TextField(null=True)

    @property
    def path(self) -> str:
        return f"/{'invitations' if self.purpose == Purpose.JOIN else 'new-password'}/{self.token}"

    @property
    def is_open(self) -> bool:
        return not self.used_at and not self.withdrawn_at and self.expires_at > clock.now()


# What else happens when an office begins by a link, with what was typed of the recovery sheet.
when_recovered: list[Callable[[Person, str], object]] = []


class Details(NamedTuple):
    """Who is invited, and how to reach them."""

    name: str
    email: str | None = None
    phone: str | None = None


class LinkError(RefusedError):
    """The link opens nothing (any more); the message says what to do."""


def make(person: Person, purpose: Purpose, by: Person | None, base_url: str) -> OneTimeLink:
    """Make a link; an earlier one for the same purpose is withdrawn. Mailed to those who have an address."""
    with writing():
        withdraw(person, purpose, by, quietly=True)
        link = _create(person, purpose, made_by=by)
        event = Event.INVITED if purpose == Purpose.JOIN else Event.PASSWORD_LINK_MADE
        facts = {"link": link.id} if purpose == Purpose.JOIN else {}
        record(event, by and by.id, ref(person), **facts)
        mail.queue(person.email, _SUBJECTS[purpose], _TEXTS[purpose].format(address=base_url + link.path))
    return link


def open_link_of(person: Person, purpose: Purpose) -> OneTimeLink | None:
    """The link that is open for this person, if there is one."""
    newest = OneTimeLink.select().where(_of(person, purpose))
    link = newest.order_by(OneTimeLink.id.desc()).first()
    return link if link and link.is_open else None


def withdraw(person: Person, purpose: Purpose, by: Person | None, *, quietly: bool = False) -> None:
    """Withdraw what is open; `quietly` when a new link takes its place."""
    with writing():
        _end(_of(person, purpose))
        if not quietly:
            record(Event.INVITATION_WITHDRAWN, by and by.id, ref(person))


def find(token: str, purpose: Purpose) -> OneTimeLink:
    """The link with this token. Raises LinkError, in words for the person who holds it."""
    link = OneTimeLink.get_or_none(OneTimeLink.token_hash == _hash(token), OneTimeLink.purpose == purpose)
    if link is None:
        raise LinkError("We do not know this link. Look whether all of it was copied. " + ASK[purpose])
    if link.used_at:
        raise LinkError("This link was used already, and works only once. If it was you, sign in. If not, tell us.")
    if link.withdrawn_at or link.person.left_on:
        raise LinkError("This link was withdrawn, perhaps because a newer one was sent. " + ASK[purpose])
    if link.expires_at <= clock.now():
        raise LinkError("This link is too old. " + ASK[purpose])
    return link


def invite(details: Details, role: Role | None, by: Person | None, base_url: str) -> Person:
    """Add a person, appoint them if they come for an office, and make their link."""
    with writing():
        person = people.add(*details, by)
        if role:
            people.appoint(person, role, clock.today(), None, by)
        make(person, Purpose.JOIN, by, base_url)
    return person


def recover(person: Person, role: Role) -> OneTimeLink:
    """Make the link that fills a vacant office, from the server's own command line; an earlier one is withdrawn.

    The office begins when the link is used. It is never mailed: whoever reads a mailbox must not become an officer.
    """
    with writing():
        people.insist_on_vacant(person, role)
        _end(OneTimeLink.office == role)
        record(Event.RECOVERY_LINK_MADE, None, ref(person), role=role.replace(" ", "-"))
        return _create(person, Purpose.PASSWORD if accounts.of(person) else Purpose.JOIN, office=role)


def join(token: str, sign_in_name: str, password: str, of_sheet: str = "") -> tuple[Account, bytes]:
    """Make the invited person's account and open it. Of two who use the link at once, the second is told."""
    find(token, Purpose.JOIN)
    keys = accounts.keys_for(password)
    with writing():
        link = find(token, Purpose.JOIN)
        if accounts.of(link.person):
            raise LinkError("You have an account already. Sign in with it.")
        opened = accounts.store(link.person, sign_in_name, keys)
        _use(link, of_sheet)
    return opened


def new_password(token: str, password: str, of_sheet: str = "") -> Account:
    """Give a forgotten password's owner a new one, and end every sign-in there was."""
    keys = accounts.keys_for(password)
    with writing():
        link = find(token, Purpose.PASSWORD)
        account = accounts.of(link.person)
        if account is None:
            raise LinkError("There is no account yet. Use your invitation first.")
        accounts.replace_keys(account, keys)
        sign_ins.end_all(account, "new-password")
        _use(link, of_sheet)
    return account


def forgot(sign_in_name: str, address: str, base_url: str) -> None:
    """Mail a new-password link, if there is such an account with an address. Nobody is told whether there is."""
    # One transaction, and so one wait for the disk, whether or not there is such an account.
    with writing():
        throttle.begin(f"forgot:{accounts.name_index(sign_in_name)}", address)
        account = accounts.find(sign_in_name)
        if account and account.person.email and not account.person.left_on and not _was_handed_over(account.person):
            make(account.person, Purpose.PASSWORD, None, base_url)


def _was_handed_over(person: Person) -> bool:
    """Tell whether somebody at the centre made the link that is open: a stranger's click must not withdraw it."""
    link = open_link_of(person, Purpose.PASSWORD)
    return link is not None and link.made_by_id is not None


def _create(person: Person, purpose: Purpose, **more: object) -> OneTimeLink:
    token, expires_at = secrets.token_urlsafe(24), clock.now() + LASTS[purpose]
    named = {"person": person, "purpose": purpose, "token": token, "token_hash": _hash(token)}
    made: OneTimeLink = OneTimeLink.create(**named, expires_at=expires_at, **more)
    return made


def _of(person: Person, purpose: Purpose):  # type: ignore[no-untyped-def]  # noqa: ANN202  (peewee's expressions have no type)
    """Select the links that people at the centre make: those that fill an office are the command line's alone."""
    return (OneTimeLink.person == person) & (OneTimeLink.purpose == purpose) & OneTimeLink.office.is_null()


def _end(which) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  (as above)
    still = OneTimeLink.used_at.is_null() & OneTimeLink.withdrawn_at.is_null()
    OneTimeLink.update(withdrawn_at=clock.now()).where(which & still).execute()


def _use(link: OneTimeLink, of_sheet: str) -> None:
    OneTimeLink.update(used_at=clock.now()).where(OneTimeLink.id == link.id).execute()
    if link.office:
        people.recover_office(link.person, Role(link.office))
        for act in when_recovered:
            act(link.person, of_sheet)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


_SUBJECTS = {Purpose.JOIN: "Your invitation", Purpose.PASSWORD: "A new password"}
_TEXTS = {
    Purpose.JOIN: (
        "Welcome to the team of our child contact centre.\n\n"
        "Open this address to choose a password. It works once, for 14 days:\n\n{address}\n\n"
        "If you do not expect this, you can throw it away.\n"
    ),
    Purpose.PASSWORD: (
        "Somebody asked for a new password for you at the contact centre.\n\n"
        "If that was you, open this address. It works once, for one day:\n\n{address}\n\n"
        "If it was not you, you need not do anything. Please tell the co-ordinator.\n"
    ),
}


kinds.belongs_to(kinds.PERSON, "one-time links", "one_time_link", "person_id = :record")
