"""The people of a family, one thing on each page: names, who may be admitted, the policy and its letter, children."""

from datetime import date
from functools import partial
from typing import Any

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from ccc import clock, families, policies
from ccc.families import Adult, Child, Family, Name, NewChild
from ccc.roles import May
from ccc.web.access import access
from ccc.web.families import LONGEST_NAME, act, found
from ccc.web.form import DayField, Form, Whole, Words
from ccc.web.page import page
from ccc.web.qr import qr
from ccc.web.settings import settings

bp = Blueprint("family_parts", __name__, url_prefix="/families/<reference>")
POLICY = "/policies/confidentiality/"
GIVEN = "Written down: the policy was given."


class NameForm(Form):
    first_name = Words("First name", [InputRequired("Type in the first name.")], longest=LONGEST_NAME)
    last_name = Words("Last name", [InputRequired("Type in the last name.")], longest=LONGEST_NAME)

    def name(self) -> Name:
        return Name(self.first_name.data, self.last_name.data)


class AdmitForm(NameForm):
    home_agreed_on = DayField("The child's side agreed on", [InputRequired("Fill in the day.")])
    visiting_agreed_on = DayField("The visiting side agreed on", [InputRequired("Fill in the day.")])

    def agreed(self) -> tuple[Name, date, date]:
        return self.name(), self.home_agreed_on.data, self.visiting_agreed_on.data


class GivenForm(Form):
    on = DayField("The day on which it was given", [InputRequired("Fill in the day.")])


class ChildForm(Form):
    first_name = Words("First name", [InputRequired("Type in the first name.")], longest=LONGEST_NAME)
    born = Whole("Year of birth", [InputRequired("Type in the year, in figures.")])

    def child(self) -> NewChild:
        return NewChild(self.first_name.data, self.born.data)


@bp.route("/adults/new", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def admit(reference: str) -> ResponseReturnValue:
    family, form = found(reference), AdmitForm()
    told = "This adult may be admitted. Next, give them the policy."
    return act("admit", form, family, lambda by: families.admit(family, *form.agreed(), by), told)


@bp.route("/adults/<int:number>/name", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def rename(reference: str, number: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    form, told = NameForm(obj=adult), "The name is changed."
    return act("name", form, family, lambda by: families.rename(adult, form.name(), by), told, **about(adult))


@bp.route("/adults/<int:number>/withdraw", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def withdraw_adult(reference: str, number: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    rule, told = partial(families.withdraw_adult, adult), "This adult is admitted no longer."
    return act("withdraw_adult", Form(), family, rule, told, **about(adult))


@bp.route("/adults/<int:number>/policy", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def policy(reference: str, number: int) -> ResponseReturnValue:
    family, adult = adult_of(reference, number)
    form = GivenForm(data={"on": adult.policy_given_on or clock.today()})
    return act("policy", form, family, lambda by: families.give_policy(adult, form.on.data, by), GIVEN, **about(adult))


@bp.get("/adults/<int:number>/letter")
@access(May.KEEP_FAMILIES)
def letter(reference: str, number: int) -> ResponseReturnValue:
    """A letter to one adult: it holds no address, no reference, and nothing of the other side."""
    family, adult = adult_of(reference, number)
    back = f"/families/{family.reference}/adults/{adult.id}/policy"
    return letter_to(f"{adult.first_name} {adult.last_name}", back)


@bp.route("/children/new", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def add_child(reference: str) -> ResponseReturnValue:
    family, form, told = found(reference), ChildForm(), "The child is added."
    return act("child", form, family, lambda by: families.add_child(family, form.child(), by), told)


@bp.route("/children/<int:number>/", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def change_child(reference: str, number: int) -> ResponseReturnValue:
    family, child = _child(reference, number)
    form, told = ChildForm(obj=child), "The change is saved."
    return act("child", form, family, lambda by: families.change_child(child, form.child(), by), told, child=child)


@bp.route("/children/<int:number>/withdraw", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def withdraw_child(reference: str, number: int) -> ResponseReturnValue:
    family, child = _child(reference, number)
    rule, told = partial(families.withdraw_child, child), "Written down: this child comes no more."
    return act("withdraw_child", Form(), family, rule, told, child=child)


def adult_of(reference: str, number: int) -> tuple[Family, Adult]:
    """A family and one of its adults, or 404."""
    family = found(reference)
    there = Adult.get_or_none(Adult.id == number, Adult.family == family, Adult.withdrawn_on.is_null())
    return family, there or abort(404)


def about(adult: Adult) -> dict[str, Any]:
    """The adult, and in words which one of the family; a title says no name, since browsers remember titles."""
    return {"adult": adult, "who": families.SIDES[adult.side]}


def letter_to(name: str, back: str) -> ResponseReturnValue:
    """The letter that tells somebody where to read the policy."""
    address = settings().base_url + POLICY
    shown: dict[str, Any] = {"name": name, "back": back, "address": address, "qr": qr(address)}
    return page("families/letter.html", in_force=policies.in_force("confidentiality"), secret=True, **shown)


def _child(reference: str, number: int) -> tuple[Family, Child]:
    family = found(reference)
    there = Child.get_or_none(Child.id == number, Child.family == family, Child.withdrawn_on.is_null())
    return family, there or abort(404)
