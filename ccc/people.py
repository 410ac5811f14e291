"""People, their dated appointments to offices, and leaving."""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from peewee import ForeignKeyField, ModelSelect, TextField, fn

from ccc import clock, kinds, mail
from ccc.audit import Event, record
from ccc.db import Day, Instant, Record, while_unchanged, writing
from ccc.roles import OFFICERS, Role
from ccc.vault import SealedText

ONE_DAY = timedelta(days=1)
FORMER = "Somebody who has left"


class RefusedError(Exception):
    """A rule says no. The message is one plain sentence for the person who asked."""


class Person(Record):
    """A volunteer or office holder. Contact details lie sealed."""

    name = TextField()
    email = SealedText(null=True)
    phone = SealedText(null=True)
    left_on = Day(null=True)


class Appointment(Record):
    """An office from one day to another, the last day included. A chair's holds once it is confirmed."""

    person = ForeignKeyField(Person, backref="appointments")
    role = TextField()
    starts = Day()
    ends = Day(null=True)
    by = ForeignKeyField(Person, null=True)
    confirmed_at = Instant(null=True)

    class Meta:
        indexes = ((("person", "role"), False),)


# What else happens then: capabilities above this one add themselves.
when_leaving: list[Callable[[Person], object]] = []
when_office_ends: list[Callable[[], object]] = []
when_added: list[Callable[[Person], object]] = []


def add(name: str, email: str | None, phone: str | None, by: Person | None) -> Person:
    """Add a person who has no account yet."""
    with writing():
        person = Person.create(name=name, email=email or None, phone=phone or None)
        record(Event.PERSON_ADDED, by and by.id, ref(person))
        for act in when_added:
            act(person)
    return person


def looks_like_email(text: str) -> bool:
    """Tell whether a text could be an email address; only a mail that arrives proves it."""
    return (
        len(text) <= 200 and re.fullmatch(r"[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\s@<>,;:\"().]{2,}", text) is not None
    )


def ref(person: Person | int) -> str:
    """The reference to a person that the audit trail uses."""
    return f"person:{person if isinstance(person, int) else person.id}"


def change_details(person: Person, name: str, email: str | None, phone: str | None, by: Person) -> None:
    """Change a person's name or contact details."""
    with writing():
        changed = {"name": name, "email": email or None, "phone": phone or None}
        Person.update(**changed).where(Person.id == person.id).execute()
        record(Event.DETAILS_CHANGED, by.id, ref(person))


def in_office(role: Role, on: date | None = None) -> ModelSelect:
    """Those who hold this office on a day (today)."""
    held = (Appointment.role == role) & _holds(on or clock.today())
    return Person.select().join(Appointment, on=Appointment.person).where(held)


def holders(roles: Iterable[Role]) -> list[Person]:
    """Everybody who holds one of these offices today."""
    return [person for role in roles for person in in_office(role)]


def roles_of(person: Person) -> frozenset[Role]:
    """The roles a person has today: volunteer, and the offices held."""
    held = Appointment.select(Appointment.role).where(Appointment.person == person, _holds(clock.today()))
    return frozenset() if person.left_on else frozenset({Role.VOLUNTEER, *(Role(office.role) for office in held)})


@while_unchanged
def appointments(person: Person) -> tuple[Appointment, ...]:
    """Every appointment of a person, newest first."""
    return tuple(person.appointments.order_by(Appointment.starts.desc(), Appointment.id.desc()))


def appoint(person: Person, role: Role, starts: date, ends: date | None, by: Person | None) -> Appointment:
    """Appoint to an office. A new chair waits for the safeguarding officer's word, and the old one serves until then.

    Raises RefusedError when the person has left, the dates run backwards or lie in the past, the office is taken,
    or the same person would be chair and safeguarding officer.
    """
    with writing():
        _check_dates(starts, ends)
        _check_fit(person, role, starts, ends)
        confirmed = None if role == Role.CHAIR else clock.now()
        made = Appointment.create(person=person, role=role, starts=starts, ends=ends, by=by, confirmed_at=confirmed)
        record(Event.APPOINTED, by and by.id, ref(person), role=_code(role), starts=starts, ends=ends)
    return made


