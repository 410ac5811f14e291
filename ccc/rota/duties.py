"""The rules of the rota: who is put on it, who leads, and how a duty ends."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from peewee import fn

from ccc import clock, contact_sessions, people
from ccc.audit import Event, record
from ccc.contact_sessions.records import ContactSession
from ccc.contact_sessions.records import ref as session_ref
from ccc.db import writing
from ccc.onboarding import steps
from ccc.people import Person, RefusedError
from ccc.rota.records import Duty

# For so long before their own duty begins, somebody may look whether they know a family that comes.
NAMES_AHEAD = timedelta(hours=48)
GIVEN_BACK, TAKEN_OFF, CANCELLED, LEFT = "given-back", "taken-off", "cancelled", "left"

# Who else keeps somebody off a session: capabilities below this one add themselves, and raise RefusedError.
refuses: list[Callable[[ContactSession, Person], object]] = []


class Crew(NamedTuple):
    """How many serve in a session, how many more are needed, and whether somebody leads."""

    serving: int
    missing: int
    led: bool

    @property
    def lacks(self) -> str:
        """What is missing, in words; nothing when the rota is full."""
        number = f"{self.missing} more needed" if self.missing else ""
        return ", ".join(filter(None, (number, "" if self.led else "nobody leads")))


def put_on(session: ContactSession, person: Person, by: Person, *, leader: bool = False) -> Duty:
    """Put somebody on a session's rota, and let them lead it if so asked."""
    with writing():
        fresh = _open(session)
        _check_fit(fresh, person, by)
        duty = Duty.create(session=fresh, person=person, by=by)
        record(Event.PUT_ON_ROTA, by.id, people.ref(person), session=fresh.id)
        return choose_leader(fresh, person, by) if leader else duty


def choose_leader(session: ContactSession, person: Person, by: Person) -> Duty:
    """Let somebody of a session's rota lead it; whoever led before serves on."""
    with writing():
        fresh = _open(session)
        duty = serves(fresh, person)
        if duty is None:
            raise RefusedError("They are no longer on this rota. Put them on it first.")
        Duty.update(leader=False).where(_live(fresh), Duty.leader).execute()
        Duty.update(leader=True).where(Duty.id == duty.id).execute()
        record(Event.LEADER_CHOSEN, by.id, session_ref(fresh), person=person.id)
        return Duty.get_by_id(duty.id)


def give_back(duty: Duty, by: Person) -> None:
    """Give one's own duty back, while somebody else can still be found for it."""
    with writing():
        fresh = Duty.get_by_id(duty.id)
        if fresh.person_id != by.id:
            raise RefusedError("Only they themselves can give this duty back.")
        if _open(fresh.session).begins <= clock.now():
            raise RefusedError("This session has begun. Speak with the co-ordinator.")
        if not _end([fresh], GIVEN_BACK, by.id):
            raise RefusedError("You are no longer on this rota.")


def take_off(duty: Duty, by: Person) -> None:
    """Take somebody off a rota. One of a session that is over stays as it was."""
    with writing():
        fresh = Duty.get_by_id(duty.id)
        _open(fresh.session)
        if not _end([fresh], TAKEN_OFF, by.id):
            raise RefusedError("They are no longer on this rota.")


def on(session: ContactSession) -> list[tuple[Duty, Person]]:
    """Everybody on a session's rota, whoever leads it first."""
    query = Duty.select(Duty, Person).join(Person, on=Duty.person).where(_live(session))
    return [(duty, duty.person) for duty in query.order_by(Duty.leader.desc(), Person.name, Duty.id)]


def duties_of(person: Person) -> list[Duty]:
    """Somebody's own duties from today on, each with its session, the next one first."""
    query = Duty.select(Duty, ContactSession).join(ContactSession, on=Duty.session)
    coming = query.where(Duty.person == person, Duty.ended_at.is_null(), ContactSession.day >= clock.today())
    return list(coming.order_by(ContactSession.day, ContactSession.starts, Duty.id))


def serves(session: ContactSession, person: Person) -> Duty | None:
    """Somebody's place on a session's rota, if they have one."""
    duty: Duty | None = Duty.get_or_none(_live(session), Duty.person == person)
    return duty


