"""Policies, their versions and clauses: drafted by one person, approved by another, published, and never edited."""

import hashlib
import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from ccc import centre, clock, policy_text
from ccc.audit import Event, record
from ccc.db import Day, Instant, Record, writing
from ccc.people import Person, RefusedError
from ccc.provisions import PROVISIONS, Key

ANNUAL_MONTHS = 12
Choices = Mapping[str, str | int]


class Policy(Record):
    """One of the centre's policies; `slug` is its place in addresses."""

    slug = TextField(unique=True)
    title = TextField()


class Version(Record):
    """One version of a policy. Once approved, nothing in it changes: the database refuses."""

    policy = ForeignKeyField(Policy, backref="versions")
    number = TextField(null=True)
    title = TextField()
    preamble = TextField()
    review_statement = TextField()
    set_aside = TextField(default="[]")
    reviewed_on = Day(null=True)
    review_due = Day(null=True)
    drafted_by = ForeignKeyField(Person)
    approved_by = ForeignKeyField(Person, null=True)
    approved_at = Instant(null=True)
    material = BooleanField(default=True)
    change_note = TextField(default="")
    sha256 = TextField(null=True)
    published_at = Instant(null=True)

    class Meta:
        indexes = ((("policy", "number"), True),)

    @property
    def edition(self) -> int:
        """The number before the dot: it moves with material changes, and a signature holds for all of it."""
        return int(str(self.number).partition(".")[0])


class Clause(Record):
    """A clause or sub-clause. `label` is "3" or "3a", `parent` the label it stands under."""

    version = ForeignKeyField(Version, backref="clauses", on_delete="CASCADE")
    position = IntegerField()
    label = TextField()
    parent = TextField(default="")
    text = TextField()

    class Meta:
        indexes = ((("version", "label"), True),)


class Tag(Record):
    """The promise that a clause makes, with its choices (JSON), and the words that made us think so."""

    clause = ForeignKeyField(Clause, backref="tags", on_delete="CASCADE")
    provision = TextField()
    choices = TextField(default="{}")
    because = TextField(default="")

    class Meta:
        indexes = ((("clause", "provision"), True),)

    @property
    def chosen(self) -> dict[str, str | int]:
        return dict(json.loads(self.choices))


def month_end(year_and_month: str) -> date:
    """The last day of a month such as "2024-03": a policy says in which month it was reviewed, not on which day."""
    year, month = (int(part) for part in year_and_month.split("-"))
    return date(year, month, monthrange(year, month)[1])


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last day of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def draft(slug: str, source: str, by: Person) -> Version:
    """Read a document and keep it as the draft of a policy's next version; an earlier draft of it is dropped.

    Raises policy_text.UnreadableError, and RefusedError while an approved version waits to be published.
    """
    reading = policy_text.read(source)
    with writing():
        policy, _ = Policy.get_or_create(slug=slug, defaults={"title": reading.title or slug.capitalize()})
        waiting = in_the_making(policy)
        if waiting:
            drop(waiting, by)
        version: Version = Version.create(
            policy=policy,
            title=reading.title or policy.title,
            preamble=reading.preamble,
            review_statement=reading.review.statement or "",
            set_aside=json.dumps(reading.set_aside),
            reviewed_on=reading.review.reviewed_on and month_end(reading.review.reviewed_on),
            drafted_by=by,
        )
        _store_clauses(version, reading.clauses)
        record(Event.POLICY_DRAFTED, by.id, ref(version), policy=slug)
    return version


def drop(version: Version, by: Person) -> None:
    """Throw a draft away. Raises RefusedError once it is approved."""
    with writing():
        if Version.get_by_id(version.id).approved_at:
            raise RefusedError("This version is approved and waits to be published. It is too late to change it.")
        version.delete_instance()
        record(Event.POLICY_DRAFT_DROPPED, by.id, ref(version))


def retag(clause: Clause, tags: Mapping[Key, Choices], by: Person) -> None:
    """Say which promises a clause of a draft makes. Choices that the promise does not know raise ValueError."""
    with writing():
        _insist_on_draft(clause.version)
        known = {tag.provision: tag.because for tag in clause.tags}
        Tag.delete().where(Tag.clause == clause).execute()
        for provision, choices in tags.items():
            _store_tag(clause, provision, choices, known.get(provision, ""))
        _now_drafted_by(clause.version, by)


def take_back(version: Version, index: int, *, as_clause: bool, by: Person) -> None:
    """Put a piece that was set aside back into the policy: as its last clause, or at the end of the introduction."""
    with writing():
        _insist_on_draft(version)
        pieces = json.loads(version.set_aside)
        if not 0 <= index < len(pieces):
            raise RefusedError("That piece is not set aside any more.")
        piece = pieces.pop(index)
        if as_clause:
            _add_last_clause(version, piece)
        preamble = version.preamble if as_clause else f"{version.preamble}\n\n{piece}".strip()
        Version.update(set_aside=json.dumps(pieces), preamble=preamble).where(Version.id == version.id).execute()
        _now_drafted_by(version, by)


def approve(version: Version, by: Person, *, alone: bool = False) -> None:
    """Fix a draft for good. Whoever approves is not who drafted, save `alone`: the chair at set-up, once.

    Raises RefusedError when the drafter approves, when there are no clauses, and when it is approved already.
    """
    with writing():
        fresh = _insist_on_draft(version)
        if fresh.drafted_by_id == by.id and not (alone and nothing_published()):
            raise RefusedError("You drafted this version, so somebody else approves it.")
        if not Clause.select().where(Clause.version == version).exists():
            raise RefusedError("This version has no clauses. Put the text in again.")
        reviewed = fresh.reviewed_on or clock.today()
        fixed = {"reviewed_on": reviewed, "review_due": _due(version, reviewed), "sha256": fingerprint(version)}
        Version.update(approved_by=by, approved_at=clock.now(), **fixed).where(Version.id == version.id).execute()
        record(Event.POLICY_APPROVED, by.id, ref(version), sha256=fixed["sha256"])


