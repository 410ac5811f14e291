"""The rules of `promises.toml`, from their plain notation to patterns."""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ccc.provisions import Key

_CLAUSE_LENGTH = 120
_STEP = re.compile(r"\s+(\.\.|<>)([0-9]*)\s+")
# A regular expression stands between slashes; what looks like notation within it is none.
_EXPRESSION = re.compile(r"(?:(?<=^)|(?<=[,|\s]))/(\S.*?)/(?=\s*(?:[,|]|\.\.|<>|$))", re.DOTALL)
_NAME = re.compile(r"[A-Z_]{2,}")
_STORED = re.compile(r"#([0-9]+)")


@dataclass(frozen=True)
class Rule:
    """One way of wording a promise."""

    promise: Key
    all_of: tuple[re.Pattern[str], ...]
    none_of: tuple[re.Pattern[str], ...]
    reach: int


class Notation:
    """Turns the notation that `promises.toml` explains into regular expressions."""

    def __init__(self, groups: dict[str, str]) -> None:
        self._groups: dict[str, str] = {}
        self._expressions: list[str] = []
        for name, listed in groups.items():
            self._groups[name] = self.pattern(listed)

    def compiled(self, text: str) -> re.Pattern[str]:
        return re.compile(self.pattern(text), re.IGNORECASE)

    def pattern(self, text: str) -> str:
        """Read "A .. B | C": whole alternatives, each of them steps one after the other."""
        return _joined(self._steps(alternative) for alternative in _EXPRESSION.sub(self._store, text).split("|"))

    def _store(self, found: re.Match[str]) -> str:
        expression = re.sub(r"\{([A-Z_]+)\}", lambda name: self._groups[name[1]], found[1])
        self._expressions.append(expression)
        return f"#{len(self._expressions) - 1}"

    def _steps(self, text: str) -> str:
        first, *rest = _STEP.split(text)
        found = self._any_of(first)
        for sign, within, step in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
            after = self._any_of(step)
            gap = rf".{{0,{within or _CLAUSE_LENGTH}}}?"
            found = found + gap + after if sign == ".." else _joined([found + gap + after, after + gap + found])
        return found

    def _any_of(self, listed: str) -> str:
        return _joined(self._item(item.strip()) for item in listed.split(","))

    def _item(self, item: str) -> str:
        stored = _STORED.fullmatch(item)
        if stored:
            return self._expressions[int(stored[1])]
        return self._groups[item] if _NAME.fullmatch(item) else _word(item)


def _joined(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(patterns) + ")"


def _word(word: str) -> str:
    """Return the pattern of one word or phrase: "*" is any ending, "_" up to four words."""
    pattern = re.escape(" ".join(word.split())).replace(r"\ ", " ").replace("'", "['\u2019]?")
    pattern = pattern.replace(" _ ", r"(?: [\w,/'\u2019()-]+){0,4} ").replace(r"\*", r"[\w'\u2019]*")
    return rf"\b{pattern}\b"


@dataclass(frozen=True)
class Rules:
    """All rules of a promise, and by name the signs that decide between the choices of a promise."""

    of: dict[Key, list[Rule]]
    signs: dict[str, re.Pattern[str]]


@cache
def rules() -> Rules:
    """Read the rules. Only a policy that is drafted needs them, and the server's start shall not wait for that."""
    table = tomllib.loads(Path(__file__).with_name("promises.toml").read_text("utf-8"))
    notation = Notation(table["words"] | table["choices"])
    made = [_rule(one, notation) for one in table["rule"]]
    signs = {name: notation.compiled(name) for name in table["choices"]}
    return Rules({key: [rule for rule in made if rule.promise == key] for key in Key}, signs)


def _rule(table: dict[str, Any], notation: Notation) -> Rule:
    return Rule(
        Key(table["promise"]),
        tuple(map(notation.compiled, [table["heart"], *table["with"]])),
        tuple(map(notation.compiled, table["unless"])),
        table.get("reach", 1),
    )
