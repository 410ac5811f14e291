"""Joins lines that were only wrapped to paragraphs, headings and items."""

from dataclasses import replace
from itertools import pairwise

from ccc.policy_text.lines import LINE_WIDTH, Line


def joined(lines: list[Line]) -> list[Line]:
    width = _wrap_width(lines)
    blocks: list[list[Line]] = []
    for line in lines:
        if blocks and _goes_on(blocks[-1], line, width):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [replace(block[0], text=" ".join(line.text for line in block), length=block[-1].length) for block in blocks]


def _goes_on(block: list[Line], line: Line, width: int) -> bool:
    first, before = block[0], block[-1]
    if line.marker or line.level or before.level:
        return False
    lower = line.text[:1].islower()
    if line.gap:
        # A sentence cut by the end of a page goes on in small letters.
        return lower and before.is_unfinished and not before.is_heading and before.length >= LINE_WIDTH
    fills = before.length + 1 + len(line.text.split(maxsplit=1)[0]) > width
    if before.text.endswith(":") and not fills:
        return False
    hangs = bool(first.marker) and line.indent > first.indent
    ends_here = not before.is_unfinished or before.looks_like_heading or line.is_heading
    return lower or hangs or fills or not ends_here


def _wrap_width(lines: list[Line]) -> int:
    """Return the width at which this text was wrapped, seen from lines that go on in small letters."""
    wrapped = [
        before.length
        for before, line in pairwise(lines)
        if not line.marker and not line.gap and line.text[:1].islower() and before.is_unfinished
    ]
    return max(wrapped, default=1_000_000)
