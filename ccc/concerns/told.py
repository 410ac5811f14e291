"""What is written about a worry, packed to one length before it is sealed: its length must tell nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

LONGEST, LONGEST_WHOM = 5_000, 1_000
# No sign takes more than four bytes, and none of those that are escaped takes more than two.
SIZE = 4 * (LONGEST + LONGEST_WHOM) + 500


@dataclass(frozen=True)
class Told:
    """One entry: the worry itself; or what an officer did, on which day, and to whom it was passed on or why not."""

    text: str
    on: date | None = None
    passed_on: str = ""
    # The officers whom it is about: they may not read it even with the recovery sheet.
    about: tuple[int, ...] = ()


def pack(told: Told, concern: int) -> str:
    """An entry as text of one length. It names its worry: a row put in another's place is not taken for it."""
    text = json.dumps(asdict(told) | {"concern": concern}, ensure_ascii=False, default=date.isoformat)
    left = SIZE - len(text.encode())
    if left < 0:
        raise ValueError("an entry is too long to be packed")
    return text + " " * left


def unpack(text: str | None, concern: int) -> Told | None:
    """The entry that `pack` packed; None where nothing was opened, or it belongs to another worry."""
    raw: Mapping[str, Any] = json.loads(text) if text else {}
    if raw.get("concern") != concern:
        return None
    on = raw["on"] and date.fromisoformat(raw["on"])
    return Told(raw["text"], on, raw["passed_on"], tuple(raw["about"]))
