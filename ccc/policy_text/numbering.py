"""Decides which numbers and letters at the beginning of a line count a list, and which are words of a sentence."""

from dataclasses import replace

from ccc.policy_text.lines import LINE_WIDTH, Line
from ccc.policy_text.markers import Kind, Marker

# The markers met so far: of what kind and shape, and with which number.
_Seen = set[tuple[Kind, str, tuple[int, ...]]]


def settled(lines: list[Line]) -> list[Line]:
    """Decide which markers are words after all and which single letters are roman numerals."""
    found: list[Line] = []
    seen: _Seen = set()
    bare = sum(line.marker is not None and line.marker.is_bare for line in lines)
    for line, follows in zip(lines, _next_letters(lines), strict=True):
        if line.marker and line.marker.kind != Kind.BULLET:
            marker = _letter_or_roman(line.marker, follows, seen)
            before = found[-1] if found else None
            found.append(_settle(replace(line, marker=marker), marker, before, expected=_expected(marker, seen, bare)))
            seen.add((*marker.style, marker.value))
        else:
            found.append(line)
    return found


def _next_letters(lines: list[Line]) -> list[Marker | None]:
    """Return for each line the next marker with a letter or roman numeral below it."""
    found: list[Marker | None] = []
    below: Marker | None = None
    for line in reversed(lines):
        found.append(below)
        if line.marker and line.marker.kind in {Kind.LETTER, Kind.ROMAN}:
            below = line.marker
    return found[::-1]


def _letter_or_roman(marker: Marker, below: Marker | None, seen: _Seen) -> Marker:
    """Tell the letters i, v and x from the numerals, by what came before them and what comes next."""
    numeral = {9: 1, 22: 5, 24: 10}.get(marker.value[0]) if marker.kind == Kind.LETTER else None
    if numeral is None:
        return marker
    after_letter = (*marker.style, (marker.value[0] - 1,)) in seen
    after_roman = (Kind.ROMAN, marker.shape, (numeral - 1,)) in seen
    goes_on_roman = below is not None and below.kind == Kind.ROMAN and below.value == (numeral + 1,)
    is_roman = after_roman or goes_on_roman or (numeral == 1 and not after_letter)
    return replace(marker, kind=Kind.ROMAN, value=(numeral,)) if is_roman else marker


def _expected(marker: Marker, seen: _Seen, bare: int) -> bool:
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
        is_word = wrapped and (line.text[:1].islower() or (before is not None and before.length >= LINE_WIDTH))
    return replace(line, text=f"{marker.raw.strip()} {line.text}", marker=None) if is_word else line
