"""What is the same for every app of a run is made once: a run makes thousands of apps, and that took a third of it."""

import sqlite3
from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from jinja2 import Environment
from werkzeug.routing import Rule

from ccc import create_app, db, policy_text, use
from ccc.config import ROOT, Settings
from ccc.quizzes import questions
from ccc.quizzes.questions import Quiz
from tests.checking import App, CheckingClient

build = Rule._compile_builder
load = questions.load_all
compile_template = Environment.compile
migrate = db.migrate
read = policy_text.read
SYNCHRONOUS = db.PRAGMAS["synchronous"]
_builders: dict[tuple[object, ...], Callable[..., Any]] = {}
_templates: dict[tuple[object, ...], Any] = {}
# The app, and what of it a test may change for itself, as it was made. Whoever adds a route makes an own app.
CHANGEABLE = ("config", "extensions", "view_functions")
_made: list[App] = []
_as_made: dict[str, dict[str, Any]] = {}
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
def read_once(source: str) -> Any:
    """What is read in a policy depends on its text alone."""
    return read(source)


@cache
def _ours() -> dict[str, Quiz]:
    return load(ROOT / "quizzes")


def app_of(settings: Settings) -> App:
    """The app on a data folder. Its routes are those of any other, so they are put together once; see `_as_made`."""
    if not _made:
        _made.append(cast("App", create_app(settings)))
        _made[0].test_client_class = CheckingClient
        _as_made.update({part: _copied(getattr(_made[0], part)) for part in CHANGEABLE})
    app = _made[0]
    for part, made in _as_made.items():
        getattr(app, part).clear()
        getattr(app, part).update(_copied(made))
    use(app, settings)
    return app


def _copied(held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: copy(value) if type(value) is dict else value for name, value in held.items()}


@pytest.fixture(autouse=True, scope="session")
def made_once() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", build_once)
        patch.setattr(questions, "load_all", load_once)
        patch.setattr(Environment, "compile", compile_once)
        patch.setattr(db, "migrate", migrate_once)
        patch.setattr(policy_text, "read", read_once)
        # Power does not fail while a test runs in this process; those that pull the plug start others.
        patch.setitem(db.PRAGMAS, "synchronous", "off")
        yield
