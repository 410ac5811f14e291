"""Families: the list, taking one in, and what is kept of a family as a whole."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional, Regexp

from ccc import bookings, clock, families, referrals
from ccc.families import NEEDS, SERVICES, Adult, Child, Family, FamilyNeed, Name, NewChild, NewFamily
from ccc.people import Person, RefusedError
from ccc.referrals import Came, Referrer
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, Whole, Words, options
from ccc.web.page import page
from ccc.web.people import LARGEST

bp = Blueprint("families", __name__, url_prefix="/families")
Rule = Callable[[Person], object]
LONGEST_NAME = 80
OFFERED = {service: words.capitalize() for service, words in SERVICES.items()}
AT_HOME = "Type in the name of the adult whom the child lives with."
VISITOR = "Type in the name of the visiting adult."


class SearchForm(Form):
    """It is sent, and not put into the address: a family's name must stand in none."""

    q = Words("Search by reference, name, or the referrer's case reference", longest=100)


class FamilyForm(Form):
    service = RadioField("What they come for", [InputRequired("Choose one of these.")], choices=options(OFFERED))
    separate_doors = BooleanField("The two sides use different doors")
    needs = SelectMultipleField("What to be ready for", choices=options(NEEDS))

    def now(self) -> tuple[str, list[str], bool]:
        return self.service.data, self.needs.data, self.separate_doors.data


class ReferralFields:
    """How a family came, on a page of its own and when it is taken in."""

    referrer = SelectField("Who referred them", choices=lambda: options(_referrers()))
    case_reference = Words("The referrer's own case reference, if there is one", longest=40)
    received_on = DayField("The day on which the referral came", [InputRequired("Fill in the day.")])

    def came(self) -> Came:
        chosen = self.referrer.data
        referrer = Referrer.get_by_id(int(chosen)) if chosen else None
        return Came(referrer, self.case_reference.data, self.received_on.data)


class ReferralForm(ReferralFields, Form):
    pass


def _child(which: str) -> tuple[Words, Whole]:
    name = Words(f"First name of the {which} child", longest=LONGEST_NAME)
    return name, Whole(f"Year of birth of the {which} child", [Optional()])


class NewForm(ReferralFields, FamilyForm):
    seen = HiddenField(validators=[Regexp("^[0-9]{1,9}$", message="Go back and open this page again.")])
    home_first = Words("First name", [InputRequired(AT_HOME)], longest=LONGEST_NAME)
    home_last = Words("Last name", [InputRequired(AT_HOME)], longest=LONGEST_NAME)
    visiting_first = Words("First name", [InputRequired(VISITOR)], longest=LONGEST_NAME)
    visiting_last = Words("Last name", [InputRequired(VISITOR)], longest=LONGEST_NAME)
    child_1, born_1 = _child("first")
    child_2, born_2 = _child("second")
    child_3, born_3 = _child("third")
    child_4, born_4 = _child("fourth")
    child_5, born_5 = _child("fifth")
    child_6, born_6 = _child("sixth")

    def rows(self) -> list[tuple[Field, Field]]:
        return [(self[f"child_{number}"], self[f"born_{number}"]) for number in range(1, 7)]

    def validate(self, extra_validators: Any = None) -> bool:
        whole: bool = super().validate(extra_validators)
        for name, born in self.rows():
            if bool(name.data) != bool(born.data) and not born.errors:
                born.errors, whole = ["Give each child a first name and a year of birth."], False
        return whole

    def family(self) -> NewFamily:
        home = Name(self.home_first.data, self.home_last.data)
        visiting = Name(self.visiting_first.data, self.visiting_last.data)
        children = [NewChild(name.data, born.data) for name, born in self.rows() if name.data]
        service, needs, doors = self.now()
        return NewFamily(service, home, visiting, children, needs, doors)


class ApartForm(Form):
    other = Words("The reference of the other family", [InputRequired("Type in the reference.")], longest=10)

    def family(self, by: Person) -> Family:
        found = families.find(self.other.data, by)
        if found is None:
            raise RefusedError("There is no family of this reference.")
        return found


@bp.route("/", methods=["GET", "POST"])
@access(May.SEE_FAMILIES)
def index() -> ResponseReturnValue:
    """The families, newest first. A search changes nothing, and yet is sent: see its form."""
    form, ended = SearchForm(), request.args.get("show") == "ended"
    search = (form.q.data or "") if form.validate_on_submit() else ""
    after = request.args.get("after", 0, type=int)
    place = after if 0 < after < LARGEST and not search else 0
    lines, more = families.list_families(me().person, search, place, ended=ended)
    shown: dict[str, Any] = {"lines": lines, "more": more, "after": place, "search": search, "ended": ended}
    return page("families/index.html", "families", form=form, status=form.status, secret=True, **shown)


