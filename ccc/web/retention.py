"""How long records are kept, what is due, and what is on hold."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from ccc import clock, families, kinds, retention
from ccc.people import Person
from ccc.retention import CODES, WORDS, Hold
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.families import done
from ccc.web.form import DayField, Form, Whole, options
from ccc.web.front import Waiting
from ccc.web.page import page

bp = Blueprint("retention", __name__, url_prefix="/retention")
IN_OPEN = (kinds.FAMILY, kinds.PERSON, kinds.REFERRER)
AT_ONCE = 100


class Line(NamedTuple):
    """A kind on the first page: its words, its period, and how many are due now."""

    kind: str
    words: str
    period: retention.Period
    due: int


class Found(NamedTuple):
    """A record that an address names: its kind and number, and what a page calls it."""

    kind: str
    number: int
    label: str


class DueForm(Form):
    records = SelectMultipleField("Which of these are to be destroyed", validate_choice=False, coerce=int)


class HoldForm(Form):
    code = RadioField("Why", [InputRequired("Choose one of these.")], choices=options(CODES))
    until = DayField("Until when, if you know (that day included)")


class RulesForm(Form):
    between = NumberRange(1, 99, "This can be 1 to 99 years.")
    years = Whole("Years after a concern was dealt with", [InputRequired("Fill this in, in figures."), between])


@bp.get("/")
@access(May.SEE_RETENTION)
def index() -> ResponseReturnValue:
    shown = _kinds()
    lines = [Line(kind, WORDS[kind][1], retention.period_of(kind), len(_due(kind))) for kind in shown]
    listed: dict[str, Any] = {"holds": _holds(shown), "disposals": retention.newest(shown)}
    return page("retention/index.html", lines=lines, codes=CODES, secret=True, **listed)


@bp.route("/due/<kind>", methods=["GET", "POST"])
@access(May.PROPOSE_DISPOSAL)
def due(kind: str) -> ResponseReturnValue:
    """What is due of a kind, the oldest first, and a tick at each. Nothing goes from here: an officer approves."""
    return _propose(kind if kind in IN_OPEN else abort(404), url_for(".due", kind=kind))


@bp.route("/concerns", methods=["GET", "POST"])
@access(May.READ_CONCERNS)
def concerns() -> ResponseReturnValue:
    """The same for concerns, of which nobody but the officers knows: one proposes, the other approves."""
    return _propose(kinds.CONCERN, url_for(".concerns"))


@bp.route("/early/<kind>/<record>", methods=["GET", "POST"])
@access(May.PROPOSE_DISPOSAL)
def early(kind: str, record: str) -> ResponseReturnValue:
    """Somebody asked that what is kept of them goes before its time; an officer decides."""
    one = find(kind if kind in (kinds.FAMILY, kinds.PERSON) else abort(404), record)
    form, told = Form(), "It is proposed. An officer decides."

    def rule(by: Person) -> None:
        retention.propose_early(one.kind, one.number, by)

    going = kinds.count(one.kind, [one.number])
    return done(form, rule, told, url_for(".index")) or page(
        "retention/early.html", status=form.status, form=form, one=one, going=going, secret=True
    )


@bp.route("/hold/<kind>/<record>", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def hold(kind: str, record: str) -> ResponseReturnValue:
    one, form = find(kind, record), HoldForm()

    def rule(by: Person) -> None:
        retention.put(one.kind, one.number, form.code.data, form.until.data, by)

    told = "It is on hold: it stays until the hold is over."
    return done(form, rule, told, url_for(".index")) or page(
        "retention/hold.html", status=form.status, form=form, one=one, secret=True
    )


@bp.route("/holds/<int:number>/end", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def end_hold(number: int) -> ResponseReturnValue:
    shown = {one.id: label for one, label in _holds(_kinds())}
    held, form = Hold.get_or_none(Hold.id == number) if number in shown else abort(404), Form()
    return done(form, lambda by: retention.end(held, by), "The hold is ended.", url_for(".index")) or page(
        "retention/end_hold.html", status=form.status, form=form, label=shown[number], why=CODES[held.code], secret=True
    )


@bp.route("/rules", methods=["GET", "POST"])
@access(May.APPROVE_DISPOSAL, fresh=True)
def rules() -> ResponseReturnValue:
    form = RulesForm(data={"years": retention.period_of(kinds.CONCERN).years})
    told = "It is changed."
    return done(form, lambda by: retention.set_concern_years(form.years.data, by), told, url_for(".index")) or page(
        "retention/rules.html", status=form.status, form=form
    )


def find(kind: str, record: str) -> Found:
    """The record that an address names: a family by its reference, others by their number; or 404."""
    if kind not in _kinds():
        abort(404)
    if kind == kinds.FAMILY:
        one = families.find(record, me().person) or abort(404)
        return Found(kind, one.id, one.reference)
    number = int(record) if record.isascii() and record.isdecimal() and len(record) < 10 else 0
    label = retention.labels(kind, [number], me().person).get(number) or abort(404)
    return Found(kind, number, label)


def _kinds() -> list[str]:
    """The kinds of which somebody may know how much there is of them."""
    return [kind for kind in WORDS if kind in IN_OPEN or me().may(May.READ_CONCERNS)]


def _due(kind: str) -> dict[int, Any]:
    hidden = retention.hidden_from(me().person, kind)
    return {number: day for number, day in retention.due(kind).items() if number not in hidden}


def _holds(shown: Iterable[str]) -> list[tuple[Hold, str]]:
    listed, found = retention.live_holds(), []
    for kind in {one.kind for one in listed} & set(shown):
        mine = [one for one in listed if one.kind == kind]
        known = retention.labels(kind, [one.record for one in mine], me().person)
        found += [(one, known[one.record]) for one in mine if one.record in known]
    return sorted(found, key=lambda held: held[0].id)


def _propose(kind: str, address: str) -> ResponseReturnValue:
    all_due = _due(kind)
    first = dict(list(all_due.items())[:AT_ONCE])
    form = DueForm(data={"records": list(first)})
    if form.validate_on_submit():
        with form.refusals():
            made = retention.propose(kind, form.records.data, me().person)
            flash("It is proposed. Nothing is destroyed until an officer who is somebody else approves it.")
            return redirect(url_for("disposal.disposal", number=made.id), 303)
    known = retention.labels(kind, list(first), me().person)
    lines = [(number, known[number], day) for number, day in first.items() if number in known]
    shown: dict[str, Any] = {"kind": kind, "words": WORDS[kind][1], "lines": lines, "more": len(all_due) - len(first)}
    return page("retention/due.html", form=form, status=form.status, address=address, secret=True, **shown)


@front.waits
def _waits(who: SignedIn) -> Iterable[Waiting]:
    if who.may(May.PROPOSE_DISPOSAL) and (count := retention.due_in_all(clock.today())):
        text = f"{count} record{'s are' if count > 1 else ' is'} due for confidential waste"
        yield Waiting(text, url_for("retention.index"), "See what is due")
    if who.may(May.APPROVE_DISPOSAL):
        for one in retention.open_ones():
            address = url_for("disposal.disposal", number=one.id)
            if one.proposed_by_id != who.person.id:
                yield Waiting("A disposal waits for your decision", address, "Look at it")
