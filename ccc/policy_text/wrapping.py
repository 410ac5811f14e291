"""Joins lines that were only wrapped to paragraphs, headings and items."""

from dataclasses import replace
from itertools import pairwise

from ccc.policy_text.lines import LINE_WIDTH, Line


def joined(lines: list[Line]) -> list[Line]:
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
        return lower and before.is_unfinished and not before.is_heading and before.length >= LINE_WIDTH
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
