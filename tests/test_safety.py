"""Headers, tokens and error pages: every answer carries the first, every form the second, and none tells too much."""

import logging
import sqlite3
from collections.abc import Callable

import pytest
from flask import abort

from ccc import centre, create_app, db, prepare
from ccc.config import Settings
from ccc.people import Person
from ccc.roles import Role
from ccc.web.access import PUBLIC, access
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD

AsRole = Callable[..., CheckingClient]
EVIDENCE = "a family's address"


@pytest.fixture
def breaking(app: App) -> CheckingClient:
    """A browser on an app with a page that fails in each way there is."""

    @access(PUBLIC)
    def fail(how: str) -> str:
        if how.isdigit():
            abort(int(how))
        raise ValueError(EVIDENCE)

    app.add_url_rule("/fail/<how>", "fail", fail)
    return app.test_client()


@pytest.mark.parametrize("address", ["/sign-in", "/concerns/", "/healthz", "/no-such-page", "/static/0/none.css"])
def test_every_answer_carries_the_headers(app: App, address: str) -> None:
    headers = app.test_client().get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in policy
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_the_cookie_is_secure_and_browsers_are_told_to_stay(settings: Settings) -> None:
    prepare(settings)
    safe = create_app(Settings(data=settings.data, https=True, base_url="https://centre.example"))
    centre.set_up(centre.new_set_up_token(), "Millbrook (invented)", "", "")
    answer = safe.test_client().get("/sign-in", base_url="https://127.0.0.1")
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    assert "Secure" in answer.headers["Set-Cookie"]
    db.db.close()


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 429, 500, 503])
def test_every_error_page_looks_like_the_rest_and_says_what_to_do(breaking: CheckingClient, code: int) -> None:
    answer = breaking.get(f"/fail/{code}")
    assert answer.status_code == code
    assert "<h1>" in answer.text
    assert "Worried about something?" in answer.text


def test_a_fault_tells_neither_the_reader_nor_the_log_what_was_in_it(
    breaking: CheckingClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = breaking.get("/fail/fault")
    assert answer.status_code == 500
    assert EVIDENCE not in answer.text
    assert EVIDENCE not in caplog.text
    assert "ValueError" in caplog.text


def test_a_wrong_method_is_a_405_that_names_the_right_ones(app: App) -> None:
    answer = app.test_client().open("/concerns/", method="DELETE")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_forged_host_is_refused(app: App) -> None:
    assert app.test_client().get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_more_than_eight_megabytes_are_refused_in_words(app: App) -> None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"csrf_token": client.token(), "sign_in_name": "x" * 9_000_000})
    assert answer.status_code == 413
    assert "too much" in answer.text


def test_a_locked_database_is_one_clear_sentence_and_nothing_is_half_done(
    app: App, as_role: AsRole, settings: Settings
) -> None:
    client = as_role(Role.COORDINATOR)
    token, people_before = client.token(), Person.select().count()
    db.db.execute_sql("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(settings.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    answer = client.post("/people/invite", data={"csrf_token": token, "name": "Nora New (invented)"})
    other.execute("ROLLBACK")
    other.close()
    assert answer.status_code == 503
    assert "nothing is half done" in answer.text
    assert Person.select().count() == people_before


def test_a_read_only_database_is_one_clear_sentence(app: App, as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    token = client.token()
    db.db.execute_sql("PRAGMA query_only = 1")
    answer = client.post("/people/invite", data={"csrf_token": token, "name": "Nora New (invented)"})
    db.db.execute_sql("PRAGMA query_only = 0")
    assert answer.status_code == 503
    assert "read-only" in answer.text


def test_a_full_disk_is_one_clear_sentence_and_reading_goes_on(app: App, as_role: AsRole) -> None:
    client = as_role(Role.COORDINATOR)
    token, before = client.token(), Person.select().count()
    pages = db.db.execute_sql("PRAGMA page_count").fetchone()[0]
    db.db.execute_sql(f"PRAGMA max_page_count = {pages}")
    answers = [
        client.post("/people/invite", data={"csrf_token": token, "name": f"Nora {'New ' * 20}{number}"[:100]})
        for number in range(60)
    ]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert refused
    assert "disk" in refused[0].text
    assert Person.select().count() - before == len([a for a in answers if a.status_code == 303])
    assert client.get("/people/1/").status_code == 200


def test_the_log_of_a_day_names_nobody(app: App, as_role: AsRole, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        as_role(Role.COORDINATOR).send("/people/invite", name="Nora New (invented)", email="nora@millbrook.example")
        app.test_client().send("/sign-in", sign_in_name="Vera", password=PASSWORD)
    statements = [record for record in caplog.records if record.name == "peewee"]
    said = " ".join(record.getMessage() for record in caplog.records if record not in statements)
    assert "nora" not in said.lower()
    assert PASSWORD not in caplog.text
