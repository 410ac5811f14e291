"""Assessors' visits: who comes, of what body, and the agreements without which no visit stands on a register."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from peewee import ForeignKeyField, TextField

from ccc import bookings, clock, families, kinds, policies, vault
from ccc.audit import Event, record
from ccc.bookings.records import Booking
from ccc.contact_sessions.records import ContactSession
from ccc.db import Day, Instant, Record, db, while_unchanged, writing
from ccc.families.records import Adult, Family
from ccc.people import Person, RefusedError
from ccc.provisions import Key
from ccc.vault import SealedText

KINDS = {"cafcass": "Cafcass", "social-services": "Social services", "other": "Another body"}
OTHER = "other"
SIDES = ("home", "visiting")
# The visits that are not cancelled, and how many of the two sides agree to each and are still there.
PLANNED = """
SELECT a.id, a.family_id, a.body, a.assessor, a.kind, (
    SELECT count(DISTINCT adult.side) FROM assessment_agreement g JOIN adult ON adult.id = g.adult_id
     WHERE g.assessment_id = a.id AND adult.side IN ('home', 'visiting') AND adult.withdrawn_on IS NULL)
  FROM assessment a WHERE (a.session_id = ? OR a.family_id = ?) AND a.cancelled_at IS NULL ORDER BY a.id
"""


class Assessment(Record):
    """A visit of an assessor to one family in one session. `agreed_on` is the co-ordinator's own agreement."""

    session = ForeignKeyField(ContactSession)
    family = ForeignKeyField(Family)
    kind = TextField()
    body = SealedText()
    assessor = SealedText()
    agreed_on = Day()
    by = ForeignKeyField(Person)
    cancelled_at = Instant(null=True)
    cancelled_by = ForeignKeyField(Person, null=True)


class AssessmentAgreement(Record):
    """The day on which one adult of the family agreed to a visit."""

    assessment = ForeignKeyField(Assessment)
    adult = ForeignKeyField(Adult)
    agreed_on = Day()

    class Meta:
        indexes = ((("assessment", "adult"), True),)


class Terms(NamedTuple):
    """What the policy in force asks of a visit, and the labels of the clauses that say so. Silent, it asks for most."""

    anyone: bool
    family_agrees: bool
    clauses: tuple[str, ...]

    def allow(self, kind: str, sides: int) -> bool:
        """Tell whether a body of this kind may come, once so many of the two sides agreed."""
        return (self.anyone or kind != OTHER) and (sides == len(SIDES) or not self.family_agrees)


class Visit(NamedTuple):
    """A visit that stands: who is to be let in."""

    body: str
    assessor: str


@dataclass(frozen=True)
class NewVisit:
    """A visit as it is asked for. `body` names a body of another kind than those that have their own word.

    `adults` is the day on which each adult of the two sides agreed, by their number.
    """

    session: ContactSession
    kind: str
    body: str
    assessor: str
    agreed_on: date
    adults: Mapping[int, date]


def terms() -> Terms:
    """What the centre's own policy says of assessments; of clauses that differ, the stricter one counts."""
    made = policies.makers_of(Key.ASSESSMENTS, policies.in_force(policies.SIGNED))
    anyone = bool(made) and all(chosen["who"] == "anyone-agreed" for _, chosen in made)
    centre_alone = bool(made) and all(chosen["agreed_by"] == "centre" for _, chosen in made)
    return Terms(anyone, not centre_alone, tuple(label for label, _ in made))


def agree(new: NewVisit, family: Family, by: Person) -> Assessment:
    """Enter a visit to which everybody has agreed. Without each agreement that the policy asks for, there is none."""
    for day in (new.agreed_on, *new.adults.values()):
        families.insist_on_past(day)
    with writing():
        if why_not := _fault(new, Family.get_by_id(family.id), by):
            raise RefusedError(why_not)
        body = new.body if new.kind == OTHER else KINDS[new.kind]
        what = {"kind": new.kind, "body": body, "assessor": new.assessor}
        made = Assessment.create(session=new.session, family=family, agreed_on=new.agreed_on, by=by, **what)
        for adult, day in new.adults.items():
            AssessmentAgreement.create(assessment=made, adult=adult, agreed_on=day)
        record(Event.ASSESSMENT_AGREED, by.id, ref(made), session=new.session.id)
    return made


def cancel(assessment: Assessment, by: Person) -> None:
    """Take a visit off the register, also on the day itself: an agreement can be taken back until the end."""
    with writing():
        fresh = Assessment.get_by_id(assessment.id)
        if fresh.cancelled_at:
            raise RefusedError("This visit is cancelled already.")
        if is_over(fresh.session):
            raise RefusedError("This session is over, so the visit stays as it is.")
        _cancel(fresh, by)


def visits(session: ContactSession, shown: Collection[int]) -> dict[int, Visit]:
    """The visits that stand in a session, by family: of those families alone that are shown to whoever asks."""
    return {
        family: Visit(vault.open_field(body), vault.open_field(assessor))
        for _, family, body, assessor in _standing(session.id, None)
        if family in shown
    }


