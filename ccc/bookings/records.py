"""What is kept of a booking: one row, one family's place in one session. Cancelled, never deleted."""

from peewee import ForeignKeyField, IntegerField, TextField

from ccc import kinds
from ccc.contact_sessions.records import ContactSession
from ccc.db import Day, Instant, Record
from ccc.families.records import Family
from ccc.people import Person


class Booking(Record):
    """A place. `status` is "booked", "came", "missed" or "cancelled".

    Two partial indexes of the migration decide when two people act at once: no place of a session is given twice,
    and no family has two. `day` is the session's, so that the log can be read in its order.
    """

    session = ForeignKeyField(ContactSession)
    family = ForeignKeyField(Family)
    day = Day()
    service = TextField()
    place = IntegerField()
    status = TextField(default="booked")
    missed_by = TextField(null=True)
    by = ForeignKeyField(Person)
    cancelled_at = Instant(null=True)
    cancelled_by = ForeignKeyField(Person, null=True)
    cancel_side = TextField(null=True)
    cancel_code = TextField(null=True)

    class Meta:
        indexes = (
            (("day", "id"), False),
            (("family", "day", "id"), False),
            (("status", "day", "id"), False),
        )


def ref(booking: "Booking | int") -> str:
    """The reference to a booking that the audit trail uses."""
    return f"booking:{booking if isinstance(booking, int) else booking.id}"


kinds.belongs_to(kinds.FAMILY, "bookings", "booking", "family_id = :record")
# A place that was cancelled was used on the day on which it was: the day that was meant may never come.
kinds.is_used(
    kinds.FAMILY, "SELECT family_id, max(iif(status = 'cancelled', cancelled_at, day)) FROM booking GROUP BY family_id"
)
