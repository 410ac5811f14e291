"""Headers, tokens and error pages: every answer carries the first, every form the second, and none tells too much."""

import logging
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from typing import cast

import pytest
from flask import abort
from peewee import OperationalError
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Regexp

from ccc import centre, clock, create_app, db, drafts, prepare
from ccc.config import Settings
from ccc.onboarding import progress
from ccc.people import Appointment, Person
from ccc.roles import Role
from ccc.web.access import PUBLIC, access
from ccc.web.form import OURS, Form
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD

AsRole = Callable[..., CheckingClient]
EVIDENCE = "a family's address"


@pytest.fixture
def breaking(app: App, settings: Settings) -> CheckingClient:
    """A browser on an app with a page that fails in each way there is."""

    @access(PUBLIC)
    def fail(how: str) -> str:
        if how.isdigit():
            abort(int(how))
        raise ValueError(EVIDENCE)

    own = cast("App", create_app(settings))
    own.test_client_class = CheckingClient
    own.add_url_rule("/fail/<how>", "fail", fail)
    return own.test_client()


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


def test_what_was_carried_out_is_never_called_undone_because_its_draft_could_not_go(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = as_role(Role.COORDINATOR)

    def locked(_owner: int, _path: str) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(drafts, "drop", locked)
    assert client.send("/people/invite", name="Nora New (invented)").status_code == 303
    assert Person.select().where(Person.name == "Nora New (invented)").count() == 1
    assert "OperationalError" in caplog.text


def break_database(settings: Settings) -> None:
    """Leave a file that is no database where the records were."""
    db.db.close()
    for file in settings.data.glob("ccc.db*"):
        file.write_bytes(b"this is no database " * 500)


def test_who_only_opened_a_page_is_not_told_of_something_they_sent(as_role: AsRole, settings: Settings) -> None:
    client = as_role(Role.COORDINATOR)
    break_database(settings)
    answer = client.get("/people/1/")
    assert answer.status_code >= 500
    assert "What you sent" not in answer.text
    assert "ring 999" in answer.text.lower()


def test_reading_from_a_read_only_database_names_the_cause_alone(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("attempt to write a readonly database")

    client = as_role(Role.COORDINATOR)
    monkeypatch.setattr(progress, "people_list", refuse)
    answer = client.get("/people/")
    assert answer.status_code == 503
    assert "read-only" in answer.text
    assert "What you sent" not in answer.text


@pytest.mark.parametrize("role", [None, Role.COORDINATOR])
def test_whom_to_tell_stands_even_without_a_database(as_role: AsRole, settings: Settings, role: Role | None) -> None:
    client = as_role(role)
    assert "01632 960002" in client.get("/concerns/").text
    break_database(settings)
    answer = client.get("/concerns/")
    assert answer.status_code == 200
    assert "Ring 999" in answer.text
    assert "01632" not in answer.text


@pytest.mark.parametrize("code", [500, 503])
def test_every_page_about_a_trouble_of_ours_says_what_to_ring_in_danger(breaking: CheckingClient, code: int) -> None:
    assert "Ring 999" in breaking.get(f"/fail/{code}").text
    assert "Ring 999" not in breaking.get("/fail/404").text


def test_whose_browser_keeps_no_cookies_is_told_so_and_not_asked_again_and_again(cast: object, app: App) -> None:
    token = app.test_client().token()
    without = app.test_client(use_cookies=False)
    answer = without.post("/sign-in", data={"csrf_token": token, "sign_in_name": "Vera", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Your browser does not keep cookies" in answer.text


def test_with_cookies_a_token_of_yesterday_leads_back_to_the_form(app: App) -> None:
    client = app.test_client()
    client.token()
    answer = client.post("/sign-in?next=/me/", data={"csrf_token": "of yesterday", "sign_in_name": "Vera"})
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/me/")


@pytest.mark.parametrize("written", ["4/3/2027", "4.3.27", "4 March 2027", "2027-03-04"])
def test_the_first_day_of_an_office_is_read_as_people_write_it(as_role: AsRole, written: str) -> None:
    answer = as_role(Role.CHAIR).send("/people/1/offices", role="co-ordinator", starts=written, ends="")
    assert answer.status_code == 303
    assert Appointment.select().where(Appointment.person == 1, Appointment.starts == date(2027, 3, 4)).count() == 1


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("next week", "We do not understand this date."),
        ("31/2/2027", "There is no such day."),
        ("4/3/9999", "this date"),
    ],
)
def test_what_is_no_day_is_refused_in_plain_words_and_kept(as_role: AsRole, written: str, told: str) -> None:
    answer = as_role(Role.CHAIR).send("/people/1/offices", role="king", starts=written)
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text
    assert told in answer.text
    assert "Not a valid" not in answer.text
    assert f'value="{written}"' in answer.text


def test_no_message_of_the_library_reaches_a_reader(app: App) -> None:
    class Everything(Form):
        some_choice = RadioField(choices=["a"])
        some_number = IntegerField()
        some_day = DateField()
        some_mark = StringField(validators=[Regexp("^[0-9]$")])
        needed = StringField(validators=[InputRequired()])

    odd = dict.fromkeys(("some_choice", "some_number", "some_day", "some_mark"), "odd")
    with app.test_request_context(method="POST", data=odd):
        form = Everything()
        form.validate()
        said = {name: errors[0] for name, errors in form.errors.items() if name != "csrf_token"}
    assert said.keys() == odd.keys() | {"needed"}
    assert set(said.values()) <= set(OURS.values())


@pytest.mark.parametrize("name", ["\u200b", " \u202e\u2066 ", "\u3164", "\u00ad\u00a0", "\u0301"])
def test_a_name_that_nobody_can_see_was_not_typed_in(as_role: AsRole, name: str) -> None:
    answer = as_role(Role.COORDINATOR).send("/people/invite", name=name)
    assert answer.status_code == 422
    assert "Type in the name." in answer.text


def test_marks_that_nobody_sees_are_taken_out_of_a_name(as_role: AsRole) -> None:
    name = "\ufeffNora \u202eNew\u200b (invented)\u200d"
    assert as_role(Role.COORDINATOR).send("/people/invite", name=name).status_code == 303
    assert Person.select().where(Person.name == "Nora New (invented)").count() == 1


@pytest.mark.parametrize("between", ["\n", "\r\n", "\u2028", "\u0085", "\t"])
def test_a_name_stands_on_one_line(as_role: AsRole, between: str) -> None:
    answer = as_role(Role.COORDINATOR).send("/people/invite", name=f"Nora{between}New (invented)")
    assert answer.status_code == 422
    assert "on one line" in answer.text


def test_reading_goes_on_while_the_database_takes_no_writes(app: App, as_role: AsRole) -> None:
    client = as_role(Role.VOLUNTEER)
    clock.advance(timedelta(minutes=5))
    db.db.execute_sql("PRAGMA query_only = 1")
    answer = client.get("/onboarding/")
    db.db.execute_sql("PRAGMA query_only = 0")
    assert answer.status_code == 200