def of_family(family: Family) -> list[Assessment]:
    """Every visit to a family that was ever agreed, the newest session first; also those that were cancelled."""
    made = Assessment.select(Assessment, ContactSession).join(ContactSession).where(Assessment.family == family)
    return list(made.order_by(ContactSession.day.desc(), Assessment.id.desc()))


def agreements(family: Family) -> dict[int, list[tuple[Adult, date]]]:
    """Who of a family agreed to each of its visits, and when, by the visit's number."""
    given = AssessmentAgreement.select(AssessmentAgreement, Adult).join(Adult).where(Adult.family == family)
    found: dict[int, list[tuple[Adult, date]]] = {}
    for one in given.order_by(AssessmentAgreement.id):
        found.setdefault(one.assessment_id, []).append((one.adult, one.agreed_on))
    return found


def places_of(family: Family) -> list[ContactSession]:
    """The sessions to come in which a family has a place: only there can it be visited."""
    booked = ContactSession.select().join(Booking).where(Booking.family == family, Booking.status == "booked")
    coming = booked.where(ContactSession.day >= clock.today(), ContactSession.cancelled_at.is_null())
    ordered = coming.order_by(ContactSession.day, ContactSession.starts)
    return [session for session in ordered if session.begins > clock.now()]


def standing(family: Family) -> set[int]:
    """The numbers of the visits to a family that stand under the policy in force."""
    return {number for number, *_ in _standing(None, family.id)}


def sides_of(family: Family) -> list[Adult]:
    """The adults of the two sides, who are asked; whoever may only be admitted besides is not."""
    asked = Adult.side.in_(SIDES) & Adult.withdrawn_on.is_null()
    return list(Adult.select().where(Adult.family == family, asked).order_by(Adult.id))


def is_over(session: ContactSession) -> bool:
    """Tell whether nothing more can change about who comes to a session."""
    return bool(session.closed_at) or session.finishes <= clock.now()


def ref(assessment: Assessment) -> str:
    """The reference to a visit that the audit trail uses."""
    return f"assessment:{assessment.id}"


def _fault(new: NewVisit, family: Family, by: Person) -> str | None:
    """Say why this visit cannot be, if so."""
    session: ContactSession = ContactSession.get_by_id(new.session.id)
    placed = (Booking.session == session) & (Booking.family == family) & (Booking.status == "booked")
    standing = (Assessment.session == session) & (Assessment.family == family) & Assessment.cancelled_at.is_null()
    faults = {
        "There is no family of this reference.": family.id in families.hidden_from(by),
        "This family's time here has ended.": not families.is_active(family),
        "This session is cancelled.": session.cancelled_at,
        "This session has begun: a visit has to be agreed before.": session.begins <= clock.now(),
        "The family has no place in this session. Book one first.": not Booking.select().where(placed).exists(),
        "A visit to this family is agreed for this session already.": Assessment.select().where(standing).exists(),
    }
    return next((why for why, holds in (faults | _not_agreed(new, family)).items() if holds), None)


def _not_agreed(new: NewVisit, family: Family) -> dict[str, bool]:
    asked, sides = terms(), sides_of(family)
    everybody = len(new.adults) == len(sides) and {adult.side for adult in sides} == set(SIDES)
    clauses = f"By clause {' and '.join(asked.clauses)} of your policy,"
    says = clauses if asked.clauses else "Your policy says nothing about visits:"
    return {
        f"{says} only Cafcass or social services may come.": new.kind == OTHER and not asked.anyone,
        "Only the adults of the two sides are asked. Look at the family again.": not new.adults.keys()
        <= {adult.id for adult in sides},
        "Each adult of the two sides has to agree first. Without that, there is no visit.": asked.family_agrees
        and not everybody,
    }


@while_unchanged
def _standing(session: int | None, family: int | None) -> tuple[tuple[int, int, bytes, bytes], ...]:
    """The visits under the policy of now. The names stay sealed, so that nothing remembered is a secret."""
    planned = db.execute_sql(PLANNED, (session, family)).fetchall()
    if not planned:
        return ()
    asked = terms()
    return tuple(tuple(visit) for *visit, kind, sides in planned if asked.allow(kind, sides))


def _cancel(visit: Assessment, by: Person) -> None:
    Assessment.update(cancelled_at=clock.now(), cancelled_by=by).where(Assessment.id == visit.id).execute()
    record(Event.ASSESSMENT_CANCELLED, by.id, ref(visit))


def _cancel_with_place(booking: Booking, by: Person) -> None:
    """A visit goes with the family's place. If they get another, everybody is asked anew."""
    of_place = (Assessment.session == booking.session_id) & (Assessment.family == booking.family_id)
    for visit in Assessment.select().where(of_place, Assessment.cancelled_at.is_null()):
        _cancel(visit, by)


bookings.when_cancelling.append(_cancel_with_place)


# A visit is never agreed after the day of the place on which it stands: that day counts as use already.
kinds.belongs_to(kinds.FAMILY, "visits of assessors", "assessment", "family_id = :record")
kinds.belongs_to(
    kinds.FAMILY,
    "agreements to such visits",
    "assessment_agreement",
    "assessment_id IN (SELECT id FROM assessment WHERE family_id = :record)",
)
