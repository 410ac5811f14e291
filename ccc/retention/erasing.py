"""Carrying out what was approved: each record goes whole or stays whole, and then from SQLite's own log as well."""

import json
import secrets
import time
from collections.abc import Callable, Iterable

from peewee import IntegrityError

from ccc import clock, kinds
from ccc.audit import AuditLine, Event, record
from ccc.db import db, writing
from ccc.retention.due import why_kept
from ccc.retention.records import Disposal, DisposalItem, ref

Pair = tuple[str, int]
AT_ONCE = 5
# Between two handfuls, others come to write.
PAUSE_SECONDS = 0.03
MOST_WAITING_MS = 400
USUAL_WAITING_MS = 5_000

# Told of kinds and numbers just before it is final that they are gone: rather of one too many than of one too few.
when_disposed: list[Callable[[list[Pair]], object]] = []
# Each clears away what may lie of them outside the database and its log, and says False if that must wait.
other_traces: list[Callable[[], bool]] = []


def disposed() -> list[Pair]:
    """Everything that was ever disposed of, by kind and number, as the audit trail has it; oldest first."""
    lines = AuditLine.select(AuditLine.about).where(AuditLine.event == Event.DISPOSED).order_by(AuditLine.id)
    split = (about.split(":") for (about,) in lines.tuples())
    return list(dict.fromkeys((kind, int(number)) for kind, number in split))


def dispose_again(pairs: Iterable[Pair]) -> int:
    """Erase what had been disposed of before a backup was brought back; return how many records came back with it.

    No number that was given out after the backup is given out again, or a list would mean somebody else by it.
    """
    gone_before, again = set(disposed()), 0
    with writing():
        for kind, number in dict.fromkeys(pairs):
            _count_on(kind, number)
            again += any(kinds.count(kind, [number]).values())
            _erase_or_empty(kind, number)
            if (kind, number) not in gone_before:
                record(Event.DISPOSED, None, f"{kind}:{number}", disposal=None)
        for kind in (kinds.FAMILY, kinds.PERSON, kinds.REFERRER, kinds.CONCERN):
            _count_on(kind, step=1_000 + secrets.randbelow(9_000))
    wipe_log()
    return again


def carry_on(seconds: float | None = None) -> int:
    """Go on with what was approved, a handful at a time, until it is done or the time is up; how many records went.

    Whoever calls it when the power comes back finds each record whole or gone.
    """
    until, gone = None if seconds is None else time.monotonic() + seconds, 0
    for disposal in _approved():
        while handful := _handful(disposal):
            gone += _dispose(disposal, handful)
            if until and time.monotonic() > until:
                return gone
            time.sleep(PAUSE_SECONDS)
        _finish(disposal)
    wipe()
    return gone


def wipe() -> bool:
    """Empty SQLite's own log, where what is gone may still lie; if somebody reads or copies just then, try again."""
    waits = Disposal.select(Disposal.id).where(Disposal.done_at.is_null(is_null=False), Disposal.wiped_at.is_null())
    # They are listed before: nothing that is done after the log was emptied may pass for wiped.
    numbers = [number for (number,) in waits.tuples()]
    if not numbers or not all(clear() for clear in other_traces) or not wipe_log():
        return False
    with writing():
        Disposal.update(wiped_at=clock.now()).where(Disposal.id.in_(numbers)).execute()
    return True


def wipe_log() -> bool:
    """Move the log into the database and cut it off. False if that must wait: nobody is kept waiting for long."""
    if db.in_transaction():
        return False
    db.execute_sql(f"PRAGMA busy_timeout = {MOST_WAITING_MS}")
    try:
        busy, _, _ = db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        db.execute_sql(f"PRAGMA busy_timeout = {USUAL_WAITING_MS}")
    return not busy


def _approved() -> list[Disposal]:
    approved = Disposal.approved_at.is_null(is_null=False) & Disposal.done_at.is_null()
    return list(Disposal.select().where(approved).order_by(Disposal.id))


def _handful(disposal: Disposal) -> list[DisposalItem]:
    left = DisposalItem.select().where(DisposalItem.disposal == disposal, DisposalItem.done_at.is_null())
    return list(left.order_by(DisposalItem.id).limit(AT_ONCE))


def _dispose(disposal: Disposal, handful: list[DisposalItem]) -> int:
    """Dispose of a few records in one transaction. Another process may have been quicker: then nothing is left."""
    gone: list[Pair] = []
    numbers = [item.id for item in handful]
    with writing():
        fresh = DisposalItem.select().where(DisposalItem.id.in_(numbers), DisposalItem.done_at.is_null())
        for item in list(fresh):
            item.kept_why = why_kept(item) or _erase(item)
            item.done_at = clock.now()
            item.save()
            if not item.kept_why:
                record(Event.DISPOSED, disposal.approved_by_id, f"{item.kind}:{item.record}", disposal=disposal.id)
                gone.append((item.kind, item.record))
        for tell in when_disposed if gone else ():
            tell(gone)
    return len(gone)


def _erase(item: DisposalItem) -> str | None:
    """Erase one record; if something of ours still refers to it, nothing of it goes, and that is said."""
    try:
        with db.atomic():
            item.figures = json.dumps(kinds.erase(item.kind, item.record))
    except IntegrityError:
        item.figures = None
        return "needed"
    return None


def _finish(disposal: Disposal) -> None:
    with writing():
        open_still = (Disposal.id == disposal.id) & Disposal.done_at.is_null()
        if Disposal.update(done_at=clock.now()).where(open_still).execute():
            went = DisposalItem.select().where(DisposalItem.disposal == disposal, DisposalItem.kept_why.is_null())
            record(Event.DISPOSAL_DONE, disposal.approved_by_id, ref(disposal), count=went.count())


def _erase_or_empty(kind: str, number: int) -> None:
    """In a backup, what has moved on since may still point at a record: it stays there then, and tells nothing."""
    try:
        with db.atomic():
            kinds.erase(kind, number)
    except IntegrityError:
        kinds.empty(kind, number)


def _count_on(kind: str, number: int = 0, step: int = 0) -> None:
    """Each kind's own table has its name; SQLite counts on from the largest number that it knows of."""
    known = db.execute_sql("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (kind,)).fetchone()[0]
    if known is None:
        db.execute_sql("INSERT INTO sqlite_sequence (name) VALUES (?)", (kind,))
    db.execute_sql("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", (max(known or 0, number) + step, kind))
