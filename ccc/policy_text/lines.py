"""Plain text and Markdown to lines: where each begins, its marker, whether it is a heading; wrapped lines joined."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ccc.policy_text.markers import Kind, Marker, find_marker


@dataclass(frozen=True)
class Line:
    """One line, without the signs that only lay it out; once joined, one paragraph, heading or list item."""

    text: str
    indent: int = 0
    marker: Marker | None = None
    level: int = 0  # of a marked-up heading: 1 is the title's
    gap: bool = False
    length: int = 0

    @property
    def is_lead_in(self) -> bool:
        """Tell whether the sentence goes on in what follows, as "… unless" or "We will:" do."""
        return bool(_LEAD_IN.search(self.text))

    @property
    def is_unfinished(self) -> bool:
        return not _FINISHED.search(self.text)

    @property
    def is_heading(self) -> bool:
        """Tell whether this is a heading, marked up or by its look; a numbered one is a list item first."""
        return bool(self.level) or (not self.marker and self.looks_like_heading)

    @property
    def opens_section(self) -> bool:
        """Tell a heading, numbered or not, under which paragraphs may stand."""
        return bool(self.level) or self.looks_like_heading

    @property
    def looks_like_heading(self) -> bool:
        """Tell whether the words read like a heading: few, with a capital, without a full stop."""
        short = len(self.text) <= _HEADING_WIDTH and len(self.text.split()) <= _HEADING_WORDS
        return short and not self.is_lead_in and bool(_HEADING_LOOK.fullmatch(self.text))


_LEAD_IN = re.compile(
    r"(?:[:\u2013—]\s*-?|\b(?:unless|if|that|when|where|except|following|include|including|not|will|must|should))"
    r"[\s*_]*$",
    re.IGNORECASE,
)
_FINISHED = re.compile(r"[.!?:;][)\]\"'”\u2019*_]*(?:-|\\)?$")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)[\s#]*$")
_HEADING_LOOK = re.compile(r"(?!.*[.?!] [A-Z])\W*(?:[0-9.]+\W+)?[A-Z].*[^.:;,\s]")
_HEADING_WIDTH = 70
_HEADING_WORDS = 9
_LINE_WIDTH = 50
_UNDERLINE = re.compile(r"\s*(=|-){3,}\s*")
_BULLET_WITHIN = re.compile(r"(?<=[^\s•●▪■])\s+(?=[•●▪■]\s*\w)")
_COLON_LIST = re.compile(
    r"(?P<colon>:)(?:(?P<dash>-)\s*|\s*(?P<mark>[-\u2013•*·●▪]|\(?(?:1|a|A|i)[.)])\s*|(?=[A-Z][a-z]))(?=[\w“\"])"
)


def lines_of(text: str) -> list[Line]:
    """Cut a text into lines, joining what was only wrapped."""
    raw = [part for line in text.split("\n") for part in _split_at_bullets(line)]
    lines = list(_with_pending_markers(_marked(raw)))
    return _settled(_without_colon_lists(lines))


def _split_at_bullets(line: str) -> list[str]:
    """Part a list that was pasted as one line, "… that: • one • two", leaving each item as far in as the line."""
    first, *items = _BULLET_WITHIN.split(line)
    margin = line[: len(line) - len(line.lstrip())]
    return [first, *(margin + item for item in items)]


def _marked(raw: list[str]) -> Iterator[Line]:
    gap = False
    for number, line in enumerate(raw):
        underline = _UNDERLINE.fullmatch(raw[number + 1]) if number + 1 < len(raw) else None
        found = _line(line, gap=gap)
        if not found:
            gap = True
            continue
        if underline and len(found.text) <= _HEADING_WIDTH and not found.marker:
            found = replace(found, level=1 if underline[1] == "=" else 2)
        gap = False
        yield found


def _line(raw: str, *, gap: bool) -> Line | None:
    """Read one line; None where it holds neither a word nor a lonely marker."""
    raw = re.sub(r"^(\s*>)+\s?", "", raw)
    stripped = raw.strip()
    if stripped.startswith("|") and stripped.endswith("|"):
        stripped = stripped.strip("|").replace("|", "\t").strip()
    wide = raw.expandtabs(4)
    indent = len(wide) - len(wide.lstrip())
    heading = _HEADING.match(stripped)
    level, stripped = (len(heading[1]), heading[2]) if heading else (0, stripped)
    marker, text = find_marker(stripped)
    text = " ".join(text.split())
    if not any(character.isalnum() for character in text):
        lonely = marker and not text and len(stripped) <= len("(viii)")
        return Line("", indent, marker, gap=gap) if lonely else None
    return Line(text, indent, marker, level, gap, len(wide.rstrip()))


def _with_pending_markers(lines: Iterable[Line]) -> Iterator[Line]:
    """Give a marker that stands alone on its line to the line after it."""
    pending: Line | None = None
    for line in lines:
        if not line.text:
            pending = line
            continue
        takes = pending and not line.marker and not line.level
        yield (
            replace(line, marker=pending.marker, indent=pending.indent, gap=pending.gap) if pending and takes else line
        )
        pending = None


def _without_colon_lists(lines: list[Line]) -> Iterator[Line]:
    """Part a first item from the words before it where it was written on after their colon."""
    for line, following in zip(lines, [*lines[1:], None], strict=False):
        parted = _parted(line, following.marker) if following and following.marker else None
        yield from parted or (line,)


def _parted(line: Line, next_marker: Marker) -> tuple[Line, Line] | None:
    for found in _COLON_LIST.finditer(line.text):
        mark = found["dash"] or found["mark"]
        marker, _ = find_marker(f"{mark} x") if mark else (next_marker, "")
        if marker and next_marker.follows(marker) and (mark or next_marker.kind == Kind.BULLET):
            head = line.text[: found.end("dash") if found["dash"] else found.end("colon")]
            return replace(line, text=head), Line(line.text[found.end() :], line.indent, marker)
    return None


def _settled(lines: Iterable[Line]) -> list[Line]:
    """Decide which markers are words after all and which single letters are roman numerals."""
    settled: list[Line] = []
    seen: set[tuple[Kind, str, tuple[int, ...]]] = set()
    pending = list(lines)
    bare = sum(line.marker is not None and line.marker.is_bare for line in pending)
    for line, follows in zip(pending, _next_letters(pending), strict=True):
        if line.marker and line.marker.kind != Kind.BULLET:
            marker = _letter_or_roman(line.marker, follows, seen)
            before = settled[-1] if settled else None
            settled.append(_settle(replace(line, marker=marker), marker, before, expected=_expected(marker, seen, bare)))
            seen.add((*marker.style, marker.value))
        else:
            settled.append(line)
    return settled


def _next_letters(lines: list[Line]) -> list[Marker | None]:
    """Return for each line the next marker with a letter or roman numeral below it."""
    found: list[Marker | None] = []
    below: Marker | None = None
    for line in reversed(lines):
        found.append(below)
        if line.marker and line.marker.kind in {Kind.LETTER, Kind.ROMAN}:
            below = line.marker
    return found[::-1]


def _letter_or_roman(marker: Marker, below: Marker | None, seen: set[tuple[Kind, str, tuple[int, ...]]]) -> Marker:
    """Tell the letters i, v and x from the numerals, by what came before them and what comes next."""
    numeral = {9: 1, 22: 5, 24: 10}.get(marker.value[0]) if marker.kind == Kind.LETTER else None
    if numeral is None:
        return marker
    after_letter = (*marker.style, (marker.value[0] - 1,)) in seen
    after_roman = (Kind.ROMAN, marker.shape, (numeral - 1,)) in seen
    goes_on_roman = below is not None and below.kind == Kind.ROMAN and below.value == (numeral + 1,)
    is_roman = after_roman or goes_on_roman or (numeral == 1 and not after_letter)
    return replace(marker, kind=Kind.ROMAN, value=(numeral,)) if is_roman else marker


def _expected(marker: Marker, seen: set[tuple[Kind, str, tuple[int, ...]]], bare: int) -> bool:
    """Tell whether a list that is open goes on with this marker, or a new one begins."""
    before = (*marker.value[:-1], marker.value[-1] - 1)
    below = {(Kind.NUMBER, shape, marker.value[:-1]) for shape in (".", ")", "()", "", "named")}
    goes_on = marker.is_first or (*marker.style, before) in seen
    return (goes_on and (bare > 1 or not marker.is_bare)) or (marker.kind == Kind.DECIMAL and bool(below & seen))


def _settle(line: Line, marker: Marker, before: Line | None, *, expected: bool) -> Line:
    """Give a marker back to the words where a wrapped sentence only happens to go on with a number."""
    if marker.is_bare:
        is_word = "\t" not in marker.raw and not expected
    else:
        wrapped = before is not None and before.is_unfinished and not line.gap and not expected
        is_word = wrapped and (line.text[:1].islower() or (before is not None and before.length >= _LINE_WIDTH))
    return replace(line, text=f"{marker.raw.strip()} {line.text}", marker=None) if is_word else line


def joined(lines: list[Line]) -> list[Line]:
    """Join lines that were only wrapped to paragraphs, headings and items."""
    width = _wrap_width(lines)
    blocks: list[Line] = []
    parts: list[str] = []
    for line, before in zip(lines, [None, *lines], strict=False):
        if before and _goes_on(before, line, blocks[-1], width):
            parts.append(line.text)
            blocks[-1] = replace(blocks[-1], length=line.length)
        else:
            _finish(blocks, parts)
            blocks.append(line)
            parts = [line.text]
    _finish(blocks, parts)
    return blocks


def _finish(blocks: list[Line], parts: list[str]) -> None:
    if len(parts) > 1:
        blocks[-1] = replace(blocks[-1], text=" ".join(parts))


def _goes_on(before: Line, line: Line, block: Line, width: int) -> bool:
    if line.marker or line.level or before.level:
        return False
    lower = line.text[:1].islower()
    if line.gap:
        # A sentence cut by the end of a page goes on in small letters.
        return lower and before.is_unfinished and not before.is_heading and before.length >= _LINE_WIDTH
    fills = before.length + 1 + len(line.text.split(maxsplit=1)[0]) > width
    if before.text.endswith(":") and not fills:
        return False
    hangs = bool(block.marker) and line.indent > block.indent
    return lower or hangs or fills or not (_ends_here(before) or line.is_heading)


def _ends_here(line: Line) -> bool:
    return not line.is_unfinished or line.looks_like_heading


def _wrap_width(lines: list[Line]) -> int:
    """Return the width at which this text was wrapped, seen from lines that go on in small letters."""
    wrapped = [
        before.length
        for before, line in pairwise(lines)
        if not line.marker and not line.gap and line.text[:1].islower() and before.is_unfinished
    ]
    return max(wrapped, default=1_000_000)
