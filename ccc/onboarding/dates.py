"""The dates on which steps of joining were done: rows are added and never edited, and the newest of a step counts."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from peewee import ForeignKeyField, TextField, fn

from ccc import clock, kinds
from ccc.audit import Event, record
from ccc.db import Day, Record, writing
from ccc.people import Person, RefusedError, ref

EARLIEST = date(1950, 1, 1)


class Key(StrEnum):
    """The steps of joining, in their order; what comes after the rota is the trial."""

    APPLICATION = "application"
    INTERVIEW = "interview"
    FIRST_REFERENCE = "reference-1"
    SECOND_REFERENCE = "reference-2"
    CLEARANCE = "clearance"
    INDUCTION = "induction"
    READ = "policy-read"
    QUIZ = "quiz-passed"
    UNDERTAKING = "undertaking"
    ROTA = "rota"
    FIRST_REVIEW = "review-3"
    SECOND_REVIEW = "review-6"


TITLES: dict[Key, str] = {
    Key.APPLICATION: "Application",
    Key.INTERVIEW: "Interview",
    Key.FIRST_REFERENCE: "First reference",
    Key.SECOND_REFERENCE: "Second reference",
    Key.CLEARANCE: "Safeguarding clearance",
    Key.INDUCTION: "Induction",
    Key.READ: "Read our confidentiality policy",
    Key.QUIZ: "Quiz on the policy",
    Key.UNDERTAKING: "Sign the undertaking",
    Key.ROTA: "May be on the rota",
    Key.FIRST_REVIEW: "Review after three months",
    Key.SECOND_REVIEW: "Review after six months",
}
# What somebody sees done in the room and writes down here; the other steps are seen by the program itself.
RECORDED = (
    Key.APPLICATION,
    Key.INTERVIEW,
    Key.FIRST_REFERENCE,
    Key.SECOND_REFERENCE,
    Key.INDUCTION,
    Key.FIRST_REVIEW,
    Key.SECOND_REVIEW,
)
# Where one person judges another, nobody is both.
BY_ANOTHER = frozenset(RECORDED) - {Key.APPLICATION, Key.INDUCTION}


class OnboardingDate(Record):
    """On which day a step was done, and who says so. Without a day, an earlier date is taken back."""

    person = ForeignKeyField(Person)
    step = TextField()
    on = Day(null=True)
    by = ForeignKeyField(Person)

    class Meta:
        indexes = ((("person", "step"), False),)


def newest(person: Person) -> dict[Key, OnboardingDate]:
    """Find the newest row of each step that was ever recorded, with the one who recorded it."""
    latest = OnboardingDate.select(fn.MAX(OnboardingDate.id)).where(OnboardingDate.person == person)
    rows = OnboardingDate.select(OnboardingDate, Person).join(Person, on=OnboardingDate.by)
    return {Key(row.step): row for row in rows.where(OnboardingDate.id.in_(latest.group_by(OnboardingDate.step)))}


def days(person: Person) -> dict[Key, date | None]:
    """Read the day of each step that was ever recorded; None where it was taken back."""
    # The day beside max(id) is that of the newest row: SQLite says so.
    rows = OnboardingDate.select(OnboardingDate.step, OnboardingDate.on, fn.MAX(OnboardingDate.id))
    mine = rows.where(OnboardingDate.person == person).group_by(OnboardingDate.step)
    return {Key(step): day for step, day, _ in mine.tuples()}


def mark(rows: Mapping[Key, OnboardingDate]) -> int:
    """Give the newest row's number: it tells whether anything was recorded since these rows were looked at."""
    return max((row.id for row in rows.values()), default=0)


def record_dates(
    person: Person, dates: Mapping[Key, date | None], by: Person, *, seen: int | None = None
) -> dict[Key, date | None]:
    """Record the dates that differ from those known, and give them back; None takes a date back.

    `seen` is the mark of the rows that the recorder looked at. Raises RefusedError when somebody else recorded
    something since, for a day that cannot be, and for what nobody records about themselves.
    """
    with writing():
        known = newest(person)
        if seen is not None and seen != mark(known):
            raise RefusedError(
                "Somebody else changed these dates meanwhile. Look at what they are now, and send again."
            )
        changed = {step: on for step, on in dates.items() if on != (known[step].on if step in known else None)}
        for step, on in changed.items():
            _check(person, step, on, by)
            OnboardingDate.create(person=person.id, step=step, on=on, by=by.id)
            record(Event.ONBOARDING_DATE, by.id, ref(person), step=step, on=on)
    return changed


def fault_of(on: date) -> str | None:
    """Say what is wrong with a day on which something is said to have been done."""
    if on > clock.today():
        return "This day is still to come."
    return f"This is before {EARLIEST.year}. Look at the year." if on < EARLIEST else None


def _check(person: Person, step: Key, on: date | None, by: Person) -> None:
    if person.id == by.id and step in BY_ANOTHER:
        raise RefusedError(
            "Your own interview, references and reviews are recorded by another co-ordinator. "
            "If there is none, the chair can appoint one."
        )
    if step not in RECORDED:
        raise ValueError(f"{step} is not recorded by hand")
    fault = on and fault_of(on)
    if fault:
        raise RefusedError(f"{TITLES[step]}: {fault}")


kinds.belongs_to(kinds.PERSON, "dates of joining", "onboarding_date", "person_id = :record")
