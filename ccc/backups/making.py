"""Making a backup: the database is copied while it is in use, the copy looked at, sealed to the sheet, and kept."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from errno import EACCES, EDQUOT, EFBIG, EIO, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from hashlib import file_digest, sha256
from os import fsync
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ccc import clock, vault
from ccc.backups import container, folder
from ccc.backups.disposed import write
from ccc.config import Settings
from ccc.vault import DamagedKeyError

FULL, READ_ONLY, MISSING, CANNOT_WRITE = "full", "read-only", "missing", "cannot-write"
ABOUT_BYTES = 1_000
NOT_WHOLE, KEYS, BROKEN_OFF, UNDER_WAY = "not-whole", "keys", "broken-off", "under-way"
FAULTS = {
    FULL: "There is no room left for it.",
    READ_ONLY: "The folder for backups cannot be written in. Perhaps the stick is locked.",
    MISSING: "The folder for backups is not there. Perhaps the stick is not plugged in.",
    CANNOT_WRITE: "What was written to the folder for backups did not arrive there. Perhaps the stick is worn out.",
    NOT_WHOLE: "The copy of the database was not whole. Tell whoever looks after the computer today.",
    KEYS: "A key in the data folder is damaged. Tell whoever looks after the computer today.",
    BROKEN_OFF: "It broke off before its end. Perhaps the computer was switched off.",
    UNDER_WAY: "It is being made just now.",
}
BY_NUMBER = {ENOSPC: FULL, EDQUOT: FULL, EFBIG: FULL, ENOENT: MISSING, ENOTDIR: MISSING}
BY_NUMBER |= {EROFS: READ_ONLY, EACCES: READ_ONLY, EPERM: READ_ONLY}


class Outcome(NamedTuple):
    """What came of a try: how large the file is, or the code of what was wrong."""

    size: int | None
    fault: str | None


def try_once(settings: Settings, public: bytes, label: str) -> Outcome:
    """Make one file, and clear away what is too old. Whatever goes wrong comes back as a code."""
    try:
        folder.make_ready(settings)
        write(settings.backup_folder)
        size = _make(settings, public, settings.backup_folder / folder.name_of(label))
        folder.clear(settings)
    except OSError as error:
        return Outcome(None, BY_NUMBER.get(error.errno or 0, CANNOT_WRITE))
    except sqlite3.Error as error:
        return Outcome(None, FULL if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" else NOT_WHOLE)
    except DamagedKeyError:
        return Outcome(None, KEYS)
    return Outcome(size, None)


def _make(settings: Settings, public: bytes, file: Path) -> int:
    with TemporaryDirectory(prefix=folder.COPY, dir=settings.data) as place:
        copy, keys = Path(place) / "ccc.db", {"": ""}
        # Where the keys were replaced meanwhile, the copy is made once more.
        while keys != (keys := vault.copy_keys(settings.data, settings.field_key)):
            _copy(settings.database, copy)
        about: dict[str, object] = {"made_at": clock.now().isoformat(), "keys": keys}
        about |= {"step": _look_into(copy), "size": copy.stat().st_size}
        return _write(container.sealed(_pieces(about, copy), public), file)


def _copy(database: Path, copy: Path) -> None:
    """Copy by SQLite's own way, in one go: others read and write meanwhile, and the copy is of one moment."""
    with closing(sqlite3.connect(database, timeout=5)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def _look_into(copy: Path) -> str:
    """Open the copy and look whether it is whole; the last step of its schema comes back."""
    with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
        [verdict] = opened.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        [step] = opened.execute("SELECT max(name) FROM schema_migration").fetchone()
    return str(step)


def _pieces(about: Mapping[str, object], copy: Path) -> Iterator[bytes]:
    # One figure more in the length of the database would tell of a row: all of these are equally long.
    yield json.dumps(about).encode().ljust(ABOUT_BYTES)
    with copy.open("rb") as source:
        while piece := source.read(container.PIECE):
            # Whole pieces alone: by the size of a file one could tell that a worry was raised which one does not see.
            yield piece.ljust(container.PIECE, b"\0")


def _write(blocks: Iterable[bytes], file: Path) -> int:
    """Write beside the file and move it into place once all of it lies on the disk and reads as it was written."""
    part, digest = file.with_suffix(".part"), sha256()
    try:
        with part.open("wb") as out:
            for block in blocks:
                digest.update(block)
                out.write(block)
            out.flush()
            fsync(out.fileno())
        _read_back(part, digest.digest())
        part.replace(file)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return file.stat().st_size


def _read_back(part: Path, digest: bytes) -> None:
    with part.open("rb") as written:
        if file_digest(written, "sha256").digest() != digest:
            raise OSError(EIO, "it does not read as it was written")
