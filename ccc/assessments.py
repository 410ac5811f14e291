"""Assessors' visits: who comes, of what body, and the agreements without which no visit stands on a register."""

from peewee import ForeignKeyField, TextField

from ccc.contact_sessions.records import ContactSession
from ccc.db import Day, Instant, Record
from ccc.families.records import Adult, Family
from ccc.people import Person
from ccc.vault import SealedText


class Assessment(Record):
    """A visit of an assessor to one family in one session. `agreed_on` is the co-ordinator's own agreement."""

    session = ForeignKeyField(ContactSession)
    family = ForeignKeyField(Family)
    kind = TextField()
    body = SealedText()
    assessor = SealedText()
    agreed_on = Day()
    by = ForeignKeyField(Person)
    cancelled_at = Instant(null=True)
    cancelled_by = ForeignKeyField(Person, null=True)


class AssessmentAgreement(Record):
    """The day on which one adult of the family agreed to a visit."""

    assessment = ForeignKeyField(Assessment)
    adult = ForeignKeyField(Adult)
    agreed_on = Day()

    class Meta:
        indexes = ((("assessment", "adult"), True),)
