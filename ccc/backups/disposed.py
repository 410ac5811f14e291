"""The list of what was disposed of, beside the backups: references alone, so that no restore brings anything back."""

import logging
import re
from collections.abc import Iterable
from os import fsync
from pathlib import Path

from ccc.config import Settings
from ccc.people import RefusedError
from ccc.retention import erasing

NAME = "disposed.txt"
LINE = re.compile(r"(family|person|referrer|concern) ([0-9]{1,9})")
NO_LIST = (
    f"There is no {NAME} beside the backup. Without it, what was disposed of since would come back. Look for it, or "
    "say --without-disposed-list."
)
Pairs = list[tuple[str, int]]
log = logging.getLogger(__name__)
# Where the list is kept: in the data folder, and beside the backups.
_folders: list[Path] = []


def keep_in(settings: Settings) -> None:
    """Say where the list is kept."""
    _folders[:] = [settings.data, settings.backup_folder]


def note_disposed(more: Iterable[tuple[str, int]] = ()) -> None:
    """Bring the lists up to date, wherever they can be written just now; a stick that is not there gets it later."""
    for folder in _folders:
        try:
            write(folder, more)
        except OSError as error:
            log.info("the list of what was disposed of is not written yet: %s", type(error).__name__)


def write(folder: Path, more: Iterable[tuple[str, int]] = ()) -> None:
    """Add to a folder's list what is not on it yet. A line is never taken off: an older database may not know it."""
    file = folder / NAME
    # What cannot be read stays as it is: a restore names the line.
    there = set(file.read_text("ascii", "backslashreplace").splitlines()) if file.exists() else None
    lines = (there or set()) | {f"{kind} {number}" for kind, number in [*erasing.disposed(), *more]}
    if lines != there:
        new = file.with_suffix(".new")
        with new.open("w", encoding="ascii") as out:
            out.writelines(f"{line}\n" for line in sorted(lines))
            out.flush()
            fsync(out.fileno())
        new.replace(file)


def listed(folder: Path) -> Pairs:
    """What stands on the list beside a backup. Raises RefusedError where there is none, or where it is damaged."""
    if not (file := folder / NAME).exists():
        raise RefusedError(NO_LIST)
    lines = file.read_text("ascii", "backslashreplace").splitlines()
    found = [LINE.fullmatch(line) for line in lines]
    if not all(found):
        raise RefusedError(f"{NAME} beside the backup is damaged: line {found.index(None) + 1} is none of ours.")
    return [(match[1], int(match[2])) for match in found if match]


erasing.when_disposed.append(note_disposed)
