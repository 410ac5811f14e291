"""A person's own copy: what the centre holds about one person, and everyone else left out.

Source: the right of access in data protection law; it is answered within a month.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from ccc import assessments, clock, disclosures, families
from ccc.assessments import Assessment, AssessmentAgreement
from ccc.audit import Event, record
from ccc.bookings import CODES
from ccc.contact_sessions.records import ContactSession
from ccc.db import db, writing
from ccc.disclosures import InformationRequest, Permission, State
from ccc.disclosures.words import OWN_COPY
from ccc.families import Adult, Contact
from ccc.people import Person, RefusedError
from ccc.statements import Line, Statement
from ccc.statements.attended import places_of
from ccc.statements.lines import lines_of

WARNS = timedelta(days=10)
MADE_AGAIN = timedelta(days=14)
WHO_CAME = {"home": "child", "visiting": "visitor"}
BECAME = {"booked": "booked", "came": "your side came", "missed": "your side did not come", "cancelled": "cancelled"}
PLACES = """
SELECT b.day, max(a.at) FILTER (WHERE a.slot = :who || '-came'), max(a.at) FILTER (WHERE a.slot = :who || '-left'),
       b.status, b.missed_by, b.cancel_side, b.cancel_code
  FROM booking b LEFT JOIN attendance a ON a.booking_id = b.id
   AND NOT EXISTS (SELECT 1 FROM attendance later WHERE later.replaces_id = a.id)
 WHERE b.family_id = :family GROUP BY b.id ORDER BY b.day DESC, b.id DESC
"""
ANSWERS = dict.fromkeys(State, "not answered yet") | {State.RELEASED: "given", State.COUNTERSIGN: "given"}
ANSWERS[State.REFUSED] = "not given"


class Told(NamedTuple):
    """A request for something about somebody, of which that person knows."""

    asked_on: date
    what: str
    answer: str


@dataclass(frozen=True)
class AdultsCopy:
    """All that is held about one adult of a family. `withheld` counts requests of which they were not told."""

    adult: Adult
    contact: Contact
    permissions: list[Permission]
    requests: list[Told]
    withheld: int
    contacts: tuple[Line, ...]
    places: list[tuple[Any, ...]]
    visits: list[tuple[date, str, date]]
    statements: list[Statement]
    looks: list[datetime]


def make(request: InformationRequest, by: Person) -> AdultsCopy:
    """Put the copy together that somebody asked for, and record that it is released to them: once, however often."""
    with writing():
        line = disclosures.state_of(request)
        if line is None or request.what != OWN_COPY or request.adult is None:
            raise RefusedError("Nobody asks for their own copy here, or the request was corrected since.")
        if line.state not in (State.OPEN, State.RELEASED):
            raise RefusedError(f"No copy can be made of this: {line.state}.")
        disclosures.insist_on_theirs(request)
        _release(request, line, by)
        record(Event.OWN_COPY_MADE, by.id, disclosures.ref(request))
        return _of_adult(request.adult, by)


def _release(request: InformationRequest, line: disclosures.Line, by: Person) -> None:
    """Record the release the first time; later, insist that this very copy was released, and not long ago."""
    own = f"adult:{request.adult_id}:{OWN_COPY}"
    if line.state == State.OPEN:
        disclosures.release(request, own, by)
    last = disclosures.last_act(request)
    if last is None or last.released != own:
        raise RefusedError("Something else was released on this request. Log a new one.")
    if line.state == State.RELEASED and line.due_on and clock.today() > line.due_on + MADE_AGAIN:
        raise RefusedError("This copy was made already, some time ago. To make it again, log a new request.")


def due() -> list[disclosures.Line]:
    """The requests for somebody's own copy that have to be answered within ten days, or had to be."""
    soon = clock.today() + WARNS
    waiting = (line for line in disclosures.undone() if line.what == OWN_COPY and line.state == State.OPEN)
    return [line for line in waiting if line.due_on and line.due_on <= soon]


def _of_adult(adult: Adult, by: Person) -> AdultsCopy:
    looked = [look.at for look in families.looks_at(adult)]
    told, withheld = _requests(adult)
    return AdultsCopy(
        adult=adult,
        contact=families.contacts_of(adult, by),
        permissions=disclosures.permissions_of(adult),
        requests=told,
        withheld=withheld,
        contacts=_contacts(adult),
        places=_places(adult),
        visits=_visits(adult),
        statements=_statements(adult),
        looks=looked,
    )


def _requests(adult: Adult) -> tuple[list[Told], int]:
    """What was asked about somebody. What they were not told of is left out: it may be for somebody's safety."""
    asked = InformationRequest.select().where(InformationRequest.adult == adult).order_by(InformationRequest.id)
    # Of one adult there are few: each is looked up with whatever was corrected in it.
    about = [(request, line) for request in asked if (line := disclosures.state_of(request))]
    known = [Told(line.asked_on, line.what, ANSWERS[line.state]) for request, line in about if _knows(adult, request)]
    return known, len(about) - len(known)


def _knows(adult: Adult, request: InformationRequest) -> bool:
    """Tell whether somebody asked themselves, was asked for permission, or was told of what was released."""
    if request.kind == adult.side and (adult.side in assessments.SIDES or request.what == OWN_COPY):
        return True
    last = disclosures.last_act(request)
    return last is not None and (last.told == "told" or last.permission in ("obtained", "refused"))


def _contacts(adult: Adult) -> tuple[Line, ...]:
    """The times at which both sides were there, as in a statement: never when the other side came or went."""
    if adult.side not in assessments.SIDES:
        return ()
    return lines_of(places_of([adult.family_id]).get(adult.family_id, []), date.min, clock.today())


def _places(adult: Adult) -> list[tuple[Any, ...]]:
    """The days that were booked, what became of them, and when somebody's own side came and left; newest first.

    That the other side gave a place back or stayed away, and when it came and left, is left out.
    """
    if adult.side not in assessments.SIDES:
        return []
    rows = db.execute_sql(PLACES, {"family": adult.family_id, "who": WHO_CAME[adult.side]})
    return [
        (
            date.fromisoformat(day),
            _became(adult.side, *what),
            *(at and datetime.fromisoformat(at) for at in (came, left)),
        )
        for day, came, left, *what in rows
    ]


def _became(side: str, status: str, missed_by: str | None, cancel_side: str | None, code: str | None) -> str:
    if status == "missed" and missed_by not in (side, "both"):
        status = "came"
    return BECAME[status] + (f" by your side: {CODES[code]}" if code and cancel_side == side else "")


def _visits(adult: Adult) -> list[tuple[date, str, date]]:
    """The visits of assessors that somebody agreed to: on which day, of what body, and when they agreed."""
    agreed = AssessmentAgreement.select(AssessmentAgreement, Assessment, ContactSession).join(Assessment)
    own = agreed.join(ContactSession).where(AssessmentAgreement.adult == adult).order_by(ContactSession.day)
    return [(one.assessment.session.day, one.assessment.body, one.agreed_on) for one in own]


def _statements(adult: Adult) -> list[Statement]:
    """The statements made for them, and those for whoever referred the family; none made for the other side."""
    if adult.side not in assessments.SIDES:
        return []
    theirs = (Statement.adult == adult) | Statement.adult.is_null()
    return list(Statement.select().where(Statement.family == adult.family_id, theirs).order_by(Statement.id))