def appoint_first_chair(person: Person) -> None:
    """Make the person who sets the centre up its chair: there is nobody yet to confirm it."""
    with writing():
        if Appointment.select().exists():
            raise RefusedError("This centre already has its first chair.")
        Appointment.create(person=person, role=Role.CHAIR, starts=clock.today(), confirmed_at=clock.now())
        record(Event.APPOINTED, person.id, ref(person), role="chair", starts=clock.today(), ends=None)


def insist_on_vacant(person: Person, role: Role) -> None:
    """Refuse to fill an office that somebody else holds, or with somebody who cannot hold it."""
    if in_office(role).where(Person.id != person.id).exists():
        raise RefusedError(f"The centre has a {role}: that person, or the other officer, appoints the next.")
    if role not in roles_of(person):
        _check_fit(person, role, clock.today(), None)


def recover_office(person: Person, role: Role) -> None:
    """Fill an office that stands vacant. Whoever holds it already, and cannot get in, goes on holding it."""
    with writing():
        insist_on_vacant(person, role)
        if role not in roles_of(person):
            Appointment.create(person=person, role=role, starts=clock.today(), confirmed_at=clock.now())
        record(Event.OFFICE_RECOVERED, None, ref(person), role=_code(role))


def confirm_chair(appointment: Appointment, by: Person) -> None:
    """The safeguarding officer confirms a new chair; every other chair's office ends the day before."""
    with writing():
        fresh = Appointment.get_by_id(appointment.id)
        if fresh.confirmed_at or (fresh.ends and fresh.ends < clock.today()):
            raise RefusedError("This appointment no longer waits for anybody.")
        if fresh.person_id == by.id:
            raise RefusedError("You cannot confirm yourself.")
        starts = max(fresh.starts, clock.today())
        _check_fit(fresh.person, Role.CHAIR, starts, fresh.ends)
        chairs = (Appointment.role == Role.CHAIR) & Appointment.confirmed_at.is_null(is_null=False)
        for old in Appointment.select().where(chairs, _meets(starts, fresh.ends)):
            _end(old, starts - ONE_DAY, by)
        Appointment.update(starts=starts, confirmed_at=clock.now()).where(Appointment.id == fresh.id).execute()
        record(Event.APPOINTMENT_CONFIRMED, by.id, ref(fresh.person_id), role="chair")


def end_appointment(appointment: Appointment, last_day: date, by: Person) -> None:
    """Set the last day of an office; yesterday ends it at once.

    Raises RefusedError for the chair in office, who stays until a new one is confirmed, for an office that is over,
    and for a later last day where somebody else holds the office by then.
    """
    with writing():
        fresh = Appointment.get_by_id(appointment.id)
        if fresh.role == Role.CHAIR and fresh.confirmed_at:
            raise RefusedError("The chair serves until a new chair is confirmed. Appoint the new chair first.")
        if fresh.ends and fresh.ends < clock.today():
            raise RefusedError("This office is over. Appoint the person anew.")
        if last_day < clock.today() - ONE_DAY:
            raise RefusedError("An office cannot end in the past.")
        if fresh.ends and last_day > fresh.ends:
            _check_fit(fresh.person, Role(fresh.role), fresh.ends + ONE_DAY, last_day, but=fresh.id)
        _end(fresh, last_day, by)


def leave(person: Person, by: Person) -> None:
    """Record that a volunteer has left. Access ends with it, in every open browser."""
    with writing():
        if _offices_from_today(person).exists():
            raise RefusedError("This person holds an office. The chair ends the office first.")
        Person.update(left_on=clock.today()).where(Person.id == person.id).execute()
        record(Event.LEFT, by.id, ref(person))
        for act in when_leaving:
            act(person)


def come_back(person: Person, by: Person) -> None:
    """Undo leaving: a person came back, or the wrong one was marked."""
    with writing():
        if Person.get_by_id(person.id).name == FORMER:
            raise RefusedError("What was kept of this person was destroyed. If they come back, invite them anew.")
        Person.update(left_on=None).where(Person.id == person.id).execute()
        record(Event.CAME_BACK, by.id, ref(person))


def ending_soon(within: timedelta) -> tuple[Appointment, ...]:
    """Offices held today that end within this time, soonest first."""
    return _ending(clock.today(), within)