def insist_may_serve(person: Person) -> None:
    """Refuse somebody on a rota who may not be on one any more: their clearance ended, or a new policy waits for them.

    The sentence does not say which, since it may be read over their shoulder. Raises RefusedError.
    """
    if not steps.may_be_on_rota(person):
        raise RefusedError("You may not serve at the moment, so this page is closed to you. Ask the co-ordinator.")


def leads(session: ContactSession, person: Person) -> bool:
    duty = serves(session, person)
    return bool(duty and duty.leader)


def gaps(session_ids: Sequence[int]) -> dict[int, Crew]:
    """How it stands with the rota of each of these sessions."""
    count = Duty.select(Duty.session, fn.COUNT(Duty.id), fn.MAX(Duty.leader))
    rows = count.where(Duty.session.in_(session_ids), Duty.ended_at.is_null()).group_by(Duty.session).tuples()
    found = {number: (serving, bool(led)) for number, serving, led in rows}
    fewest = contact_sessions.rules().fewest_volunteers
    return {number: crew(*found.get(number, (0, False)), fewest) for number in session_ids}


def crew(serving: int, led: bool, fewest: int) -> Crew:  # noqa: FBT001  (a column of the queries that count)
    return Crew(serving, max(0, fewest - serving), led)


def is_open(session: ContactSession) -> bool:
    """Tell whether the rota of a session can still change."""
    return not (session.cancelled_at or session.closed_at) and clock.now() < session.finishes


def names_are_open(session: ContactSession) -> bool:
    """Tell whether those on a session's rota may look through the names of its families now."""
    return is_open(session) and session.begins - NAMES_AHEAD <= clock.now()


def _live(session: ContactSession):  # type: ignore[no-untyped-def]  # noqa: ANN202  (peewee's expressions have no type)
    return (Duty.session == session) & Duty.ended_at.is_null()


def _open(session: ContactSession) -> ContactSession:
    """The session as it stands now, if its rota can still change."""
    fresh: ContactSession | None = ContactSession.get_or_none(ContactSession.id == session.id)
    if fresh is None or fresh.cancelled_at:
        raise RefusedError("This session was cancelled.")
    if not is_open(fresh):
        raise RefusedError("This session is over: its rota stays as it was.")
    return fresh


def _check_fit(session: ContactSession, person: Person, by: Person) -> None:
    fresh = Person.get_by_id(person.id)
    if fresh.left_on:
        raise RefusedError(f"{fresh.name} has left the centre.")
    if serves(session, fresh):
        raise RefusedError(f"{fresh.name} is on this rota already.")
    if not steps.may_be_on_rota(fresh, session.day):
        raise RefusedError(f"{fresh.name} may not be on the rota yet.")
    try:
        for refuse in refuses:
            refuse(session, fresh)
    except RefusedError as why_not:
        # The reason may be a family that they know: to themselves it would tell that it comes.
        if person.id == by.id:
            raise RefusedError("Another co-ordinator has to see to this.") from why_not
        raise


def _end(duties: Iterable[Duty], code: str, by: int | None) -> int:
    """End those of these duties that have not ended, and count them."""
    ended = 0
    for duty in duties:
        live = (Duty.id == duty.id) & Duty.ended_at.is_null()
        if Duty.update(ended_at=clock.now(), end_code=code).where(live).execute():
            record(Event.DUTY_ENDED, by, people.ref(duty.person_id), session=duty.session_id, code=code)
            ended += 1
    return ended


def _end_with_leaving(person: Person) -> None:
    """Whoever leaves is on no rota to come; what they served in stays."""
    _end([duty for duty in duties_of(person) if duty.session.finishes > clock.now()], LEFT, None)


def _end_with_session(session: ContactSession, by: Person) -> None:
    _end([duty for duty, _ in on(session)], CANCELLED, by.id)


def _sessions_with_duties(session_ids: Sequence[int]) -> Collection[int]:
    """Those of these sessions that somebody is or was on the rota of."""
    return {duty.session_id for duty in Duty.select(Duty.session).where(Duty.session.in_(session_ids))}


people.when_leaving.append(_end_with_leaving)
contact_sessions.when_cancelled.append(_end_with_session)
contact_sessions.relied_on.append(_sessions_with_duties)
