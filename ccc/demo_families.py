"""The booking log of the invented centre: families, the sessions that were, one that is on just now, and some to come.

What is over is written in bulk, straight into the tables: a centre of years would take hours through the rules. What
is to come goes through them.
"""

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from peewee import chunked

from ccc import bookings, clock, contact_sessions, families, referrals, rota
from ccc.attendance.records import Attendance, Slot
from ccc.bookings.records import Booking
from ccc.contact_sessions.days import MOST_PLACES
from ccc.contact_sessions.records import ContactSession, SessionPattern
from ccc.db import Record, db
from ccc.families.records import Adult, Family
from ccc.people import Person, RefusedError
from ccc.referrals import Came, Referrer
from ccc.rota.records import Duty

FIRST = (
    "Aurora",
    "Bertram",
    "Calliope",
    "Dashiell",
    "Eglantine",
    "Fergus",
    "Guinevere",
    "Humphrey",
    "Isolde",
    "Jolyon",
)
LAST = (
    "Applecart",
    "Biscuit",
    "Crumpet",
    "Doodle",
    "Eggcup",
    "Fiddlestick",
    "Gumdrop",
    "Hollyhock",
    "Inkwell",
    "Jellybean",
)
BODIES = {
    "solicitor": "Quill & Inkpot Solicitors",
    "cafcass": "Cafcass, Sunny Corner",
    "mediator": "Middle Way Mediation",
    "court": "Family Court at Sunny Corner",
}
CHILDREN = ("Pip", "Posy", "Button", "Tuppence", "Bramble", "Pickle", "Poppet", "Sprout", "Dot", "Waffle")
HOURS = ((5, "10:30", "12:30"), (6, "10:30", "12:30"), (5, "13:30", "15:30"), (6, "13:30", "15:30"))
AT_ONCE = 500
# Each family came to the centre a while before its first place.
BEGAN = """UPDATE family SET started_on = coalesce(
    (SELECT date(min(day), '-21 days') FROM booking b WHERE b.family_id = family.id), started_on)"""
GIVEN = "UPDATE adult SET policy_given_on = (SELECT date(started_on, '+9 days') FROM family f WHERE f.id = family_id)"
GIVEN += " WHERE (SELECT started_on FROM family f WHERE f.id = family_id) < date(policy_given_on, '-9 days')"
RECEIVED = "UPDATE referral SET received_on = (SELECT started_on FROM family f WHERE f.id = family_id)"
COMING_WEEKS = 8
# Of a small centre one year is invented; each four hundred families are a year more of it.
FAMILIES_A_YEAR = 400
BOOKINGS_EACH = 25


class Past(NamedTuple):
    """The shape of what was: how many weeks, in which hours of the week, with how many places each."""

    weeks: int
    hours: Sequence[tuple[int, str, str]]
    places: int


def live(count: int, coordinator: Person, serving: Sequence[Person], dice: random.Random) -> None:
    """Invent so many families, and with them the booking log of years. Those who serve stand on the rota in turn."""
    past = _past(count)
    bodies = _referrers(coordinator)
    everybody = [_family(number, bodies, coordinator, dice) for number in range(count)]
    patterns = [_pattern(hours, past, coordinator) for hours in past.hours]
    sessions = list(_sessions_that_were(patterns, past))
    _keep(Duty, _duties(sessions, serving, dice))
    _book_the_past(sessions, everybody, past, coordinator, dice)
    db.execute_sql(BEGAN)
    db.execute_sql(GIVEN)
    db.execute_sql(RECEIVED)
    _end_some(everybody, count)
    _something_special(everybody, coordinator)
    _book_what_comes(coordinator, serving, dice)
    _open_today(everybody, coordinator, serving)


