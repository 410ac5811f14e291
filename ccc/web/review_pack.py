"""The review pack for the committee: drawn up and printed, signed off by the chair, and read again in later years."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired

from ccc import conformance, review_pack
from ccc.review_pack import CHANGES, OUTCOMES, ReviewPack
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, options
from ccc.web.page import page

bp = Blueprint("review_pack", __name__, url_prefix="/conformance")


class SignOffForm(Form):
    """What the committee decided, and when."""

    on = DayField("The day of the meeting", [InputRequired("Fill in the day of the meeting.")])
    outcome = RadioField("What did the committee decide?", choices=options(OUTCOMES))


@bp.get("/pack")
@access(May.SEE_CONFORMANCE)
def pack() -> ResponseReturnValue:
    """The pack of this moment."""
    return page("review_pack/pack.html", secret=True, pack=review_pack.of_now())


@bp.post("/pack")
@access(May.SEE_CONFORMANCE)
def draw_up() -> ResponseReturnValue:
    """Keep the pack of this moment for the meeting."""
    kept = review_pack.draw_up(me().person)
    return redirect(url_for(".kept", number=kept.number), 303)


@bp.get("/packs")
@access(May.SEE_CONFORMANCE)
def packs() -> ResponseReturnValue:
    """Every pack that was drawn up, for the accreditation."""
    since = review_pack.accredited_since()
    return page("review_pack/packs.html", secret=True, packs=review_pack.all_kept(), since=since)


@bp.get("/packs/<number>")
@access(May.SEE_CONFORMANCE)
def kept(number: str) -> ResponseReturnValue:
    """A pack as it was drawn up."""
    return page("review_pack/pack.html", secret=True, pack=_find(number))


@bp.route("/packs/<number>/sign-off", methods=["GET", "POST"])
@access(May.PUBLISH_POLICY)
def sign_off(number: str) -> ResponseReturnValue:
    """What the committee decided with this pack before it."""
    found, form = _find(number), SignOffForm()
    if form.validate_on_submit():
        with form.refusals():
            decided = review_pack.sign_off(found, form.on.data, form.outcome.data, me().person)
            flash(f"Review pack {number} is signed off.")
            if decided.outcome == CHANGES:
                return redirect(url_for("drafting.text", slug=conformance.SLUG), 303)
            return redirect(url_for(".kept", number=number), 303)
    return page("review_pack/sign_off.html", form=form, status=form.status, secret=True, pack=found)


def _find(number: str) -> ReviewPack:
    return review_pack.find(number) or abort(404)
