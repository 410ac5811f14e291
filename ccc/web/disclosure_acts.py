"""What is done about a request for information, one thing on each page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from ccc import disclosures
from ccc.disclosures import Disclosure, InformationRequest, Permission, State, words
from ccc.people import Person
from ccc.provisions import Key
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.disclosures import CHOOSE, about, address_of, found
from ccc.web.families import Rule, done
from ccc.web.form import Form, options
from ccc.web.page import page

bp = Blueprint("disclosure_acts", __name__, url_prefix="/disclosures/<int:number>")
SAYS = (Key.RISK_EXCEPTIONS, Key.PERSONAL_DETAILS, Key.ATTENDANCE_ONLY)
TICK = "Compare the two names first, and then tick this."
DECISIONS = {"release": "Release what is ticked below", "refuse": "Release nothing"}


class PermittedForm(Form):
    permission = RadioField("On which permission?", [InputRequired(CHOOSE)])
    compared = BooleanField("The permission names the one who asks", [InputRequired(TICK)])


class RefusalForm(Form):
    permission = RadioField("Why?", [InputRequired(CHOOSE)], choices=options(words.capital(words.WHY_NOT)))
    told = RadioField(
        "Was the person concerned told that somebody asked?",
        [InputRequired(CHOOSE)],
        choices=options(words.capital(words.TOLD_OF_REFUSAL)),
    )


class GroundForm(Form):
    ground = RadioField("Why must it be released without permission?", [InputRequired(CHOOSE)])


class ReleaseForm(Form):
    """What goes out of the record, and whether the person concerned was told."""

    released = SelectMultipleField("What goes out?")
    told = RadioField(
        "Was the person concerned told?", [InputRequired(CHOOSE)], choices=options(words.capital(words.TOLD))
    )


class DecisionForm(ReleaseForm):
    decision = RadioField("What do you decide?", [InputRequired(CHOOSE)], choices=options(DECISIONS))

    def parts(self) -> list[str]:
        """What goes out; a release of nothing is left to the rule to refuse."""
        return (self.released.data or [""]) if self.decision.data == "release" else []


class EmergencyForm(GroundForm, ReleaseForm):
    pass


@bp.route("/permitted", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def permitted(number: int) -> ResponseReturnValue:
    held, form = found(number), PermittedForm()
    valid = {str(one.id): one for one in disclosures.valid_for(held)}
    form.permission.choices = options({number: _said(one) for number, one in valid.items()})

    def rule(by: Person) -> Disclosure:
        return disclosures.release_on(held, valid[form.permission.data], by)

    return _act("permitted", form, held, rule, "Written down: released on a permission.", valid=valid)


@bp.route("/refuse", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def refuse(number: int) -> ResponseReturnValue:
    held, form = found(number), RefusalForm()

    def rule(by: Person) -> Disclosure:
        return disclosures.refuse(held, form.permission.data, by, form.told.data)

    return _act("refuse", form, held, rule, "Written down: it was refused.")


@bp.route("/ask", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def ask(number: int) -> ResponseReturnValue:
    held, form = found(number), GroundForm()
    form.ground.choices = _grounds()
    told = "The officers are asked to decide."
    return _act("ask", form, held, lambda by: disclosures.ask_officer(held, form.ground.data, by), told)


@bp.route("/decide", methods=["GET", "POST"])
@access(May.DECIDE_RELEASE, fresh=True)
def decide(number: int) -> ResponseReturnValue:
    held, form = found(number), DecisionForm()
    form.released.choices = options(words.capital(disclosures.parts_of(held.family)))
    if form.decision.data == "refuse":
        form.told.validators = [Optional()]

    def rule(by: Person) -> Disclosure:
        return disclosures.decide(held, form.parts(), form.told.data, by)

    asked = disclosures.last_act(held)
    return _act("decide", form, held, rule, "Your decision is written down.", asked=asked)


@bp.route("/emergency", methods=["GET", "POST"])
@access(May.SEE_DISCLOSURES, fresh=True)
def emergency(number: int) -> ResponseReturnValue:
    """What was told by telephone because it could not wait, entered afterwards."""
    held, form = found(number), EmergencyForm()
    form.ground.choices, form.released.choices = _grounds(), options(words.capital(disclosures.parts_of(held.family)))

    def rule(by: Person) -> Disclosure:
        parts, told = form.released.data or [], form.told.data
        return disclosures.enter_emergency(held, form.ground.data, parts, told, by)

    return _act("emergency", form, held, rule, "Written down. An officer is asked to countersign it.")


@bp.route("/countersign", methods=["GET", "POST"])
@access(May.DECIDE_RELEASE, fresh=True)
def countersign(number: int) -> ResponseReturnValue:
    held = found(number)
    entered, rule = disclosures.last_act(held), partial(disclosures.countersign, held)
    shown = {"entered": entered, "all_parts": disclosures.parts_of(held.family)}
    return _act("countersign", Form(), held, rule, "The release is countersigned.", **shown)


@bp.route("/correct", methods=["GET", "POST"])
@access(May.SEE_DISCLOSURES, fresh=True)
def correct(number: int) -> ResponseReturnValue:
    """Correct what was written of the last thing that became of a request; what an officer decided, an officer."""
    held = found(number)
    wrong = disclosures.last_act(held)
    if wrong is None or not disclosures.is_correctable(wrong):
        abort(404)
    if wrong.ground and not wrong.emergency and not me().may(May.DECIDE_RELEASE):
        abort(403)
    form = _correction(wrong, held)

    def rule(by: Person) -> Disclosure:
        typed = {name: form[name].data if name in form else None for name in ("permission", "told")}
        return disclosures.correct(held, by, released=form["released"].data if "released" in form else [], **typed)

    return _act("correct", form, held, rule, "The correction is saved; what stood there before stays in the history.")


def _correction(wrong: Disclosure, held: InformationRequest) -> Form:
    if wrong.act == "refused":
        return RefusalForm(data={"permission": wrong.permission, "told": wrong.told})
    parts, released = disclosures.parts_of(held.family), wrong.released.split()
    form = ReleaseForm(data={"released": released, "told": wrong.told})
    form.released.choices = options(words.capital({part: parts[part] for part in released}))
    return form


def _grounds() -> Any:
    return options(words.capital(disclosures.grounds()))


def _said(permission: Permission) -> str:
    until = f", until {permission.until:%d/%m/%Y}" if permission.until else ""
    return f"To {permission.whom}, given on {permission.given_on:%d/%m/%Y}{until}"


def _act(
    name: str, form: Form, held: InformationRequest, rule: Rule, told: str, **shown: object
) -> ResponseReturnValue:
    """The page of one thing that is done about a request, beside the clauses of the policy in force on it."""
    line, address = disclosures.state_of(held), address_of(held.id)
    context: Mapping[str, Any] = shown | about(held) | {"line": line, "words": words, "State": State}
    return done(form, rule, told, address) or page(
        f"disclosures/{name}.html", form=form, status=form.status, secret=True,
        clauses=disclosures.clauses_on(SAYS), **context,
    )  # fmt: skip
