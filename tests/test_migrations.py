"""Migrations and models say the same; the rows of every table are numbered for good."""

import sqlite3

import pytest
from flask import Flask
from peewee import SqliteDatabase

from ccc import assessments, backups, cli, concerns, db, disclosures, kinds, prepare, retention, statements
from ccc.config import Settings
from ccc.db import Record
from ccc.key_rotation import _tables
from ccc.web import parts
from tests import made_once

assert parts.PARTS  # Importing every page and every command imports every table.
assert cli.trail
assert all((assessments, backups, concerns, disclosures, kinds, retention, statements))

MODELS = _tables(Record)
Shape = dict[str, object]


def shape_of(database: SqliteDatabase, table: str) -> Shape:
    """Columns, foreign keys and indexes of a table, without the names that do not matter."""
    columns = {
        row[1]: (row[2], bool(row[3]), bool(row[5])) for row in database.execute_sql(f"PRAGMA table_info({table})")
    }
    foreign = {(row[3], row[2], row[4]) for row in database.execute_sql(f"PRAGMA foreign_key_list({table})")}
    indexes = set()
    for index in database.execute_sql(f"PRAGMA index_list({table})").fetchall():
        on = tuple(row[2] for row in database.execute_sql(f"PRAGMA index_info({index[1]})"))
        # A partial index is a rule of the migration that a model cannot state.
        if not index[4]:
            indexes.add((on, bool(index[2])))
    return {"columns": columns, "foreign": foreign, "indexes": indexes}


@pytest.fixture
def from_models() -> SqliteDatabase:
    fresh = SqliteDatabase(":memory:")
    with fresh.bind_ctx(MODELS):
        fresh.create_tables(MODELS)
    return fresh


def test_there_are_models_to_compare() -> None:
    assert len(MODELS) > 10


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_migrations_and_model_agree(app: Flask, from_models: SqliteDatabase, model: type[Record]) -> None:
    table = model._meta.table_name
    assert shape_of(db.db, table) == shape_of(from_models, table)


def test_every_table_has_a_model_and_every_number_is_used_once(app: Flask) -> None:
    tables = dict(db.db.execute_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall())
    ours = tables.keys() - {"sqlite_sequence", "schema_migration"}
    assert ours == {model._meta.table_name for model in MODELS}
    assert [name for name in ours if "AUTOINCREMENT" not in tables[name]] == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1), ("recursive_triggers", 1), ("synchronous", 2)],
)
def test_the_database_is_opened_as_the_promises_need_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, pragma: str, value: object
) -> None:
    monkeypatch.setitem(db.PRAGMAS, "synchronous", made_once.SYNCHRONOUS)
    prepare(settings)
    assert db.db.execute_sql(f"PRAGMA {pragma}").fetchone()[0] == value


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(app: Flask, settings: Settings) -> None:
    db.db.close()
    with sqlite3.connect(settings.database) as other:
        other.execute("INSERT INTO schema_migration (name, applied) VALUES ('9999_of_tomorrow', '2030-01-01')")
    other.close()
    with pytest.raises(db.NewerDatabaseError, match="newer version"):
        db.migrate()


def test_migrating_again_changes_nothing(app: Flask) -> None:
    assert db.migrate() == []
