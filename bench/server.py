"""The product as it is served, and beside it the pages that it is compared with."""

import os
from timeit import timeit

from flask import Flask, Response, g, render_template, request
from flask_wtf.csrf import generate_csrf

import ccc
from bench import audit, backup
from ccc import clock, officers_vault, serving, vault
from ccc.centre import Centre
from ccc.config import Settings
from ccc.contact_sessions import ContactSession
from ccc.db import db
from ccc.dbs import DbsCheck
from ccc.dbs.checks import open_row
from ccc.roles import May
from ccc.signin import accounts
from ccc.web.access import PUBLIC, access, me
from ccc.web.signin import let_in

TABLE = """<!doctype html><html lang="en"><title>Table</title><table>
{% for row in rows %}<tr><td><a href="/row/{{ row.0 }}">{{ row.1 }}</a></td><td>{{ row.2 }}</td><td>{{ row.3 }}</td>
<td>{{ row.4 }}</td></tr>{% endfor %}</table></html>"""
ROWS = [(number, f"Somebody {number}", "Volunteer", f"{number % 9} of 9", "Not yet") for number in range(25)]


def application(settings: Settings) -> Flask:
    app = ccc.create_app(settings)
    _count_queries(app)
    _pages_to_compare_with(app)
    _helpers(app, settings)
    backup.page(app, settings)
    audit.page(app)
    return app


def _pages_to_compare_with(app: Flask) -> None:
    @app.get("/bench/constant")
    @access(PUBLIC)
    def constant() -> str:
        return "constant"

    compiled = app.jinja_env.from_string(TABLE)

    @app.get("/bench/table")
    @access(PUBLIC)
    def table() -> str:
        return render_template(compiled, rows=ROWS)


def _helpers(app: Flask, settings: Settings) -> None:
    @app.get("/bench/signed-in")
    @access(PUBLIC)
    def signed_in() -> str:
        account = accounts.by_name(request.args["who"])
        let_in(account, vault.open_lock(account.lock, settings.demo_password or "") or b"")
        return str(generate_csrf())

    @app.get("/bench/sealed")
    @access(May.KEEP_DBS)
    def sealed() -> str:
        """How many milliseconds it takes to open one sealed record, the vault being open."""
        opened = officers_vault.open_for(me())
        record = DbsCheck.select().where(DbsCheck.person != opened.by).first()
        return f"{timeit(lambda: open_row(record, opened), number=200) / 200 * 1_000:.2f}"

    @app.get("/bench/open-session")
    @access(May.RUN_SESSIONS)
    def open_session() -> str:
        """The session of today whose register is open, as the demo makes one."""
        return str(
            ContactSession.select().where(ContactSession.day == clock.today()).order_by(-ContactSession.id).get()
        )

    @app.get("/bench/changed")
    @access(PUBLIC)
    def changed() -> str:
        # Each time to another value: for the same one SQLite writes nothing, and other processes see no change.
        Centre.update(created_at=clock.now()).execute()
        return "changed"


def _count_queries(app: Flask) -> None:
    asked = db.execute_sql

    def counting(*args: object, **kwargs: object) -> object:
        g.queries = g.get("queries", 0) + 1
        return asked(*args, **kwargs)

    db.execute_sql = counting

    @app.after_request
    def tell(answer: Response) -> Response:
        answer.headers["X-Queries"] = str(g.get("queries", 0))
        return answer


if __name__ == "__main__":
    configured = Settings.from_environment(os.environ)
    ccc.prepare(configured)
    db.close()
    serving.run(configured, application)
