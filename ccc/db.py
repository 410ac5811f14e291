"""The one database: its pragmas, the base of every record, one transaction per change, numbered migrations."""

import sqlite3
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from peewee import AutoField, Field, Model, SqliteDatabase
from playhouse.migrations import Runner

from ccc import clock

MIGRATIONS = Path(__file__).parent / "migrations"
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",
    "foreign_keys": 1,
    "secure_delete": 1,
    # Without this, INSERT OR REPLACE deletes the old row past the triggers that keep it.
    "recursive_triggers": 1,
}

MOST_REMEMBERED = 500
P = ParamSpec("P")
R = TypeVar("R")

# Every transaction begins IMMEDIATE: one that reads first and then writes would fail at once when another writes.
db = SqliteDatabase(None, lock_type="IMMEDIATE")


class NewerDatabaseError(Exception):
    """The data folder was written by a newer version of this program."""


class Instant(Field):
    """A point in time, aware and in UTC, kept as text that sorts."""

    field_type = "TEXT"

    def db_value(self, value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: str | None) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class Day(Field):
    """A date without a time."""

    field_type = "TEXT"

    def db_value(self, value: date | None) -> str | None:
        return None if value is None else value.strftime("%Y-%m-%d")

    def python_value(self, value: str | None) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Record(Model):
    """A row of any table. Identifiers are never reused (AUTOINCREMENT in the migrations)."""

    id = AutoField()
    created_at = Instant(default=clock.now)

    class Meta:
        database = db
        legacy_table_names = False


class _Memory(threading.local):
    """What one thread remembers of its own connection, and the state of the database that this is true for."""

    state: Hashable = None

    def __init__(self) -> None:
        self.answers: dict[Hashable, object] = {}

    def at(self, state: Hashable) -> dict[Hashable, object]:
        """What is remembered of this state; of any other, or when it grows long, everything is forgotten."""
        if state != self.state or len(self.answers) > MOST_REMEMBERED:
            self.state = state
            self.answers.clear()
        return self.answers


_memory = _Memory()


def while_unchanged(read: Callable[P, R]) -> Callable[P, R]:
    """Remember an answer until anything in the database changes, in this process or another.

    For what every page asks. The answer must depend on the database and the arguments alone (so the day is an
    argument), may hold no secret, and nobody may alter it. Within a transaction nothing is remembered.
    """

    @wraps(read)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        connection = db.connection()
        if connection.in_transaction:
            return read(*args, **kwargs)
        # SQLite counts what other connections committed and what this one changed: together that is every change.
        changes = connection.execute("PRAGMA data_version").fetchone()[0], connection.total_changes
        answers = _memory.at((connection, changes))
        key = read, args, *kwargs.items()
        if key not in answers:
            answers[key] = read(*args, **kwargs)
        return answers[key]  # type: ignore[return-value]  # what `read` answered

    return ask


def bind(file: Path) -> None:
    """Point the database at a file; the connection opens with the first use."""
    if not db.is_closed():
        db.close()
    db.init(str(file), pragmas=PRAGMAS, timeout=5)


@contextmanager
def writing() -> Iterator[None]:
    """One transaction that holds the write lock from its start: all of it happens, or nothing."""
    with db.atomic():
        yield


def migrate() -> list[str]:
    """Bring the schema up to date and return the steps taken.

    Raises NewerDatabaseError if the database knows steps that this program does not.
    """
    runner = Runner(db, directory=str(MIGRATIONS))
    unknown = [step.name for step in runner.status() if step.path is None]
    if unknown:
        raise NewerDatabaseError(
            f"This data folder was written by a newer version of the program (step {unknown[-1]}). "
            "Start that version, or restore an older backup."
        )
    applied: list[str] = runner.up()
    return applied


def must_step_up() -> bool:
    """Tell whether there are records here that the next `migrate` will change the shape of."""
    steps = Runner(db, directory=str(MIGRATIONS)).status()
    return any(step.applied for step in steps) and any(step.path and not step.applied for step in steps)


def run_script(script: str) -> None:
    """Run several SQL statements inside the current transaction, triggers with their inner semicolons included."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            db.execute_sql(statement)
            statement = ""


def kept_forever(table: str) -> str:
    """SQL for triggers that refuse every UPDATE and every DELETE of a table."""
    return _refusal(table, "UPDATE") + _refusal(table, "DELETE")


def kept_until_disposed(table: str, kind: str, record: str, columns: str = "") -> str:
    """SQL for triggers that refuse every UPDATE of a table, and DELETE but of what is being erased.

    `record` says in SQL which record of that kind a row (OLD) belongs to. With `columns`, only those never change: what
    lies sealed beside them is sealed anew with every new key.
    """
    listed = f"WHEN NOT EXISTS (SELECT 1 FROM erasing WHERE kind = '{kind}' AND record = {record})"  # noqa: S608  (our own constants)
    return _refusal(table, "UPDATE", f"OF {columns}" if columns else "") + _refusal(table, "DELETE", when=listed)


def _refusal(table: str, act: str, of: str = "", when: str = "") -> str:
    return (
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} {of} ON {table} {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END;\n"
    )
