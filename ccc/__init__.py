"""Where everything is put together, and the only place that knows all parts."""

import os
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from flask import Flask, g

from ccc import backups, centre, clock, db, mail, vault
from ccc.config import Settings
from ccc.quizzes import questions
from ccc.roles import May
from ccc.web import access, addresses, safety, static_files
from ccc.web.parts import PARTS

ROOT = Path(__file__).resolve().parent.parent


def prepare(settings: Settings, *, demo: bool = False) -> None:
    """Make what the data folder lacks: itself, the keys, the schema, the centre's row; for this account alone."""
    os.umask(0o077)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault.make_keys(settings.data, settings.field_key)
    db.bind(settings.database)
    with backups.kept_before_steps(settings):
        db.migrate()
    centre.found(demo=demo)


def create_app(settings: Settings | None = None, **changes: object) -> Flask:
    """Make the app on a data folder that was prepared. This writes nothing. Raises QuizError for a faulty quiz."""
    settings = settings or Settings.from_environment(os.environ)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    use(app, settings)
    app.config.update(changes)
    app.extensions["ccc_quizzes"] = questions.load_all(app.config.setdefault("QUIZZES", ROOT / "quizzes"))
    addresses.init_app(app)
    static_files.init_app(app)
    safety.init_app(app, settings)
    access.init_app(app)
    for part in PARTS:
        app.register_blueprint(part.bp)
    app.context_processor(_for_every_page)
    app.jinja_env.filters |= {"day": _day, "moment": _moment}
    app.jinja_env.globals["today"] = clock.today
    access.insist(app)
    return app


def use(app: Flask, settings: Settings) -> None:
    """Let an app work on the data folder of these settings."""
    ready = vault.unlock(settings.data, settings.field_key)
    db.bind(settings.database)
    mail.turn(on=settings.mail is not None)
    backups.keep_in(settings)
    app.config["SECRET_KEY"] = vault.secret_key() if ready else None
    app.extensions["ccc_settings"] = settings


def _for_every_page() -> dict[str, object]:
    """What every template may use."""
    return {"the_centre": centre.shown, "May": May, "typed_at": lambda: g.get("typed_at")}


@lru_cache(maxsize=2_000)
def _day(day: date) -> str:
    """A date as people say it; of a moment, the day it was at the hall."""
    day = clock.local(day) if isinstance(day, datetime) else day
    return f"{day.day} {day:%B %Y}"


@lru_cache(maxsize=2_000)
def _moment(instant: datetime) -> str:
    """A moment as the clock on the hall's wall tells it."""
    at = clock.local(instant)
    return f"{_day(at)}, {at:%H:%M}"
