"""Backups: made by themselves, sealed, kept for a while; whatever goes wrong is said and mailed, never silent."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ccc import audit, backups, cli, clock, create_app, daily, db, key_rotation, officers_vault, prepare, recovery_sheet
from ccc.audit import AuditLine, Event
from ccc.backups import Backup, container
from ccc.config import ROOT, Settings, SettingsError
from ccc.mail import Outbox
from ccc.people import Person
from ccc.roles import Role
from tests.booking_log import HOME_ADDRESS, make_family
from tests.checking import App, CheckingClient
from tests.made_backups import sheet_in_safe
from tests.vaulted import signed_in

Cast = Mapping[Role, Person]
As = Callable[[Role], CheckingClient]
NEVER = "No backup was made for more than two days."
# The command, by somebody who can write no file larger than this.
SHORT_OF_ROOM = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
sys.argv = ["flask", "--app", "app", "backup"]
from flask.cli import main
main()
"""


@pytest.fixture
def secret(cast: Cast) -> str:
    return sheet_in_safe(cast).backup


def keep_house(settings: Settings) -> None:
    daily.keep_house_once(replace(settings, mail=None))


def mails() -> list[str]:
    return sorted(letter.recipient for letter in Outbox.select() if "backup" in letter.subject)


def test_a_backup_is_made_once_a_day_by_itself_and_only_the_paper_opens_it(
    cast: Cast, secret: str, settings: Settings
) -> None:
    make_family(cast[Role.COORDINATOR])
    keep_house(settings)
    keep_house(settings)
    [file] = backups.files(settings)
    sealed = file.read_bytes()
    for open_text in (b"SQLite", b"person", HOME_ADDRESS.encode(), (settings.data / "field.key").read_bytes()[:32]):
        assert open_text not in sealed
    opened = b"".join(container.opened(file, recovery_sheet.key_of(secret)))
    assert b"SQLite format 3" in opened
    assert (settings.data / "field.key").read_bytes().strip() in opened
    assert not list(settings.data.glob("copy-*"))
    clock.advance(timedelta(days=1))
    keep_house(settings)
    assert len(backups.files(settings)) == 2
    assert AuditLine.select().where(AuditLine.event == Event.BACKUP_MADE).count() == 2
    assert (file.parent / "disposed.txt").read_text() == ""
    assert mails() == []


def test_without_a_sheet_in_the_safe_there_is_no_backup_and_the_officers_read_why(
    app: App, cast: Cast, as_role: As, settings: Settings
) -> None:
    cli.init_app(app)
    chair = as_role(Role.CHAIR)
    opened = officers_vault.open_for(signed_in(cast[Role.CHAIR]))
    for held in ("no sheet", "a sheet that was printed, and no more"):
        keep_house(settings)
        answer = app.test_cli_runner().invoke(args=["backup"])
        assert (answer.exit_code, "none is in the safe" in answer.output) == (1, True), held
        chair.send("/backups/make")
        assert "there is no recovery sheet in the safe" in chair.get("/backups/").text
        assert "as long as no recovery sheet is in the safe" in chair.get("/").text
        assert (mails(), Backup.select().count()) == ([], 0)
        officers_vault.new_sheet(opened)
    assert not settings.backup_folder.exists()


def test_officers_see_how_old_the_last_one_is_and_make_one_now(
    cast: Cast, as_role: As, secret: str, settings: Settings
) -> None:
    officer = as_role(Role.SAFEGUARDING)
    assert NEVER not in officer.get("/").text
    answer = officer.send("/backups/make")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/backups/")
    shown = officer.get("/backups/").text
    assert "A backup was made." in shown
    assert "21 November 2026, 09:00" in shown
    line = AuditLine.select().where(AuditLine.event == Event.BACKUP_MADE).get()
    assert line.actor == cast[Role.SAFEGUARDING].id
    clock.advance(timedelta(days=2, seconds=1))
    for role, told in ((Role.SAFEGUARDING, True), (Role.CHAIR, True), (Role.COORDINATOR, False)):
        assert (NEVER in as_role(role).get("/").text) == told
    assert NEVER in as_role(Role.CHAIR).get("/backups/").text
    for role in (Role.COORDINATOR, Role.VOLUNTEER):
        assert (as_role(role).get("/backups/").status_code, as_role(role).send("/backups/make").status_code) == (
            403,
            403,
        )


