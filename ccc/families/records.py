"""What is kept of a family. Names and contact details lie sealed; there is no field for free text."""

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from ccc import kinds
from ccc.db import Day, Instant, Record
from ccc.people import Person
from ccc.vault import SealedText


class GivenReference(Record):
    """Every reference that was ever given out: none is given out again, even when the family is long gone."""

    reference = TextField(unique=True)


class Family(Record):
    """A family that uses the centre. Its reference stands for it everywhere; `separate_doors` keeps two sides apart."""

    reference = TextField(unique=True)
    service = TextField()
    separate_doors = BooleanField(default=False)
    started_on = Day()
    ended_on = Day(null=True, index=True)


class Adult(Record):
    """One adult. `side` is "home" (the child lives there), "visiting", or "admitted": a further adult who may come in.

    Contact details are kept for the two sides only. An admitted adult has the days on which each side agreed.
    """

    family = ForeignKeyField(Family)
    side = TextField()
    first_name = SealedText()
    last_name = SealedText()
    address = SealedText(null=True)
    phone = SealedText(null=True)
    email = SealedText(null=True)
    address_confidential = BooleanField(default=True)
    policy_given_on = Day(null=True)
    home_agreed_on = Day(null=True)
    visiting_agreed_on = Day(null=True)
    withdrawn_on = Day(null=True)


class Child(Record):
    """A child: the first name, and the year of birth."""

    family = ForeignKeyField(Family)
    first_name = SealedText()
    born = IntegerField()
    withdrawn_on = Day(null=True)


class FamilyNeed(Record):
    """Something to be ready for, from a fixed list."""

    family = ForeignKeyField(Family)
    code = TextField()

    class Meta:
        indexes = ((("family", "code"), True),)


class KeptApart(Record):
    """Two families that must not meet. The one with the lower number comes first."""

    one = ForeignKeyField(Family)
    other = ForeignKeyField(Family)
    by = ForeignKeyField(Person)
    ended_at = Instant(null=True)


class FamilyKnown(Record):
    """Somebody of the centre knows a family. With no family: they said that somebody whom they know comes here."""

    person = ForeignKeyField(Person)
    family = ForeignKeyField(Family, null=True)
    settled_at = Instant(null=True)
    settled_by = ForeignKeyField(Person, null=True)

    class Meta:
        indexes = ((("person", "family"), True),)


def ref(family: "Family | int") -> str:
    """The reference to a family that the audit trail uses: its number, never its public reference."""
    return f"family:{family if isinstance(family, int) else family.id}"


kinds.belongs_to(kinds.FAMILY, "families", "family", "id = :record")
kinds.belongs_to(kinds.FAMILY, "adults", "adult", "family_id = :record")
kinds.belongs_to(kinds.FAMILY, "children", "child", "family_id = :record")
kinds.belongs_to(kinds.FAMILY, "needs", "family_need", "family_id = :record")
kinds.belongs_to(kinds.FAMILY, "families to keep apart from", "kept_apart", ":record IN (one_id, other_id)")
kinds.belongs_to(kinds.FAMILY, "people who know a family", "family_known", "family_id = :record")
kinds.belongs_to(kinds.PERSON, "families they know", "family_known", "person_id = :record")
kinds.is_used(kinds.FAMILY, "SELECT id, started_on FROM family")
kinds.is_used(kinds.FAMILY, "SELECT family_id, max(policy_given_on) FROM adult GROUP BY family_id")
kinds.was_used(kinds.FAMILY, "family-reopened")
