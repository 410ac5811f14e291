"""What is kept of a worry: who raised it and when, in the open; every word of it sealed."""

from peewee import BlobField, ForeignKeyField

from ccc.db import Instant, Record
from ccc.people import Person
from ccc.signin.accounts import Account


class Concern(Record):
    """A worry. `only_for` is the one officer who may read it, where it concerns the other."""

    raised_by = ForeignKeyField(Person)
    only_for = ForeignKeyField(Person, null=True)
    read_at = Instant(null=True)
    read_by = ForeignKeyField(Person, null=True)
    ended_at = Instant(null=True)
    ended_by = ForeignKeyField(Person, null=True)
    reminded_at = Instant(null=True)


class ConcernEntry(Record):
    """The worry itself, and what officers wrote about it later, sealed to the officers' vault."""

    concern = ForeignKeyField(Concern)
    by = ForeignKeyField(Person)
    sealed = BlobField()


class ConcernEntryApart(Record):
    """The same for a worry about an officer: sealed to the other officer's account, and to the recovery sheet."""

    concern = ForeignKeyField(Concern)
    by = ForeignKeyField(Person)
    account = ForeignKeyField(Account)
    sealed = BlobField()
    for_sheet = BlobField(null=True)


def ref(concern: Concern | int) -> str:
    """The reference to a concern that the audit trail uses."""
    return f"concern:{concern if isinstance(concern, int) else concern.id}"
