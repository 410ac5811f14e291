"""Who can open the vault: given by an officer's explicit act, lost when the office ends, and a new key after that."""

from typing import NamedTuple

from ccc import people, vault
from ccc.audit import Event, record
from ccc.db import Record, writing
from ccc.officers_vault.records import (
    Grant,
    LockedError,
    Opened,
    VaultKey,
    contents,
    current,
    exists,
    grant,
    grants_of,
    insist_on_current,
    seal_to_sheet,
    when_made,
)
from ccc.people import Person, RefusedError, ref
from ccc.roles import OFFICERS, Role
from ccc.signin import accounts, sign_ins
from ccc.signin.accounts import Account
from ccc.signin.sign_ins import SignedIn

LOCKED = "You have no access to the officers' vault. The other officer can give it to you, or the recovery sheet."
CHANGED = (
    "The vault got a new key after you opened this page, so nothing was changed now. "
    "If it needs one more, go back and open this page again."
)


class Officer(NamedTuple):
    """An officer of today, and how they stand to the vault."""

    person: Person
    role: Role
    joined: bool
    has_access: bool
    given_by: str | None


def make(account: Account) -> None:
    """Make the vault, with access for one officer. Nobody's private key is needed for that."""
    private = vault.new_private_key()
    with writing():
        if exists():
            return
        key = VaultKey.create(public=vault.public_of(private))
        grant(key, account, private, None)
        record(Event.VAULT_MADE, account.person_id, "vault:1")
        for act in when_made:
            act()


def make_for_chair(account: Account) -> None:
    """Make the vault when a chair signs in and there is none yet: at set-up, or after an older version."""
    if not exists() and Role.CHAIR in people.roles_of(account.person):
        make(account)


sign_ins.when_signed_in.append(make_for_chair)


def open_for(who: SignedIn) -> Opened:
    """Open the vault for an officer. Raises LockedError for everybody else, and without a grant that opens."""
    private = _private_for(who.account_id, who.private_key()) if who.roles & OFFICERS else None
    if private is None:
        raise LockedError(LOCKED)
    return Opened(current().id, who.person, private)


def has_access(who: SignedIn) -> bool:
    """Tell whether somebody could open the vault, without opening it."""
    return bool(who.roles & OFFICERS) and any(
        bytes(held.account_public) == who.public_key for held in grants_of(who.account_id)
    )


def officers() -> list[Officer]:
    """The officers of today, and who of them has access."""
    return [_officer(person, role) for role in (Role.SAFEGUARDING, Role.CHAIR) for person in people.in_office(role)]


def give_access(to: Person, opened: Opened) -> None:
    """Give another officer access: the explicit act of one who has it.

    Raises RefusedError for somebody who holds neither office or has no account yet.
    """
    with writing():
        insist_on_current(opened)
        account = accounts.of(to)
        if not people.roles_of(to) & OFFICERS:
            raise RefusedError("Only the safeguarding officer and the chair can be given access.")
        if account is None:
            raise RefusedError("This person has not joined yet. Give them access when they have.")
        grant(current(), account, opened.private, opened.by)
        record(Event.VAULT_GRANTED, opened.by.id, ref(to))


def take_ended_access() -> int:
    """Take access away from everybody who is no officer any more; whoever is left should change the key."""
    serving = {person.id for person in people.holders(OFFICERS)}
    with writing():
        held = Grant.select(Grant, Account).join(Account)
        ended = [one for one in held if one.account.person_id not in serving]
        for one in ended:
            one.delete_instance()
            VaultKey.update(to_replace=True).where(VaultKey.id == one.key_id).execute()
            record(Event.VAULT_ACCESS_ENDED, None, ref(one.account.person_id))
    return len(ended)


people.when_office_ends.append(take_ended_access)


def change_key(opened: Opened, seen: int | None = None) -> int:
    """Give the vault a new key, and seal everything in it again; return how many rows could not be opened.

    One transaction: whatever anybody puts in meanwhile waits for it, and is sealed to the new key. The sheet in the
    safe goes on opening the vault. Raises RefusedError where the key that counts is not the one that was `seen`: of
    two officers who press the button on pages that they opened before, the second is told.
    """
    private = vault.new_private_key()
    with writing():
        insist_on_current(opened)
        old = current()
        if seen is not None and seen != old.id:
            raise RefusedError(CHANGED)
        take_ended_access()
        new = VaultKey.create(public=vault.public_of(private))
        seal_to_sheet(new, old.sheet, private)
        for held in [held for held in Grant.select().where(Grant.key == old) if _still_opens(held)]:
            grant(new, held.account, private, opened.by)
        lost = sum(_seal_again(table, opened, bytes(new.public)) for table in contents)
        Grant.delete().where(Grant.key != new).execute()
        VaultKey.update(for_sheet=None).where(VaultKey.id != new.id).execute()
        record(Event.VAULT_REKEYED, opened.by.id, "vault:1")
    return lost


def begin_anew(account: Account) -> None:
    """Make a new vault when nobody can open the old one and there is no sheet. What lies in the old one is lost.

    Raises RefusedError as long as an officer or a sheet can still open it.
    """
    private = vault.new_private_key()
    with writing():
        if any(officer.has_access for officer in officers()) or current().sheet:
            raise RefusedError("The vault can still be opened: by the other officer, or with the recovery sheet.")
        grant(VaultKey.create(public=vault.public_of(private)), account, private, None)
        record(Event.VAULT_MADE, account.person_id, "vault:1")


def _private_for(account: int, own: bytes) -> bytes | None:
    """The vault's private key, from the first of an account's grants that opens."""
    opened = (vault.open_key(own, held.sealed) for held in grants_of(account))
    return next((private for private in opened if private), None)


def _officer(person: Person, role: Role) -> Officer:
    account = accounts.of(person)
    granted = [held for held in grants_of(account.id) if _still_opens(held)] if account and exists() else []
    giver = granted[0].by if granted else None
    return Officer(person, role, account is not None, bool(granted), giver and giver.name)


def _still_opens(held: Grant) -> bool:
    return bytes(held.account_public) == bytes(held.account.public_key)


def _seal_again(table: type[Record], opened: Opened, public: bytes) -> int:
    lost = 0
    for row in table.select(table.id, table.sealed):
        text = opened.read(row.sealed)
        lost += text is None
        if text is not None:
            table.update(sealed=vault.seal_to(public, text)).where(table.id == row.id).execute()
    return lost
