"""How a place ends: given back by one side, or with what became of it on the day."""

from collections.abc import Callable

from ccc import clock, contact_sessions, families
from ccc.audit import Event, record
from ccc.bookings.places import live
from ccc.bookings.records import Booking, ref
from ccc.bookings.words import CLOSED, ENDED
from ccc.contact_sessions.records import ContactSession
from ccc.db import writing
from ccc.families.records import Family
from ccc.people import Person, RefusedError

# What ends with a place, or stands in the way of that, such as a child who has come: each may raise RefusedError.
when_cancelling: list[Callable[[Booking, Person], object]] = []


def cancel(booking: Booking, side: str, code: str, by: Person) -> None:
    """Give a place back: it is free again, and the row stays. Raises RefusedError once the register is closed."""
    with writing():
        fresh = Booking.select(Booking, ContactSession).join(ContactSession).where(Booking.id == booking.id).get()
        if fresh.family_id in families.hidden_from(by):
            raise RefusedError("There is no booking of this number.")
        if fresh.status == "cancelled":
            raise RefusedError("This booking is cancelled already.")
        if fresh.session.closed_at or fresh.status != "booked":
            raise RefusedError("The register of this session is closed, so nothing can be cancelled.")
        if fresh.session.begins <= clock.now():
            raise RefusedError("This session has begun: its register tells who did not come.")
        _cancel(fresh, side, code, by)


def set_outcome(booking: Booking, status: str, missed_by: str | None = None) -> None:
    """Set what became of a place on the day: "came", or "missed" by "home", "visiting" or "both"."""
    changed = {"status": status, "missed_by": missed_by}
    Booking.update(**changed).where(Booking.id == booking.id, Booking.status != "cancelled").execute()


def cancel_all(session: ContactSession, by: Person) -> None:
    """Cancel every place of a session that the centre cancels, within its transaction."""
    for booking in live(session).where(Booking.status == "booked"):
        _cancel(booking, "centre", CLOSED, by)


def cancel_coming(family: Family, by: Person) -> None:
    """Give back every coming place of a family whose time here ends, within the same transaction."""
    coming = Booking.select(Booking, ContactSession).join(ContactSession)
    for booking in coming.where(Booking.family == family, Booking.day >= clock.today(), Booking.status == "booked"):
        if booking.session.begins > clock.now():
            _cancel(booking, "centre", ENDED, by)


def _cancel(booking: Booking, side: str, code: str, by: Person) -> None:
    for follow in when_cancelling:
        follow(booking, by)
    how = {"cancelled_at": clock.now(), "cancelled_by": by, "cancel_side": side, "cancel_code": code}
    Booking.update(status="cancelled", **how).where(Booking.id == booking.id).execute()
    record(Event.BOOKING_CANCELLED, by.id, ref(booking), side=side, code=code)


def follow_service(family: Family, service: str) -> None:
    """Let the coming places of a family follow what it comes for, within the same transaction."""
    coming = Booking.select(Booking, ContactSession).join(ContactSession)
    for booking in coming.where(Booking.family == family, Booking.day >= clock.today(), Booking.status == "booked"):
        if booking.session.begins > clock.now():
            Booking.update(service=service).where(Booking.id == booking.id).execute()


contact_sessions.when_cancelled.append(cancel_all)
families.when_changed.append(follow_service)
families.when_ending.append(cancel_coming)
