"""Drafting a version: the text read into clauses, what each promises corrected, pieces set aside decided on."""

import json
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from ccc import policy_text
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Person, RefusedError
from ccc.policies.lookup import clauses, in_force, in_the_making, tags
from ccc.policies.records import Clause, Drafter, Policy, Tag, Version, ref
from ccc.policies.reviews import month_end
from ccc.provisions import PROVISIONS, Key

Choices = Mapping[str, str | int]
Known = dict[str, list[Tag]]


class Decision(StrEnum):
    """What becomes of a piece of the text that the reader set aside."""

    LEAVE_OUT = "leave-out"
    INTRODUCTION = "introduction"
    CLAUSE = "clause"


def draft(slug: str, source: str, by: Person, named: str = "") -> Version:
    """Read a document and keep it as the draft of a policy's next version; it takes the place of an earlier draft.

    A clause that stood there before keeps the promises that people gave it, and the dates of review stay where the
    text names none. A new policy whose text has no title is called after `named`. Raises policy_text.UnreadableError,
    and RefusedError for a slug that cannot stand in an address, or while an approved version waits.
    """
    reading = policy_text.read(source)
    if not is_slug(slug):
        raise RefusedError("The short name of a policy has small letters, figures and hyphens, at most 60 of them.")
    if not reading.clauses:
        raise RefusedError("There is no clause in this text: it is a title or an introduction only.")
    with writing():
        policy, _ = Policy.get_or_create(slug=slug, defaults={"title": reading.title or _title_for(slug, named)})
        before = in_the_making(policy)
        known, drafters = _tags_by_text(before or in_force(slug)), _drafters(before) | {by.id}
        aside, left_out = _sorted_out(reading, source, before)
        if before:
            drop(before, by)
        version: Version = Version.create(
            policy=policy, set_aside=aside, left_out=left_out, **_read_off(reading, policy, before)
        )
        for person in sorted(drafters):
            Drafter.create(version=version, person=person)
        _store_clauses(version, reading.clauses, known)
        record(Event.POLICY_DRAFTED, by.id, ref(version), policy=slug)
    return version


def is_slug(text: str) -> bool:
    """Tell whether a policy can have this short name, which stands in its address."""
    return len(text) <= 60 and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) is not None


def drop(version: Version, by: Person) -> None:
    """Throw a draft away. Raises RefusedError once it is approved."""
    with writing():
        insist_on_draft(version).delete_instance()
        record(Event.POLICY_DRAFT_DROPPED, by.id, ref(version))


def retag(clause: Clause, made: Mapping[Key, Choices], by: Person) -> None:
    """Say which promises a clause of a draft makes. Choices that the promise does not know raise ValueError."""
    with writing():
        insist_on_draft(clause.version)
        because = {tag.provision: tag.because for tag in clause.tags}
        Tag.delete().where(Tag.clause == clause).execute()
        for provision, choices in made.items():
            _store_tag(clause, provision, choices, because.get(provision, ""))
        _had_a_part(clause.version, by)


def key_of(piece: str) -> str:
    """The name of a piece that was set aside, for addresses: its place in the list may shift meanwhile."""
    return sha256(piece.encode()).hexdigest()[:12]


def decide(version: Version, key: str, decision: Decision, by: Person) -> None:
    """Say what becomes of a piece that was set aside, or that somebody left out before."""
    with writing():
        fresh = insist_on_draft(version)
        aside, out = fresh.pieces_aside, fresh.pieces_left_out
        piece = next((piece for piece in (*aside, *out) if key_of(piece) == key), None)
        if piece is None:
            raise RefusedError("Somebody decided about that piece meanwhile. Look at the draft again.")
        (aside if piece in aside else out).remove(piece)
        preamble = fresh.preamble
        if decision == Decision.LEAVE_OUT:
            out.append(piece)
        elif decision == Decision.INTRODUCTION:
            preamble = f"{preamble}\n\n{piece}".strip()
        else:
            _add_last_clause(version, piece)
        changed = {"set_aside": json.dumps(aside), "left_out": json.dumps(out), "preamble": preamble}
        Version.update(**changed).where(Version.id == version.id).execute()
        _had_a_part(version, by)


def insist_on_draft(version: Version) -> Version:
    """Read a draft anew. Raises RefusedError when it is one no longer."""
    fresh = Version.get_or_none(Version.id == version.id)
    if fresh is None or fresh.approved_at:
        raise RefusedError("This version was approved or thrown away meanwhile. Look at the policy again.")
    return fresh


def _drafters(before: Version | None) -> set[int]:
    """Whoever had a part in the draft that this one replaces had a part in this one."""
    return {drafter.person_id for drafter in before.drafters} if before else set()


def _sorted_out(reading: policy_text.Reading, source: str, before: Version | None) -> tuple[str, str]:
    """Return what waits for a decision and what was left out. A piece of the draft before is not lost with its text."""
    out = before.pieces_left_out if before else []
    aside = [piece for piece in reading.set_aside if piece not in out]
    gone = [piece for piece in (before.pieces_aside if before else []) if piece not in aside and piece not in source]
    return json.dumps(aside), json.dumps([*out, *gone])


def _tags_by_text(version: Version | None) -> Known:
    if version is None:
        return {}
    made = tags(version)
    return {clause.text: made.get(clause.id, []) for clause in clauses(version)}


def _read_off(reading: policy_text.Reading, policy: Policy, before: Version | None) -> dict[str, object]:
    named = reading.review.reviewed_on
    return {
        "title": reading.title or policy.title,
        "preamble": reading.preamble,
        "review_statement": reading.review.statement or "",
        "reviewed_on": month_end(named) if named else before and before.reviewed_on,
        "review_months": before and before.review_months,
    }


def _title_for(slug: str, named: str) -> str:
    words = named or ("DBS" if slug == "dbs" else slug.replace("-", " ").capitalize())
    return words if "policy" in words.casefold() else f"{words} policy"


def _store_clauses(
    version: Version, read: Sequence[policy_text.Clause], known: Known, parent: str = "", start: int = 0
) -> int:
    position = start
    for clause in read:
        stored = Clause.create(version=version, position=position, label=clause.label, parent=parent, text=clause.text)
        for tag in clause.tags if clause.text not in known else ():
            _store_tag(stored, tag.provision, tag.choices, tag.because)
        for old in known.get(clause.text, ()):
            _store_tag(stored, Key(old.provision), old.chosen, old.because)
        position = _store_clauses(version, clause.children, known, clause.label, position + 1)
    return position


def _store_tag(clause: Clause, provision: Key, choices: Choices, because: str) -> None:
    if not PROVISIONS[provision].accepts(choices):
        raise ValueError(f"{provision} does not know the choices {dict(choices)}")
    Tag.create(clause=clause, provision=provision, choices=json.dumps(dict(choices), sort_keys=True), because=because)


def _add_last_clause(version: Version, text: str) -> None:
    have = clauses(version)
    numbers = [int(c.label) for c in have if c.label.isascii() and c.label.isdigit()]
    Clause.create(version=version, position=len(have), label=str(max(numbers, default=0) + 1), text=text)


def _had_a_part(version: Version, by: Person) -> None:
    """Whoever changed anything in a draft does not approve it."""
    if not Drafter.select().where(Drafter.version == version, Drafter.person == by).exists():
        Drafter.create(version=version, person=by)
    record(Event.POLICY_DRAFT_CHANGED, by.id, ref(version))
