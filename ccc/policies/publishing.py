"""Approving, publishing, and sending back: the text people sign is fixed here, by somebody who did not write it."""

from collections.abc import Iterable
from datetime import date, timedelta

from ccc import clock, people
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Appointment, Person, RefusedError
from ccc.policies.changes import Kind, changes
from ccc.policies.drafting import insist_on_draft
from ccc.policies.fingerprints import fingerprint
from ccc.policies.lookup import clauses, in_force, nothing_published, promises, promising_clauses, tags
from ccc.policies.records import SIGNED, Clause, Drafter, Policy, Tag, Version, ref
from ccc.policies.reviews import Review, cycle, fixed_due, set_review
from ccc.roles import May, Role, may

HAD_A_PART = "You had a part in this draft, so somebody else approves it: {who}."
WORDS = ("policy", "title", "preamble", "review_statement", "set_aside", "left_out", "reviewed_on", "review_months")
# For so long at most, what was signed before counts after a change of substance.
MOST_TIME = timedelta(days=365)
OTHERS = "the co-ordinator or the safeguarding officer"


def approve(version: Version, by: Person, *, seen: str, review: Review | None = None) -> None:
    """Fix a draft for good. `seen` is the fingerprint of what the approver read, `review` its dates if none are known.

    Raises RefusedError for somebody with a part in it or without a say, and for a draft that is not ready.
    """
    with writing():
        insist_on_draft(version)
        refusal = why_not_approve(version, by)
        if refusal:
            raise RefusedError(refusal)
        _fix(version, by, seen, review)


def publish_alone(version: Version, by: Person, *, seen: str, review: Review | None = None) -> Version:
    """At set-up, once: the first chair approves and publishes in one step, since there is nobody else yet."""
    with writing():
        insist_on_draft(version)
        if not may_publish_alone(by):
            raise RefusedError("The first policy of the centre is published already. From now on it takes two people.")
        _fix(version, by, seen, review)
        return publish(version, by, material=True, change_note="")


def publish(version: Version, by: Person, *, material: bool, change_note: str, sign_by: date | None = None) -> Version:
    """Put an approved version in force. A material change is signed anew by everybody, an editorial one is not.

    What was signed before counts until the end of `sign_by`. Raises RefusedError when the version is not approved or
    is published already, and for a change without a reason, of another kind than it is called, or without such a day.
    """
    with writing():
        fresh = Version.get_or_none(Version.id == version.id)
        if fresh is None or not fresh.approved_at or fresh.published_at:
            raise RefusedError("This version is not approved yet, or somebody published it meanwhile.")
        before = in_force(fresh.policy.slug)
        if before:
            _insist_on_sound_change(before, fresh, change_note, sign_by, material=material)
        number = _next_number(before, material=material)
        kept: dict[str, object] = {"number": number, "material": material or not before, "change_note": change_note}
        kept["sign_by"] = sign_by if before and material else None
        Version.update(published_at=clock.now(), **kept).where(Version.id == version.id).execute()
        Policy.update(title=fresh.title).where(Policy.id == fresh.policy_id).execute()
        record(Event.POLICY_PUBLISHED, by.id, ref(version), number=number, sha256=fresh.sha256)
    return Version.get_by_id(version.id)


def send_back(version: Version, by: Person) -> Version:
    """Make a draft again of an approved version that shall not be published: a copy, since an approved one is fixed."""
    with writing():
        old = Version.get_or_none(Version.id == version.id)
        if old is None or not old.approved_at or old.published_at:
            raise RefusedError("This version is not approved yet, or somebody published it meanwhile.")
        drafters, branches, made = list(old.drafters), clauses(old), tags(old)
        old.delete_instance()
        again: Version = Version.create(**{name: getattr(old, name) for name in WORDS})
        for drafter in drafters:
            Drafter.create(version=again, person=drafter.person_id)
        for clause in branches:
            _copy(clause, made.get(clause.id, ()), again)
        record(Event.POLICY_DRAFT_DROPPED, by.id, ref(old))
        record(Event.POLICY_DRAFTED, by.id, ref(again), policy=old.policy.slug)
    return again


def may_publish_alone(person: Person) -> bool:
    """Tell whether this is the first chair of a centre that has no policy in force yet."""
    chairs = Appointment.select(Appointment.person).where(Appointment.role == Role.CHAIR)
    first = chairs.order_by(Appointment.id).tuples().first()
    return nothing_published() and first == (person.id,) and may(people.roles_of(person), May.PUBLISH_POLICY)


def why_not_approve(version: Version, person: Person) -> str | None:
    """Why this person does not approve this draft, or None for the one who does."""
    return why_not_approve_each([version], person)[version.id]


