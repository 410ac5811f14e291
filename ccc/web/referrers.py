"""Referrers: who sends families here, and when the policy was given to them."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired

from ccc import clock, referrals
from ccc.referrals import KINDS, Referrer
from ccc.roles import May
from ccc.web.access import access
from ccc.web.families import Rule, done
from ccc.web.family_parts import GIVEN, GivenForm, letter_to
from ccc.web.form import Form, Words, options
from ccc.web.page import page

bp = Blueprint("referrers", __name__, url_prefix="/families/referrers")


class ReferrerForm(Form):
    kind = RadioField(
        "What kind of body it is",
        [InputRequired("Choose one of these.")],
        choices=options({kind: words[0].upper() + words[1:] for kind, words in KINDS.items()}),
    )
    body = Words("Name of the body", [InputRequired("Type in its name.")], longest=120)
    person = Words("The person there", [InputRequired("Type in the name.")], longest=120)

    def typed(self) -> tuple[str, str, str]:
        return self.kind.data, self.body.data, self.person.data


@bp.get("/")
@access(May.SEE_FAMILIES)
def index() -> ResponseReturnValue:
    return page("referrers/index.html", referrers=referrals.referrers(), kinds=KINDS, secret=True)


@bp.route("/new", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def new() -> ResponseReturnValue:
    form, told = ReferrerForm(), "The referrer is added. Next, give them the policy."
    return _act("referrer", form, lambda by: referrals.add_referrer(*form.typed(), by), told)


@bp.route("/<int:number>/", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def change(number: int) -> ResponseReturnValue:
    one = _found(number)
    form, told = ReferrerForm(obj=one), "The change is saved."
    return _act("referrer", form, lambda by: referrals.change_referrer(one, *form.typed(), by), told, one)


@bp.route("/<int:number>/policy", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def policy(number: int) -> ResponseReturnValue:
    one = _found(number)
    form = GivenForm(data={"on": one.policy_given_on or clock.today()})
    return _act("policy", form, lambda by: referrals.give_policy_to_referrer(one, form.on.data, by), GIVEN, one)


@bp.get("/<int:number>/letter")
@access(May.KEEP_FAMILIES)
def letter(number: int) -> ResponseReturnValue:
    referrer = _found(number)
    return letter_to(f"{referrer.person}, {referrer.body}", f"/families/referrers/{number}/policy")


def _found(number: int) -> Referrer:
    return Referrer.get_or_none(Referrer.id == number) or abort(404)


def _act(template: str, form: Form, rule: Rule, told: str, one: Referrer | None = None) -> ResponseReturnValue:
    return done(form, rule, told, url_for(".index")) or page(
        f"referrers/{template}.html", form=form, status=form.status, referrer=one, secret=True
    )
