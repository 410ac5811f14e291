"""What one adult of a family permitted: the list, writing one down, and taking one back."""

from functools import partial

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from ccc import clock, disclosures
from ccc.disclosures import NewPermission, Permission
from ccc.disclosures.words import PERMITTED, WHAT, capital
from ccc.people import Person
from ccc.roles import May
from ccc.web.access import access
from ccc.web.families import done
from ccc.web.family_parts import about, adult_of
from ccc.web.form import DayField, Form, Words, options
from ccc.web.page import page

bp = Blueprint("permissions", __name__, url_prefix="/families/<reference>/adults/<int:number>/permissions")


class PermissionForm(Form):
    whom = Words("To whom?", [InputRequired("Say who may be told.")], longest=100)
    what = RadioField("What for?", [InputRequired("Choose one of these.")], choices=options(capital(PERMITTED)))
    given_on = DayField("The day on which they gave it", [InputRequired("Fill in the day.")])
    until = DayField("The last day on which it holds, if they named one", [Optional()])

    def permission(self) -> NewPermission:
        return NewPermission(self.whom.data, self.what.data, self.given_on.data, self.until.data)


@bp.get("/")
@access(May.KEEP_DISCLOSURES)
def index(reference: str, number: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    held = [(one, disclosures.is_valid(one)) for one in disclosures.permissions_of(adult)]
    return page("permissions/index.html", family=family, held=held, words=WHAT, secret=True, **about(adult))


@bp.route("/new", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def new(reference: str, number: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    form = PermissionForm(data={"given_on": clock.today()})

    def rule(by: Person) -> None:
        disclosures.permit(adult, form.permission(), by)

    saved = done(form, rule, "The permission is written down.", _address(reference, number))
    return saved or page(
        "permissions/new.html", form=form, status=form.status, family=family, secret=True, **about(adult)
    )


@bp.route("/<int:permission>/take-back", methods=["GET", "POST"])
@access(May.KEEP_DISCLOSURES)
def take_back(reference: str, number: int, permission: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    held = Permission.get_or_none(Permission.id == permission, Permission.adult == adult) or abort(404)
    form, rule = Form(), partial(disclosures.take_back, held)
    saved = done(form, rule, "Written down: the permission was taken back.", _address(reference, number))
    shown = {"held": held, "words": WHAT, "family": family, **about(adult)}
    return saved or page("permissions/take_back.html", form=form, status=form.status, secret=True, **shown)


def _address(reference: str, number: int) -> str:
    return url_for("permissions.index", reference=reference, number=number)
