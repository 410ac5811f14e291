"""Attendance statements: the list, asking for one, looking at what it would tell, issuing exactly that, printing it."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Regexp

from ccc import clock, families, referrals, statements
from ccc.disclosures import InformationRequest
from ccc.disclosures.words import PURPOSES, UNVERIFIED, VERIFIED
from ccc.families import SIDES, Family
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.statements import REASONS, Asked, Asking, Seen, Statement
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, options
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.people import LARGEST
from ccc.web.rota import MOST_SHOWN

bp = Blueprint("statements", __name__, url_prefix="/statements")
CHOOSE, ANEW = "Choose one of these.", "Go back and open this page again."
CHECKED = {code: words.capitalize() for code, words in VERIFIED.items() if code != UNVERIFIED}
WHY = {code: words.capitalize() for code, words in REASONS.items()}
FORMER = "The former referrer holds a statement that is wrong now"
USED_FOR = {code: words.capitalize() for code, words in PURPOSES.items()}


class PeriodForm(Form):
    """What a statement is asked for. It changes nothing, and stands in the address: days, numbers and codes."""

    class Meta(Form.Meta):
        csrf = False

    first_day = DayField("From", [InputRequired("Fill in the first day.")])
    last_day = DayField("To, that day included", [InputRequired("Fill in the last day.")])
    adult = RadioField("Who asks for their own attendance?", [InputRequired(CHOOSE)])
    reason = RadioField("Why do they get it?", [InputRequired(CHOOSE)], choices=options(WHY))

    def asked(self, family: Family) -> Asked:
        period = family, self.first_day.data, self.last_day.data
        return Asked(*period, int(self.adult.data), self.reason.data) if self.adult else Asked(*period)


class IssueForm(Form):
    mark = HiddenField(validators=[Regexp("^[0-9a-f]{64}$", message=ANEW)])
    newest = HiddenField(validators=[Regexp("^[0-9]{1,9}$", message=ANEW)])
    asked_on = DayField("When did they ask?", [InputRequired("Fill in the day.")])
    verified = RadioField("How do we know that it is them?", [InputRequired(CHOOSE)], choices=options(CHECKED))
    purpose = RadioField("What is it for?", [InputRequired(CHOOSE)], choices=options(USED_FOR))

    def how(self) -> Asking | None:
        return Asking(self.asked_on.data, self.verified.data, self.purpose.data) if self.asked_on else None


@bp.get("/")
@access(May.SEE_STATEMENTS)
def index() -> ResponseReturnValue:
    after = _number("after")
    rows, more = statements.list_statements(families.hidden_from(me().person), after)
    shown: dict[str, Any] = {"rows": rows, "more": more, "after": after, "kinds": referrals.KINDS}
    return page("statements/index.html", secret=True, stale=_stale(me()), **shown)


@bp.get("/new")
@access(May.KEEP_DISCLOSURES)
def new() -> ResponseReturnValue:
    """Ask for a statement: first the family, then the period, and for a parent who and why."""
    typed = request.args.get("family", "").strip()[:12]
    family = families.find(typed, me().person)
    if family is None:
        return page("statements/family.html", typed=typed)
    return _ask(family, PeriodForm(None, data={"last_day": clock.today()}))


@bp.route("/preview", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES, fresh=True)
def preview() -> ResponseReturnValue:
    """What would be issued, and the button that issues it: this, and nothing else."""
    if "replaces" in request.args:
        return _issue(statements.in_place_of(_found(_number("replaces"))))
    family = families.find(request.args.get("family", ""), me().person) or abort(404)
    form = _for(family, PeriodForm(request.args))
    if form.validate():
        with form.refusals():
            return _issue(form.asked(family))
    return _ask(family, form)


@bp.get("/<int:number>/")
@access(May.SEE_STATEMENTS)
def statement(number: int) -> ResponseReturnValue:
    """A statement as it was issued, to print; each look is written down."""
    found = _found(number)
    content, later = statements.look_at(found, me().person), statements.replaced_by(found)
    kind = referrals.KINDS[found.referrer.kind] if found.referrer else "a parent"
    shown: dict[str, Any] = {"content": content, "later": later, "kind": kind, "wrong": _stale(me()).get(number)}
    return page("statements/statement.html", secret=True, statement=found, **shown)


@bp.get("/<int:number>/text")
@access(May.SEE_STATEMENTS)
def text(number: int) -> ResponseReturnValue:
    """The same as plain text."""
    found = _found(number)
    statements.look_at(found, me().person)
    answer = Response(statements.as_text(found), content_type="text/plain; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@front.waits
def out_of_date(who: SignedIn) -> Iterator[Waiting]:
    """Tell the co-ordinator which statements no longer say what the register says."""
    for number, wrong in list(_stale(who).items())[:MOST_SHOWN] if who.may(May.KEEP_DISCLOSURES) else ():
        said = f"{wrong}: statement {number}."
        yield Waiting(said, url_for("statements.statement", number=number), "Look at it")


def _stale(who: SignedIn) -> dict[int, str]:
    """The statements that should be made anew, in words, without those of families hidden from the reader."""
    hidden = families.hidden_from(who.person)
    shown = (one for one in statements.stale() if one.family not in hidden)
    return {one.number: FORMER if one.is_former else "Out of date" for one in shown}


def _issue(asked: Asked) -> ResponseReturnValue:
    form, logged = IssueForm(data={"asked_on": clock.today()}), _logged(asked.family)
    if logged or asked.replaces:
        del form.asked_on, form.verified, form.purpose
    if form.validate_on_submit():
        with form.refusals():
            seen = Seen(form.mark.data, int(form.newest.data))
            issued = statements.issue(asked, seen, logged or form.how(), me().person)
            flash("The statement is issued, and the disclosure is written down. Print it, or take it as plain text.")
            return redirect(url_for(".statement", number=issued.id), 303)
    found = statements.look_ahead(asked, me().person)
    form.mark.data, form.newest.data = found.mark, str(statements.newest())
    shown: dict[str, Any] = {"asked": asked, "logged": logged, "sides": SIDES, "kinds": referrals.KINDS}
    return page("statements/preview.html", form=form, status=form.status, secret=True, shown=found, **shown)


def _ask(family: Family, form: PeriodForm) -> ResponseReturnValue:
    referral = referrals.referral_of(family)
    shown: dict[str, Any] = {"referral": referral, "kinds": referrals.KINDS, "logged": _logged(family)}
    return page("statements/new.html", form=_for(family, form), status=form.status, secret=True, family=family, **shown)


def _for(family: Family, form: PeriodForm) -> PeriodForm:
    """Where a referrer is recorded, nothing is to choose; where parents came by themselves, one of them is."""
    referral = referrals.referral_of(family)
    if form.adult and referral and referral.referrer:
        del form.adult, form.reason
    elif form.adult:
        parents = statements.parents_of(family)
        names = {str(one.id): f"{one.first_name} {one.last_name}, {SIDES[one.side]}" for one in parents}
        form.adult.choices = options(names)
    return form


def _found(number: int) -> Statement:
    return statements.find(number, me().person) or abort(404)


def _logged(family: Family) -> InformationRequest | None:
    """The request of the log that a statement is to answer, if the address names one."""
    this = (InformationRequest.id == _number("request")) & (InformationRequest.family == family)
    return InformationRequest.get_or_none(this) or (abort(404) if "request" in request.args else None)


def _number(name: str) -> int:
    """A number of the address; 0 for anything else."""
    number = request.args.get(name, 0, type=int)
    return number if 0 < number < LARGEST else 0
