"""Half-filled forms, kept on the server and sealed to the one who typed them."""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import BlobField, IntegerField, TextField

from ccc import clock, vault
from ccc.db import Record, db, while_unchanged, writing

# A long worry fits in one step, and nearly every form: neither its address nor its length may tell which one it is.
STEP = 8_192
KEPT_FOR = timedelta(days=7)
WAITING = "SELECT sealed, created_at FROM draft WHERE owner = ? AND path = ?"
Fields = list[tuple[str, str]]


class Kept(NamedTuple):
    """What comes back to the one who typed it, and when that was."""

    fields: Fields
    typed_at: datetime


class Draft(Record):
    """What somebody typed into the form at one address, which lies here as a keyed hash. The owner is an account."""

    owner = IntegerField()
    path = TextField()
    sealed = BlobField()

    class Meta:
        indexes = ((("owner", "path"), True),)


def keep(owner: int, public: bytes, path: str, fields: Fields) -> None:
    """Keep what was typed; it takes the place of an earlier draft of the same form."""
    text = json.dumps(fields)
    sealed = vault.seal_to(public, text + " " * (-len(text) % STEP))
    with writing():
        Draft.replace(owner=owner, path=_hidden(path), sealed=sealed, created_at=clock.now()).execute()


def waiting(owner: int, private: bytes, path: str) -> Kept | None:
    """What this account typed into this form, if it is still there and its key still opens it."""
    sealed, typed_at = _sealed(owner, path)
    opened = vault.open_with(private, sealed) if typed_at > clock.now() - KEPT_FOR else None
    return Kept([(name, value) for name, value in json.loads(opened)], typed_at) if opened else None


def drop(owner: int, path: str) -> None:
    """Forget a draft: its form was sent."""
    Draft.delete().where(Draft.owner == owner, Draft.path == _hidden(path)).execute()


def purge() -> int:
    """Delete drafts older than seven days."""
    deleted: int = Draft.delete().where(Draft.created_at <= clock.now() - KEPT_FOR).execute()
    return deleted


def _hidden(path: str) -> str:
    return vault.look_up("draft", path)


@while_unchanged
def _sealed(owner: int, path: str) -> tuple[bytes, datetime]:
    """A draft as it lies there, or one of long ago. Every page with a form asks, and nearly none has a draft."""
    sealed, typed_at = db.execute_sql(WAITING, (owner, _hidden(path))).fetchone() or (b"", "1970-01-01T00:00:00Z")
    return sealed, datetime.fromisoformat(typed_at)
