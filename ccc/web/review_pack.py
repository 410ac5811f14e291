"""The review pack for the committee: read and printed, signed off by the chair, and read again in later years."""

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from ccc import conformance, review_pack
from ccc.review_pack import CHANGES, OUTCOMES, Seen
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, options
from ccc.web.page import page

bp = Blueprint("review_pack", __name__, url_prefix="/conformance")


class SignOffForm(Form):
    """What the committee decided. `seen` and `trail` are the marks of the pack that was read."""

    seen = HiddenField()
    trail = HiddenField()
    on = DayField("The day of the meeting", [InputRequired("Fill in the day of the meeting.")])
    outcome = RadioField("What did the committee decide?", choices=options(OUTCOMES))

    @property
    def marks(self) -> Seen:
        """By these the rule knows the pack that was read."""
        return Seen(self.seen.data, self.trail.data)


@bp.get("/pack")
@access(May.SEE_CONFORMANCE)
def pack() -> ResponseReturnValue:
    """The pack of this moment."""
    return page("review_pack/pack.html", secret=True, pack=review_pack.draw_up())


@bp.route("/pack/sign-off", methods=["GET", "POST"])
@access(May.PUBLISH_POLICY)
def sign_off() -> ResponseReturnValue:
    """Sign off the pack that was read just now; where it is another by now, that one stands below the form."""
    form = SignOffForm(data={name: request.args.get(name, "") for name in ("seen", "trail")})
    if form.validate_on_submit():
        with form.refusals():
            kept = review_pack.sign_off(form.marks, form.on.data, form.outcome.data, me().person)
            flash(f"Review pack {kept.number} is signed off and kept.")
            return redirect(_next(kept), 303)
    now = review_pack.draw_up() or abort(404)
    is_another = review_pack.as_seen(form.marks) is None
    if is_another:
        form.seen.data, form.trail.data = now.sha256, now.audit_hash
    return page(
        "review_pack/sign_off.html", form=form, status=form.status, secret=True, pack=now, is_another=is_another
    )


@bp.get("/packs")
@access(May.SEE_CONFORMANCE)
def packs() -> ResponseReturnValue:
    """Every pack that was signed off, for the accreditation."""
    since = review_pack.accredited_since()
    return page("review_pack/packs.html", secret=True, packs=review_pack.signed_off(), since=since)


@bp.get("/packs/<number>")
@access(May.SEE_CONFORMANCE)
def signed(number: str) -> ResponseReturnValue:
    """A pack as it was signed off."""
    return page("review_pack/pack.html", secret=True, pack=review_pack.find(number) or abort(404))


def _next(kept: review_pack.ReviewPack) -> str:
    """Where a sign-off leads: to the next version, or to the pack that was kept."""
    if kept.outcome == CHANGES:
        return url_for("drafting.text", slug=conformance.SLUG)
    return url_for(".signed", number=kept.number)
