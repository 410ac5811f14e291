"""Assessors' visits to a family: the list with every agreement, agreeing one, cancelling one."""

from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectField, ValidationError
from wtforms.validators import InputRequired

from ccc import assessments, clock, contact_sessions
from ccc.assessments import KINDS, OTHER, Assessment, NewVisit
from ccc.contact_sessions import ContactSession
from ccc.families import Adult
from ccc.people import RefusedError
from ccc.roles import May
from ccc.web.access import access
from ccc.web.families import done, found
from ccc.web.form import DayField, Form, Words, options
from ccc.web.page import page

bp = Blueprint("assessments", __name__, url_prefix="/families/<reference>/assessments")
LONGEST = 120


class VisitForm(Form):
    """The days of the two sides have to be filled in only where the policy asks for them."""

    session = SelectField("In which session?")
    kind = RadioField("Of what body?", [InputRequired("Choose one of these.")], choices=options(KINDS))
    body = Words("The name of the body", longest=LONGEST)
    assessor = Words("The name of the assessor", [InputRequired("Type in the name.")], longest=LONGEST)
    home = DayField("The child's side agreed on")
    visiting = DayField("The visiting side agreed on")
    agreed_on = DayField("You agreed on, as the co-ordinator", [InputRequired("Fill in the day.")])
    family_agrees = True

    def validate_body(self, field: Words) -> None:
        if self.kind.data == OTHER and not field.data:
            raise ValidationError("Type in the name of the body.")

    def validate_home(self, field: DayField) -> None:
        if self.family_agrees and not (field.data or field.errors):
            raise ValidationError("Fill in the day. Without their agreement there is no visit.")

    validate_visiting = validate_home

    def visit(self, coming: dict[str, ContactSession], sides: list[Adult]) -> NewVisit:
        days: dict[str, date | None] = {"home": self.home.data, "visiting": self.visiting.data}
        agreed = {adult.id: day for adult in sides if (day := days[adult.side])}
        session, body = coming.get(self.session.data), self.body.data or ""
        if session is None:
            raise RefusedError("The family has no place in this session. Book one first.")
        return NewVisit(session, self.kind.data, body, self.assessor.data, self.agreed_on.data, agreed)


@bp.get("/")
@access(May.SEE_FAMILIES)
def index(reference: str) -> ResponseReturnValue:
    family = found(reference)
    shown: dict[str, Any] = {"visits": assessments.of_family(family), "agreements": assessments.agreements(family)}
    shown |= {"standing": assessments.standing(family), "is_over": assessments.is_over}
    return page("assessments/index.html", family=family, secret=True, **shown)


@bp.route("/new", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def new(reference: str) -> ResponseReturnValue:
    family, terms = found(reference), assessments.terms()
    coming = {str(session.id): session for session in assessments.places_of(family)}
    sides = assessments.sides_of(family)
    form = VisitForm(data={"agreed_on": clock.today()})
    form.family_agrees = terms.family_agrees
    form.session.choices = options({number: _said(session) for number, session in coming.items()})
    told, address = "The visit is agreed. It stands on the register of that session.", _list(reference)
    agreed = done(form, lambda by: assessments.agree(form.visit(coming, sides), family, by), told, address)
    shown: dict[str, Any] = {"family": family, "terms": terms, "coming": coming}
    return agreed or page("assessments/new.html", form=form, status=form.status, secret=True, **shown)


@bp.route("/<int:number>/cancel", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def cancel(reference: str, number: int) -> ResponseReturnValue:
    family = found(reference)
    visit = Assessment.get_or_none(Assessment.id == number, Assessment.family == family) or abort(404)
    form, told = Form(), "The visit is cancelled. It stands on no register any more."
    cancelled = done(form, partial(assessments.cancel, visit), told, _list(reference))
    return cancelled or page(
        "assessments/cancel.html", form=form, status=form.status, family=family, visit=visit, secret=True
    )


def _list(reference: str) -> str:
    return url_for("assessments.index", reference=reference)


def _said(session: ContactSession) -> str:
    return f"{session.day:%A} {contact_sessions.named([session.day])}, {session.starts}–{session.ends}"
