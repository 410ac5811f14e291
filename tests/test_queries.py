"""How many questions each page asks the database: a few, and no more for many people and families than for few."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from ccc import create_app, demo, prepare
from ccc.centre import Centre
from ccc.config import Settings
from ccc.db import db
from ccc.onboarding import invited
from ccc.roles import Role
from ccc.signin import accounts
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD
from tests.lived_in import BASE, HALFWAY, Parts, one_of_everything
from tests.test_access import MATRIX, address_of

FEW = 16
MORE = {
    # Four kinds of record, each by what uses it, what needs it, and what is on hold.
    "retention.index": 32,
    # What would go, what would stay and why, and which of the officers may decide.
    "disposal.disposal": 20,
    "disposal.approve": 20,
    # Each capability is asked what waits for whoever comes; half of it counts what is due to go, once a day.
    "front.index": 48,
    # It shows the whole draft, takes the fingerprint of what lies in the database, and looks for the last review.
    "publishing.approve": 20,
    # That somebody looked is written down, and the check is read once more for it.
    "dbs.record": 20,
    # For each of the two officers, it tries whether what they were given still opens the vault.
    "vault.index": 18,
    # Each of the thirteen promises is asked what shows that it is kept.
    "conformance.index": 53,
    # The same, and beside it what was misunderstood, let out, destroyed, published and reviewed.
    "review_pack.pack": 62,
    "review_pack.sign_off": 62,
}
# Beside what is decided stand the clauses of the policy in force.
MORE |= {f"disclosure_acts.{act}": 18 for act in ("ask", "correct", "countersign", "decide", "emergency", "permitted")}
# One hands out a file from memory; the other is over once a centre is set up.
APART = {"static", "set_up.begin"}
PAGES = sorted({endpoint for endpoint, method in MATRIX if method == "GET"} - APART)
# Who opens a page: the first of these who may, save for the pages that only show themselves to somebody special.
IN_TURN = (Role.COORDINATOR, Role.CHAIR, Role.SAFEGUARDING, Role.VOLUNTEER)
NOBODY = "nobody"
OPENED_BY = {"signin.sign_in": NOBODY, "signin.code": HALFWAY, "quizzes.question": Role.VOLUNTEER}
OPENED_BY |= {"quizzes.result": Role.VOLUNTEER}
SIGN_INS = dict(zip((Role.VOLUNTEER, Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR), demo.SIGN_INS, strict=True))


@dataclass(frozen=True)
class Visit:
    """One opening of a page: how it was answered, and what that took."""

    status: int
    queries: int


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    asked: list[str] = []
    real = db.execute_sql

    def counting(sql: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(sql)
        return real(sql, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(db, "execute_sql", counting)
        yield asked


@pytest.mark.usefixtures("everybody_ready")
def test_no_page_asks_more_when_there_are_more_people_and_families(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, many = (visits_in_a_centre_of(count, tmp_path, monkeypatch) for count in (10, 60))
    # An error or a way round asks for little, and would prove nothing of the page.
    assert {page: visit.status for page, visit in (few | many).items() if visit.status != 200} == {}
    grown = {page: (few[page].queries, many[page].queries) for page in PAGES}
    assert {page: both for page, both in grown.items() if both[1] > both[0]} == {}
    assert {page: visit.queries for page, visit in many.items() if visit.queries > MORE.get(page, FEW)} == {}


def visits_in_a_centre_of(count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Visit]:
    settings = Settings(data=folder / str(count))
    prepare(settings, demo=True)
    app = cast("App", create_app(settings))
    app.test_client_class = CheckingClient
    monkeypatch.setattr(demo, "WITH_ACCOUNT", 0)
    demo.welcome(count, 1, PASSWORD, families_count=count)
    parts = lived_in(app)
    browsers = browsers_of(app)
    visits = {page: visited(browsers[opened_by(page)], address_of(app, page, parts), monkeypatch) for page in PAGES}
    db.close()
    return visits


def lived_in(app: App) -> Parts:
    """One of everything, and everybody invited."""
    four = {role: accounts.by_name(f"{who}@demo.example").person for role, who in SIGN_INS.items()}
    parts = one_of_everything(four, app.extensions["ccc_quizzes"]["confidentiality"])
    invited.invite_all(four[Role.CHAIR], BASE, anyone=True)
    return parts


def browsers_of(app: App) -> dict[str, CheckingClient]:
    names: dict[str, str] = {role: f"{who}@demo.example" for role, who in SIGN_INS.items()} | {HALFWAY: HALFWAY}
    return {who: signed_in(app, name) for who, name in names.items()} | {NOBODY: app.test_client()}


def signed_in(app: App, name: str) -> CheckingClient:
    client: CheckingClient = app.test_client()
    client.send("/sign-in", sign_in_name=name, password=PASSWORD)
    return client


def opened_by(page: str) -> str:
    return OPENED_BY.get(page) or next(role for role in IN_TURN if role in MATRIX[page, "GET"])


def visited(browser: CheckingClient, address: str, monkeypatch: pytest.MonkeyPatch) -> Visit:
    # A change, so that nothing is answered from memory.
    Centre.update(review_months=None).execute()
    with counted(monkeypatch) as asked:
        answer = browser.get(address)
    return Visit(answer.status_code, len(asked))
