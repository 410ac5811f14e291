"""The folder of the backups: what its files are called, how many stay, and what a crash left behind."""

import re
import time
from datetime import timedelta
from pathlib import Path
from shutil import rmtree

from ccc import clock
from ccc.config import Settings

NAME = re.compile(r"centre-([0-9]{8}T[0-9]{6}Z)-[a-z0-9]+\.(backup|part)")
STAMP = "%Y%m%dT%H%M%SZ"
# What is being copied lies in such a folder, in the open, until it is sealed.
COPY = "copy-"
BROKEN_OFF_AFTER = 3600


def name_of(label: str) -> str:
    """What a file made now is called: names in their order are in the order of time."""
    return f"centre-{clock.now():{STAMP}}-{label}.backup"


def make_ready(settings: Settings) -> None:
    """Make the usual folder. One that was chosen must be there: else the disk behind a stick would be written on."""
    if settings.backups is None:
        settings.backup_folder.mkdir(mode=0o700, exist_ok=True)


def files(settings: Settings) -> list[Path]:
    """The backups that are there, oldest first. Raises OSError where the folder cannot be read."""
    found = [file for file in settings.backup_folder.iterdir() if NAME.fullmatch(file.name)]
    return sorted(file for file in found if file.suffix == ".backup")


def clear(settings: Settings) -> None:
    """Delete what is too much or too old, so that what was disposed of goes from the backups as well.

    The newest stays, however old: where the next ones fail, it is all there is.
    """
    kept = files(settings)
    oldest = f"{clock.now() - timedelta(days=settings.backups_days):{STAMP}}"
    for file in kept[:-1]:
        if file not in kept[-settings.backups_kept :] or _made_at(file) < oldest:
            file.unlink(missing_ok=True)


def forget_broken_off(settings: Settings) -> None:
    """Delete what was left lying where the power went in the middle of it."""
    for copy in settings.data.glob(f"{COPY}*"):
        if _is_old(copy):
            rmtree(copy, ignore_errors=True)
    for part in settings.backup_folder.glob("centre-*.part"):
        if NAME.fullmatch(part.name) and _is_old(part):
            part.unlink(missing_ok=True)


def _made_at(file: Path) -> str:
    found = NAME.fullmatch(file.name)
    return found[1] if found else ""


def _is_old(path: Path) -> bool:
    # The clock of the disk counts here, and not the one that tests stop.
    return time.time() - path.stat().st_mtime > BROKEN_OFF_AFTER
