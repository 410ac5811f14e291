"""When a backup is made, and what is written down and told of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from peewee import OperationalError

from ccc import clock, db, mail, people
from ccc.audit import AuditLine, Event, record
from ccc.backups.folder import alone
from ccc.backups.making import BROKEN_OFF, FAULTS, UNDER_WAY, Outcome, try_once
from ccc.backups.records import Backup
from ccc.config import Settings
from ccc.db import while_unchanged, writing
from ccc.people import Person, RefusedError
from ccc.roles import OFFICERS

log = logging.getLogger(__name__)
OLD, TRY_AGAIN = timedelta(days=2), timedelta(hours=4)
# For so long after a restore the officers are asked to look, unless one of them says that they have.
ASKED_TO_LOOK = timedelta(days=30)
NO_SHEET = "No backup can be made yet: it is locked with the recovery sheet, and none is in the safe."
SUBJECT = "No backup was made at the contact centre"
TEXT = "The backup of the centre's records was not made. {} Please sign in and look at the page about backups.\n"
# Plainly, since a database that has yet to be stepped up may have other columns besides.
SHEET_IN_SAFE = """
SELECT s.backup_public, s.in_safe_at,
       EXISTS (SELECT 1 FROM recovery_sheet WHERE id < s.id AND in_safe_at IS NOT NULL)
  FROM vault_key k JOIN recovery_sheet s ON s.id = k.sheet_id
 WHERE k.id = (SELECT max(id) FROM vault_key) AND s.in_safe_at IS NOT NULL
"""


class Sheet(NamedTuple):
    """The sheet in the safe: what backups are sealed to, since when, and whether there was one before it."""

    public: bytes
    since: datetime
    is_second: bool


class State(NamedTuple):
    """How the centre stands with its backups."""

    sheet: Sheet | None
    last_good: Backup | None
    last_try: Backup | None
    restore: AuditLine | None

    @property
    def put_back_from(self) -> date | None:
        """The day of the backup that all was put back from not long ago, if nobody has looked since what is missing."""
        line = self.restore
        if line is None or line.event != Event.RESTORED or clock.now() - line.created_at > ASKED_TO_LOOK:
            return None
        return date.fromisoformat(json.loads(line.facts)["made_on"])

    @property
    def is_old(self) -> bool:
        """Tell whether the newest good backup is older than two days, though one could have been made."""
        newest = self.last_good.created_at if self.last_good else self.sheet and self.sheet.since
        return newest is not None and clock.now() - newest > OLD

    @property
    def is_due(self) -> bool:
        """Tell whether to try now: there is none of today that opens with this sheet, nor a try a short while ago."""
        if self.sheet is None:
            return False
        good, tried = self.last_good, self.last_try
        if good and clock.local(good.created_at).date() == clock.today() and good.created_at >= self.sheet.since:
            return False
        return not (tried and tried.fault and clock.now() - tried.created_at < TRY_AGAIN)


@while_unchanged
def state() -> State:
    """Read how the centre stands with its backups."""
    told = AuditLine.select().where(AuditLine.event.in_([Event.RESTORED, Event.RESTORE_LOOKED_AT]))
    restore = told.order_by(AuditLine.id.desc()).first()
    return State(sheet(), last_good(), Backup.select().order_by(Backup.id.desc()).first(), restore)


@while_unchanged
def last_good() -> Backup | None:
    """The newest backup that was made as it should be."""
    good = Backup.select().where(Backup.fault.is_null()).order_by(Backup.id.desc())
    return good.first()


def sheet() -> Sheet | None:
    """The recovery sheet that backups are sealed to: the one that counts, once it is in the safe."""
    try:
        found = db.db.execute_sql(SHEET_IN_SAFE).fetchone()
    except OperationalError:
        return None  # A database from before there were recovery sheets.
    return Sheet(bytes(found[0]), datetime.fromisoformat(found[1]), bool(found[2])) if found else None


def make(settings: Settings, by: Person | None = None) -> Backup:
    """Make a backup now. What went wrong stands in its `fault`.

    Raises RefusedError without a sheet in the safe, and where somebody makes one just now.
    """
    with alone(settings) as nobody_else:
        if not nobody_else:
            raise RefusedError(f"Wait a moment. {FAULTS[UNDER_WAY]}")
        return _make(settings, by)


def make_if_due(settings: Settings) -> Backup | None:
    """Make the day's backup, if no other process makes one, and tell of those that broke off."""
    with alone(settings) as nobody_else:
        if not nobody_else:
            return None
        for broken in list(Backup.select().where(Backup.fault == UNDER_WAY)):
            _note(broken, Outcome(None, BROKEN_OFF), None)
        return _make(settings, None) if state().is_due else None


def looked_after_restore(by: Person) -> None:
    """Write down that an officer has looked for what is missing since a restore."""
    with writing():
        if state().put_back_from:
            record(Event.RESTORE_LOOKED_AT, by.id, "centre:1")


@contextmanager
def kept_before_steps(settings: Settings) -> Iterator[None]:
    """Make a backup before the shape of the records changes, and write down after that what came of it."""
    outcome = _before_steps(settings) if db.must_step_up() else None
    yield
    if outcome:
        _note(Backup.create(fault=UNDER_WAY), outcome, None)


def _make(settings: Settings, by: Person | None) -> Backup:
    locked_with = sheet()
    if locked_with is None:
        raise RefusedError(NO_SHEET)
    begun = Backup.create(fault=UNDER_WAY)
    return _note(begun, try_once(settings, locked_with.public, str(begun.id)), by)


def _before_steps(settings: Settings) -> Outcome | None:
    """Try it, and where nothing came of it go on, but not silently: this line is for whoever starts the server."""
    locked_with = sheet()
    with alone(settings):
        outcome = try_once(settings, locked_with.public, "before") if locked_with else None
    if fault := FAULTS.get(outcome.fault or "") if outcome else NO_SHEET:
        log.warning("The records are brought up to date without a backup before. %s", fault)
    return outcome


def _note(begun: Backup, outcome: Outcome, by: Person | None) -> Backup:
    with writing():
        Backup.update(**outcome._asdict()).where(Backup.id == begun.id).execute()
        about, actor = f"backup:{begun.id}", by and by.id
        if outcome.fault is None:
            record(Event.BACKUP_MADE, actor, about, size=outcome.size)
        else:
            _tell(begun, outcome.fault)
            record(Event.BACKUP_FAILED, actor, about, code=outcome.fault)
    return Backup.get_by_id(begun.id)


def _tell(begun: Backup, fault: str) -> None:
    """Mail the officers, once a day."""
    midnight = datetime.combine(clock.today(), time(), clock.LONDON)
    earlier = Backup.select().where(Backup.created_at >= midnight, Backup.fault != UNDER_WAY, Backup.id < begun.id)
    if not earlier.exists():
        for officer in people.holders(OFFICERS):
            mail.queue(officer.email, SUBJECT, TEXT.format(FAULTS[fault]))
