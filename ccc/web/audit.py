"""The audit trail in a browser: for the officers all of it, and for everybody their own lines."""

from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from ccc import trail
from ccc.people import Person
from ccc.roles import May
from ccc.trail import Asked
from ccc.web.access import access, me
from ccc.web.page import page
from ccc.written_dates import as_day

bp = Blueprint("audit", __name__)
FILTERS = ("who", "record", "from", "to")
NOTHING = "none:0"
MOST_FIGURES = 9


class Search(NamedTuple):
    """What somebody asked for, what it means, and whether a day of it is none."""

    typed: dict[str, str]
    asked: Asked
    faulty: bool

    @property
    def query(self) -> str:
        return urlencode({name: text for name, text in self.typed.items() if text})


@bp.get("/audit/")
@access(May.SEE_AUDIT)
def index() -> ResponseReturnValue:
    search, after = _search(), _number(request.args.get("after", ""))
    lines, more = trail.page_of(search.asked, me().person, after)
    everybody = list(Person.select(Person.id, Person.name).order_by(Person.name, Person.id).tuples())
    shown: dict[str, Any] = {"search": search, "lines": lines, "more": more, "after": after}
    return page("audit/index.html", secret=True, everybody=everybody, newest=trail.newest_hash(), **shown)


@bp.get("/audit/lines.csv")
@access(May.SEE_AUDIT)
def export() -> ResponseReturnValue:
    """The lines that were searched for, all of them; that they were taken out is written down."""
    search = _search()
    if search.faulty:
        abort(400)
    # The mark in front tells a spreadsheet how the letters are written.
    answer = Response("\ufeff" + trail.export(search.asked, me().person), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/me/trail")
@access(May.LEARN)
def own() -> ResponseReturnValue:
    """What is written down of what I did, and of what was done to my own record."""
    after = _number(request.args.get("after", ""))
    lines, more = trail.page_of(Asked(own=me().person.id), me().person, after)
    return page("audit/own.html", secret=True, lines=lines, more=more, after=after)


def _search() -> Search:
    """Read what is asked for. A record that the reader may not know of is one of which nothing is written down."""
    typed = {name: request.args.get(name, "").strip()[:40] for name in FILTERS}
    since, until = as_day(typed["from"]), as_day(typed["to"])
    about = (trail.record_of(typed["record"], me().person) or NOTHING) if typed["record"] else None
    faulty = bool(typed["from"] and not since) or bool(typed["to"] and not until)
    return Search(typed, Asked(_number(typed["who"]), about, since, until), faulty)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_FIGURES else None
