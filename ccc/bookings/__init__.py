"""Bookings: who has which place, and the log of all of them."""

from ccc.bookings.ends import cancel, set_outcome, when_cancelling
from ccc.bookings.figures import Figures, month
from ccc.bookings.lines import Asked, Place, export, log
from ccc.bookings.places import (
    Series,
    book,
    book_until,
    cancelled_in,
    find,
    of_session,
    places_taken,
    waits_for,
)
from ccc.bookings.records import Booking, ref
from ccc.bookings.words import CLOSED, CODES, ENDED, SIDES, STATUSES, in_words

__all__ = [
    "CLOSED", "CODES", "ENDED", "SIDES", "STATUSES", "Asked", "Booking", "Figures", "Place", "Series", "book",
    "book_until", "cancel", "cancelled_in", "export", "find", "in_words", "log", "month", "of_session",
    "places_taken", "ref", "set_outcome", "waits_for", "when_cancelling",
]  # fmt: skip
