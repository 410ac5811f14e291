"""What is in the vault is nowhere else: not on the disk, not in a page, a mail or a log, nor for a thief of it all."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.secret import SecretBox

from ccc import cli, dbs, officers_vault, vault
from ccc.config import ROOT, Settings
from ccc.db import db
from ccc.dbs import DbsCheck, Decision, Level, Position, Result, Workforce
from ccc.mail import Outbox
from ccc.people import Person
from ccc.roles import Role
from tests.checking import App, CheckingClient
from tests.samples import published
from tests.test_access import MATRIX, NOBODY, address_of
from tests.vaulted import AGREED, APPLIED, DECIDED, ISSUED, LOOKED, NUMBER, SEEN, fill_in, opened_by_both

Cast = dict[Role, Person]
Browser = Callable[[Role | None], CheckingClient]
OTHERS = (NOBODY, Role.VOLUNTEER, Role.COORDINATOR)
DAYS = (APPLIED, ISSUED, SEEN, AGREED, LOOKED, DECIDED)
WRITTEN = [form for day in DAYS for form in (day.isoformat(), f"{day.day} {day:%B %Y}", f"{day:%d/%m/%Y}")]
SECRETS = [NUMBER, *WRITTEN, Level.BARRED, Workforce.BOTH, Decision.ELSEWHERE, Result.NO_MATCH, Position.COMMITTEE]
# These pages show fresh secrets of whoever asks, and nothing else.
BY_CHANCE = {"second_factor.telephone", "second_factor.sheet"}
POLICY = str(ROOT / "policies" / "confidentiality.md")
COMMANDS = {
    "audit": ["verify"],
    "backup": [],
    "daily": [],
    "demo": ["--people", "5"],
    "keys": ["rotate"],
    "people": ["invite", "Zelda"],
    "policy": ["list"],
    "quiz": ["check"],
    "restore": [POLICY],
    "set-up-link": [],
}
MORE = [["people", "recover", "chair", "--name", "Zora"], ["policy", "import", POLICY], ["policy", "read", POLICY]]


@pytest.fixture
def volunteer(cast: Cast) -> Person:
    published(cast[Role.CHAIR])
    return cast[Role.VOLUNTEER]


@pytest.fixture
def weighed(cast: Cast, volunteer: Person, caplog: pytest.LogCaptureFixture) -> Person:
    """A volunteer with something unmistakable in every field of their check, about whom somebody else decides."""
    caplog.set_level(logging.DEBUG)
    fill_in(volunteer, opened_by_both(cast)[Role.SAFEGUARDING], Decision.ELSEWHERE)
    return volunteer


def test_nothing_of_a_check_is_found_anywhere_but_in_the_vault(
    app: App, weighed: Person, as_role: Browser, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    told = "".join(page for role in OTHERS for page in pages_of(app, as_role(role)).values())
    cli.init_app(app)
    lines = [*([name, *rest] for name, rest in COMMANDS.items()), *MORE]
    ran = [app.test_cli_runner().invoke(args=line) for line in lines]
    # The centre is set up and no demonstration, its chair is there and its sheet is not, and nothing is to be put back:
    # five commands say so, and the others do it.
    assert sum(one.exit_code == 0 for one in ran) >= len(ran) - 5, [one.output for one in ran]
    told += "".join(one.output for one in ran)
    assert Outbox.select().exists()
    told += caplog.text + "".join(f"{mail.subject} {mail.body}" for mail in Outbox.select())
    assert len(told) > 50_000
    assert [secret for secret in SECRETS if secret in told] == []
    assert [secret for secret in SECRETS if secret.encode() in on_disk(settings.data)] == []


def test_every_command_is_among_those_that_are_run(app: App) -> None:
    cli.init_app(app)
    assert set(app.cli.commands) == {*COMMANDS}


def test_the_search_would_find_it(weighed: Person, as_role: Browser, settings: Settings) -> None:
    assert NUMBER in as_role(Role.SAFEGUARDING).get(f"/dbs/{weighed.id}/").text
    Person.update(name=NUMBER).where(Person.id == weighed.id).execute()
    assert NUMBER.encode() in on_disk(settings.data)


def test_whoever_has_the_server_but_no_officers_password_reads_nothing(
    cast: Cast, volunteer: Person, settings: Settings
) -> None:
    fill_in(volunteer, opened_by_both(cast)[Role.SAFEGUARDING], Decision.MAY)
    officers_vault.new_sheet(opened_by_both(cast)[Role.CHAIR])
    keys = [bytes.fromhex((settings.data / name).read_text().strip()) for name in ("field.key", "secret.key")]
    keys += [vault.secret_key(), bytes(32), *every_blob_of_32_bytes()]
    sealed = [bytes(row.sealed) for row in DbsCheck.select()]
    assert [blob for blob in sealed if any(opens(key, blob) for key in keys)] == []
    # The thief tries the same on whatever holds the vault's own key.
    tables = ('sealed FROM "grant"', "for_sheet FROM vault_key", "wrapped_key FROM account")
    locked = [bytes(blob) for table in tables for (blob,) in db.execute_sql(f"SELECT {table}").fetchall()]
    assert len(locked) >= len(tables)
    assert [blob for blob in locked if any(opens(key, blob) for key in keys)] == []


def test_all_checks_have_one_length_whatever_is_in_them(cast: Cast, volunteer: Person) -> None:
    opened = opened_by_both(cast)
    fill_in(volunteer, opened[Role.SAFEGUARDING], Decision.MAY)
    fill_in(cast[Role.COORDINATOR], opened[Role.CHAIR], Decision.MAY_NOT)
    assert DbsCheck.select().count() == len(cast)
    assert len({len(bytes(row.sealed)) for row in DbsCheck.select()}) == 1


def opens(key: bytes, blob: bytes) -> bool:
    """Tell whether a key opens this, in any of the ways that keys open things here."""
    for box in (SecretBox(key), SealedBox(PrivateKey(key))):
        try:
            box.decrypt(blob)
        except CryptoError:
            continue
        return True
    return False


def every_blob_of_32_bytes() -> Iterator[bytes]:
    for table in db.get_tables():
        for row in db.execute_sql(f'SELECT * FROM "{table}"').fetchall():
            yield from (value for value in row if isinstance(value, bytes) and len(value) == 32)


def on_disk(folder: Path) -> bytes:
    """Every byte of the data folder, the log of the database not yet taken in included."""
    assert any(path.name.endswith("-wal") and path.stat().st_size for path in folder.iterdir())
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def pages_of(app: App, client: CheckingClient) -> dict[str, str]:
    """Every page that somebody can ask for, as it comes, with its headers."""
    asked = [endpoint for endpoint, method in MATRIX if method == "GET" and endpoint not in BY_CHANCE]
    addresses = [address_of(app, endpoint, {}) for endpoint in asked]
    answers = {address: client.get(address) for address in addresses}
    return {address: f"{answer.headers}{answer.get_data(as_text=True)}" for address, answer in answers.items()}


def test_the_key_of_the_field_opens_contact_details_and_so_is_a_key(cast: Cast, settings: Settings) -> None:
    """The thief's tools work: what the server may open, they open."""
    key = bytes.fromhex((settings.data / "field.key").read_text().strip())
    with sqlite3.connect(settings.database) as stolen:
        (email,) = stolen.execute("SELECT email FROM person WHERE email IS NOT NULL").fetchone()
    stolen.close()
    assert opens(key, email)


