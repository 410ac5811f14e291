"""Lists that one searches by what stands in the address, and the same as a file for a spreadsheet."""

from datetime import date
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from ccc.web.form import OURS, YEARS
from ccc.written_dates import as_day, looks_like_a_day

LONGEST = 200
Asked = TypeVar("Asked")


class Search(NamedTuple, Generic[Asked]):
    """What somebody typed to find lines, what it means, and what is wrong with its days, if anything."""

    typed: dict[str, str]
    asked: Asked
    fault: str

    @property
    def query(self) -> str:
        """The same search as a part of an address."""
        return urlencode({name: text for name, text in self.typed.items() if text})


class Period(NamedTuple):
    """From one day to another (included), and what is wrong with that, if anything."""

    since: date | None
    until: date | None
    fault: str


def typed_in(*names: str) -> dict[str, str]:
    """What was typed into these fields of a search."""
    return {name: request.args.get(name, "").strip()[:LONGEST] for name in names}


def period_of(typed: dict[str, str]) -> Period:
    """The days of the fields `from` and `to`."""
    since, until = as_day(typed["from"]), as_day(typed["to"])
    turned = "The first day is after the last one." if since and until and since > until else ""
    return Period(since, until, _fault_of(typed["from"], since) or _fault_of(typed["to"], until) or turned)


def file(text: str, name: str) -> Response:
    """A CSV file to save. The mark in front tells a spreadsheet how the letters are written."""
    answer = Response("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _fault_of(text: str, day: date | None) -> str:
    if not text or (day and day.year in YEARS):
        return ""
    return "There is no such day." if looks_like_a_day(text) else OURS["Not a valid date value."]
