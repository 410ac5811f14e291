"""Writes what a spreadsheet is to read: nothing in it may pass for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV, under their headings."""
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(headings)
    for row in rows:
        out.writerow([_harmless(cell) for cell in row])
    return written.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula."""
    return "'" + cell if cell.startswith(FORMULA) else cell
