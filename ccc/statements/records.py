"""What is kept of an attendance statement: as it was issued, for good."""

from peewee import ForeignKeyField, TextField

from ccc.db import Day, Record
from ccc.families.records import Adult, Family
from ccc.people import Person
from ccc.referrals import Referrer
from ccc.vault import SealedText


class Statement(Record):
    """A statement; its number is its id. `adult` is the parent of a self-referred family whose own attendance it is.

    `lines` is JSON: for each the day and time of its beginning and of its end; `sha256` is that of the plain text.
    """

    family = ForeignKeyField(Family)
    referrer = ForeignKeyField(Referrer, null=True)
    adult = ForeignKeyField(Adult, null=True)
    reason = TextField(null=True)
    case_reference = SealedText(null=True)
    first_day = Day()
    last_day = Day()
    lines = TextField()
    sha256 = TextField()
    by = ForeignKeyField(Person)
    replaces = ForeignKeyField("self", null=True, unique=True)


def ref(statement: Statement | int) -> str:
    """The reference to a statement that the audit trail and disclosures use."""
    return f"statement:{statement if isinstance(statement, int) else statement.id}"