def publish(version: Version, by: Person, *, material: bool, change_note: str) -> Version:
    """Put an approved version in force. A material change is signed anew by everybody, an editorial one is not.

    Raises RefusedError when it is not approved, or published already.
    """
    with writing():
        fresh = Version.get_by_id(version.id)
        if not fresh.approved_at or fresh.published_at:
            raise RefusedError("This version is not approved yet, or is published already.")
        before = in_force(fresh.policy.slug)
        number = _next_number(before, material=material)
        kept = {"number": number, "material": material or not before, "change_note": change_note}
        Version.update(published_at=clock.now(), **kept).where(Version.id == version.id).execute()
        Policy.update(title=fresh.title).where(Policy.id == fresh.policy_id).execute()
        record(Event.POLICY_PUBLISHED, by.id, ref(version), number=number, sha256=fresh.sha256)
    return Version.get_by_id(version.id)


def nothing_published() -> bool:
    """Tell whether the centre has no policy in force yet: then its first chair may publish alone."""
    return not Version.select().where(Version.published_at.is_null(False)).exists()


def in_force(slug: str) -> Version | None:
    """The version of a policy that holds today."""
    published = Version.select(Version, Policy).join(Policy).where(Policy.slug == slug, Version.published_at.is_null(False))
    return published.order_by(Version.id.desc()).first()


def in_the_making(policy: Policy) -> Version | None:
    """The draft, or the approved version that waits to be published."""
    return Version.get_or_none(Version.policy == policy, Version.published_at.is_null())


def published(slug: str) -> list[Version]:
    """Every version that was ever in force, newest first."""
    held = Version.select(Version, Policy).join(Policy).where(Policy.slug == slug, Version.published_at.is_null(False))
    return list(held.order_by(Version.id.desc()))


def clauses(version: Version) -> list[Clause]:
    """The clauses and sub-clauses of a version in their order."""
    return list(Clause.select().where(Clause.version == version).order_by(Clause.position))


def promises(version: Version) -> dict[Key, list[dict[str, str | int]]]:
    """What a version promises: each promise with the choices of every clause that makes it."""
    found: dict[Key, list[dict[str, str | int]]] = {}
    for tag in Tag.select(Tag).join(Clause).where(Clause.version == version).order_by(Clause.position):
        found.setdefault(Key(tag.provision), []).append(tag.chosen)
    return found


def review_is_overdue(version: Version) -> bool:
    """Tell whether the day of the next review has passed."""
    return version.review_due is not None and version.review_due < clock.today()


def fingerprint(version: Version) -> str:
    """SHA-256 over what readers read and what it is taken to promise, in one fixed form."""
    content = {
        "title": version.title,
        "preamble": version.preamble,
        "review": version.review_statement,
        "clauses": [[c.label, c.text, sorted([t.provision, t.choices] for t in c.tags)] for c in clauses(version)],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def ref(version: Version) -> str:
    """The reference to a version that the audit trail uses."""
    return f"version:{version.id}"


def _due(version: Version, reviewed: date) -> date | None:
    """When the next review is due, if the policy says how often; *regularly* takes the centre's own months."""
    cycles = {choices["cycle"] for choices in promises(version).get(Key.REVIEW, [])}
    months = ANNUAL_MONTHS if "annual" in cycles else centre.the_centre().review_months if cycles else None
    return months_after(reviewed, months) if months else None


def _next_number(before: Version | None, *, material: bool) -> str:
    if before is None:
        return "1.0"
    edition, _, minor = str(before.number).partition(".")
    return f"{int(edition) + 1}.0" if material else f"{edition}.{int(minor) + 1}"


def _store_clauses(version: Version, read: Sequence[policy_text.Clause], parent: str = "", start: int = 0) -> int:
    position = start
    for clause in read:
        stored = Clause.create(version=version, position=position, label=clause.label, parent=parent, text=clause.text)
        for tag in clause.tags:
            _store_tag(stored, tag.provision, tag.choices, tag.because)
        position = _store_clauses(version, clause.children, clause.label, position + 1)
    return position


def _store_tag(clause: Clause, provision: Key, choices: Choices, because: str) -> None:
    if not PROVISIONS[provision].accepts(choices):
        raise ValueError(f"{provision} does not know the choices {dict(choices)}")
    Tag.create(clause=clause, provision=provision, choices=json.dumps(dict(choices), sort_keys=True), because=because)


def _add_last_clause(version: Version, text: str) -> None:
    have = clauses(version)
    numbers = [int(c.label) for c in have if c.label.isascii() and c.label.isdigit()]
    Clause.create(version=version, position=len(have), label=str(max(numbers, default=0) + 1), text=text)


def _insist_on_draft(version: Version) -> Version:
    fresh = Version.get_or_none(Version.id == version.id)
    if fresh is None or fresh.approved_at:
        raise RefusedError("This version was approved or thrown away meanwhile. Look at the policy again.")
    return fresh


def _now_drafted_by(version: Version, by: Person) -> None:
    """Whoever changed the draft last counts as its drafter, and so does not approve it."""
    Version.update(drafted_by=by).where(Version.id == version.id).execute()
