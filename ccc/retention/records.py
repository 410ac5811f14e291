"""What is kept of holds and disposals: numbers and codes alone, so that it tells of nobody when they are gone."""

from peewee import ForeignKeyField, IntegerField, TextField

from ccc import vault
from ccc.contact_sessions.records import ContactSession
from ccc.db import Day, Instant, Record
from ccc.people import Person


class RetentionRules(Record):
    """For how many years the centre keeps what its policy does not name. The newest row counts."""

    by = ForeignKeyField(Person)
    concern_years = IntegerField()


class RetentionReminder(Record):
    """That the offices were told on a day of what is due."""

    mails = IntegerField()


class Hold(Record):
    """A record that must not go yet, and why, as a code."""

    kind = TextField()
    record = IntegerField()
    code = TextField()
    by = ForeignKeyField(Person)
    until = Day(null=True)
    ended_at = Instant(null=True)
    ended_by = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = ((("kind", "record"), False),)

    @property
    def key(self) -> str:
        """What stands in addresses for its number."""
        return vault.key_of("hold", self.id)


class Disposal(Record):
    """A list of records that go together. One person proposes it, another approves; then it is done, and wiped."""

    proposed_by = ForeignKeyField(Person)
    approved_by = ForeignKeyField(Person, null=True)
    approved_at = Instant(null=True)
    withdrawn_at = Instant(null=True)
    done_at = Instant(null=True)
    # When the last copy in SQLite's own log was gone as well.
    wiped_at = Instant(null=True)
    shredded_on = Day(null=True)
    shredded_by = ForeignKeyField(Person, null=True)

    @property
    def key(self) -> str:
        """What stands in addresses for its number."""
        return vault.key_of("disposal", self.id)

    @property
    def name(self) -> str:
        """What pages call it: numbers in a row would tell of one that is hidden."""
        return f"Disposal {self.key[:6].upper()}"


class DisposalItem(Record):
    """One record of a disposal; `early` says why it goes before its time, `kept_why` why it stayed after all."""

    disposal = ForeignKeyField(Disposal)
    kind = TextField()
    record = IntegerField()
    early = TextField(null=True)
    done_at = Instant(null=True)
    figures = TextField(null=True)
    kept_why = TextField(null=True)

    class Meta:
        indexes = ((("disposal", "kind", "record"), True),)


class DisposedPlaces(Record):
    """How many places of a session were given and used by families that are gone: figures survive."""

    session = ForeignKeyField(ContactSession, unique=True)
    booked = IntegerField()
    used = IntegerField()


def ref(disposal: Disposal | int) -> str:
    """The reference to a disposal that the audit trail uses."""
    return f"disposal:{disposal if isinstance(disposal, int) else disposal.id}"
