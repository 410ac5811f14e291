"""The audit trail in a browser: for the officers all of it, and for everybody their own lines."""

from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from ccc import trail
from ccc.people import Person, RefusedError
from ccc.roles import May
from ccc.trail import Asked
from ccc.web.access import access, me
from ccc.web.page import page
from ccc.web.search import Search, file, period_of, typed_in

bp = Blueprint("audit", __name__)
NOBODY = 0
MOST_FIGURES = 9


@bp.get("/audit/")
@access(May.SEE_AUDIT)
def index() -> ResponseReturnValue:
    return _index(_search())


@bp.get("/audit/lines.csv")
@access(May.SEE_AUDIT)
def export() -> ResponseReturnValue:
    """The lines that were searched for, all of them; that they were taken out is written down."""
    search = _search()
    if search.fault:
        abort(400)
    try:
        return file(trail.export(search.asked, me().person), "audit")
    except RefusedError as error:
        return _index(search, str(error))


@bp.get("/me/trail")
@access(May.LEARN)
def own() -> ResponseReturnValue:
    """What is written down of what I did, and of what was done to my own record."""
    after = request.args.get("after", "")
    lines, more = trail.own_page(me().person, after)
    return page("audit/own.html", secret=True, lines=lines, more=more, after=after)


def _index(search: Search[Asked], refusal: str = "") -> ResponseReturnValue:
    """The page of a search. One for a day that is none finds nothing."""
    reader, after = me().person, request.args.get("after", "")
    lines, more = ([], "") if search.fault else trail.page_of(search.asked, reader, after)
    everybody = list(Person.select(Person.id, Person.name).order_by(Person.name, Person.id).tuples())
    found: dict[str, Any] = {"lines": lines, "more": more, "after": after, "newest": trail.newest_hash(reader)}
    shown = found | {"search": search, "refusal": refusal, "everybody": everybody}
    return page("audit/index.html", status=422 if refusal else 200, secret=True, **shown)


def _search() -> Search[Asked]:
    """Read what is asked for. A record that the reader may not know of is one of which nothing is written down."""
    typed = typed_in("who", "record", "from", "to")
    period = period_of(typed)
    actor = _person(typed["who"]) if typed["who"] else None
    records = trail.records_of(typed["record"], me().person) if typed["record"] else None
    return Search(typed, Asked(actor, records, period.since, period.until), period.fault)


def _person(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_FIGURES else NOBODY
