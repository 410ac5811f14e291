"""The audit trail: what happened, by whom, to what; each line holds the hash of the one before."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from peewee import IntegerField, TextField

from ccc import clock
from ccc.db import Instant, Record, db

NOTHING_BEFORE = "0" * 64
CODE = re.compile(r"[\w.:+-]{0,400}")


class Event(StrEnum):
    """Everything that is written down."""

    CENTRE_SET_UP = "centre-set-up"
    CENTRE_CHANGED = "centre-changed"
    KEYS_ROTATED = "keys-rotated"
    PERSON_ADDED = "person-added"
    PEOPLE_PASTED = "people-pasted"
    DETAILS_CHANGED = "details-changed"
    DETAILS_SEEN = "details-seen"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation-withdrawn"
    JOINED = "joined"
    APPOINTED = "appointed"
    APPOINTMENT_CONFIRMED = "appointment-confirmed"
    APPOINTMENT_ENDED = "appointment-ended"
    RECOVERY_LINK_MADE = "recovery-link-made"
    OFFICE_RECOVERED = "office-recovered"
    LEFT = "left"
    CAME_BACK = "came-back"
    SIGNED_IN = "signed-in"
    SIGN_INS_ENDED = "sign-ins-ended"
    PASSWORD_LINK_MADE = "password-link-made"  # noqa: S105  (the name of an event)
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  (the name of an event)
    SECOND_FACTOR_ON = "second-factor-on"
    SECOND_FACTOR_CODE_USED = "second-factor-code-used"
    SECOND_FACTOR_OFF_ASKED = "second-factor-off-asked"
    SECOND_FACTOR_OFF_STOPPED = "second-factor-off-stopped"
    SECOND_FACTOR_OFF = "second-factor-off"
    POLICY_DRAFTED = "policy-drafted"
    POLICY_DRAFT_CHANGED = "policy-draft-changed"
    POLICY_DRAFT_DROPPED = "policy-draft-dropped"
    POLICY_APPROVED = "policy-approved"
    POLICY_PUBLISHED = "policy-published"
    POLICY_REVIEWED = "policy-reviewed"
    REVIEW_PACK_DRAWN_UP = "review-pack-drawn-up"
    REVIEW_PACK_SIGNED = "review-pack-signed"
    POLICY_READ = "policy-read"
    QUIZ_FINISHED = "quiz-finished"
    UNDERTAKING_SIGNED = "undertaking-signed"
    UNDERTAKING_ON_PAPER = "undertaking-on-paper"
    ONBOARDING_DATE = "onboarding-date"
    VAULT_MADE = "vault-made"
    VAULT_GRANTED = "vault-granted"
    VAULT_ACCESS_ENDED = "vault-access-ended"
    VAULT_REKEYED = "vault-rekeyed"
    VAULT_SHEET_MADE = "vault-sheet-made"
    VAULT_SHEET_IN_SAFE = "vault-sheet-in-safe"
    VAULT_SHEET_LOST = "vault-sheet-lost"
    VAULT_OPENED_WITH_SHEET = "vault-opened-with-sheet"
    DBS_SEEN = "dbs-seen"
    DBS_LIST_SEEN = "dbs-list-seen"
    DBS_CHANGED = "dbs-changed"
    DBS_RULES_CHANGED = "dbs-rules-changed"
    DBS_PASTED = "dbs-pasted"
    DBS_NOT_ASKED = "dbs-not-asked"
    DBS_ASKED_AGAIN = "dbs-asked-again"
    SESSION_PATTERN_MADE = "session-pattern-made"
    SESSION_PATTERN_CHANGED = "session-pattern-changed"
    SESSION_PATTERN_ENDED = "session-pattern-ended"
    SESSION_ADDED = "session-added"
    SESSION_CHANGED = "session-changed"
    SESSION_CANCELLED = "session-cancelled"
    CLOSURE_ADDED = "closure-added"
    CLOSURE_REMOVED = "closure-removed"
    SESSION_RULES_CHANGED = "session-rules-changed"
    PUT_ON_ROTA = "put-on-rota"
    DUTY_ENDED = "duty-ended"
    LEADER_CHOSEN = "leader-chosen"
    FAMILY_ADDED = "family-added"
    FAMILY_CHANGED = "family-changed"
    FAMILY_ENDED = "family-ended"
    FAMILY_REOPENED = "family-reopened"
    ADULT_ADDED = "adult-added"
    ADULT_CHANGED = "adult-changed"
    ADULT_WITHDRAWN = "adult-withdrawn"
    CHILD_ADDED = "child-added"
    CHILD_CHANGED = "child-changed"
    CHILD_WITHDRAWN = "child-withdrawn"
    CONTACT_SEEN = "contact-seen"
    POLICY_GIVEN = "policy-given"
    KEPT_APART = "kept-apart"
    KEPT_APART_ENDED = "kept-apart-ended"
    SOMEBODY_KNOWN = "somebody-known"
    SOMEBODY_KNOWN_SETTLED = "somebody-known-settled"
    SESSION_NAMES_SEEN = "session-names-seen"
    REFERRER_ADDED = "referrer-added"
    REFERRER_CHANGED = "referrer-changed"
    REFERRAL_CHANGED = "referral-changed"
    REFERRAL_ENDED = "referral-ended"
    BOOKED = "booked"
    BOOKING_CANCELLED = "booking-cancelled"
    LOG_EXPORTED = "log-exported"
    ATTENDANCE_NOTED = "attendance-noted"
    ATTENDANCE_CORRECTED = "attendance-corrected"
    REGISTER_CLOSED = "register-closed"
    SHEET_PRINTED = "sheet-printed"
    SHEET_SHREDDED = "sheet-shredded"
    ASSESSMENT_AGREED = "assessment-agreed"
    ASSESSMENT_CANCELLED = "assessment-cancelled"
    PERMISSION_GIVEN = "permission-given"
    PERMISSION_WITHDRAWN = "permission-withdrawn"
    REQUEST_LOGGED = "request-logged"
    REQUEST_SEEN = "request-seen"
    DISCLOSURE_RECORDED = "disclosure-recorded"
    OWN_COPY_MADE = "own-copy-made"
    STATEMENT_ISSUED = "statement-issued"
    STATEMENT_SEEN = "statement-seen"
    CONCERN_RAISED = "concern-raised"
    CONCERN_READ = "concern-read"
    CONCERN_ADDED_TO = "concern-added-to"
    CONCERN_ENDED = "concern-ended"
    RETENTION_RULES_CHANGED = "retention-rules-changed"
    HOLD_PUT = "hold-put"
    HOLD_ENDED = "hold-ended"
    DISPOSAL_PROPOSED = "disposal-proposed"
    DISPOSAL_WITHDRAWN = "disposal-withdrawn"
    DISPOSAL_APPROVED = "disposal-approved"
    DISPOSED = "disposed"
    DISPOSAL_DONE = "disposal-done"
    PAPER_SHREDDED = "paper-shredded"
    BACKUP_MADE = "backup-made"
    BACKUP_FAILED = "backup-failed"
    RESTORED = "restored"
    TRAIL_EXPORTED = "trail-exported"
    RESTORE_LOOKED_AT = "restore-looked-at"


FACTS: dict[Event, set[str]] = {
    Event.PEOPLE_PASTED: {"count"},
    Event.INVITED: {"link"},
    Event.APPOINTED: {"role", "starts", "ends"},
    Event.APPOINTMENT_CONFIRMED: {"role"},
    Event.APPOINTMENT_ENDED: {"role", "ends"},
    Event.RECOVERY_LINK_MADE: {"role"},
    Event.OFFICE_RECOVERED: {"role"},
    Event.SIGN_INS_ENDED: {"why"},
    Event.SECOND_FACTOR_ON: {"kind"},
    Event.SECOND_FACTOR_CODE_USED: {"kind"},
    Event.POLICY_DRAFTED: {"policy"},
    Event.POLICY_APPROVED: {"sha256"},
    Event.POLICY_PUBLISHED: {"number", "sha256"},
    Event.POLICY_REVIEWED: {"on"},
    Event.REVIEW_PACK_DRAWN_UP: {"number", "version", "sha256", "trail", "at"},
    Event.REVIEW_PACK_SIGNED: {"on", "outcome", "at"},
    Event.POLICY_READ: {"version"},
    Event.QUIZ_FINISHED: {"version", "passed"},
    Event.UNDERTAKING_SIGNED: {"version", "sha256"},
    Event.UNDERTAKING_ON_PAPER: {"version", "seen_by", "sha256"},
    Event.ONBOARDING_DATE: {"step", "on"},
    Event.DBS_LIST_SEEN: {"people"},
    Event.DBS_PASTED: {"count"},
    Event.SESSION_CANCELLED: {"code"},
    Event.CLOSURE_ADDED: {"on"},
    Event.CLOSURE_REMOVED: {"on"},
    Event.PUT_ON_ROTA: {"session"},
    Event.DUTY_ENDED: {"session", "code"},
    Event.LEADER_CHOSEN: {"person"},
    Event.POLICY_GIVEN: {"on"},
    Event.KEPT_APART: {"other"},
    Event.KEPT_APART_ENDED: {"other"},
    Event.SOMEBODY_KNOWN: {"person"},
    Event.SOMEBODY_KNOWN_SETTLED: {"person"},
    Event.BOOKED: {"session", "family"},
    Event.BOOKING_CANCELLED: {"side", "code"},
    Event.ATTENDANCE_NOTED: {"slot"},
    Event.ATTENDANCE_CORRECTED: {"slot"},
    Event.SHEET_SHREDDED: {"on"},
    Event.ASSESSMENT_AGREED: {"session"},
    Event.PERMISSION_GIVEN: {"what"},
    Event.REQUEST_LOGGED: {"family", "what"},
    Event.DISCLOSURE_RECORDED: {"act"},
    Event.STATEMENT_ISSUED: {"family", "sha256"},
    Event.HOLD_PUT: {"code"},
    Event.HOLD_ENDED: {"code"},
    Event.DISPOSAL_PROPOSED: {"count", "early"},
    Event.DISPOSED: {"disposal"},
    Event.DISPOSAL_DONE: {"count"},
    Event.PAPER_SHREDDED: {"on"},
    Event.BACKUP_MADE: {"size"},
    Event.BACKUP_FAILED: {"code"},
    Event.RESTORED: {"made_on"},
}

Fact = str | int | date | None


class AuditLine(Record):
    """One line of the trail. The actor is a number, not a foreign key: the line outlives the person's record."""

    actor = IntegerField(null=True)
    event = TextField()
    about = TextField(index=True)
    facts = TextField()
    hash = TextField(unique=True)

    class Meta:
        indexes = (
            (("actor", "id"), False),
            (("created_at", "id"), False),
            (("event", "actor", "created_at"), False),
            (("about", "actor"), False),
        )


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: the lines read, the newest hash, and what is wrong, if anything."""

    lines: int
    newest: str
    fault: str | None = None


def record(event: Event, actor: int | None, about: str, **facts: Fact) -> None:
    """Write one line, inside the transaction of the change that it tells of.

    `about` is a reference such as `person:12`. Facts are numbers, codes and dates: a name, an address or anything
    with a space in it is refused with ValueError, as are facts other than the event's own.
    """
    if not db.in_transaction():
        raise RuntimeError(f"{event} recorded outside a transaction")
    kept = _checked(event, facts)
    newest = AuditLine.select(AuditLine.hash).order_by(AuditLine.id.desc()).tuples().first()
    at = clock.now()
    before = newest[0] if newest else NOTHING_BEFORE
    line = _line_hash(before, _stamp(at), actor, event, about, kept)
    AuditLine.create(created_at=at, actor=actor, event=event, about=about, facts=kept, hash=line)


def verify(expect: str | None = None) -> Verdict:
    """Read the whole chain; with a hash written down earlier, insist that it is still in there."""
    before, count, found = NOTHING_BEFORE, 0, expect is None
    for number, at, actor, event, about, facts, stored in _rows():
        if _line_hash(before, at, actor, event, about, facts) != stored:
            return Verdict(count, before, f"line {number} was changed, or a line before it is gone")
        before, count = stored, count + 1
        found = found or stored == expect
    fault = (
        None
        if found
        else "the hash written down earlier is not in the trail: it was typed wrongly, or lines at its end are gone"
    )
    return Verdict(count, before, fault)


def _rows() -> Iterator[tuple[Any, ...]]:
    """Every line as it lies in the file. A byte that is no text at all must be found, and not end the search."""
    text = [f"CAST({column} AS BLOB)" for column in ("created_at", "event", "about", "facts", "hash")]
    sql = "SELECT id, {0}, actor, {1}, {2}, {3}, {4} FROM audit_line ORDER BY id"
    for number, at, actor, *rest in db.execute_sql(sql.format(*text)):
        yield number, _text(at), actor if isinstance(actor, int | None) else repr(actor), *map(_text, rest)


def _text(stored: bytes | None) -> str:
    return (stored or b"").decode(errors="backslashreplace")


def _checked(event: Event, facts: dict[str, Fact]) -> str:
    if facts.keys() != FACTS.get(event, set()):
        raise ValueError(f"{event} carries {sorted(FACTS.get(event, set()))}, not {sorted(facts)}")
    values = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    if any(isinstance(value, str) and not CODE.fullmatch(value) for value in values.values()):
        raise ValueError(f"{event}: a fact must be a number, a code or a date")
    return json.dumps(values, sort_keys=True)


def _stamp(at: datetime) -> str:
    return str(Instant().db_value(at))


def _line_hash(before: str, *line: str | int | None) -> str:
    return hashlib.sha256(json.dumps([before, *line]).encode()).hexdigest()
