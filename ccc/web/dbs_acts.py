"""What an officer does to somebody's DBS check, one thing on each page."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional, Regexp

from ccc import clock, dbs, officers_vault, people
from ccc.clock import months_later
from ccc.dbs import Asked, Certificate, Decision, Level, Look, Position, Result, Verdict, Workforce
from ccc.people import Person, RefusedError
from ccc.roles import May, Role
from ccc.web.access import access, me
from ccc.web.dbs import ActForm, Case, open_case, others
from ccc.web.form import DayField, Form, Words, options

bp = Blueprint("dbs_acts", __name__, url_prefix="/dbs/<int:number>")
# What follows from a decision is said beside it, before it is made.
FOLLOWS: dict[str, str] = {
    Decision.MAY: "May serve. From today others read “yes”, until the days of grace after the recheck are over.",
    Decision.MAY_NOT: "May not serve. From today others read “not yet”, and nobody is told why.",
    Decision.ELSEWHERE: "Awaiting a decision elsewhere. Until it comes, others read “not yet”.",
}
CHOOSE, WHICH_DAY = "Choose one of these.", "Fill in the day."


class PastDay(DayField):
    """A day on which something was done: not before there were checks, and not in the future."""

    def post_validate(self, form: Form, stopped: bool) -> None:  # noqa: FBT001  (WTForms' own signature)
        super().post_validate(form, stopped)
        fault = self.data and dbs.day_fault(self.data, clock.today())
        if fault:
            raise ValidationError(fault)


class AskedForm(ActForm):
    """What a check is for. The position stands in the address, since the level follows it."""

    level = RadioField("Level", [InputRequired(CHOOSE)], choices=options({one: one.capitalize() for one in Level}))
    workforce = RadioField(
        "Workforce", [InputRequired(CHOOSE)], choices=options({one: one.capitalize() for one in Workforce})
    )

    def asked(self, position: Position) -> Asked:
        return Asked(position, Level(self.level.data), Workforce(self.workforce.data))


class ApplicationForm(AskedForm):
    on = PastDay("The day of the application", [InputRequired(WHICH_DAY)])


class OriginalForm(AskedForm):
    number = Words("The number of the certificate", [InputRequired("Type in the number.")], longest=40)
    padded = StringField("The number with its noughts", [Optional()])
    issued_on = PastDay("The day of issue", [InputRequired(WHICH_DAY)])
    seen_on = PastDay("The day on which you saw it", [InputRequired(WHICH_DAY)])
    # The number with noughts in front, where that may be meant. Nobody puts them there but the officer's own tick.
    offered = ""

    def validate_number(self, field: Words) -> None:
        typed = "".join((field.data or "").split())
        whole = typed.zfill(12)
        if dbs.number_fault(typed) and not dbs.number_fault(whole):
            self.offered = whole
            typed = whole if self.padded.data == whole else typed
        field.data = typed
        if fault := dbs.number_fault(typed):
            raise ValidationError(fault)


class AgreementForm(ActForm):
    on = PastDay("The day on which they agreed")
    taken_back = HiddenField(validators=[Optional(), Regexp("^yes$")])

    def validate_on(self, field: PastDay) -> None:
        if not field.data and not self.taken_back.data:
            raise ValidationError(WHICH_DAY)


class LookForm(ActForm):
    on = PastDay("The day of the look", [InputRequired(WHICH_DAY)])
    result = RadioField(
        "What the Update Service says",
        [InputRequired(CHOOSE)],
        choices=options({one: one.capitalize() for one in Result}),
    )


class DecisionForm(ActForm):
    decision = RadioField("The decision", [InputRequired(CHOOSE)], choices=options(FOLLOWS))
    on = PastDay("The day of the decision", [InputRequired(WHICH_DAY)])
    recheck_due = DayField("The recheck is due on", [Optional()])


@bp.route("/application", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def application(number: int) -> ResponseReturnValue:
    case = open_case(number)
    position = _position(case)
    form = ApplicationForm(data=_pre_set(case, position) | {"on": clock.today()})
    if form.validate_on_submit():
        with form.refusals():
            dbs.apply(case.person, case.opened, form.seen.data, form.asked(position), form.on.data)
            return case.done("Written down: the application was made.")
    return case.page("dbs/application.html", form, **_about(position))


@bp.route("/original", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def original(number: int) -> ResponseReturnValue:
    case = open_case(number)
    position = _position(case)
    form = OriginalForm(data=_pre_set(case, position) | {"seen_on": clock.today()})
    if form.validate_on_submit():
        certificate = Certificate(form.number.data, form.issued_on.data, form.seen_on.data)
        with form.refusals():
            dbs.see_original(case.person, case.opened, form.seen.data, form.asked(position), certificate)
            return case.done("Written down: you saw the original. Next is the decision.")
    return case.page("dbs/original.html", form, **_about(position))


@bp.route("/agreement", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def agreement(number: int) -> ResponseReturnValue:
    case = open_case(number)
    form = AgreementForm(data={"seen": case.check.mark, "on": case.check.consent_on or clock.today()})
    if form.validate_on_submit():
        with form.refusals():
            on = None if form.taken_back.data else form.on.data
            dbs.note_consent(case.person, case.opened, form.seen.data, on)
            return case.done("Written down: they agreed." if on else "Written down: they took their agreement back.")
    return case.page("dbs/agreement.html", form)


@bp.route("/look", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def look(number: int) -> ResponseReturnValue:
    case = open_case(number)
    form = LookForm(data={"seen": case.check.mark, "on": clock.today()})
    if form.validate_on_submit():
        with form.refusals():
            looked = Look(form.on.data, Result(form.result.data))
            dbs.note_look(case.person, case.opened, form.seen.data, looked)
            return case.done("Written down: you looked at the Update Service.")
    return case.page("dbs/look.html", form)


@bp.route("/decision", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def decision(number: int) -> ResponseReturnValue:
    case, usual = open_case(number), months_later(clock.today(), dbs.rules().recheck_months)
    form = DecisionForm(data={"seen": case.check.mark, "on": clock.today(), "recheck_due": usual})
    if form.validate_on_submit():
        # Left as it stood there, it means the centre's own period, from whatever day the decision was made on.
        due = form.recheck_due.data if form.recheck_due.data != usual else None
        with form.refusals():
            verdict = Verdict(Decision(form.decision.data), form.on.data, due)
            dbs.decide(case.person, case.opened, form.seen.data, verdict)
            return case.done(f"Written down: {form.decision.data}.")
    return case.page("dbs/decision.html", form, rules=dbs.rules())


@bp.post("/renewal")
@access(May.KEEP_DBS, fresh=True)
def renewal(number: int) -> ResponseReturnValue:
    case, in_hand = open_case(number), bool(request.form.get("in_hand"))
    told = "The renewal is in hand: no reminders come." if in_hand else "Reminders come again."
    try:
        dbs.renew(case.person, case.opened, request.form.get("seen", ""), in_hand=in_hand)
    except RefusedError as error:
        told = str(error)
    return case.done(told)


@bp.post("/anew")
@access(May.KEEP_DBS, fresh=True)
def anew(number: int) -> ResponseReturnValue:
    """Begin a check anew that was sealed to a key which is lost."""
    person, told = others(number), "The check is begun anew."
    opened = officers_vault.open_for(me())
    try:
        dbs.begin_anew(person, opened)
    except RefusedError as error:
        told = str(error)
    flash(told)
    return redirect(url_for("dbs.record", number=number), 303)


def _position(case: Case) -> Position:
    """What this check is about: as asked, as it was before, or as the person's office tells."""
    asked = request.args.get("position", "")
    if asked in set(Position):
        return Position(asked)
    return case.check.position or _by_office(case.person)


def _by_office(person: Person) -> Position:
    offices = people.roles_of(person) - {Role.VOLUNTEER}
    return next((Position(role) for role in Role if role in offices), Position.VOLUNTEER)


def _pre_set(case: Case, position: Position) -> dict[str, Any]:
    """Begin a form with what is recorded for this position, or else with the level that the officers set for it.

    It never begins with the barred list, which is looked up each time.
    """
    recorded = case.check.level if position == case.check.position else None
    level = recorded or dbs.rules().level_of(position)
    workforce = case.check.workforce or Workforce.CHILD
    return {"seen": case.check.mark, "level": None if level == Level.BARRED else level, "workforce": workforce}


def _about(position: Position) -> dict[str, Any]:
    return {"position": position, "positions": Position, "rule": dbs.level_set_by(position)}
