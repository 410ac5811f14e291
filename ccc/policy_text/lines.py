"""Plain text and Markdown to lines: how far in each begins, its marker, whether it is a heading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
LINE_WIDTH = 50
_UNDERLINE = re.compile(r"\s*(=|-){3,}\s*")
_BULLET_WITHIN = re.compile(r"(?<=[^\s•●▪■])\s+(?=[•●▪■]\s*\w)")
_COLON_LIST = re.compile(
    r"(?P<colon>:)(?:(?P<dash>-)\s*|\s*(?P<mark>[-\u2013•*·●▪]|\(?(?:1|a|A|i)[.)])\s*|(?=[A-Z][a-z]))(?=[\w“\"])"
)


def lines_of(text: str) -> list[Line]:
    """Cut a text into lines, each with what may be its marker."""
    raw = [part for line in text.split("\n") for part in _split_at_bullets(line)]
    lines = list(_with_pending_markers(list(_marked(raw))))
    return list(_without_colon_lists(lines))


def _split_at_bullets(line: str) -> list[str]:
    """Part a list that was pasted as one line, "… that: • one • two", leaving each item as far in as the line."""
    first, *items = _BULLET_WITHIN.split(line)
    margin = line[: len(line) - len(line.lstrip())]
    return [first, *(margin + item for item in items)]


def _marked(raw: list[str]) -> Iterator[Line]:
    gap = False
    for line, below in zip(raw, [*raw[1:], ""], strict=True):
        found = _line(line, gap=gap)
        gap = found is None
        underline = _UNDERLINE.fullmatch(below)
        if found and underline and len(found.text) <= _HEADING_WIDTH and not found.marker:
            yield replace(found, level=1 if underline[1] == "=" else 2)
        elif found:
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


def _with_pending_markers(lines: list[Line]) -> Iterator[Line]:
    """Give a marker that stands alone on its line to the line after it."""
    for before, line in zip([None, *lines], lines, strict=False):
        if before and not before.text and line.text and not line.marker and not line.level:
            yield replace(line, marker=before.marker, indent=before.indent, gap=before.gap)
        elif line.text:
            yield line


def _without_colon_lists(lines: list[Line]) -> Iterator[Line]:
    """Part a first item from the words before it where it was written on after their colon."""
    below: list[Line | None] = [None]
    for line in reversed(lines):
        # A gap ends the paragraph whose first item may have been wrapped over some lines.
        below.append(line if line.marker else None if line.gap else below[-1])
    for line, second in zip(lines, below[-2::-1], strict=True):
        yield from (second and _parted(line, second)) or (line,)


def _parted(line: Line, second: Line) -> tuple[Line, Line] | None:
    """Part `line` where the item stands that comes before `second` in its list."""
    for found in _COLON_LIST.finditer(line.text) if second.marker else ():
        mark = found["dash"] or found["mark"]
        marker, _ = find_marker(f"{mark} x") if mark else (second.marker, "")
        if marker and second.marker and second.marker.follows(marker) and (mark or marker.kind == Kind.BULLET):
            head = line.text[: found.end("dash") if found["dash"] else found.end("colon")]
            item = Line(line.text[found.end() :], second.indent, marker, length=line.length)
            return replace(line, text=head), item
    return None
