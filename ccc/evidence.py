"""Looks whether the audit trail is whole, and whether what people relied on is still what it tells of."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from peewee import OperationalError

from ccc import audit, people, policies, review_pack, undertakings
from ccc.audit import AuditLine, Event, Verdict
from ccc.conformance import TrailCheck
from ccc.db import db
from ccc.policies import Version
from ccc.undertakings import Acknowledgement

VOUCHING = (
    Event.POLICY_APPROVED, Event.POLICY_PUBLISHED, Event.UNDERTAKING_SIGNED, Event.UNDERTAKING_ON_PAPER,
)  # fmt: skip
# What a line tells of may be gone once one of these tells that it was let go.
LET_GO = (Event.DISPOSED, Event.POLICY_DRAFT_DROPPED)
APPROVED = Version.sha256.is_null(is_null=False)
# What lines tell of a signature: no moment and no day, so that a false one hides nothing else.
IN_LINES = (
    Acknowledgement.id, Acknowledgement.person, Acknowledgement.version, Acknowledgement.sha256,
    Acknowledgement.on_paper_seen_by,
)  # fmt: skip
# A line by its event, what it is about, and its facts, as it lies in the trail.
Told = tuple[str, str, str]


def check() -> str:
    """Read everything through, and keep what came of it. Run once a day; nobody who writes waits for it."""
    fault = verify().fault
    TrailCheck.create(fault=fault)
    return fault or "whole"


def verify(expect: str | None = None) -> Verdict:
    """Read the whole trail and look at all that it vouches for, whatever is wrong with either."""
    verdict = audit.verify(expect)
    faults = [verdict.fault] if verdict.fault else []
    return replace(verdict, fault="; ".join([*faults, *altered()]) or None)


def altered() -> list[str]:
    """What no longer fits its own fingerprint, or what the audit trail tells of it; empty when all is whole."""
    looks = {"versions": _versions, "signatures": _signatures, "review packs": review_pack.altered, "lines": _untold}
    # All as of one moment, or what is signed meanwhile would seem to lack its line.
    with db.atomic("DEFERRED"):
        return [fault for what, look in looks.items() for fault in _faults(what, look)]


def _faults(what: str, look: Callable[[], Iterable[str]]) -> Iterator[str]:
    """What one of them finds. A row with no date where one belongs, or with bytes that are no text, was altered too."""
    try:
        yield from look()
    except (ValueError, TypeError, OperationalError):
        yield f"among the {what} is one that cannot be read"


def _versions() -> Iterator[str]:
    for version in Version.select().where(APPROVED):
        if policies.fingerprint(version) != version.sha256:
            yield f"version {version.id} of a policy was changed after its approval"


def _signatures() -> Iterator[str]:
    for given in Acknowledgement.select():
        if undertakings.fingerprint(given) != given.sha256:
            yield f"signature {given.id} was changed after it was given"


def _untold() -> Iterator[str]:
    """Rows without the line that was written with them, and lines whose row is gone though nobody let it go."""
    lines = AuditLine.select(AuditLine.event, AuditLine.about, AuditLine.facts, AuditLine.id).tuples()
    told = {tuple(line): number for *line, number in lines.where(AuditLine.event.in_(VOUCHING))}
    let_go = {about for _, about, _, _ in lines.where(AuditLine.event.in_(LET_GO))}
    for words, line in _vouched_for():
        if told.pop(line, None) is None:
            yield f"no line of the audit trail tells of {words} as it is now"
    for (_, about, _), number in told.items():
        if about not in let_go:
            yield f"what line {number} of the audit trail tells of was changed or is gone"


def _vouched_for() -> Iterator[tuple[str, Told]]:
    """What is kept of approvals, publications and signatures, each with the line that was written with it."""
    for version in Version.select(Version.id, Version.sha256, Version.number).where(APPROVED):
        words, about, mark = f"version {version.id} of a policy", policies.ref(version), {"sha256": version.sha256}
        yield words, _line(Event.POLICY_APPROVED, about, mark)
        if version.number:
            yield words, _line(Event.POLICY_PUBLISHED, about, mark | {"number": version.number})
    for given in Acknowledgement.select(*IN_LINES):
        facts = {"version": given.version_id, "sha256": given.sha256}
        on_paper = {"seen_by": given.on_paper_seen_by_id} if given.on_paper else {}
        event = Event.UNDERTAKING_ON_PAPER if given.on_paper else Event.UNDERTAKING_SIGNED
        yield f"signature {given.id}", _line(event, people.ref(given.person_id), facts | on_paper)


def _line(event: Event, about: str, facts: dict[str, object]) -> Told:
    return event, about, json.dumps(facts, sort_keys=True)
