"""The review pack: drawn up for the committee's yearly review and kept as it was, with what the committee decided."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from peewee import ForeignKeyField, TextField

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

Wrong = Mapping[Key, Sequence[Figure]]


class ReviewPack(Record):
    """A pack as the committee had it before it. `content` is JSON, and `sha256` the fingerprint of that.

    `audit_hash` is the end that the audit trail had: it shows later that nothing before it was changed or cut off.
    """

    number = TextField(unique=True)
    version = ForeignKeyField(Version)
    by = ForeignKeyField(Person)
    content = TextField()
    sha256 = TextField()
    audit_hash = TextField()

    @property
    def told(self) -> dict[str, Any]:
        """What the pack tells, in the words of its day."""
        return dict(json.loads(self.content))

    @property
    def signed(self) -> "PackSignOff | None":
        """What the committee decided, once the chair has signed it off."""
        return PackSignOff.get_or_none(PackSignOff.pack == self)


class PackSignOff(Record):
    """What the committee decided with a pack before it, and the chair who says so."""

    pack = ForeignKeyField(ReviewPack, unique=True)
    reviewed_on = Day()
    outcome = TextField()
    by = ForeignKeyField(Person)

    @property
    def decided(self) -> str:
        """What was decided, in words."""
        return OUTCOMES[self.outcome]


def of_now() -> ReviewPack | None:
    """The pack of this moment, kept nowhere; None as long as no confidentiality policy is in force."""
    shown = conformance.conformance()
    if shown is None:
        return None
    content = json.dumps(_told(shown), sort_keys=True, ensure_ascii=False)
    return ReviewPack(version=shown.version, content=content, sha256=hashlib.sha256(content.encode()).hexdigest())


def draw_up(by: Person) -> ReviewPack:
    """Keep the pack of this moment, for the meeting. Where it is the one that was kept last, that one is given back.

    Raises RefusedError as long as there is no policy to review.
    """
    with writing():
        pack, last = of_now(), ReviewPack.select().order_by(ReviewPack.id.desc()).first()
        if pack is None:
            raise RefusedError("No confidentiality policy is in force yet, so there is nothing to review.")
        if last and last.sha256 == pack.sha256 and not last.signed:
            return last
        year = clock.today().year
        of_year = ReviewPack.select().where(ReviewPack.number.startswith(f"{year}-")).count()
        pack.number, pack.by, pack.audit_hash = f"{year}-{of_year + 1}", by, _end_of_trail()
        pack.save()
        record(Event.REVIEW_PACK_DRAWN_UP, by.id, ref(pack), **_facts(pack))
        return pack


def sign_off(pack: ReviewPack, on: date, outcome: str, by: Person) -> PackSignOff:
    """Keep what the committee decided on that day with this pack before it. Pressed twice, it is kept once.

    Raises RefusedError for a pack that was signed off otherwise or is about an older version, and for a day on which
    the committee cannot have had it.
    """
    with writing():
        before = pack.signed
        if before and (before.reviewed_on, before.outcome) == (on, outcome):
            return before
        _insist_on_open(pack, on)
        if outcome == STAYS:
            policies.keep_as_it_is(pack.version, on, by)
        kept: PackSignOff = PackSignOff.create(pack=pack, reviewed_on=on, outcome=outcome, by=by)
        record(Event.REVIEW_PACK_SIGNED, by.id, ref(pack), **_decision(kept))
        return kept


def all_kept() -> list[tuple[ReviewPack, PackSignOff | None]]:
    """Every pack with what was decided, newest first."""
    packs = ReviewPack.select(ReviewPack, Version).join(Version).order_by(ReviewPack.id.desc())
    decided = {one.pack_id: one for one in PackSignOff.select(PackSignOff, Person).join(Person)}
    return [(pack, decided.get(pack.id)) for pack in packs]


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
    """What of the packs and decisions no longer fits what the audit trail tells of them, in either direction."""
    packs = {ref(pack): (pack.by_id, _facts(pack)) for pack in ReviewPack.select()}
    decisions = {ref(one.pack): (one.by_id, _decision(one)) for one in PackSignOff.select()}
    kept = {Event.REVIEW_PACK_DRAWN_UP: packs, Event.REVIEW_PACK_SIGNED: decisions}
    for event, rows in kept.items():
        told = AuditLine.select().where(AuditLine.event == event)
        lines = {line.about: (line.actor, json.loads(line.facts)) for line in told}
        for about in rows.keys() | lines.keys():
            if rows.get(about) != lines.get(about):
                yield f"{about.replace('-', ' ', 1)} was changed, added or taken away after its {event}"


def _insist_on_open(pack: ReviewPack, on: date) -> None:
    if pack.signed:
        raise RefusedError("This pack was signed off already. Draw up a new one.")
    drawn_up = clock.local(pack.created_at).date()
    if on < drawn_up:
        raise RefusedError(f"This pack was drawn up on {said(drawn_up)}: the meeting was on that day or later.")
    policies.insist_on_possible(pack.version, on)


def _end_of_trail() -> str:
    """The newest hash that betrays nothing: a line about a worry is hidden from whom it concerns."""
    hidden = AuditLine.about.startswith("concern:") | AuditLine.about.startswith("disposal:")
    return str(AuditLine.select().where(~hidden).order_by(AuditLine.id.desc()).get().hash)


def _facts(pack: ReviewPack) -> dict[str, str | int]:
    """All that must never change in a pack, as its line of the audit trail holds it."""
    sha256 = hashlib.sha256(pack.content.encode()).hexdigest()
    whole = sha256 if sha256 == pack.sha256 else "altered"
    kept = {"number": pack.number, "version": pack.version_id, "sha256": whole, "trail": pack.audit_hash}
    return kept | {"at": pack.created_at.isoformat()}


def _decision(decided: PackSignOff) -> dict[str, str | int]:
    return {"on": str(decided.reviewed_on), "outcome": decided.outcome, "at": decided.created_at.isoformat()}


def _told(shown: Conformance) -> dict[str, object]:
    """All that a pack tells: no name, and no word of worries."""
    year_ago, understood = clock.months_later(clock.today(), -12), figures.figures(SLUG)
    went, wrong = retention.went_since(year_ago).items(), _often_wrong(understood.questions)
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
        "remarks": [f"{one.name} {one.remark}" for one in understood.questions if one.remark],
        "quarters": [f"{one.name}: {one.share:.0%} right at the first try" for one in understood.quarters],
        "released": conformance.let_out(str(year_ago)),
        "disposed": [f"{count} {retention.WORDS[kind][0 if count == 1 else 1]}" for kind, count in went],
        "versions": list(_versions(year_ago)),
        "reviews": list(_reviews()),
    }


def _promise(promise: Promise, wrong: Wrong) -> dict[str, object]:
    asked = [{"text": one.name, "people": one.people, "right": one.right} for one in wrong.get(promise.key, ())]
    known = {"words": promise.words, "state": promise.state, "facts": promise.facts, "faults": promise.faults}
    return known | {"wrong": asked}


def _often_wrong(questions: Sequence[Figure]) -> Wrong:
    """On each promise, the questions that were answered wrong most often at the first try."""
    found: defaultdict[Key, list[Figure]] = defaultdict(list)
    for one in questions:
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
    kept += [
        (one.reviewed_on, pack.version.number, CHANGES) for pack, one in all_kept() if one and one.outcome == CHANGES
    ]
    for day, number, outcome in sorted(kept, reverse=True):
        yield f"{said(day)}, version {number}. {OUTCOMES[outcome]}."
