"""A new field key: everything that lies sealed with the old one is sealed anew, or nothing is."""

from pathlib import Path

from ccc import vault
from ccc.audit import Event, record
from ccc.db import Record, writing
from ccc.vault import SealedText


def rotate(folder: Path) -> int:
    """Seal every sealed column with a new key, and return how many values that were. The server must not run.

    The new key lies beside the old one before the first value is sealed with it, so a crash at any point loses
    nothing: both keys open, and running this again goes on with the key that is there.
    """
    vault.make_next_key(folder)
    with writing():
        count = sum(_seal_anew(table) for table in _tables(Record))
        record(Event.KEYS_ROTATED, None, "centre:1")
    vault.take_next_key(folder)
    return count


def _tables(base: type[Record]) -> list[type[Record]]:
    below = base.__subclasses__()
    return below + [deeper for table in below for deeper in _tables(table)]


def _seal_anew(table: type[Record]) -> int:
    sealed = [field for field in table._meta.sorted_fields if isinstance(field, SealedText)]  # noqa: SLF001 - peewee's way in.
    rows = list(table.select(table.id, *sealed)) if sealed else []
    for row in rows:
        row.save(only=sealed)
    return len(rows) * len(sealed)
