"""Two hundred bookings at once for six places, by real processes on one database file."""

import multiprocessing
from collections import Counter
from multiprocessing.synchronize import Barrier

from ccc import bookings, clock, db, vault
from ccc.bookings import Booking
from ccc.config import Settings
from ccc.contact_sessions import ContactSession
from ccc.families import Family
from ccc.people import Person, RefusedError
from ccc.roles import Role
from tests.booking_log import make_family, make_session
from tests.conftest import NOW

PROCESSES, ATTEMPTS, PLACES = 8, 200, 6


def get_ready(settings: Settings, all_ready: Barrier) -> None:
    """Open the centre's data as another server process would, and wait until all the others have."""
    vault.unlock(settings.data, settings.field_key)
    db.bind(settings.database)
    Person.select().count()
    all_ready.wait(timeout=60)


def attempt(session: int, family: int, by: int) -> str:
    """Book once, and return what was said."""
    with clock.at(NOW):
        try:
            bookings.book(ContactSession.get_by_id(session), Family.get_by_id(family), Person.get_by_id(by))
        except RefusedError as why:
            return str(why)
    return "booked"


def test_of_two_hundred_bookings_at_once_six_are_taken_and_all_others_told(
    cast: dict[Role, Person], settings: Settings
) -> None:
    by = cast[Role.COORDINATOR]
    with db.writing():
        session, families = make_session(places=PLACES), [make_family(by) for _ in range(ATTEMPTS)]
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(PROCESSES, get_ready, (settings, spawn.Barrier(PROCESSES))) as pool:
        told = pool.starmap(attempt, [(session.id, family.id, by.id) for family in families], chunksize=1)
    assert Counter(told) == {"booked": PLACES, "All places are taken.": ATTEMPTS - PLACES}
    booked = {family.id for family, said in zip(families, told, strict=True) if said == "booked"}
    kept = list(Booking.select(Booking.family, Booking.place, Booking.status).tuples())
    assert {family for family, _, _ in kept} == booked
    assert sorted(place for _, place, _ in kept) == list(range(1, PLACES + 1))
    assert {status for _, _, status in kept} == {"booked"}
