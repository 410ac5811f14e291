"""How long a backup takes while the site is in use."""

import subprocess
import time
from collections.abc import Callable, Mapping

from flask import Flask
from nacl.public import PrivateKey

from ccc import backups, clock
from ccc.config import Settings
from ccc.db import db
from ccc.officers_vault.records import RecoverySheet, VaultKey
from ccc.people import Person
from ccc.web.access import PUBLIC, access

LOAD = ("wrk", "-t1", "-c2", "-d20")


def page(app: Flask, settings: Settings) -> None:
    """A page that makes a backup, in the midst of the others."""

    @app.get("/bench/backup")
    @access(PUBLIC)
    def backup() -> str:
        _put_sheet_in_safe()
        begun = time.monotonic()
        made = backups.make(settings)
        seconds = time.monotonic() - begun
        [bookings] = db.execute_sql("SELECT count(*) FROM booking").fetchone()
        return (
            f"a backup with {bookings} bookings: {seconds:.1f} s, {(made.size or 0) / 2**20:.0f} MiB; goal: under 10 s"
        )


def report(ask: Callable[[], str], address: str, visitor: Mapping[str, str]) -> None:
    """One line on a backup that is made while others read the booking log."""
    headers = [option for name, value in visitor.items() for option in ("-H", f"{name}: {value}")]
    with subprocess.Popen([*LOAD, *headers, address], stdout=subprocess.DEVNULL) as load:
        time.sleep(1)
        print(ask())
        load.terminate()


def _put_sheet_in_safe() -> None:
    if backups.sheet() is None:
        public = bytes(PrivateKey.generate().public_key)
        sheet = RecoverySheet.create(
            vault_public=public,
            backup_public=public,
            by=Person.get(),
            asked_group=1,
            asked_hash="",
            in_safe_at=clock.now(),
        )
        if not VaultKey.update(sheet=sheet).execute():
            VaultKey.create(public=public, sheet=sheet)
