"""The folder of the backups: what its files are called, how many stay, and what a crash left behind."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from shutil import rmtree

from ccc import clock, locks, vault
from ccc.config import Settings

NAME = re.compile(r"centre-([0-9]{8}T[0-9]{6}Z)-[a-z0-9]+\.backup")
STAMP = "%Y%m%dT%H%M%SZ"
# What is being copied lies in such a folder, in the open, until it is sealed.
COPY = "copy-"
RESTORING = "restoring"
# Whoever makes a backup holds the lock of this file meanwhile.
LOCK = "making"


def name_of(label: str) -> str:
    """What a file made now is called: names in their order are in the order of time."""
    return f"centre-{clock.now():{STAMP}}-{label}.backup"


def make_ready(settings: Settings) -> None:
    """Make the usual folder. One that was chosen must be there: else the disk behind a stick would be written on."""
    if settings.backups is None:
        settings.backup_folder.mkdir(mode=0o700, exist_ok=True)


def files(settings: Settings) -> list[Path]:
    """The backups that are there, oldest first. Raises OSError where the folder cannot be read."""
    if settings.backups is None and not settings.backup_folder.exists():
        return []
    return sorted(file for file in settings.backup_folder.iterdir() if NAME.fullmatch(file.name))


def clear(settings: Settings) -> int:
    """Delete what is too much or too old, so that what was disposed of goes from the backups as well; how many went.

    The newest stays, however old: where the next ones fail, it is all there is.
    """
    kept = files(settings)
    oldest = f"{clock.now() - timedelta(days=settings.backups_days):{STAMP}}"
    newest = kept[-settings.backups_kept :]
    gone = [file for file in kept[:-1] if file not in newest or _made_at(file) < oldest]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


@contextmanager
def alone(settings: Settings) -> Iterator[bool]:
    """Keep others from making a backup meanwhile, and clear away what broke off. False: somebody makes one now."""
    with (settings.data / LOCK).open("ab") as lock:
        try:
            locks.take(lock)
        except OSError:
            yield False
        else:
            _forget_broken_off(settings)
            yield True


def clear_leftovers(settings: Settings) -> bool:
    """Clear away what lies in the data folder in the open from before. False if that must wait: one copies just now."""
    forget_restore(settings.data)
    with alone(settings) as nobody_copies:
        return nobody_copies and not any(settings.data.glob(f"{COPY}*"))


def forget_restore(data: Path) -> None:
    """Clear away what a restore that broke off left. Where the database had yet to come, the keys are its own too."""
    if (data / RESTORING).exists() and not (data / "ccc.db").exists():
        for name in vault.KEY_FILES:
            (data / name).unlink(missing_ok=True)
    rmtree(data / RESTORING, ignore_errors=True)


def _made_at(file: Path) -> str:
    found = NAME.fullmatch(file.name)
    return found[1] if found else ""


def _forget_broken_off(settings: Settings) -> None:
    for copy in settings.data.glob(f"{COPY}*"):
        rmtree(copy, ignore_errors=True)
    with suppress(OSError):
        for part in settings.backup_folder.glob("centre-*.part"):
            part.unlink(missing_ok=True)
