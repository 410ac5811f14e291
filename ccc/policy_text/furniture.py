"""Page furniture: what a website or a word processor put around the policy. It is set aside for a person to decide."""

import re
from collections import Counter
from itertools import groupby

from ccc.policy_text import review
from ccc.policy_text.lines import Line
from ccc.policy_text.rules import sign

_SHORT = 14
_RUN = 3
_BETWEEN = re.compile(r"\s+[|»\u203a>·•/\u2013-]+\s+|\t+|\s*[|»\u203a]\s*")
_LINK = re.compile(r"\[([^\[\]]{0,80})\]\([^()\s]{0,200}\)")


def without_furniture(lines: list[Line]) -> tuple[list[Line], list[str]]:
    """Return the lines of the policy, and what was set aside: each line as it stood, with its marker."""
    aside = {n for n, line in enumerate(lines) if _is_furniture(line)}
    aside |= _menus(lines, aside)
    aside |= _repeated(lines, aside)
    marks = [f"{line.marker.raw.strip()} " if line.marker else "" for line in lines]
    return [line for n, line in enumerate(lines) if n not in aside], [marks[n] + lines[n].text for n in sorted(aside)]


def _is_furniture(line: Line) -> bool:
    words = len(line.text.split())
    if line.marker or words > 3 * _SHORT or line.is_lead_in or review.is_statement(line):
        return False
    if sign("COOKIES").search(line.text) or sign("NAVIGATION").fullmatch(line.text.strip(" *[]")) or _is_menu(line):
        return True
    return words <= _SHORT and bool(sign("IMPRINT").search(line.text))


def _is_menu(line: Line) -> bool:
    """Tell whether this is a menu or a breadcrumb trail on one line."""
    parts = [part for part in _BETWEEN.split(_LINK.sub(r"\1", line.text)) if part.strip()]
    if len(parts) <= 1:
        return False
    known = sum(_is_menu_word(part) for part in parts)
    return known * 2 > len(parts) or (parts[0].lower() == "home" and len(line.text) <= 120)


def _is_menu_word(text: str) -> bool:
    return bool(sign("MENU, NAVIGATION").fullmatch(text.strip()))


def _menus(lines: list[Line], aside: set[int]) -> set[int]:
    """Words such as "Contact" may be headings: they count as a menu only in a run of three."""
    found: set[int] = set()
    for in_menu, places in groupby(range(len(lines)), lambda n: n in aside or _may_be_menu(lines[n])):
        run = list(places)
        if in_menu and len(run) >= _RUN:
            found.update(run)
    return found


def _may_be_menu(line: Line) -> bool:
    may_be_title = line.gap and "polic" in line.text.lower()
    return _is_menu_word(_LINK.sub(r"\1", line.text)) and not may_be_title


def _repeated(lines: list[Line], aside: set[int]) -> set[int]:
    """Find headers and footers of pages: a short line that comes back at page breaks, or as often as pages do."""
    count = Counter(_key(line) for line in lines if not line.marker)
    first = next((_key(line) for n, line in enumerate(lines) if n not in aside), "")
    seen: set[str] = set()
    found: set[int] = set()
    for n, line in enumerate(lines):
        key = _key(line)
        if n in aside or line.marker or not line.is_heading or count[key] == 1:
            continue
        at_break = {n - 1, n + 1} & (aside | found)
        if key in seen and (key == first or at_break or count[key] >= _RUN):
            found.add(n)
        seen.add(key)
    return found


def _key(line: Line) -> str:
    return line.text.strip(" #*_").casefold()
