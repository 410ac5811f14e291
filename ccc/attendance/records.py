"""What is kept of a session's day: a line for each coming and going, never changed; a correction is a new line."""

from enum import StrEnum

from peewee import ForeignKeyField, TextField

from ccc import kinds
from ccc.bookings.records import Booking
from ccc.db import Instant, Record
from ccc.people import Person


class Slot(StrEnum):
    """What is noted for a family on the day. Each stands at most once among the lines that count."""

    CHILD_CAME = "child-came"
    VISITOR_CAME = "visitor-came"
    HANDED_OUT = "handed-out"
    HANDED_BACK = "handed-back"
    CHILD_LEFT = "child-left"
    VISITOR_LEFT = "visitor-left"


SLOTS = {
    "supported": (Slot.CHILD_CAME, Slot.VISITOR_CAME, Slot.CHILD_LEFT, Slot.VISITOR_LEFT),
    "handover": (Slot.CHILD_CAME, Slot.VISITOR_CAME, Slot.HANDED_OUT, Slot.HANDED_BACK, Slot.CHILD_LEFT),
}


class Attendance(Record):
    """One line. Without an instant, it says that the line which it replaces was wrong and nothing happened.

    A line counts until another replaces it. Two indexes decide when two people press at once: the first line of a
    slot stands once, and a line is replaced once.
    """

    booking = ForeignKeyField(Booking)
    slot = TextField()
    at = Instant(null=True)
    replaces = ForeignKeyField("self", null=True, unique=True)
    by = ForeignKeyField(Person)
    source = TextField()


kinds.belongs_to(
    kinds.FAMILY,
    "lines of registers",
    "attendance",
    "booking_id IN (SELECT id FROM booking WHERE family_id = :record)",
)
# What is typed in from paper, or corrected, is used on that day as well.
kinds.is_used(
    kinds.FAMILY,
    "SELECT b.family_id, max(a.created_at) FROM attendance a JOIN booking b ON b.id = a.booking_id GROUP BY 1",
)
