"""How long records are kept, what is due, and what is on hold."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange

from ccc import clock, families, kinds, retention, vault
from ccc.concerns import Concern
from ccc.disclosures.words import UNVERIFIED, VERIFIED
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
SURE = options({code: f"{words[0].upper()}{words[1:]}" for code, words in VERIFIED.items() if code != UNVERIFIED})


class Line(NamedTuple):
    """A kind on the first page: its words, its period, how many are due now, and where they are proposed."""

    words: str
    period: retention.Period
    due: int
    address: str


class Found(NamedTuple):
    """A record that an address names: its kind and number, and what a page calls it."""

    kind: str
    number: int
    label: str


class DueForm(Form):
    records = SelectMultipleField("Which of these are to be destroyed", validate_choice=False)


class EarlyForm(Form):
    how = RadioField("How do you know that it is them who ask?", [InputRequired("Choose one of these.")], choices=SURE)
    on = DayField("The day on which they asked", [InputRequired("Fill in the day.")])


class HoldForm(Form):
    code = RadioField("Why", [InputRequired("Choose one of these.")], choices=options(CODES))
    until = DayField("Until when, if you know (that day included)")


class RulesForm(Form):
    between = NumberRange(1, 99, "This can be 1 to 99 years.")
    years = Whole("Years after a worry was dealt with", [InputRequired("Fill this in, in figures."), between])


@bp.get("/")
@access(May.SEE_RETENTION)
def index() -> ResponseReturnValue:
    shown = _kinds()
    lines = [_line(kind) for kind in shown]
    listed: dict[str, Any] = {"holds": _holds(shown), "disposals": retention.newest(me().person)}
    return page("retention/index.html", lines=lines, codes=CODES, secret=True, **listed)


@bp.route("/due/<kind>", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def due(kind: str) -> ResponseReturnValue:
    """What is due of a kind, the oldest first, and a tick at each. Nothing goes from here: an officer approves.

    The co-ordinator proposes it, and an officer what no co-ordinator may see.
    """
    return _propose(kind if kind in IN_OPEN else abort(404))


@bp.route("/concerns", methods=["GET", "POST"])
@access(May.READ_CONCERNS)
def concerns() -> ResponseReturnValue:
    """The same for worries, of which nobody but the officers knows: one proposes, the other approves."""
    return _propose(kinds.CONCERN)


@bp.route("/early/<kind>/<record>", methods=["GET", "POST"])
@access(May.PROPOSE_DISPOSAL)
def early(kind: str, record: str) -> ResponseReturnValue:
    """Somebody asked that what is kept of them goes before its time; an officer decides."""
    one = find(kind if kind in (kinds.FAMILY, kinds.PERSON) else abort(404), record)
    form, told = EarlyForm(data={"on": clock.today()}), "It is proposed. An officer decides."

    def rule(by: Person) -> None:
        retention.propose_early(one.kind, one.number, form.how.data, form.on.data, by)

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


@bp.route("/holds/<key>/end", methods=["GET", "POST"])
@access(May.SEE_RETENTION, fresh=True)
def end_hold(key: str) -> ResponseReturnValue:
    held, label = next((found for found in _holds(_kinds()) if found[0].key == key), None) or abort(404)
    form = Form()
    return done(form, lambda by: retention.end(held, by), "The hold is ended.", url_for(".index")) or page(
        "retention/end_hold.html", status=form.status, form=form, label=label, why=CODES[held.code], secret=True
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
    """The record that an address names: a family by its reference, a worry by its key, others by number; or 404."""
    if kind not in _kinds():
        abort(404)
    if kind == kinds.FAMILY:
        one = families.find(record, me().person) or abort(404)
        return Found(kind, one.id, one.reference)
    if kind == kinds.CONCERN:
        number = next((worry.id for worry in Concern.select() if worry.key == record), 0)
    else:
        number = int(record) if record.isascii() and record.isdecimal() and len(record) < 10 else 0
    label = retention.labels(kind, [number], me().person).get(number) or abort(404)
    return Found(kind, number, label)


def _kinds() -> list[str]:
    """The kinds of which somebody may know how much there is of them."""
    return [kind for kind in WORDS if kind in IN_OPEN or me().may(May.READ_CONCERNS)]


def _line(kind: str) -> Line:
    found = retention.due(kind)
    mine = retention.open_to(me().person, kind, found)
    count = len(found.keys() - retention.hidden_from(me().person, kind))
    return Line(WORDS[kind][1], retention.period_of(kind), count, _address(kind) if mine else "")


def _address(kind: str) -> str:
    return url_for("retention.concerns") if kind == kinds.CONCERN else url_for("retention.due", kind=kind)


def _holds(shown: Iterable[str]) -> list[tuple[Hold, str]]:
    listed, found = retention.live_holds(), []
    for kind in {one.kind for one in listed} & set(shown):
        mine = [one for one in listed if one.kind == kind]
        known = retention.labels(kind, [one.record for one in mine], me().person)
        found += [(one, known[one.record]) for one in mine if one.record in known]
    return sorted(found, key=lambda held: held[0].id)


def _propose(kind: str) -> ResponseReturnValue:
    found = retention.due(kind)
    mine = retention.open_to(me().person, kind, found)
    all_due = {number: day for number, day in found.items() if number in mine}
    first = {vault.key_of(kind, number): number for number in list(all_due)[:AT_ONCE]}
    form = DueForm(data={"records": list(first)})
    if form.validate_on_submit():
        with form.refusals():
            made = retention.propose(kind, [first.get(key, 0) for key in form.records.data], me().person)
            flash("It is proposed. Nothing is destroyed until an officer who is somebody else approves it.")
            return redirect(url_for("disposal.disposal", key=made.key), 303)
    known = retention.labels(kind, list(first.values()), me().person)
    lines = [(key, number, known[number], all_due[number]) for key, number in first.items() if number in known]
    shown: dict[str, Any] = {"kind": kind, "words": WORDS[kind][1], "lines": lines, "more": len(all_due) - len(first)}
    return page("retention/due.html", form=form, status=form.status, address=_address(kind), secret=True, **shown)


@front.waits
def _waits(who: SignedIn) -> Iterable[Waiting]:
    found = retention.due_in_all(clock.today()) if who.may(May.SEE_RETENTION) else {}
    counts = {kind: len(retention.open_to(who.person, kind, numbers)) for kind, numbers in found.items()}
    listed = [kind for kind, count in counts.items() if count]
    if count := sum(counts.values()):
        text = f"{count} record{'s are' if count > 1 else ' is'} due for confidential waste."
        address = _address(listed[0]) if len(listed) == 1 else url_for("retention.index")
        yield Waiting(text, address, "See what is due")
    waiting = retention.open_ones(who.person) if who.may(May.APPROVE_DISPOSAL) else []
    for one in retention.approvable(who.person, waiting):
        on = clock.local(one.created_at)
        text = f"{one.name}, proposed on {on.day} {on:%B %Y}, waits for your decision."
        yield Waiting(text, url_for("disposal.disposal", key=one.key), "Look at it")
