"""The booking log, the same for a spreadsheet, and a month's picture of places."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from ccc import bookings, clock, families
from ccc.bookings import STATUSES, Asked, Place
from ccc.clock import months_later
from ccc.db import while_unchanged
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.page import macro, page
from ccc.web.search import Search, file, period_of, typed_in
from ccc.written_dates import as_day

bp = Blueprint("bookings", __name__, url_prefix="/bookings")
YEARS = range(2000, 2200)
NO_FAMILY = 0


@bp.get("/")
@access(May.SEE_FAMILIES)
def index() -> ResponseReturnValue:
    search, hidden = _search(), frozenset(families.hidden_from(me().person))
    after = _place(request.args.get("after", ""))
    rows, more = _rows(search.asked, hidden, after)
    shown: dict[str, Any] = {"search": search, "rows": rows, "more": more, "after": after}
    return page("bookings/index.html", "log", secret=True, statuses=STATUSES, **shown)


@bp.get("/log.csv")
@access(May.SEE_FAMILIES)
def export() -> ResponseReturnValue:
    """The lines that were searched for, all of them; that they were taken out is written down."""
    search = _search()
    if search.fault:
        abort(400)
    return file(bookings.export(search.asked, families.hidden_from(me().person), me().person), "bookings")


@bp.get("/month")
@access(May.SEE_COUNTS)
def month() -> ResponseReturnValue:
    """Places offered, booked and used in a month: figures alone, so the chair may see them too."""
    first = _first_day(request.args.get("month", ""))
    before, following = months_later(first, -1), months_later(first, 1)
    return page("bookings/month.html", first=first, before=before, following=following, picture=_picture(first))


@while_unchanged
def _rows(asked: Asked, hidden: frozenset[int], after: Place | None) -> tuple[Markup, Place | None]:
    """The rows of the log, put together once after each change: no name stands in them."""
    lines, more = bookings.log(asked, hidden, after)
    return macro("bookings/rows.html", "rows")(lines), more


@while_unchanged
def _picture(first: date) -> Markup:
    return macro("bookings/picture.html", "picture")(bookings.month(first))


def _search() -> Search[Asked]:
    """Read what is asked for. A family that somebody may not know of is one that is not there."""
    typed = typed_in("reference", "from", "to", "status")
    period = period_of(typed)
    family = families.find(typed["reference"], me().person) if typed["reference"] else None
    number = (family.id if family else NO_FAMILY) if typed["reference"] else None
    status = typed["status"] if typed["status"] in STATUSES else None
    return Search(typed, Asked(number, period.since, period.until, status), period.fault)


def _place(text: str) -> Place | None:
    """Where a page of the log begins, as the link of the page before says it."""
    day, _, number = text.partition("_")
    known = as_day(day)
    return Place(known, int(number)) if known and number.isascii() and number.isdigit() and len(number) < 16 else None


def _first_day(text: str) -> date:
    """The first day of the month that is named, or of this one."""
    named = as_day(f"{text}-01")
    return named if named and named.year in YEARS else clock.today().replace(day=1)
