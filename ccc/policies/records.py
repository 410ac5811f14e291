"""What is kept of policies: their versions, clauses and promises, and who had a part in drafting."""

import json

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from ccc.db import Day, Instant, Record
from ccc.people import Person
from ccc.provisions import PROVISIONS, Key

# The policy that everybody signs, and that holds what the others may leave out.
SIGNED = "confidentiality"


class Policy(Record):
    """One of the centre's policies; `slug` is its place in addresses."""

    slug = TextField(unique=True)
    title = TextField()


class Version(Record):
    """One version of a policy. Once approved, nothing in it changes: the database refuses.

    `set_aside` holds what nobody decided about yet, `left_out` what somebody said does not belong: JSON lists.
    After a change of substance, what was signed before counts until the end of `sign_by`.
    """

    policy = ForeignKeyField(Policy, backref="versions")
    number = TextField(null=True)
    title = TextField()
    preamble = TextField()
    review_statement = TextField()
    set_aside = TextField(default="[]")
    left_out = TextField(default="[]")
    reviewed_on = Day(null=True)
    review_months = IntegerField(null=True)
    review_due = Day(null=True)
    approved_by = ForeignKeyField(Person, null=True)
    approved_as = TextField(null=True)
    approved_at = Instant(null=True)
    material = BooleanField(default=True)
    change_note = TextField(default="")
    sha256 = TextField(null=True)
    published_at = Instant(null=True)
    sign_by = Day(null=True)

    class Meta:
        indexes = ((("policy", "number"), True),)

    @property
    def edition(self) -> int:
        """The number before the dot: it moves with material changes, and a signature holds for all of it."""
        return int(str(self.number).partition(".")[0])

    @property
    def pieces_aside(self) -> list[str]:
        return list(json.loads(self.set_aside))

    @property
    def pieces_left_out(self) -> list[str]:
        return list(json.loads(self.left_out))


class Drafter(Record):
    """Somebody who had a part in a version: put the text in, or changed anything. They do not approve it."""

    version = ForeignKeyField(Version, backref="drafters", on_delete="CASCADE")
    person = ForeignKeyField(Person)

    class Meta:
        indexes = ((("version", "person"), True),)


class Clause(Record):
    """A clause or sub-clause. `label` is "3" or "3a", `parent` the label it stands under."""

    version = ForeignKeyField(Version, backref="clauses", on_delete="CASCADE")
    position = IntegerField()
    label = TextField()
    parent = TextField(default="")
    text = TextField()

    class Meta:
        indexes = ((("version", "label"), True),)


class Tag(Record):
    """The promise that a clause makes, with its choices (JSON), and the words that made us think so."""

    clause = ForeignKeyField(Clause, backref="tags", on_delete="CASCADE")
    provision = TextField()
    choices = TextField(default="{}")
    because = TextField(default="")

    class Meta:
        indexes = ((("clause", "provision"), True),)

    @property
    def chosen(self) -> dict[str, str | int]:
        return dict(json.loads(self.choices))

    @property
    def promise(self) -> str:
        """The promise in our words."""
        return PROVISIONS[Key(self.provision)].promise

    @property
    def answers(self) -> list[tuple[str, str]]:
        """Each question on which policies differ, with what this one chooses."""
        chosen = self.chosen
        choices = PROVISIONS[Key(self.provision)].choices
        return [(c.question, c.options.get(str(chosen[c.name]), str(chosen[c.name]))) for c in choices]


def ref(version: Version) -> str:
    """The reference to a version that the audit trail uses."""
    return f"version:{version.id}"