WORLDS = {"being weighed": Decision.ELSEWHERE, "refused": Decision.MAY_NOT, "pending": None, "lapsed": Decision.MAY}


def test_pending_being_weighed_refused_and_lapsed_look_the_same(
    app: App, cast: Cast, volunteer: Person, as_role: Browser
) -> None:
    """One world after the other: each is put in place of the last, and nothing that others see may differ."""
    opened = opened_by_both(cast)[Role.SAFEGUARDING]
    seen = {}
    for world, decision in WORLDS.items():
        with db.atomic() as all_of_it:
            fill_in(volunteer, opened, decision)
            # An officer looks for those who were refused: who was found must not stand in anybody's register.
            assert as_role(Role.SAFEGUARDING).get("/dbs/?need=refused").status_code == 200
            seen[world] = {role: plain(pages_of(app, as_role(role))) for role in OTHERS}
            all_of_it.rollback()
    assert not dbs.is_cleared(volunteer)
    for world in WORLDS:
        for role in OTHERS:
            assert seen[world][role] == seen["refused"][role], (world, role)


def plain(pages: dict[str, str]) -> dict[str, str]:
    """The pages without what is made by chance for each of them."""
    chance = re.compile(r'name="csrf_token"[^>]*value="[^"]*"|Set-Cookie: [^\n]*|Content-Length: [^\n]*')
    return {address: chance.sub("", page) for address, page in pages.items()}
