"""When a backup is made, and what is written down and told of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import NamedTuple

from peewee import OperationalError

from ccc import clock, db, mail, people
from ccc.audit import Event, record
from ccc.backups.making import BROKEN_OFF, FAULTS, Outcome, try_once
from ccc.backups.records import Backup
from ccc.config import Settings
from ccc.db import while_unchanged, writing
from ccc.people import Person, RefusedError
from ccc.roles import OFFICERS

OLD, TRY_AGAIN = timedelta(days=2), timedelta(hours=4)
NO_SHEET = "No backup can be made yet: it is locked with the recovery sheet, and none is in the safe."
SUBJECT = "No backup was made at the contact centre"
TEXT = "The backup of the centre's records was not made. {} Please sign in and look at the page about backups.\n"
# Plainly, since a database that has yet to be stepped up may have other columns besides.
SHEET_IN_SAFE = """
SELECT s.backup_public, s.in_safe_at FROM vault_key k JOIN recovery_sheet s ON s.id = k.sheet_id
 WHERE k.id = (SELECT max(id) FROM vault_key) AND s.in_safe_at IS NOT NULL
"""


class Sheet(NamedTuple):
    """The sheet in the safe: what backups are sealed to, and since when."""

    public: bytes
    since: datetime


class State(NamedTuple):
    """How the centre stands with its backups."""

    sheet: Sheet | None
    last_good: Backup | None
    last_try: Backup | None

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
    newest = Backup.select().order_by(Backup.id.desc())
    return State(sheet(), newest.where(Backup.fault.is_null()).first(), newest.first())


def sheet() -> Sheet | None:
    """The recovery sheet that backups are sealed to: the one that counts, once it is in the safe."""
    try:
        found = db.db.execute_sql(SHEET_IN_SAFE).fetchone()
    except OperationalError:
        return None  # A database from before there were recovery sheets.
    return Sheet(bytes(found[0]), datetime.fromisoformat(found[1])) if found else None


def make(settings: Settings, by: Person | None = None) -> Backup:
    """Make a backup now. What went wrong stands in its `fault`. Raises RefusedError without a sheet in the safe."""
    with writing():
        locked_with = sheet()
        if locked_with is None:
            raise RefusedError(NO_SHEET)
        begun = Backup.create(fault=BROKEN_OFF)
    return _note(begun, try_once(settings, locked_with.public, str(begun.id)), by)


def make_if_due(settings: Settings) -> Backup | None:
    """Make the day's backup, if no other process makes it."""
    if not state().is_due:
        return None
    with writing():
        if not state().is_due:
            return None
        begun = Backup.create(fault=BROKEN_OFF)
    locked_with = sheet()
    return _note(begun, try_once(settings, locked_with.public, str(begun.id)), None) if locked_with else None


@contextmanager
def kept_before_steps(settings: Settings) -> Iterator[None]:
    """Make a backup before the shape of the records changes, and write down after that what came of it."""
    locked_with = sheet() if db.must_step_up() else None
    outcome = try_once(settings, locked_with.public, "before") if locked_with else None
    yield
    if outcome:
        _note(Backup.create(fault=BROKEN_OFF), outcome, None)


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
    earlier = Backup.select().where(Backup.created_at >= midnight, Backup.fault != BROKEN_OFF, Backup.id < begun.id)
    if not earlier.exists():
        for officer in people.holders(OFFICERS):
            mail.queue(officer.email, SUBJECT, TEXT.format(FAULTS[fault]))
