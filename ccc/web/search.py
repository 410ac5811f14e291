"""Lists that one searches by what stands in the address, and the same as a file for a spreadsheet."""

from datetime import date
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from ccc.written_dates import as_day

LONGEST = 40
Asked = TypeVar("Asked")


class Search(NamedTuple, Generic[Asked]):
    """What somebody typed to find lines, what it means, and whether a day of it is none."""

    typed: dict[str, str]
    asked: Asked
    faulty: bool

    @property
    def query(self) -> str:
        """The same search as a part of an address."""
        return urlencode({name: text for name, text in self.typed.items() if text})


class Period(NamedTuple):
    """From one day to another (included), and whether something was typed that is no day."""

    since: date | None
    until: date | None
    faulty: bool


def typed_in(*names: str) -> dict[str, str]:
    """What was typed into these fields of a search."""
    return {name: request.args.get(name, "").strip()[:LONGEST] for name in names}


def period_of(typed: dict[str, str]) -> Period:
    """The days of the fields `from` and `to`."""
    since, until = as_day(typed["from"]), as_day(typed["to"])
    return Period(since, until, bool(typed["from"] and not since) or bool(typed["to"] and not until))


def file(text: str, name: str) -> Response:
    """A CSV file to save. The mark in front tells a spreadsheet how the letters are written."""
    answer = Response("\ufeff" + text, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