def _past(count: int) -> Past:
    if count <= FAMILIES_A_YEAR:
        return Past(50, HOURS[:1], max(6, count // 3))
    return Past(50 * (count // FAMILIES_A_YEAR), HOURS, MOST_PLACES)


def _referrers(by: Person) -> list[Referrer | None]:
    """Four bodies that refer families; and nobody, for parents who came by themselves."""
    made = [referrals.add_referrer(kind, f"{body} (invented)", "The duty desk", by) for kind, body in BODIES.items()]
    for referrer in made:
        referrals.give_policy_to_referrer(referrer, clock.today() - timedelta(days=300), by)
    return [*made, None, None, None]


def _family(number: int, bodies: Sequence[Referrer | None], by: Person, dice: random.Random) -> Family:
    home, visiting = (families.Name(dice.choice(FIRST), dice.choice(LAST)) for _ in range(2))
    born = clock.today().year - dice.randint(2, 12)
    children = [families.NewChild(dice.choice(CHILDREN), born + place) for place in range(dice.randint(1, 2))]
    new = families.NewFamily(
        "handover" if number % 6 == 5 else "supported", home, visiting, children,
        needs=[dice.choice(list(families.NEEDS))] if number % 4 == 0 else [], separate_doors=number % 3 == 0,
    )  # fmt: skip
    referrer = bodies[number % len(bodies)]
    case = f"SC-{number:05}" if referrer else None
    family = referrals.take_in(new, Came(referrer, case, clock.today()), by)
    details = {"address": f"{number + 1} Invented Lane, Sunny Corner", "phone": f"01632 96{number % 10_000:04}"}
    Adult.update(policy_given_on=clock.today(), **details).where(Adult.family == family).execute()
    return family


def _pattern(hours: tuple[int, str, str], past: Past, by: Person) -> SessionPattern:
    weekday, starts, ends = hours
    # Today has a session of its own, which is on just now.
    first, last = clock.today() + timedelta(days=1), clock.today() + timedelta(weeks=COMING_WEEKS)
    plan = contact_sessions.Plan(weekday, "every", starts, ends, past.places, first, last)
    return contact_sessions.add_pattern(plan, by)


def _sessions_that_were(patterns: Sequence[SessionPattern], past: Past) -> Iterator[ContactSession]:
    today = clock.today()
    monday = today - timedelta(days=today.weekday())
    rows = [
        {
            "pattern": pattern, "day": day, "starts": pattern.starts, "ends": pattern.ends, "places": pattern.places,
            "closed_at": contact_sessions.instant(day, pattern.ends) + timedelta(minutes=20), "closed_by": pattern.by,
        }
        for week in range(past.weeks, 0, -1)
        for pattern in patterns
        if (day := monday - timedelta(weeks=week) + timedelta(days=pattern.weekday)) < today
    ]  # fmt: skip
    _keep(ContactSession, rows)
    yield from (
        ContactSession.select().where(ContactSession.closed_at.is_null(is_null=False)).order_by(ContactSession.id)
    )


def _duties(
    sessions: Sequence[ContactSession], serving: Sequence[Person], dice: random.Random
) -> Iterator[dict[str, Any]]:
    for session in sessions:
        for place, person in enumerate(dice.sample(list(serving), min(3, len(serving)))):
            yield {"session": session, "person": person, "leader": place == 0, "by": session.closed_by}


def _book_the_past(
    sessions: Sequence[ContactSession], everybody: Sequence[Family], past: Past, by: Person, dice: random.Random
) -> None:
    """Let each family come for some months of those years, and write down how each time went."""
    per_session = min(past.places, max(1, len(everybody) * BOOKINGS_EACH // len(sessions)))
    rows, first = [], 0
    for number, session in enumerate(sessions):
        first = number * max(len(everybody) - per_session, 0) // len(sessions)
        for place in range(min(per_session, len(everybody))):
            family = everybody[(first + place) % len(everybody)]
            rows.append(_booking(session, family, place + 1, by, dice))
    _keep(Booking, rows)
    ends = {session.id: session for session in sessions}
    came = Booking.select().where(Booking.status.in_(["came", "missed"])).order_by(Booking.id)
    _keep(Attendance, (line for booking in came for line in _lines(booking, ends[booking.session_id], by, dice)))


def _booking(session: ContactSession, family: Family, place: int, by: Person, dice: random.Random) -> dict[str, Any]:
    fate, side = dice.random(), dice.choice(["home", "visiting"])
    status = "cancelled" if fate < 0.08 else "missed" if fate < 0.15 else "came"
    gone = status == "cancelled"
    return {
        "session": session, "family": family, "day": session.day, "service": family.service, "place": place,
        "by": by, "status": status, "missed_by": side if status == "missed" else None,
        "cancelled_at": session.begins - timedelta(days=2) if gone else None, "cancelled_by": by if gone else None,
        "cancel_side": side if gone else None, "cancel_code": dice.choice(["illness", "holiday"]) if gone else None,
    }  # fmt: skip


def _lines(booking: Booking, session: ContactSession, by: Person, dice: random.Random) -> Iterator[dict[str, Any]]:
    """When they came and left, a few minutes around what was agreed."""

    def line(slot: Slot, at: datetime, minutes: int) -> dict[str, Any]:
        when = at + timedelta(minutes=minutes + dice.randint(-3, 5))
        return {"booking": booking, "slot": slot, "at": when, "by": by, "source": "register", "created_at": when}

    begins, ends = session.begins, session.finishes
    if booking.missed_by != "visiting":
        yield line(Slot.VISITOR_CAME, begins, -12)
    if booking.missed_by != "home":
        yield line(Slot.CHILD_CAME, begins, 4)
    if booking.status == "missed":
        return
    if booking.service == "handover":
        yield line(Slot.HANDED_OUT, begins, 12)
        yield line(Slot.HANDED_BACK, ends, -15)
        yield line(Slot.CHILD_LEFT, ends, -6)
    else:
        yield line(Slot.CHILD_LEFT, ends, -6)
        yield line(Slot.VISITOR_LEFT, ends, 10)


def _something_special(everybody: Sequence[Family], by: Person) -> None:
    """A closed Saturday, some Sundays, and two families that must not meet."""
    today = clock.today()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    contact_sessions.add_closure(saturday + timedelta(weeks=COMING_WEEKS - 2), by)
    if len(everybody) <= FAMILIES_A_YEAR:
        first, last = today + timedelta(days=1), today + timedelta(weeks=2 * COMING_WEEKS)
        contact_sessions.add_pattern(contact_sessions.Plan(6, "1,3", "14:00", "16:00", 6, first, last), by)
    if len(everybody) > 1:
        families.keep_apart(everybody[-1], everybody[-8 % len(everybody)], by)


def _end_some(everybody: Sequence[Family], count: int) -> None:
    """The families of the first years come no more."""
    gone = [family.id for family in everybody[: count // 6 if count <= FAMILIES_A_YEAR else -200]]
    for some in chunked(gone, AT_ONCE):
        Family.update(ended_on=clock.today() - timedelta(days=10)).where(Family.id.in_(some)).execute()


def _book_what_comes(by: Person, serving: Sequence[Person], dice: random.Random) -> None:
    coming = [session for session in ContactSession.select() if session.begins > clock.now()]
    active = [family for family in Family.select() if not family.ended_on][-60:]
    for session in coming:
        for family in dice.sample(active, min(session.places * 2 // 3, len(active))):
            with suppress(RefusedError):
                bookings.book(session, family, by)
        _serve(session, dice.sample(list(serving), min(2 + session.id % 2, len(serving))), by)


def _open_today(everybody: Sequence[Family], by: Person, serving: Sequence[Person]) -> None:
    """A session that is on just now, so that a visitor finds an open register whenever they come."""
    now = clock.local(clock.now())
    starts = now.replace(hour=min(max(now.hour, 6), 21), minute=0)
    ends = starts + timedelta(hours=2)
    # It is written down an hour before, since nothing is planned for a time that is over; and it has room of its own.
    with suppress(RefusedError), clock.at(starts - timedelta(hours=1)):
        session = contact_sessions.add_session(starts.date(), f"{starts:%H:%M}", f"{ends:%H:%M}", 8, by)
        for family in everybody[-6:]:
            bookings.book(session, family, by)
        _serve(session, serving[-3:], by)


def _serve(session: ContactSession, people: Sequence[Person], by: Person) -> None:
    for place, person in enumerate(people):
        with suppress(RefusedError):
            rota.put_on(session, person, by, leader=place == 0)


def _keep(table: type[Record], rows: Any) -> None:
    for some in chunked(rows, AT_ONCE):
        table.insert_many(some).execute()
