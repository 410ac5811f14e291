"""The list of what was disposed of, beside the backups: references alone, so that no restore brings anything back."""

import logging
import re
from collections.abc import Iterable
from functools import partial
from os import fsync
from pathlib import Path

from ccc import vault
from ccc.backups import folder
from ccc.config import Settings
from ccc.people import RefusedError
from ccc.retention import erasing

NAME = "disposed.txt"
LINE = re.compile(r"(family|person|referrer|concern) ([1-9][0-9]{0,8}) [0-9a-f]{64}")
Pairs = list[tuple[str, int]]
log = logging.getLogger(__name__)
# Where the list is kept: in the data folder, and beside the backups.
_folders: list[Path] = []


def keep_in(settings: Settings) -> None:
    """Say where the list is kept, and where copies may lie that somebody left there."""
    _folders[:] = [settings.data, settings.backup_folder]
    erasing.other_traces[:] = [partial(folder.clear_leftovers, settings)]


def note_disposed(more: Iterable[tuple[str, int]] = ()) -> None:
    """Bring the lists up to date, wherever they can be written just now; a stick that is not there gets it later."""
    for place in _folders:
        try:
            write(place, more)
        except OSError as error:
            log.info("the list of what was disposed of is not written yet: %s", type(error).__name__)


def write(place: Path, more: Iterable[tuple[str, int]] = ()) -> None:
    """Add to a folder's list what is not on it yet. A line is never taken off: an older database may not know it."""
    file = place / NAME
    # What is none of ours stays as it is: a restore names the line.
    there = {line for _, line in _lines(file)} if file.exists() else None
    lines = (there or set()) | {_line(kind, number) for kind, number in [*erasing.disposed(), *more]}
    if lines != there:
        new = file.with_suffix(".new")
        with new.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in sorted(lines))
            out.flush()
            fsync(out.fileno())
        new.replace(file)


def listed(*places: Path) -> Pairs:
    """What stands on the lists that are there. Raises RefusedError for a line that this centre did not write."""
    files = [place / NAME for place in places if (place / NAME).exists()]
    return [_read(file, number, line) for file in files for number, line in _lines(file)]


def _line(kind: str, number: int) -> str:
    """A line, with a hash that only this centre can make: its key lies in the data folder and in each backup."""
    return f"{kind} {number} {vault.look_up('disposed', f'{kind} {number}')}"


def _lines(file: Path) -> list[tuple[int, str]]:
    """The lines by their number, without what an editor may have put between them."""
    lines = file.read_text("utf-8-sig", "backslashreplace").splitlines()
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip()]


def _read(file: Path, number: int, line: str) -> tuple[str, int]:
    found = LINE.fullmatch(line)
    if not found or line != _line(found[1], int(found[2])):
        raise RefusedError(f"{file} is damaged: this centre did not write line {number}.")
    return found[1], int(found[2])


erasing.when_disposed.append(note_disposed)
