"""Reading a policy: the place is kept here, so that it can be gone on with on another device."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from peewee import ForeignKeyField, IntegerField, TextField

from ccc import clock, kinds
from ccc.audit import Event, record
from ccc.db import Instant, Record, while_unchanged, writing
from ccc.people import Person, ref
from ccc.policies import Change, Clause, Lesson, Version, clauses, lesson
from ccc.quizzes import attempts
from ccc.quizzes.questions import Quiz
from ccc.undertakings.edition import edition_of


class Way(StrEnum):
    """How somebody likes to read."""

    ONE = "one"
    ALL = "all"


class Reading(Record):
    """One person's reading of one version: how, where they are, and when they came to the end first."""

    person = ForeignKeyField(Person)
    version = ForeignKeyField(Version)
    way = TextField(default=Way.ONE)
    place = IntegerField(default=0)
    finished_at = Instant(null=True)

    class Meta:
        indexes = ((("person", "version"), True),)


@dataclass(frozen=True)
class Place:
    """What is read at one go: the introduction, a clause with what stands under it, or the words on the review.

    Whoever knows an earlier version reads by `changes`, under the labels of the clauses, which words came or went.
    """

    text: str
    label: str = ""
    under: Sequence[Clause] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)


@while_unchanged
def places(version: Version, known: Version | None = None) -> tuple[Place, ...]:
    """A whole version, cut into places in their order; or what changed, if anything, since one that somebody knows."""
    return tuple(_changed_places(version, lesson(known, version)) if known else _all_places(version))


def known_version(person: Person, version: Version) -> Version | None:
    """What somebody read to its end last, if it differs from this version in substance."""
    newest = next((row.version for row in finished_readings(person, version.policy_id)), None)
    return newest if newest and newest.id < version.id and newest.edition != version.edition else None


def _changed_places(version: Version, learn: Lesson) -> Iterator[Place]:
    for top, under in _with_what_stands_under(clauses(version)):
        if learn.labels & {clause.label for clause in (top, *under)}:
            yield Place(top.text, top.label, under, learn.reworded)
    for change in learn.elsewhere:
        label = change.before or ""
        yield Place("", label, (), {label: change})


def _all_places(version: Version) -> Iterator[Place]:
    if version.preamble:
        yield Place(version.preamble)
    for top, under in _with_what_stands_under(clauses(version)):
        yield Place(top.text, top.label, under)
    if version.review_statement:
        yield Place(version.review_statement)


@while_unchanged
def reading_of(person: Person, version: Version) -> Reading:
    """Where somebody is in a version; a first reading, not stored yet, begins in the way they read last."""
    row = Reading.get_or_none(Reading.person == person, Reading.version == version)
    if row:
        return row
    last = Reading.select(Reading.way).where(Reading.person == person).order_by(Reading.id.desc()).first()
    return Reading(person=person.id, version=version, way=last.way if last else Way.ONE)


def turn_to(person: Person, version: Version, place: int) -> None:
    """Keep the place that somebody has come to."""
    furthest = len(places(version, known_version(person, version))) - 1
    with writing():
        _keep(reading_of(person, version), place=max(0, min(place, furthest)))


def choose_way(person: Person, version: Version, way: Way) -> None:
    """Keep how somebody likes to read."""
    with writing():
        _keep(reading_of(person, version), way=way)


def finish(person: Person, version: Version, quiz: Quiz | None = None) -> None:
    """Record that somebody read this version to the end. The first time counts; reading it again is free.

    Where nothing of what they read anew is asked about in the quiz, they have passed it with that.
    """
    unasked = quiz is not None and not attempts.asked_of(person, quiz, version)
    with writing():
        row = reading_of(person, version)
        if row.finished_at:
            _keep(row, place=0)
            return
        _keep(row, place=0, finished_at=clock.now())
        record(Event.POLICY_READ, person.id, ref(person), version=version.id)
        if unasked:
            attempts.pass_unasked(person, version)


@while_unchanged
def finished_readings(person: Person, policy: int) -> tuple[Reading, ...]:
    """Every reading of a policy that somebody brought to its end, the newest version first."""
    rows = Reading.select(Reading, Version).join(Version)
    ended = rows.where(Reading.person == person, Version.policy == policy, ~Reading.finished_at.is_null())
    return tuple(ended.order_by(Version.id.desc()))


def has_read(person: Person, version: Version) -> bool:
    """Tell whether somebody read this version to the end, or an earlier one that differs from it in form only."""
    ended = finished_readings(person, version.policy_id)
    return any(row.version.edition == version.edition and row.version.id <= version.id for row in ended)


def readers(version: Version) -> dict[int, date]:
    """Everybody who read this edition to the end, by the person's number, with the day they did."""
    ended = ~Reading.finished_at.is_null() & Reading.version.in_(edition_of(version))
    rows = Reading.select(Reading.person_id, Reading.finished_at).where(ended).order_by(Reading.finished_at.desc())
    return {person: clock.local(at).date() for person, at in rows.tuples()}


def _keep(row: Reading, **changes: object) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.save()


def _with_what_stands_under(all_clauses: Sequence[Clause]) -> list[tuple[Clause, list[Clause]]]:
    cut: list[tuple[Clause, list[Clause]]] = []
    for clause in all_clauses:
        if clause.parent and cut:
            cut[-1][1].append(clause)
        else:
            cut.append((clause, []))
    return cut


kinds.belongs_to(kinds.PERSON, "readings of a policy", "reading", "person_id = :record")
