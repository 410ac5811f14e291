"""One person's DBS check as the officers keep it: what is on it, how it is packed, and what can be wrong with it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

# Every check is packed to this many bytes, so that a sealed row tells nothing by its length. The history is cut at its
# oldest end where it would not fit any more: the audit trail keeps that something was changed, when and by whom.
SIZE = 8_192
FIRST_DAY = date(2002, 3, 1)  # The Criminal Records Bureau, which came before the DBS, opened in March 2002.


class Level(StrEnum):
    """The levels of a check. Eligibility follows the position; a barred-list check is asked for and never assumed."""

    BASIC = "basic"
    STANDARD = "standard"
    ENHANCED = "enhanced"
    BARRED = "enhanced with the children's barred list"


class Workforce(StrEnum):
    CHILD = "child"
    ADULT = "adult"
    BOTH = "child and adult"
    OTHER = "other"


class Position(StrEnum):
    """What somebody does at the centre."""

    VOLUNTEER = "volunteer"
    LEADER = "team leader"
    COORDINATOR = "co-ordinator"
    SAFEGUARDING = "safeguarding officer"
    CHAIR = "chair"
    COMMITTEE = "committee member"


class Result(StrEnum):
    """What is kept of a look at the Update Service. Its fuller wording tells whether a record exists, and is not."""

    CURRENT = "current"
    NOT_CURRENT = "not current"
    NO_MATCH = "no match"


class Decision(StrEnum):
    MAY = "may serve"
    MAY_NOT = "may not serve"
    ELSEWHERE = "awaiting a decision elsewhere"


@dataclass(frozen=True)
class Look:
    """One look at the Update Service."""

    on: date
    result: Result


@dataclass(frozen=True)
class Entry:
    """One line of the history: the day, the officer, and what they did."""

    on: date
    by: int
    what: str


@dataclass(frozen=True)
class Check:
    """Everything that is kept of a check, and nothing else: no content, no copy, no date of birth, no free text."""

    position: Position | None = None
    level: Level | None = None
    workforce: Workforce | None = None
    applied_on: date | None = None
    number: str = ""
    issued_on: date | None = None
    seen_on: date | None = None
    seen_by: int | None = None
    consent_on: date | None = None
    looks: tuple[Look, ...] = ()
    decision: Decision | None = None
    decided_on: date | None = None
    decided_by: int | None = None
    recheck_due: date | None = None
    renewal_since: date | None = None
    history: tuple[Entry, ...] = ()

    @property
    def last_look(self) -> Look | None:
        return self.looks[-1] if self.looks else None

    @property
    def mark(self) -> str:
        """Tells whether anybody changed it since it was looked at. It stands in forms, and says nothing."""
        return hashlib.sha256(pack(self, 0).encode()).hexdigest()[:16]

    def noted(self, on: date, by: int, what: str, **changes: Any) -> "Check":
        """The check with something changed, and a line in its history."""
        return replace(self, **changes, history=(*self.history, Entry(on, by, what)))


def pack(check: Check, person: int) -> str:
    """A person's check as text of one length, its oldest history left out where it would grow longer.

    It names the person by their number: a row that somebody put in another's place is not taken for theirs.
    """
    while True:
        text = json.dumps(asdict(check) | {"person": person}, separators=(",", ":"), default=date.isoformat)
        if len(text) <= SIZE:
            return text.ljust(SIZE)
        if not check.history:
            raise ValueError("a check is too long to be packed")
        check = replace(check, history=check.history[1:])


def unpack(text: str, person: int) -> Check | None:
    """The check that `pack` packed; None if it is that of somebody else."""
    raw: dict[str, Any] = json.loads(text.rstrip())
    if raw.pop("person") != person:
        return None
    days = {name: _day(raw[name]) for name in DAYS}
    kinds = {name: raw[name] and kind(raw[name]) for name, kind in KINDS.items()}
    looks = tuple(Look(date.fromisoformat(look["on"]), Result(look["result"])) for look in raw["looks"])
    history = tuple(Entry(date.fromisoformat(line["on"]), line["by"], line["what"]) for line in raw["history"])
    return Check(**raw | days | kinds | {"looks": looks, "history": history})


KINDS: Mapping[str, type[StrEnum]] = {
    "position": Position, "level": Level, "workforce": Workforce, "decision": Decision,
}  # fmt: skip
DAYS = (
    "applied_on", "issued_on", "seen_on", "consent_on", "decided_on", "recheck_due", "renewal_since",
)  # fmt: skip


def number_fault(number: str) -> str | None:
    """What is wrong with a certificate's number. It is a text of twelve figures, and may begin with noughts."""
    if number.isascii() and number.isdigit() and len(number) == 12:
        return None
    if number.isascii() and number.isdigit() and len(number) < 12:
        return f"A certificate's number has 12 figures. With the noughts a spreadsheet drops it is {number.zfill(12)}."
    return "A certificate's number has 12 figures, such as 001234567890."


def day_fault(day: date, today: date) -> str | None:
    """What is wrong with a day on which something is said to have been done."""
    if day > today:
        return "This day has not come yet."
    if day < FIRST_DAY:
        return "There were no such checks before March 2002. Look at the year."
    return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
