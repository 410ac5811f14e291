"""The audit trail in a browser: for the officers all of it, and for everybody their own lines."""

from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ccc import trail
from ccc.people import Person
from ccc.roles import May
from ccc.trail import Asked
from ccc.web.access import access, me
from ccc.web.page import page
from ccc.web.search import Search, file, period_of, typed_in

bp = Blueprint("audit", __name__)
NOTHING = "none:0"
MOST_FIGURES = 9


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
    return file(trail.export(search.asked, me().person), "audit")


@bp.get("/me/trail")
@access(May.LEARN)
def own() -> ResponseReturnValue:
    """What is written down of what I did, and of what was done to my own record."""
    after = _number(request.args.get("after", ""))
    lines, more = trail.page_of(Asked(own=me().person.id), me().person, after)
    return page("audit/own.html", secret=True, lines=lines, more=more, after=after)


def _search() -> Search[Asked]:
    """Read what is asked for. A record that the reader may not know of is one of which nothing is written down."""
    typed = typed_in("who", "record", "from", "to")
    since, until, faulty = period_of(typed)
    about = (trail.record_of(typed["record"], me().person) or NOTHING) if typed["record"] else None
    return Search(typed, Asked(_number(typed["who"]), about, since, until), faulty)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_FIGURES else None