@while_unchanged
def _ending(today: date, within: timedelta) -> tuple[Appointment, ...]:
    due = (
        (Appointment.ends >= today)
        & (Appointment.ends <= today + within)
        & Appointment.confirmed_at.is_null(is_null=False)
    )
    return tuple(
        Appointment.select(Appointment, Person)
        .join(Person, on=Appointment.person)
        .where(due)
        .order_by(Appointment.ends)
    )


def waiting_chairs() -> list[Appointment]:
    """Appointments of a chair that the safeguarding officer has not confirmed."""
    waits = Appointment.confirmed_at.is_null() & (Appointment.ends.is_null() | (Appointment.ends >= clock.today()))
    return list(Appointment.select(Appointment, Person).join(Person, on=Appointment.person).where(waits))


def warn_of_ending() -> int:
    """Mail holder and chair 60, 30 and 7 days before an office ends. Run once a day."""
    warned = 0
    for office in ending_soon(timedelta(days=60)):
        if (office.ends - clock.today()).days in (60, 30, 7):
            text = f"An office at the contact centre ({office.role}) ends on {office.ends:%d %B %Y}. Please see to it."
            for who in {office.person, *in_office(Role.CHAIR)}:
                warned += mail.queue(who.email, "An office ends soon", text)
    return warned


def _holds(on: date):  # type: ignore[no-untyped-def]  # noqa: ANN202  (peewee's expressions have no type)
    return (
        Appointment.confirmed_at.is_null(is_null=False)
        & (Appointment.starts <= on)
        & (Appointment.ends.is_null() | (Appointment.ends >= on))
    )


def _meets(starts: date, ends: date | None):  # type: ignore[no-untyped-def]  # noqa: ANN202  (as above)
    """Select appointments that share a day with these dates."""
    begins_in_time = Appointment.starts <= ends if ends else True
    return (Appointment.ends.is_null() | (Appointment.ends >= starts)) & begins_in_time


def _check_dates(starts: date, ends: date | None) -> None:
    if starts < clock.today():
        raise RefusedError("An office cannot begin in the past.")
    if ends and ends < starts:
        raise RefusedError("The last day lies before the first.")


def _check_fit(person: Person, role: Role, starts: date, ends: date | None, *, but: int = 0) -> None:
    meeting = Appointment.select().where(_meets(starts, ends), Appointment.id != but)
    own = {a.role for a in meeting.where(Appointment.person == person) if a.role != role or a.confirmed_at}
    if Person.get_by_id(person.id).left_on:
        raise RefusedError("This person has left the centre.")
    if role in own:
        raise RefusedError(f"This person is {role} in that time already.")
    if role in OFFICERS and own & (OFFICERS - {role}):
        raise RefusedError("The safeguarding officer and the chair must be two different people.")
    if role == Role.SAFEGUARDING and meeting.where(Appointment.role == role).exists():
        raise RefusedError("The centre has a safeguarding officer in that time. End that office first.")


def _offices_from_today(person: Person) -> ModelSelect:
    return Appointment.select().where((Appointment.person == person) & _meets(clock.today(), None))


def _end(appointment: Appointment, last_day: date, by: Person) -> None:
    Appointment.update(ends=last_day).where(Appointment.id == appointment.id).execute()
    record(Event.APPOINTMENT_ENDED, by.id, ref(appointment.person_id), role=_code(appointment.role), ends=last_day)
    for act in when_office_ends:
        act()


def _code(role: str) -> str:
    return role.replace(" ", "-")


def _leave_a_number(person: int) -> None:
    """Of somebody who is disposed of, a row without a name stays: what others did with them refers to it."""
    left_on = fn.coalesce(Person.left_on, clock.today())
    Person.update(name=FORMER, email=None, phone=None, left_on=left_on).where(Person.id == person).execute()
    mail.keep_to({one.email for one in Person.select() if one.email})


kinds.belongs_to(kinds.PERSON, "offices held", "appointment", "person_id = :record")
kinds.before_going(kinds.PERSON, _leave_a_number)
kinds.is_used(kinds.PERSON, "SELECT id, left_on FROM person WHERE left_on IS NOT NULL")
kinds.is_used(kinds.PERSON, "SELECT person_id, max(ends) FROM appointment GROUP BY person_id")
kinds.is_needed(kinds.PERSON, "SELECT id FROM person WHERE left_on IS NULL")