def why_not_approve_each(versions: Iterable[Version], person: Person) -> dict[int, str | None]:
    """The same for several drafts, at the cost of one."""
    chairs = {chair.id for chair in people.in_office(Role.CHAIR)}
    held = people.roles_of(person)
    parts: dict[int, set[int]] = {version.id: set() for version in versions}
    drafters = Drafter.select(Drafter.version, Drafter.person).where(Drafter.version.in_(list(parts)))
    for number, drafter in drafters.tuples():
        parts[number].add(drafter)
    return {number: _why_not(part, chairs, held, person.id) for number, part in parts.items()}


def _why_not(part: set[int], chairs: set[int], held: frozenset[Role], person: int) -> str | None:
    chair_had_part = bool(part & chairs)
    if person in part:
        return HAD_A_PART.format(who=OTHERS if chair_had_part else "the chair")
    if chair_had_part:
        return None if may(held, May.AGREE_POLICY) else f"The chair had a part in this draft, so {OTHERS} approves it."
    return None if may(held, May.PUBLISH_POLICY) else "The chair approves this draft."


def _fix(version: Version, by: Person, seen: str, review: Review | None) -> None:
    if fingerprint(Version.get_by_id(version.id)) != seen:
        raise RefusedError("The draft was changed while you read it. Here it stands as it is now: read it again.")
    if review:
        set_review(version, review, by)
    fresh = Version.get_by_id(version.id)
    _insist_on_whole(fresh)
    office = next(role for role in (Role.CHAIR, Role.SAFEGUARDING, Role.COORDINATOR) if role in people.roles_of(by))
    fixed = {"review_due": fixed_due(fresh), "sha256": fingerprint(fresh), "approved_as": office}
    Version.update(approved_by=by, approved_at=clock.now(), **fixed).where(Version.id == version.id).execute()
    record(Event.POLICY_APPROVED, by.id, ref(version), sha256=fixed["sha256"])


def _insist_on_whole(version: Version) -> None:
    if not Clause.select().where(Clause.version == version).exists():
        raise RefusedError("This version has no clauses. Put the text in again.")
    if cycle(version) and not version.reviewed_on:
        raise RefusedError("This policy promises to be reviewed. Say first in which month it was reviewed last.")
    before = in_force(version.policy.slug)
    if before and before.review_months == version.review_months and _says_the_same(before, version):
        raise RefusedError(
            "This is the same, word for word, as the version in force. There is nothing to publish. "
            "If the committee has reviewed it, the chair records the review."
        )


def _insist_on_sound_change(
    before: Version, version: Version, change_note: str, sign_by: date | None, *, material: bool
) -> None:
    if not change_note.strip():
        raise RefusedError("Say in a sentence what has changed, and why.")
    if not material:
        _insist_on_form(before, version)
    elif _says_the_same(before, version):
        raise RefusedError("Every word and every promise is as it was, so nobody has to sign anew.")
    elif version.policy.slug == SIGNED:
        _insist_on_day(sign_by)


def _insist_on_form(before: Version, version: Version) -> None:
    if _promised(before) != _promised(version):
        raise RefusedError("This version promises something else than the one before, so the change is material.")
    came_or_went = (change for change in changes(before, version) if change.kind in (Kind.NEW, Kind.GONE))
    if any(change.before or change.after for change in came_or_went):
        raise RefusedError("A whole clause came or went, so the change is material.")


def _insist_on_day(sign_by: date | None) -> None:
    if sign_by is None:
        raise RefusedError("Fill in the day by which everybody signs again.")
    if not clock.today() <= sign_by < clock.today() + MOST_TIME:
        raise RefusedError("The day by which everybody signs is today or later, and less than a year ahead.")


def _copy(clause: Clause, made: Iterable[Tag], version: Version) -> None:
    kept = {name: getattr(clause, name) for name in ("position", "label", "parent", "text")}
    copied = Clause.create(version=version, **kept)
    for tag in made:
        Tag.create(clause=copied, provision=tag.provision, choices=tag.choices, because=tag.because)


def _promised(version: Version) -> set[tuple[str, str]]:
    return {(key, str(sorted(choices.items()))) for key, each in promises(version).items() for choices in each}


def _says_the_same(before: Version, version: Version) -> bool:
    """Tell whether two versions say and promise the same in the same words, whenever each was reviewed."""
    words = ("title", "preamble", "review_statement")
    same = all(getattr(before, name) == getattr(version, name) for name in words)
    return same and promising_clauses(before) == promising_clauses(version)


def _next_number(before: Version | None, *, material: bool) -> str:
    if before is None:
        return "1.0"
    edition, _, minor = str(before.number).partition(".")
    return f"{int(edition) + 1}.0" if material else f"{edition}.{int(minor) + 1}"