def test_a_stick_that_is_missing_read_only_or_no_folder_is_told_by_mail_once_a_day_and_on_the_page(
    cast: Cast, as_role: As, secret: str, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("")
    for place, code, said in (
        (tmp_path / "missing", "missing", "Perhaps the stick is not plugged in"),
        (tmp_path / "a file", "missing", "Perhaps the stick is not plugged in"),
        (read_only(tmp_path), "read-only", "Perhaps the stick is locked"),
    ):
        chosen = replace(settings, backups=place)
        keep_house(chosen)
        keep_house(chosen)
        assert backups.make(chosen).fault == code
        assert mails() == ["charlie@millbrook.example", "sunita@millbrook.example"]
        assert said in as_role(Role.CHAIR).get("/backups/").text
        assert AuditLine.select().where(AuditLine.event == Event.BACKUP_FAILED).count() == Backup.select().count()
        Outbox.delete().execute()
        clock.advance(timedelta(days=1))
    assert not (tmp_path / "missing").exists()
    # Four hours after a try that failed it is tried again.
    keep_house(settings)
    assert Backup.select().order_by(-Backup.id).get().fault is None


def read_only(tmp_path: Path) -> Path:
    """A folder in which nobody can write, not even the one who may do everything."""
    if os.geteuid() == 0:
        return Path("/sys")
    (tmp_path / "locked").mkdir(mode=0o500)
    return tmp_path / "locked"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_stick_ends_with_one_line_a_mail_and_no_half_of_a_file(
    cast: Cast, secret: str, settings: Settings, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    db.db.close()
    # The copy has room in the data folder; sealed it is a little longer.
    limit = settings.database.stat().st_size + 100
    mail = {"CCC_SMTP_HOST": "127.0.0.1", "CCC_MAIL_FROM": "centre@millbrook.example"}
    ended = subprocess.run(
        [sys.executable, "-c", SHORT_OF_ROOM.format(limit)],
        cwd=ROOT,
        env=os.environ | {"CCC_DATA": str(settings.data), "CCC_BACKUPS": str(stick)} | mail,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "Error: No backup was made. There is no room left for it.\n")
    assert [path.name for path in stick.iterdir()] == ["disposed.txt"]
    assert not list(settings.data.glob("copy-*"))
    create_app(settings)
    assert mails() == ["charlie@millbrook.example", "sunita@millbrook.example"]


def test_the_folder_of_the_backups_is_a_setting(tmp_path: Path) -> None:
    chosen = {"CCC_DATA": str(tmp_path), "CCC_BACKUPS_KEPT": "3", "CCC_BACKUPS_DAYS": "30"}
    settings = Settings.from_environment(chosen)
    assert (settings.backup_folder, settings.backups_kept, settings.backups_days) == (tmp_path / "backups", 3, 30)
    assert Settings.from_environment(chosen | {"CCC_BACKUPS": "/stick/centre"}).backup_folder == Path("/stick/centre")
    for name, wrong in (("CCC_BACKUPS_KEPT", "0"), ("CCC_BACKUPS_DAYS", "367"), ("CCC_BACKUP", "/stick")):
        with pytest.raises(SettingsError, match=name):
            Settings.from_environment(chosen | {name: wrong})


def test_the_newest_are_kept_and_none_for_too_long(secret: str, settings: Settings) -> None:
    few = replace(settings, backups_kept=3)
    beside = settings.backup_folder / "photographs of the summer.backup"
    made = []
    for _ in range(5):
        assert backups.make(few).fault is None
        made.append(backups.files(few)[-1])
        beside.write_text("not ours")
        clock.advance(timedelta(days=1))
    assert backups.files(few) == made[-3:]
    clock.advance(timedelta(days=90))
    # Where the next one fails, the newest is all there is.
    assert backups.make(replace(few, field_key=b"")).fault is None
    assert len(backups.files(few)) == 1
    assert beside.exists()


def test_a_copy_that_is_not_whole_and_a_damaged_key_are_no_backup(secret: str, settings: Settings) -> None:
    whole = (settings.data / "secret.key").read_text()
    (settings.data / "secret.key").write_text("damaged")
    assert backups.make(settings).fault == "keys"
    (settings.data / "secret.key").write_text(whole)
    db.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    damage = bytearray(settings.database.read_bytes())
    index = db.db.execute_sql("SELECT rootpage FROM sqlite_master WHERE name = 'audit_line'").fetchone()[0]
    damage[(index - 1) * 4096 : index * 4096] = b"\xff" * 4096
    damaged = replace(settings, data=settings.data.parent / "damaged", backups=settings.backup_folder)
    damaged.data.mkdir()
    for name in ("field.key", "secret.key"):
        (damaged.data / name).write_bytes((settings.data / name).read_bytes())
    damaged.database.write_bytes(bytes(damage))
    assert backups.make(damaged).fault == "not-whole"
    assert backups.files(settings) == []


def test_a_stick_that_keeps_something_else_than_was_written_is_found_out(
    secret: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ccc.backups.making.fsync", lambda file: os.pwrite(file, b"\0\0\0\0", 5_000))
    assert backups.make(settings).fault == "cannot-write"
    assert [path.name for path in settings.backup_folder.iterdir()] == ["disposed.txt"]


def test_what_a_power_cut_left_behind_is_cleared_away(secret: str, settings: Settings) -> None:
    assert backups.make(settings).fault is None
    left = [settings.data / "copy-left", settings.backup_folder / "centre-20261101T090000Z-1.part"]
    left[0].mkdir()
    (left[0] / "ccc.db").write_text("in the open")
    left[1].write_text("half")
    assert backups.make(settings).fault is None
    assert not any(path.exists() for path in left)


def test_a_new_sheet_in_the_safe_gets_a_backup_of_its_own_at_once(cast: Cast, secret: str, settings: Settings) -> None:
    keep_house(settings)
    clock.advance(timedelta(minutes=5))
    newer = sheet_in_safe(cast).backup
    clock.advance(timedelta(minutes=5))
    keep_house(settings)
    first, second = backups.files(settings)
    assert list(container.opened(first, recovery_sheet.key_of(secret)))
    assert list(container.opened(second, recovery_sheet.key_of(newer)))


def test_a_backup_is_made_before_the_shape_of_the_records_changes(
    secret: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = settings.data.parent / "steps"
    steps.mkdir()
    for step in sorted(db.MIGRATIONS.glob("[0-9]*.py")):
        (steps / step.name).write_text(step.read_text())
    (steps / "9999_of_tomorrow.py").write_text(
        "from ccc.db import db\n\n\ndef up(*_):\n    db.execute_sql('CREATE TABLE tomorrow (id INTEGER)')\n"
    )
    prepare(settings)
    assert Backup.select().count() == 0
    monkeypatch.setattr(db, "MIGRATIONS", steps)
    prepare(settings)
    prepare(settings)
    [file] = backups.files(settings)
    opened = b"".join(container.opened(file, recovery_sheet.key_of(secret)))
    assert (b"TABLE tomorrow" in opened, b"TABLE person" in opened) == (False, True)
    assert Backup.get().fault is None
    assert db.db.table_exists("tomorrow")
    assert audit.verify().fault is None


def test_keys_that_were_replaced_go_into_the_next_backup(secret: str, settings: Settings) -> None:
    key_rotation.rotate(settings.data)
    assert backups.make(settings).fault is None
    opened = b"".join(container.opened(backups.files(settings)[0], recovery_sheet.key_of(secret)))
    assert (settings.data / "field.key").read_bytes().strip() in opened
