"""Putting a centre back from a backup, on an empty data folder, with nothing but the secret on the recovery sheet."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from peewee import DatabaseError

from ccc import audit, clock, db, recovery_sheet, vault
from ccc.audit import Event
from ccc.backups import container, disposed, folder
from ccc.backups.making import UNDER_WAY
from ccc.backups.records import Backup
from ccc.config import Settings
from ccc.db import NewerDatabaseError, writing
from ccc.mail import Outbox
from ccc.people import RefusedError
from ccc.recovery_sheet import WrongGroupError
from ccc.retention import erasing
from ccc.signin.links import OneTimeLink
from ccc.signin.sign_ins import SignIn

# What may lie in a folder that counts as empty.
NO_RECORDS = {"lock", "backups", folder.LOCK, disposed.NAME}
NO_LIST = (
    f"There is no {disposed.NAME} beside the backup. Without it, what was disposed of since would come back. Look for "
    "it, or say --without-disposed-list."
)
NOT_WHOLE = (
    "The audit trail in this backup is NOT whole: {}. Take another backup, or say --although-altered and find out what "
    "was changed."
)
OTHER_KEY = "CCC_FIELD_KEY is another key than the one in this backup. Unset it, or set it to the old one."


class Restored(NamedTuple):
    """What was put back: from when, how long its audit trail is, and how much was disposed of again."""

    made_at: datetime
    trail: audit.Verdict
    disposed_again: int


def restore(
    file: Path,
    ask: Callable[[], str],
    settings: Settings,
    *,
    without_list: bool = False,
    although_altered: bool = False,
) -> Restored:
    """Put everything back; `ask` gives the secret of the sheet, once it is known that the rest is there.

    Raises RefusedError in words where that cannot be, and leaves nothing behind then.
    """
    _insist_on_empty(settings.data)
    if not without_list and not (file.parent / disposed.NAME).exists():
        raise RefusedError(NO_LIST)
    try:
        private = recovery_sheet.key_of(recovery_sheet.read(ask()))
    except WrongGroupError as error:
        raise RefusedError(str(error)) from error
    with _put_together(settings.data) as place:
        about = _unpack(container.opened(file, private), place, settings.field_key)
        db.bind(place / "ccc.db")
        trail = audit.verify()
        if trail.fault and not although_altered:
            raise RefusedError(NOT_WHOLE.format(trail.fault))
        gone = disposed.listed(settings.data, *([] if without_list else [file.parent]))
        made_at = clock.local(datetime.fromisoformat(about["made_at"]))
        again = _make_ready(gone, made_at)
        disposed.write(place, gone)
    return Restored(made_at, trail, again)


def _insist_on_empty(data: Path) -> None:
    folder.forget_restore(data)
    there = {path.name for path in data.iterdir()} - NO_RECORDS if data.exists() else set()
    if there:
        raise RefusedError(f"The data folder {data} is not empty: {min(there)}. Name an empty one in CCC_DATA.")


@contextmanager
def _put_together(data: Path) -> Iterator[Path]:
    """A folder to work in. Only what was made whole in it comes out, and the database last."""
    place = data / folder.RESTORING
    place.mkdir(mode=0o700)
    try:
        yield place
        db.db.close()
        for path in sorted(place.iterdir(), key=lambda path: path.name == "ccc.db"):
            path.replace(data / path.name)
    except (DatabaseError, NewerDatabaseError) as error:
        raise RefusedError(f"The database in this backup cannot be used: {error}") from error
    finally:
        db.db.close()
        folder.forget_restore(data)


def _unpack(pieces: Iterator[bytes], place: Path, field_key: bytes | None) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(next(pieces))
    if field_key and field_key.hex() != about["keys"]["field.key"]:
        raise RefusedError(OTHER_KEY)
    with (place / "ccc.db").open("wb") as out:
        for piece in pieces:
            out.write(piece)
        out.truncate(about["size"])
    vault.put_keys_back(place, about["keys"])
    vault.unlock(place, field_key)
    return about


def _make_ready(gone: disposed.Pairs, made_at: datetime) -> int:
    """Step the schema up, and take away what must not come back: how many records that were, is returned."""
    db.migrate()
    again = erasing.dispose_again(gone)
    with writing():
        # Whoever held one of these browsers may have been signed out since, and what waits was sent or is out of date.
        SignIn.update(ended_at=clock.now(), lent_key=b"").where(SignIn.ended_at.is_null()).execute()
        Outbox.delete().execute()
        OneTimeLink.update(withdrawn_at=clock.now()).where(OneTimeLink.withdrawn_at.is_null()).execute()
        # The try that this backup came of did not break off: it was under way.
        Backup.delete().where(Backup.fault == UNDER_WAY).execute()
        audit.record(Event.RESTORED, None, "centre:1", made_on=made_at.date())
    db.db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return again
