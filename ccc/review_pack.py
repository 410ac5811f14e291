"""The review pack: what the committee reads at its yearly review; signed off by the chair, it is kept as it was."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from ccc import clock, conformance, policies, retention
from ccc.audit import AuditLine, Event, record
from ccc.conformance import SLUG, Conformance, Promise, State, said
from ccc.db import Day, Record, writing
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.provisions import Key
from ccc.quizzes import figures
from ccc.quizzes.figures import Figure

STAYS, CHANGES = "stays", "changes"
OUTCOMES = {STAYS: "It stays as it is", CHANGES: "It has to change"}
KINDS = {True: "a change of substance", False: "a change of form"}
MOST_WRONG, ACCREDITED_MONTHS = 3, 36
CHANGED = "The figures changed since you opened this page. Read the pack as it is now, and sign that one off."

Wrong = Mapping[Key, Sequence[Figure]]


class ReviewPack(Record):
    """A pack; one that nobody signed off lies nowhere. `content` is JSON, and `sha256` the fingerprint of that.

    The audit trail grows by itself, so its end at the time stands beside the content, and no fingerprint covers it.
    """

    number = TextField(unique=True)
    version = ForeignKeyField(Version)
    reviewed_on = Day()
    outcome = TextField()
    by = ForeignKeyField(Person)
    content = TextField()
    sha256 = TextField(unique=True)
    audit_lines = IntegerField()
    audit_hash = TextField()

    @property
    def told(self) -> dict[str, Any]:
        """What the pack tells, in the words of its day."""
        return dict(json.loads(self.content))

    @property
    def decided(self) -> str:
        """What the committee decided, in words."""
        return OUTCOMES[self.outcome]


class Seen(NamedTuple):
    """What somebody read before they signed: the fingerprint of the pack, and the newest hash that stood on it."""

    sha256: str
    audit_hash: str


def draw_up() -> ReviewPack | None:
    """The pack of this moment, kept nowhere; None as long as no confidentiality policy is in force."""
    shown = conformance.conformance()
    if shown is None:
        return None
    content = json.dumps(_told(shown), sort_keys=True, ensure_ascii=False)
    end = AuditLine.select().order_by(AuditLine.id.desc()).get()
    marks = {"sha256": _mark(content), "audit_lines": end.id, "audit_hash": end.hash}
    return ReviewPack(version=shown.version, content=content, **marks)


def as_seen(seen: Seen) -> ReviewPack | None:
    """The pack of now with the end that the audit trail had when it was read; None if it is another by now."""
    pack, end = draw_up(), AuditLine.get_or_none(AuditLine.hash == seen.audit_hash)
    if pack is None or end is None or pack.sha256 != seen.sha256:
        return None
    pack.audit_lines, pack.audit_hash = end.id, end.hash
    return pack


def sign_off(seen: Seen, on: date, outcome: str, by: Person) -> ReviewPack:
    """Keep the pack that the chair read, with what the committee decided on that day. Pressed twice, it is kept once.

    Raises RefusedError if the pack is another by now, and for a day on which there can have been no review.
    """
    with writing():
        before = ReviewPack.get_or_none(sha256=seen.sha256, reviewed_on=on, outcome=outcome)
        if before:
            return before
        pack = as_seen(seen)
        if pack is None:
            raise RefusedError(CHANGED)
        return _keep(pack, on, outcome, by)


def signed_off() -> list[ReviewPack]:
    """Every pack that was signed off, newest first."""
    kept = ReviewPack.select(ReviewPack, Version, Person).join(Version).switch(ReviewPack).join(Person)
    return list(kept.order_by(ReviewPack.id.desc()))


def find(number: str) -> ReviewPack | None:
    """The pack of this number."""
    return ReviewPack.get_or_none(ReviewPack.number == number)


def accredited_since() -> date:
    """The first day of those three years on which an accreditation looks."""
    return clock.months_later(clock.today(), -ACCREDITED_MONTHS)


def ref(pack: ReviewPack) -> str:
    """The reference to a pack that the audit trail uses."""
    return f"review-pack:{pack.id}"


def altered() -> Iterator[str]:
    """What no longer fits what the audit trail tells of the packs that were signed off."""
    kept = {ref(pack): pack for pack in ReviewPack.select()}
    for line in AuditLine.select().where(AuditLine.event == Event.REVIEW_PACK_SIGNED):
        pack = kept.get(line.about)
        if pack is None:
            yield f"the review pack that line {line.id} of the audit trail tells of is gone"
        elif (pack.by_id, _facts(pack), _mark(pack.content)) != (line.actor, json.loads(line.facts), pack.sha256):
            yield f"review pack {pack.number} was changed after it was signed off"


def _keep(pack: ReviewPack, on: date, outcome: str, by: Person) -> ReviewPack:
    if outcome == STAYS:
        policies.keep_as_it_is(pack.version, on, by)
    else:
        policies.insist_on_possible(pack.version, on)
    of_year = ReviewPack.select().where(ReviewPack.number.startswith(f"{on.year}-")).count()
    decided = {"number": f"{on.year}-{of_year + 1}", "reviewed_on": on, "outcome": outcome, "by": by}
    kept = ReviewPack.create(**pack.__data__, **decided)
    record(Event.REVIEW_PACK_SIGNED, by.id, ref(kept), **_facts(kept))
    return kept


def _facts(pack: ReviewPack) -> dict[str, str | int]:
    """All that must never change in a signed pack, as its line of the audit trail holds it."""
    of_review = {"number": pack.number, "version": pack.version_id, "on": str(pack.reviewed_on)}
    marks = {"sha256": pack.sha256, "lines": pack.audit_lines, "trail": pack.audit_hash}
    return of_review | {"outcome": pack.outcome, "at": pack.created_at.isoformat()} | marks


def _mark(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _told(shown: Conformance) -> dict[str, object]:
    """All that a pack tells: nothing that a mere look at a page would change, no name, and no word of worries."""
    year_ago, wrong = clock.months_later(clock.today(), -12), _often_wrong()
    went = retention.went_since(year_ago).items()
    clauses = [
        {"label": line.label, "text": line.text, "promises": [_promise(one, wrong) for one in line.promises]}
        for line in shown.lines
    ]
    return {
        "title": shown.version.title,
        "number": shown.version.number,
        "standing": [f"{state}: {count}" for state in State if (count := shown.count(state))],
        "clauses": clauses,
        "silent": [_promise(one, {}) for one in shown.silent],
        "released": conformance.let_out(str(year_ago)),
        "disposed": [f"{count} {retention.WORDS[kind][0 if count == 1 else 1]}" for kind, count in went],
        "versions": list(_versions(year_ago)),
        "reviews": list(_reviews()),
    }


def _promise(promise: Promise, wrong: Wrong) -> dict[str, object]:
    asked = [{"text": one.name, "people": one.people, "right": one.right} for one in wrong.get(promise.key, ())]
    known = {"words": promise.words, "state": promise.state, "facts": promise.facts, "faults": promise.faults}
    return known | {"wrong": asked}


def _often_wrong() -> Wrong:
    """On each promise, the questions that were answered wrong most often at the first try."""
    found: defaultdict[Key, list[Figure]] = defaultdict(list)
    for one in figures.figures(SLUG).questions:
        if one.provision and one.right < one.people and len(found[one.provision]) < MOST_WRONG:
            found[one.provision].append(one)
    return found


def _versions(since: date) -> Iterator[dict[str, str]]:
    """The versions that were published from a day on, newest first."""
    for version in policies.published(SLUG):
        if (day := clock.local(version.published_at).date()) >= since:
            kind = KINDS[version.material]
            yield {"number": version.number, "day": said(day), "kind": kind, "note": version.change_note}


def _reviews() -> Iterator[str]:
    """The reviews before this one, newest first. One that asks for changes ends with the next version."""
    kept = [(one.reviewed_on, one.version.number, STAYS) for one in policies.recorded(SLUG)]
    kept += [(one.reviewed_on, one.version.number, CHANGES) for one in signed_off() if one.outcome == CHANGES]
    for day, number, outcome in sorted(kept, reverse=True):
        yield f"{said(day)}, version {number}. {OUTCOMES[outcome]}."
