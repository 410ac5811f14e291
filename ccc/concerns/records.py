"""What is kept of a worry: who raised it and when, in the open; every word of it sealed."""

from peewee import BlobField, ForeignKeyField

from ccc import kinds, officers_vault, vault
from ccc.db import Instant, Record
from ccc.people import Person


class Concern(Record):
    """A worry. `only_for` is the one officer who may read it, where it concerns the other and there is one."""

    raised_by = ForeignKeyField(Person)
    only_for = ForeignKeyField(Person, null=True)
    read_at = Instant(null=True)
    read_by = ForeignKeyField(Person, null=True)
    ended_at = Instant(null=True)
    ended_by = ForeignKeyField(Person, null=True)
    reminded_at = Instant(null=True)

    @property
    def key(self) -> str:
        """What stands in addresses for its number."""
        return vault.key_of(kinds.CONCERN, self.id)

    @property
    def is_apart(self) -> bool:
        """Whether only one officer may read it, where an officer has it before them at all."""
        return self.only_for_id is not None


class ConcernEntry(Record):
    """The worry itself, and what officers wrote about it later, sealed to the officers' vault."""

    concern = ForeignKeyField(Concern)
    by = ForeignKeyField(Person)
    sealed = BlobField()


class ConcernEntryApart(Record):
    """The same for a worry about an officer: sealed to the other officer's account, and to the recovery sheet."""

    concern = ForeignKeyField(Concern)
    by = ForeignKeyField(Person)
    sealed = BlobField(null=True)
    for_sheet = BlobField(null=True)


def ref(concern: Concern | int) -> str:
    """The reference to a concern that the audit trail uses."""
    return f"concern:{concern if isinstance(concern, int) else concern.id}"


# What lies apart is no part of the vault: no grant opens it, and a new key leaves it as it is.
officers_vault.contents.append(ConcernEntry)

kinds.belongs_to(kinds.CONCERN, "worries", "concern", "id = :record")
# Both in the same words: a certificate must not tell that one of the worries was about an officer.
for table in ("concern_entry", "concern_entry_apart"):
    kinds.belongs_to(kinds.CONCERN, "what was written about worries", table, "concern_id = :record")
# Only what is dealt with was used last on some day: anything else is in use.
kinds.is_used(
    kinds.CONCERN,
    """
    SELECT c.id, max(c.ended_at, coalesce(max(e.created_at), '')) FROM concern c LEFT JOIN (
        SELECT concern_id, created_at FROM concern_entry UNION ALL
        SELECT concern_id, created_at FROM concern_entry_apart) e ON e.concern_id = c.id
     WHERE c.ended_at IS NOT NULL GROUP BY c.id
    """,
)