@bp.route("/new", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def new() -> ResponseReturnValue:
    form = NewForm(data={"received_on": clock.today(), "seen": str(families.newest())})
    if form.validate_on_submit():
        with form.refusals():
            family = referrals.take_in(form.family(), form.came(), me().person, int(form.seen.data))
            flash(f"The family is taken in. Its reference is {family.reference}.")
            return redirect(address_of(family), 303)
    if form.form_errors:
        form.seen.data = str(families.newest())
    return page("families/new.html", form=form, status=form.status, secret=True)


@bp.get("/<reference>/")
@access(May.SEE_FAMILIES)
def family(reference: str) -> ResponseReturnValue:
    """Everything that is kept of a family but its contact details."""
    one = found(reference)
    adults = Adult.select().where(Adult.family == one, Adult.withdrawn_on.is_null()).order_by(Adult.id)
    children = Child.select().where(Child.family == one, Child.withdrawn_on.is_null()).order_by(Child.id)
    return page(
        "families/family.html",
        family=one,
        adults=list(adults),
        children=list(children),
        needs=families.needs_of([one.id])[one.id],
        referral=referrals.referral_of(one),
        kinds=referrals.KINDS,
        not_with=_seen(families.apart_from(one.id)),
        missing=families.missing(one),
        waits_for=bookings.waits_for(one),
        services=OFFERED,
        sides=families.SIDES,
        secret=True,
    )


@bp.route("/<reference>/change", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def change(reference: str) -> ResponseReturnValue:
    one = found(reference)
    needs = [need.code for need in FamilyNeed.select().where(FamilyNeed.family == one)]
    form = FamilyForm(obj=one, data={"needs": needs})

    def rule(by: Person) -> None:
        service, needs, doors = form.now()
        families.change(one, service, needs, by, separate_doors=doors)

    return act("change", form, one, rule, "It is changed.")


@bp.route("/<reference>/referral", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def referral(reference: str) -> ResponseReturnValue:
    one = found(reference)
    form = ReferralForm(data=_recorded(one))
    return act("referral", form, one, lambda by: referrals.refer(one, *form.came(), by), "It is saved.")


@bp.route("/<reference>/apart", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def apart(reference: str) -> ResponseReturnValue:
    one, form = found(reference), ApartForm()
    told = "The two families are kept apart from now on."
    return act("apart", form, one, lambda by: families.keep_apart(one, form.family(by), by), told)


@bp.route("/<reference>/apart/<other>/end", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def end_apart(reference: str, other: str) -> ResponseReturnValue:
    one, kept_from, told = found(reference), found(other), "The two families may meet again."
    rule = partial(families.end_keeping_apart, one, kept_from)
    return act("end_apart", Form(), one, rule, told, other=kept_from)


@bp.route("/<reference>/end", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def end(reference: str) -> ResponseReturnValue:
    one, told = found(reference), "The family's time here has ended."
    return act("end", Form(), one, partial(families.end, one), told)


@bp.route("/<reference>/reopen", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def reopen(reference: str) -> ResponseReturnValue:
    one, told = found(reference), "The family is active again."
    return act("reopen", Form(), one, partial(families.reopen, one), told)


def found(reference: str) -> Family:
    """The family of this reference, or 404: also for one whom the person who asks knows."""
    return families.find(reference, me().person) or abort(404)


def address_of(family: Family) -> str:
    return url_for("families.family", reference=family.reference)


def act(template: str, form: Form, family: Family, rule: Rule, told: str, **shown: Any) -> ResponseReturnValue:
    """The page of something that is done to a family; sent, it is done, and the family's page says so."""
    shown |= {"form": form, "family": family}
    return done(form, rule, told, address_of(family)) or page(
        f"families/{template}.html", status=form.status, secret=True, **shown
    )


def done(form: Form, rule: Rule, told: str, address: str) -> ResponseReturnValue | None:
    """Carry out what a form asks for, and go on; None as long as it is not sent, or was refused."""
    if form.validate_on_submit():
        with form.refusals():
            rule(me().person)
            if told:
                flash(told)
            return redirect(address, 303)
    return None


def _seen(numbers: Iterable[int]) -> Sequence[Family]:
    return list(families.visible_to(me().person).where(Family.id.in_(list(numbers))).order_by(Family.reference))


def _recorded(family: Family) -> dict[str, Any]:
    held = referrals.referral_of(family)
    if held is None:
        return {"received_on": clock.today()}
    from_whom = str(held.referrer_id or "")
    return {"referrer": from_whom, "case_reference": held.case_reference, "received_on": held.received_on}


def _referrers() -> dict[str, str]:
    bodies = {str(one.id): f"{one.body} ({one.person})" for one in referrals.referrers()}
    return {"": "The parents came by themselves"} | bodies
