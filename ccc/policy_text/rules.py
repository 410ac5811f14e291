"""The rules of `promises.toml` and the words of `layout.toml`, from their plain notation to patterns."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ccc.provisions import Key

_CLAUSE_LENGTH = 120
_EITHER_WAY = re.compile(r"([^|]+)\s<>([0-9]*)\s([^|]+)")
# A regular expression stands between slashes; what looks like notation within it is none.
_TOKEN = re.compile(
    r"\s*(?:/(?P<expression>\S.*?)/(?=\s*(?:[,|]|\.\.|$))|(?P<sign>[,|]|\.\.(?P<within>[0-9]*)\s)"
    r"|(?P<words>\S.*?)(?=\s*(?:[,|]|\s\.\.|$)))",
    re.DOTALL,
)


@dataclass(frozen=True)
class Rule:
    """One way of wording a promise."""

    all_of: tuple[re.Pattern[str], ...]
    none_of: tuple[re.Pattern[str], ...]
    reach: int


@cache
def rules() -> Mapping[Key, list[Rule]]:
    """Read the rules. Only a policy that is drafted needs them, and the server's start shall not wait for that."""
    found: dict[Key, list[Rule]] = {key: [] for key in Key}
    for rule in _file("promises.toml")["rule"]:
        all_of, none_of = map(sign, [rule["heart"], *rule["with"]]), map(sign, rule["unless"])
        found[Key(rule["promise"])].append(Rule(tuple(all_of), tuple(none_of), rule.get("reach", 1)))
    return found


@cache
def sign(notation: str) -> re.Pattern[str]:
    """Compile what is written as `promises.toml` explains, such as the name of a group alone."""
    return re.compile(_expression(notation, _groups()), re.IGNORECASE)


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


@cache
def _groups() -> Mapping[str, str]:
    """Return each group's pattern by its name; a group knows those above it."""
    groups: dict[str, str] = {}
    promises = _file("promises.toml")
    for table in (promises["words"], promises["choices"], *_file("layout.toml").values()):
        for name, notation in table.items():
            groups[name] = _expression(notation, groups)
    return groups


def _expression(notation: str, groups: Mapping[str, str]) -> str:
    """Put a regular expression's own sign for each sign of the notation, and a pattern for each word."""
    steps = _EITHER_WAY.sub(r"\1 ..\2 \3 | \3 ..\2 \1", notation)
    return "(?:(?:" + "".join(_translated(token, groups) for token in _TOKEN.finditer(steps)) + "))"


def _translated(token: re.Match[str], groups: Mapping[str, str]) -> str:
    if token["expression"]:
        return re.sub(r"\{([A-Z_]+)\}", lambda name: groups[name[1]], token["expression"])
    if token["sign"]:
        gap = rf").{{0,{token['within'] or _CLAUSE_LENGTH}}}?(?:"
        return {",": "|", "|": ")|(?:"}.get(token["sign"], gap)
    return groups.get(token["words"]) or _word(token["words"])


def _word(word: str) -> str:
    """Return the pattern of one word or phrase: "*" is any ending, "_" up to four words."""
    pattern = re.escape(" ".join(word.split())).replace(r"\ ", " ").replace("'", "['\u2019]?")
    pattern = pattern.replace(" _ ", r"(?: [\w,/'\u2019()-]+){0,4} ").replace(r"\*", r"[\w'\u2019]*")
    return rf"\b{pattern}\b"
