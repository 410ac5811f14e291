"""What the reader found in a policy: plain values that nothing changes afterwards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ccc.provisions import Key


@dataclass(frozen=True)
class Tag:
    """A promise that a clause makes, and the clause's own words that show it."""

    provision: Key
    choices: Mapping[str, str | int]
    because: str


@dataclass(frozen=True)
class Clause:
    """One clause or sub-clause, by the label that people will quote: "3", "3a"."""

    label: str
    text: str
    tags: tuple[Tag, ...] = ()
    children: tuple["Clause", ...] = ()


@dataclass(frozen=True)
class Review:
    """When the policy was last reviewed ("2024-03") and how often it is; `statement` stands outside any clause."""

    statement: str | None = None
    reviewed_on: str | None = None
    cycle: str | None = None


@dataclass(frozen=True)
class Reading:
    """A whole policy. Each word of the document stands in exactly one of these places."""

    title: str | None
    preamble: str
    clauses: tuple[Clause, ...]
    review: Review
    set_aside: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return what the notation for data knows alone: for it, a tuple is a list and a key a word."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return plain
