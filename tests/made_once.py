"""What is the same for every app of a run is made once: a run makes thousands of apps, and that took a third of it."""

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment
from werkzeug.routing import Rule

from ccc import db
from ccc.config import ROOT
from ccc.quizzes import questions
from ccc.quizzes.questions import Quiz

build = Rule._compile_builder
load = questions.load_all
compile_template = Environment.compile
migrate = db.migrate
_builders: dict[tuple[object, ...], Callable[..., Any]] = {}
_templates: dict[tuple[object, ...], Any] = {}
# The database as the migrations leave it, in memory.
_migrated: list[sqlite3.Connection] = []


def build_once(rule: Rule, append_unknown: bool = True) -> Callable[..., Any]:  # noqa: FBT001, FBT002  (Werkzeug's own)
    """What builds the addresses of a rule depends on its text and defaults alone, and is bound to each rule anew."""
    # The trace is the text with its domain, as Werkzeug has taken it apart.
    key = tuple(rule._trace), tuple(sorted((rule.defaults or {}).items())), append_unknown
    if key not in _builders:
        _builders[key] = build(rule, append_unknown)
    return _builders[key]


def load_once(folder: Path) -> dict[str, Quiz]:
    """The product's own quizzes, which no test changes; any others are read as they are."""
    return dict(_ours()) if folder == ROOT / "quizzes" else load(folder)


def compile_once(environment: Environment, source: Any, *how: Any, **named: Any) -> Any:
    """The code of a template depends on its text and its name: all apps have the same filters."""
    key = source, *how, *named.items()
    if key not in _templates:
        _templates[key] = compile_template(environment, source, *how, **named)
    return _templates[key]


def migrate_once() -> list[str]:
    """A new database is a copy of the first one that the migrations made; any other goes through them."""
    connection = db.db.connection()
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return migrate()
    if _migrated:
        _migrated[0].backup(connection)
        return []
    applied = migrate()
    _migrated.append(sqlite3.connect(":memory:"))
    connection.backup(_migrated[0])
    return applied


@cache
def _ours() -> dict[str, Quiz]:
    return load(ROOT / "quizzes")


@pytest.fixture(autouse=True, scope="session")
def _made_once() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", build_once)
        patch.setattr(questions, "load_all", load_once)
        patch.setattr(Environment, "compile", compile_once)
        patch.setattr(db, "migrate", migrate_once)
        yield
