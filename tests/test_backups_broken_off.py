"""Backups that broke off, were not made, or lie about for too long: said aloud, and cleared away."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ccc import backups, clock, daily, db, mail, officers_vault, prepare, serving
from ccc.audit import AuditLine, Event
from ccc.backups import FAULTS, Backup, folder
from ccc.backups.tries import NO_SHEET
from ccc.config import ROOT, Settings
from ccc.mail import Outbox
from ccc.people import Person
from ccc.retention import Disposal, DisposalItem, erasing
from ccc.roles import Role
from tests.booking_log import make_family
from tests.checking import App, CheckingClient
from tests.made_backups import sheet_in_safe

Cast = Mapping[Role, Person]
As = Callable[[Role], CheckingClient]
COMMAND = [sys.executable, "-m", "flask", "--app", "app", "backup"]


@pytest.fixture
def secret(cast: Cast) -> str:
    return sheet_in_safe(cast).backup


def keep_house(settings: Settings) -> None:
    daily.keep_house_once(replace(settings, mail=None))


def kill_while_copying(settings: Settings) -> Path:
    """A real process that makes a backup, killed while its copy lies in the data folder; the copy is returned."""
    # Large enough for the copy to lie there for a moment.
    db.db.execute_sql("CREATE TABLE ballast (bytes BLOB)")
    db.db.execute_sql("INSERT INTO ballast VALUES (zeroblob(60000000))")
    db.db.close()
    making = subprocess.Popen(COMMAND, cwd=ROOT, env=os.environ | {"CCC_DATA": str(settings.data)})
    while not (copies := list(settings.data.glob("copy-*/ccc.db"))) or not copies[0].stat().st_size:
        assert making.poll() is None
        time.sleep(0.001)
    making.kill()
    making.wait()
    return copies[0]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot kill like this")
def test_a_copy_that_a_killed_backup_left_goes_before_a_disposal_says_that_the_last_trace_is_gone(
    cast: Cast, secret: str, settings: Settings
) -> None:
    family = make_family(cast[Role.COORDINATOR])
    sql = "SELECT last_name, address, phone FROM adult WHERE family_id = ?"
    canaries = [sealed for row in db.db.execute_sql(sql, (family.id,)) for sealed in row]
    copy = kill_while_copying(settings)
    assert copy.exists()
    disposal = Disposal.create(
        proposed_by=cast[Role.COORDINATOR], approved_by=cast[Role.CHAIR], approved_at=clock.now()
    )
    DisposalItem.create(disposal=disposal, kind="family", record=family.id, early="asked")
    with folder.alone(settings):
        (settings.data / "copy-of-now").mkdir()
        assert erasing.carry_on() == 1
        assert Disposal.get().wiped_at is None
    assert erasing.wipe()
    files = [path for path in settings.data.rglob("*") if path.is_file()]
    assert [path for path in files for canary in canaries if canary in path.read_bytes()] == []
    assert not list(settings.data.glob("copy-*"))
    # The officers are told at the next round, and once.
    mail.turn(on=True)
    keep_house(settings)
    keep_house(settings)
    assert [letter.subject for letter in Outbox.select() if "backup" in letter.subject] == [
        "No backup was made at the contact centre"
    ] * 2
    assert AuditLine.select().where(AuditLine.event == Event.BACKUP_FAILED).count() == 1


def test_a_backup_that_broke_off_is_told_at_the_next_round_and_one_under_way_is_not(
    cast: Cast, as_role: As, secret: str, settings: Settings
) -> None:
    chair = as_role(Role.CHAIR)
    Backup.create(fault="under-way")
    with folder.alone(settings):
        keep_house(settings)
        assert chair.send("/backups/make").status_code == 303
        shown = chair.get("/backups/").text
    assert ("Wait a moment" in shown, "did not work" in shown) == (True, False)
    assert [made.fault for made in Backup.select()] == ["under-way"]
    keep_house(settings)
    assert "it did not work. It broke off" in chair.get("/backups/").text
    clock.advance(timedelta(hours=4))
    keep_house(settings)
    assert [made.fault for made in Backup.select().order_by(Backup.id)] == ["broken-off", None]


def test_a_server_that_starts_clears_away_what_lies_in_the_open(
    settings: Settings, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for left in ("copy-left", "restoring"):
        (settings.data / left).mkdir()
        (settings.data / left / "ccc.db").write_text("in the open")
    monkeypatch.setattr(serving, "_refuse_taken_address", lambda _settings: None)
    monkeypatch.setattr(serving, "run", lambda _settings: None)
    serving.serve(settings, list)
    assert not list(settings.data.rglob("*/ccc.db"))
    assert (settings.data / "field.key").exists()


def test_records_that_change_their_shape_without_a_backup_before_say_so(
    cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    prepare(settings)
    assert caplog.messages == []
    monkeypatch.setattr(db, "must_step_up", lambda: True)
    prepare(settings)
    sheet_in_safe(cast)
    prepare(replace(settings, backups=settings.data / "no stick"))
    prepare(settings)
    assert [line.split("before. ")[1] for line in caplog.messages] == [NO_SHEET, FAULTS["missing"]]


def test_old_backups_go_although_none_can_be_made_and_the_newest_stays(
    cast: Cast, as_role: As, secret: str, settings: Settings
) -> None:
    for _ in range(3):
        assert backups.make(settings).fault is None
        clock.advance(timedelta(days=1))
    newest = backups.files(settings)[-1]
    officers_vault.sheet_is_lost()
    clock.advance(timedelta(days=91))
    keep_house(settings)
    assert backups.files(settings) == [newest]
    assert "Only the newest of all stays" in as_role(Role.CHAIR).get("/backups/").text


def test_the_page_speaks_of_a_stick_or_an_older_sheet_only_where_there_is_one(
    app: App, cast: Cast, as_role: As, secret: str, settings: Settings
) -> None:
    chair = as_role(Role.CHAIR)
    fresh = chair.get("/backups/").text
    assert ("cannot be read" in fresh, "older sheet" in fresh) == (False, False)
    sheet_in_safe(cast)
    assert "Backups from before 21 November 2026 open only with the older sheet." in chair.get("/backups/").text
    app.extensions["ccc_settings"] = replace(settings, backups=settings.data / "no stick")
    assert "The folder cannot be read. Perhaps the stick is not plugged in." in chair.get("/backups/").text
