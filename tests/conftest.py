"""An app on a fresh data folder, a cast of people each with a reason, and a way to be each of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from nacl.pwhash import argon2id

from ccc import centre, clock, db, people, prepare, vault
from ccc.config import MailServer, Settings
from ccc.onboarding import progress, steps
from ccc.people import Appointment, Person
from ccc.quizzes import attempts
from ccc.roles import Role
from ccc.signin import accounts, sign_ins
from tests.checking import App, CheckingClient
from tests.made_once import app_of, made_once

# Pytest finds a fixture where it is named.
__all__ = ["made_once"]

PASSWORD = "three ducks on a pond"
# A Saturday on which the centre opens; every test begins here.
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CAST = {
    Role.VOLUNTEER: "Vera Volunteer (invented)",
    Role.COORDINATOR: "Colin Coordinator (invented)",
    Role.SAFEGUARDING: "Sunita Safeguarding (invented)",
    Role.CHAIR: "Charlie Chair (invented)",
}


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive keys at the lowest cost that libsodium takes: the tests make hundreds of them."""
    monkeypatch.setattr(vault, "OPSLIMIT", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(vault, "MEMLIMIT", argon2id.MEMLIMIT_MIN)


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def _same_dice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the same questions in every run: a test that fails once in fifteen runs tells nobody anything."""
    monkeypatch.setattr(attempts, "DICE", Random(5))  # noqa: S311 - a test wants no secrets.


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", mail=MailServer("127.0.0.1", "centre@millbrook.example"))


@pytest.fixture
def empty_app(settings: Settings) -> Iterator[App]:
    """An app whose centre is not set up yet."""
    prepare(settings)
    yield app_of(settings)
    db.db.close()


@pytest.fixture
def app(empty_app: App) -> App:
    """An app whose centre has a name and two numbers."""
    token = centre.new_set_up_token()
    centre.set_up(token, "Millbrook Contact Centre (invented)", "01632 960001", "01632 960002")
    return empty_app


@pytest.fixture
def cast(app: App) -> dict[Role, Person]:
    """One person per role, each with an account whose sign-in name is the first name."""
    made = {role: person_in(role, name) for role, name in CAST.items()}
    for person in made.values():
        accounts.make(person, person.name.split()[0], PASSWORD)
    return made


def person_in(role: Role, name: str) -> Person:
    person = people.add(name, f"{name.split(maxsplit=1)[0].lower()}@millbrook.example", "01632 960999", None)
    if role != Role.VOLUNTEER:
        Appointment.create(person=person, role=role, starts=clock.today(), confirmed_at=clock.now())
    return person


@pytest.fixture
def as_person(empty_app: App) -> Callable[[Person | None], CheckingClient]:
    """A browser of somebody who is signed in, the second step included; of nobody for None."""

    def sign_in(person: Person | None) -> CheckingClient:
        client = empty_app.test_client()
        if person:
            account = accounts.Account.get(accounts.Account.person == person)
            private = vault.open_lock(account.lock, PASSWORD) or b""
            signed_in = sign_ins.begin(account, private, shared=False, device="a test")
            accounts.Account.update(second_factor="sheet").where(accounts.Account.id == account.id).execute()
            sign_ins.pass_second_factor(signed_in)
            with client.session_transaction() as cookie:
                cookie["_user_id"] = signed_in.get_id()
        return client

    return sign_in


@pytest.fixture
def as_role(cast: dict[Role, Person], as_person: Callable[..., CheckingClient]) -> Callable[..., CheckingClient]:
    """A browser of the one of the cast who holds this role."""
    return lambda role: as_person(cast[role] if role else None)


@pytest.fixture
def everybody_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody has done every step that comes before the rota: for tests that are not about joining."""
    monkeypatch.setattr(steps, "may_be_on_rota", lambda *_: True)
    monkeypatch.setattr(progress, "ready_for_rota", lambda *_: dict(Person.select(Person.id, Person.name).tuples()))
