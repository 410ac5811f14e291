"""How many questions each page asks the database: a few, and no more for four hundred people than for ten."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from ccc import create_app, demo, prepare
from ccc.centre import Centre
from ccc.config import Settings
from ccc.db import db
from ccc.roles import Role
from tests.checking import App, CheckingClient
from tests.conftest import PASSWORD
from tests.test_access import MATRIX, address_of

FEW = 16
# These hand out a file or make fresh codes; what they ask does not depend on anybody.
APART = {"static", "set_up.begin", "invitations.join", "signin.new_password"}
PAGES = sorted({endpoint for endpoint, method in MATRIX if method == "GET"} - APART)


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


SIGN_INS = dict(zip((Role.VOLUNTEER, Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR), demo.SIGN_INS, strict=True))


def test_no_page_asks_more_when_there_are_more_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (asked_in_a_centre_of(count, tmp_path, monkeypatch) for count in (10, 60))
    assert {page: (few[page], many[page]) for page in PAGES if many[page] > few[page]} == {}
    assert {page: asked for page, asked in many.items() if asked > FEW} == {}


def asked_in_a_centre_of(count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    settings = Settings(data=folder / str(count))
    prepare(settings, demo=True)
    app = cast("App", create_app(settings))
    app.test_client_class = CheckingClient
    monkeypatch.setattr(demo, "WITH_ACCOUNT", 0)
    demo.welcome(count, 1, PASSWORD)
    browsers = {role: signed_in(app, who) for role, who in SIGN_INS.items()}
    asked = {page: asked_by(app, browsers, page, monkeypatch) for page in PAGES}
    db.close()
    return asked


def signed_in(app: App, who: str) -> CheckingClient:
    client: CheckingClient = app.test_client()
    client.send("/sign-in", sign_in_name=f"{who}@demo.example", password=PASSWORD)
    return client


def asked_by(app: App, browsers: dict[Role, CheckingClient], page: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The queries of one page, opened by somebody who may."""
    role = next(
        role
        for role in (Role.COORDINATOR, Role.CHAIR, Role.SAFEGUARDING, Role.VOLUNTEER)
        if role in MATRIX[page, "GET"]
    )
    # A change, so that nothing is answered from memory.
    Centre.update(review_months=None).execute()
    with counted(monkeypatch) as asked:
        answer = browsers[role].get(address_of(app, page))
    assert answer.status_code < 500
    return len(asked)
