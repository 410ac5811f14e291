"""DBS checks as the two officers see them: who needs what, the coming months, one person's record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from wtforms import HiddenField
from wtforms.validators import Regexp

from ccc import clock, dbs, officers_vault
from ccc.db import while_unchanged
from ccc.dbs import Check, Need, Next, register
from ccc.dbs.asked import asks_for_dbs
from ccc.officers_vault import Opened
from ccc.people import Person
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.front import Waiting
from ccc.web.page import macro, page
from ccc.web.people import find

bp = Blueprint("dbs", __name__, url_prefix="/dbs")
# In addresses: "check-to-start" and the like.
NEEDS = {need.name.lower().replace("_", "-"): need for need in Need}
# The day beside these has been; beside all others it is to come.
SINCE = {Need.DECIDE, Need.START, Need.SEE, Need.ELSEWHERE, Need.REFUSED}
COLOURS = {Need.LOST: "bad", Need.OVERDUE: "bad", Need.NOTHING: "good", Need.REFUSED: "", Need.RENEWAL: ""}
# What the officer does about each need, on a page of its own.
ACTS = {
    Need.START: ("application", "Record the application"),
    Need.SEE: ("original", "Record that you saw the original"),
    Need.DECIDE: ("decision", "Record the decision"),
    Need.ELSEWHERE: ("decision", "Record the decision"),
    Need.LOOK: ("look", "Record a look"),
} | dict.fromkeys((Need.OVERDUE, Need.IN_7, Need.IN_14, Need.IN_30), ("application", "Record the new application"))
WORDS = {need: need[0].upper() + need[1:] for need in Need}
HIGH, WIDE = 100, 40


class Bar(NamedTuple):
    """One month of the picture: how many, and where its bar stands."""

    month: date
    checks: int
    x: int
    y: float
    height: float


class ActForm(Form):
    """The base of everything that is done to a check: it carries a mark of what the officer was looking at."""

    seen = HiddenField(validators=[Regexp("^[0-9a-f]{16}$", message="Go back and open this page again.")])


@dataclass(frozen=True)
class Case:
    """One person's check, opened by an officer for one request."""

    person: Person
    opened: Opened
    check: Check

    @property
    def next(self) -> Next:
        return dbs.next_for(self.check, dbs.joined_on(self.person), clock.today(), dbs.rules())

    def page(self, template: str, form: ActForm, **shown: Any) -> Response:
        """The page of an act. After a refusal it shows what stands there now, and the form is about that."""
        now = open_case(self.person.id) if form.form_errors else self
        form.seen.data = now.check.mark if form.form_errors else form.seen.data
        return page(template, form=form, status=form.status, secret=True, case=now, **names(now.check), **shown)

    def done(self, told: str) -> ResponseReturnValue:
        flash(told)
        return redirect(url_for("dbs.record", number=self.person.id), 303)


def open_case(number: int) -> Case:
    """Open somebody's check, and write down that it was shown. For one that is lost, this leads to its page."""
    person = others(number)
    return _opened(person) or abort(redirect(url_for("dbs.record", number=number), 303))


def others(number: int) -> Person:
    """The person of this number; for oneself, a page that says why not."""
    person = find(number)
    if person.id == me().person.id:
        abort(page("error.html", status=403, title="This is your own check", text=dbs.OWN, apart=False))
    return person


def _opened(person: Person) -> Case | None:
    opened = officers_vault.open_for(me())
    check = dbs.look_into(person, opened)
    if check is None:
        return None
    register.note_look(person, me().person)
    return Case(person, opened, check)


def names(check: Check) -> dict[str, Any]:
    """The names of the officers who stand in a check."""
    numbers = {check.seen_by, check.decided_by, *(line.by for line in check.history)}
    return {"names": dict(Person.select(Person.id, Person.name).where(Person.id.in_(numbers)).tuples())}


@bp.get("/")
@access(May.KEEP_DBS, fresh=True)
def index() -> ResponseReturnValue:
    """Who needs what. That these people were shown to this officer is written down."""
    need, search = NEEDS.get(request.args.get("need", "")), request.args.get("q", "").strip()[:100]
    opened, after = officers_vault.open_for(me()), _place(request.args.get("after", ""))
    lines, more = dbs.list_checks(opened, need, search, after)
    if need:
        register.note_whole_list(me().person)
    else:
        register.note_list([line.number for line in lines], me().person)
    return page(
        "dbs/index.html",
        "checks",
        secret=True,
        lines=lines,
        more=more,
        need=need,
        needs=NEEDS,
        search=search,
        later=after[1],
        since=SINCE,
        colours=COLOURS,
        picture=_picture(me().person, clock.today()),
        words=WORDS,
        asks=asks_for_dbs(),
    )


@bp.get("/<int:number>/")
@access(May.KEEP_DBS, fresh=True)
def record(number: int) -> ResponseReturnValue:
    """The one record, what is next, its history, and to whom it was shown."""
    person = others(number)
    case = _opened(person)
    if case is None:
        return page("dbs/lost.html", person=person, secret=True)
    return page(
        "dbs/record.html",
        secret=True,
        case=case,
        act=ACTS.get(case.next.need),
        since=SINCE,
        colours=COLOURS,
        clearance=dbs.newest_clearance(person),
        shown=register.shown_to(person),
        **names(case.check),
    )


@front.waits
def checks_that_wait(who: SignedIn) -> Iterator[Waiting]:
    """How many checks need something, for the two officers; the vault stays closed for this."""
    count = dbs.count_waiting(who.person) if who.may(May.KEEP_DBS) else 0
    if count:
        text = "1 DBS check needs something." if count == 1 else f"{count} DBS checks need something."
        yield Waiting(text, "/dbs/", "Look at them")


def _place(text: str) -> tuple[str, int]:
    """Where a page of the list begins, as the link of the page before says it."""
    day, _, number = text.partition("_")
    return (day, int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else ("", 0)


@while_unchanged
def _picture(by: Person, _today: date) -> Markup:
    """The coming months, put together once a day and after each change: it is made of nothing that lies sealed."""
    return macro("dbs/months.html", "months")(_bars(dbs.coming_months(by)))


def _bars(months: Sequence[tuple[date, int]]) -> list[Bar]:
    highest = max((count for _, count in months), default=0) or 1
    scaled = [(month, count, count * HIGH / highest) for month, count in months]
    return [
        Bar(month, count, place * WIDE, round(HIGH - height, 1), round(height, 1))
        for place, (month, count, height) in enumerate(scaled)
    ]
