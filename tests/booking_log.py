"""Makers of families, sessions, bookings and duties; each with only what a test does not care about."""

from datetime import date, timedelta
from itertools import count

from ccc import clock
from ccc.bookings.records import Booking
from ccc.contact_sessions.records import ContactSession
from ccc.families.records import Adult, Child, Family, GivenReference
from ccc.people import Person
from ccc.referrals import Referral
from ccc.rota.records import Duty

# Unmistakable, so that one can look for them wherever they must not be.
HOME_ADDRESS, HOME_PHONE, HOME_EMAIL = "1 Canary-Home Lane", "01632 960111", "canary.home@family.example"
VISITING_ADDRESS, VISITING_PHONE = "2 Canary-Visit Street", "01632 960222"
VISITING_EMAIL = "canary.visit@family.example"
SIGNS = "34679ACDEFGHJKMNPQRTWXY"
_numbers = count(1)


def make_family(by: Person, **changes: object) -> Family:
    """An active family of two sides and one child; both adults were given the policy."""
    number = next(_numbers)
    reference = "F-" + "".join(SIGNS[number // len(SIGNS) ** place % len(SIGNS)] for place in range(4))
    if GivenReference.get_or_none(reference=reference):
        # A family of the demonstration drew the same lot.
        return make_family(by, **changes)
    GivenReference.create(reference=reference)
    kept = {"reference": reference, "service": "supported", "started_on": clock.today()} | changes
    family = Family.create(**kept)
    given = {"family": family, "policy_given_on": clock.today()}
    Adult.create(
        side="home", first_name=f"Hestia{number}", last_name=f"Canaryhome{number}", address=HOME_ADDRESS,
        phone=HOME_PHONE, email=HOME_EMAIL, **given,
    )  # fmt: skip
    Adult.create(
        side="visiting", first_name=f"Viator{number}", last_name=f"Canaryvisit{number}", address=VISITING_ADDRESS,
        phone=VISITING_PHONE, email=VISITING_EMAIL, **given,
    )  # fmt: skip
    Child.create(family=family, first_name=f"Pipkin{number}", born=2019)
    Referral.create(family=family, received_on=clock.today(), by=by)
    return family


def make_session(day: date | None = None, **changes: object) -> ContactSession:
    """A session of six places from half past ten to half past twelve; a week from today if no day is said."""
    kept = {"day": day or clock.today() + timedelta(days=7), "starts": "10:30", "ends": "12:30", "places": 6}
    return ContactSession.create(**(kept | changes))


def make_booking(session: ContactSession, family: Family, by: Person, **changes: object) -> Booking:
    """A place for a family, the next that is free."""
    taken = Booking.select().where(Booking.session == session).count()
    kept = {"day": session.day, "service": family.service, "place": taken + 1, "by": by} | changes
    return Booking.create(session=session, family=family, **kept)


def make_duty(session: ContactSession, person: Person, *, leader: bool = False) -> Duty:
    """Somebody's place on the rota, whatever they still have to do before they may serve."""
    return Duty.create(session=session, person=person, leader=leader, by=person)
