"""What is kept of the rota: who serves in which session, and who leads it."""

from peewee import BooleanField, ForeignKeyField, TextField

from ccc import kinds
from ccc.contact_sessions.records import ContactSession
from ccc.db import Instant, Record
from ccc.people import Person


class Duty(Record):
    """A volunteer's place on a session's rota, until it ends: given back, or taken away by the co-ordinator.

    Two partial indexes of the migration decide: nobody stands on a session twice, and one leads.
    """

    session = ForeignKeyField(ContactSession)
    person = ForeignKeyField(Person)
    leader = BooleanField(default=False)
    by = ForeignKeyField(Person)
    ended_at = Instant(null=True)
    end_code = TextField(null=True)


kinds.belongs_to(kinds.PERSON, "duties", "duty", "person_id = :record")
kinds.is_used(
    kinds.PERSON,
    "SELECT d.person_id, max(s.day) FROM duty d JOIN contact_session s ON s.id = d.session_id"
    " WHERE d.ended_at IS NULL GROUP BY d.person_id",
)
