"""Accounts: the name to sign in with, the password, and the key pair that the password opens."""

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from peewee import BlobField, ForeignKeyField, IntegerField, IntegrityError, TextField

from ccc import kinds, vault
from ccc.audit import Event, record
from ccc.db import Instant, Record, writing
from ccc.people import Person, RefusedError, ref
from ccc.vault import SealedText

SHORTEST, LONGEST = 12, 1000
# What belongs to an account goes with its person.
OF_PERSON = "IN (SELECT id FROM account WHERE person_id = :record)"


class Account(Record):
    """What a person signs in with. The name lies sealed; `name_index` finds it again."""

    person = ForeignKeyField(Person, unique=True, backref="account")
    sign_in_name = SealedText()
    name_index = TextField(unique=True)
    salt = BlobField()
    public_key = BlobField()
    wrapped_key = BlobField()
    totp = SealedText(null=True)
    totp_step = IntegerField(default=0)
    second_factor = TextField(null=True)
    second_factor_off_at = Instant(null=True)

    @property
    def lock(self) -> vault.Lock:
        return vault.Lock(self.salt, self.public_key, self.wrapped_key)


def name_index(sign_in_name: str) -> str:
    """The keyed hash under which an account is found; case and outer blanks do not count."""
    return vault.look_up("sign-in-name", " ".join(sign_in_name.split()).casefold())


def find(sign_in_name: str) -> Account | None:
    """The account with this email address or sign-in name."""
    return Account.get_or_none(Account.name_index == name_index(sign_in_name))


def by_name(sign_in_name: str) -> Account:
    """The account with this name, where it is known to be there."""
    found: Account = Account.get(Account.name_index == name_index(sign_in_name))
    return found


def of(person: Person) -> Account | None:
    """The account of a person, if one was made."""
    return Account.get_or_none(Account.person == person)


def with_person(number: int) -> Account:
    """An account and its person, by the account's number."""
    account: Account = Account.select(Account, Person).join(Person).where(Account.id == number).get()
    return account


def check_password(password: str) -> None:
    """Raise RefusedError for a password that is too short, too long, or among the most common ones."""
    if len(password) < SHORTEST:
        raise RefusedError(f"The password needs at least {SHORTEST} characters. Three or four words together do well.")
    if len(password) > LONGEST:
        raise RefusedError(f"The password can have at most {LONGEST} characters.")
    if password.casefold() in _common() or len(set(password.casefold())) < 4:
        raise RefusedError("Too many people use that password. Three or four words of your own do well.")


class Keys(NamedTuple):
    """A key pair and its lock, made before any transaction: the derivation is slow, and others want to write."""

    lock: vault.Lock
    private: bytes


def keys_for(password: str) -> Keys:
    """Make a key pair for a new password. Raises RefusedError for a weak one."""
    check_password(password)
    private = vault.new_private_key()
    return Keys(vault.wrap(private, password), private)


def make(person: Person, sign_in_name: str, password: str) -> tuple[Account, bytes]:
    """Make the account of a person; its private key comes back with it, for the first sign-in.

    Raises RefusedError when the name is taken or the password too weak.
    """
    return store(person, sign_in_name, keys_for(password))


def store(person: Person, sign_in_name: str, keys: Keys) -> tuple[Account, bytes]:
    """The same, with keys made before. Raises RefusedError when the name is taken."""
    try:
        with writing():
            account = Account.create(
                person=person,
                sign_in_name=sign_in_name.strip(),
                name_index=name_index(sign_in_name),
                **_columns(keys.lock),
            )
            record(Event.JOINED, person.id, ref(person))
    except IntegrityError as error:
        raise RefusedError(
            "That sign-in name is taken. Choose another, for instance with your year of joining."
        ) from error
    return account, keys.private


def change_password(account: Account, private: bytes, password: str) -> None:
    """Wrap the same key pair under a new password: what was sealed to it can still be read."""
    check_password(password)
    _store(account, vault.wrap(private, password))


def replace_keys(account: Account, keys: Keys) -> None:
    """Take a new key pair for a forgotten password: nobody can open the old one without the old password."""
    _store(account, keys.lock)


def _store(account: Account, lock: vault.Lock) -> None:
    with writing():
        Account.update(**_columns(lock)).where(Account.id == account.id).execute()
        record(Event.PASSWORD_CHANGED, account.person_id, ref(account.person_id))


def _columns(lock: vault.Lock) -> dict[str, bytes]:
    return {"salt": lock.salt, "public_key": lock.public, "wrapped_key": lock.wrapped}


@cache
def _common() -> frozenset[str]:
    return frozenset(files("ccc.signin").joinpath("common_passwords.txt").read_text().split())


kinds.belongs_to(kinds.PERSON, "accounts", "account", "person_id = :record")
