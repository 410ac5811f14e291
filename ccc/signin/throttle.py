"""Wrong tries: written down before the password is looked at, and limited per account and address."""

from datetime import timedelta

from peewee import BooleanField, TextField

from ccc import clock, vault
from ccc.db import Record, writing

WINDOW = timedelta(minutes=15)
KEPT_FOR = timedelta(days=30)
# One person at one place; one account from everywhere; one place for everybody in the hall.
PER_ACCOUNT_AND_ADDRESS, PER_ACCOUNT, PER_ADDRESS = 5, 30, 200


class Try(Record):
    """One attempt to prove who one is. Account and address are keyed hashes."""

    account = TextField()
    address = TextField()
    wrong = BooleanField(default=True)

    class Meta:
        indexes = ((("created_at",), False),)


class TooManyTriesError(Exception):
    """Too many wrong tries; the next one is looked at in a quarter of an hour."""


def begin(account_key: str, address: str) -> Try:
    """Write a try down as wrong, before it is looked at. Raises TooManyTriesError, and then writes nothing."""
    place = vault.look_up("address", address)
    with writing():
        recent = Try.select().where(Try.wrong, Try.created_at > clock.now() - WINDOW)
        by_account, by_place = recent.where(Try.account == account_key), recent.where(Try.address == place)
        if (
            by_account.where(Try.address == place).count() >= PER_ACCOUNT_AND_ADDRESS
            or by_account.count() >= PER_ACCOUNT
            or by_place.count() >= PER_ADDRESS
        ):
            raise TooManyTriesError
        return Try.create(account=account_key, address=place)


def was_right(attempt: Try) -> None:
    """The try was right after all: it no longer counts, and neither do this account's others from this place."""
    with writing():
        same = (Try.account == attempt.account) & (Try.address == attempt.address)
        Try.update(wrong=False).where(same).execute()


def purge() -> int:
    """Delete tries older than 30 days."""
    deleted: int = Try.delete().where(Try.created_at <= clock.now() - KEPT_FOR).execute()
    return deleted
