"""The vault's tables, and what holds them together: its keys, who was given them, and the sheet in the safe."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from nacl.public import PrivateKey, SealedBox
from peewee import BlobField, BooleanField, ForeignKeyField, IntegerField, TextField

from ccc import kinds, people, vault
from ccc.db import Instant, Record, db, while_unchanged
from ccc.people import Person, RefusedError
from ccc.roles import OFFICERS
from ccc.signin.accounts import OF_PERSON, Account

TAMPERED = (
    "The vault's public key was tampered with or damaged. Nothing was written. Tell whoever looks after the computer."
)


class RecoverySheet(Record):
    """The public halves of a printed sheet's two secrets, and one of its groups to ask back, as a keyed hash."""

    vault_public = BlobField()
    backup_public = BlobField()
    by = ForeignKeyField(Person)
    asked_group = IntegerField()
    asked_hash = TextField()
    in_safe_at = Instant(null=True)


class VaultKey(Record):
    """A key pair of the vault; the newest counts. `for_sheet` is its private half, sealed to the sheet."""

    public = BlobField()
    sheet = ForeignKeyField(RecoverySheet, null=True)
    for_sheet = BlobField(null=True)
    # Set when somebody lost access: what they took along, if anything, opens until the vault has a new key.
    to_replace = BooleanField(default=False)


class Grant(Record):
    """The vault's private half, sealed to one account; void when that account gets new keys."""

    key = ForeignKeyField(VaultKey)
    account = ForeignKeyField(Account)
    account_public = BlobField()
    sealed = BlobField()
    by = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = ((("key", "account"), True),)


class LockedError(RefusedError):
    """Whoever asks has no access to the vault, or none any more."""


@dataclass(frozen=True)
class Opened:
    """The vault, opened by an officer for one request."""

    key: int
    by: Person
    private: bytes = field(repr=False)

    def read(self, sealed: bytes) -> str | None:
        """What lies in here; None for what was sealed to a key that is lost."""
        return vault.open_with(self._opener, sealed)

    @cached_property
    def _opener(self) -> "SealedBox[PrivateKey]":
        return vault.opener_of(self.private)


# Tables whose rows lie in the vault, each with a column `sealed`: the capabilities add theirs.
contents: list[type[Record]] = []
# What else happens when the vault is made.
when_made: list[Callable[[], object]] = []


@while_unchanged
def current() -> VaultKey:
    """The key that counts; within a transaction it is read anew. Raises RefusedError where there is no vault yet."""
    key: VaultKey | None = VaultKey.select().order_by(VaultKey.id.desc()).first()
    if key is None:
        raise RefusedError("The officers' vault is made when the chair signs in next. Ask the chair to sign in.")
    return key


@while_unchanged
def exists() -> bool:
    return VaultKey.select().exists()


def seal(text: str) -> bytes:
    """Seal a text to the vault, inside the transaction that stores it: so a new key is never missed."""
    if not db.in_transaction():
        raise RuntimeError("sealed to the vault outside a transaction")
    return vault.seal_to(current().public, text)


@while_unchanged
def grants_of(account: int) -> tuple[Grant, ...]:
    """The grants of an account to the key that counts: one, or none. They are as sealed here as in the database."""
    return tuple(Grant.select().where(Grant.account == account, Grant.key == current()))


def grant(key: VaultKey, account: Account, private: bytes, by: Person | None) -> None:
    """Seal the vault's private key to an account."""
    Grant.delete().where(Grant.key == key, Grant.account == account).execute()
    sealed = vault.seal_key(account.public_key, private)
    Grant.create(key=key, account=account, account_public=account.public_key, sealed=sealed, by=by)


def seal_to_sheet(key: VaultKey, sheet: RecoverySheet | None, private: bytes) -> None:
    """Seal the vault's private key to the sheet in the safe, if there is one."""
    if sheet:
        sealed = vault.seal_key(sheet.vault_public, private)
        VaultKey.update(sheet=sheet, for_sheet=sealed).where(VaultKey.id == key.id).execute()


def insist_on_current(opened: Opened) -> None:
    """Refuse what was begun before the office ended or the key changed, and a public key that was put in by hand.

    Raises LockedError. Without the last, whoever can write to the database could have officers seal to a key of theirs.
    """
    key = current()
    if not people.roles_of(Person.get_by_id(opened.by.id)) & OFFICERS:
        raise LockedError("Your office has ended. Nothing was written.")
    if opened.key != key.id:
        raise LockedError("The vault's key was changed meanwhile. Please begin again.")
    if vault.public_of(opened.private) != bytes(key.public):
        raise LockedError(TAMPERED)


kinds.belongs_to(kinds.PERSON, "accesses to the officers' vault", '"grant"', f"account_id {OF_PERSON}")
