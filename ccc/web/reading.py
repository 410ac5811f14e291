"""Reading a policy: clause by clause or all on one page, gone on with wherever one left off."""

from flask import Blueprint, abort, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.validators import InputRequired, Optional

from ccc import policies, undertakings
from ccc.policies import Version
from ccc.quizzes import attempts
from ccc.roles import May
from ccc.undertakings import Way
from ccc.web.access import access, me
from ccc.web.form import Form, Whole, options
from ccc.web.page import page
from ccc.web.rich import rich

bp = Blueprint("reading", __name__, url_prefix="/policies")


class TurnForm(Form):
    """The buttons of the page: each of them sends the version it stands on, and one thing more."""

    version = Whole(validators=[InputRequired()])
    place = IntegerField(validators=[Optional()])
    way = RadioField(choices=options({way: way for way in Way}), validators=[Optional()])
    finished = BooleanField()


@bp.get("/<slug>/read")
@access(May.LEARN)
def read(slug: str) -> ResponseReturnValue:
    """The policy in force, at the place where this person is. `?place=` looks elsewhere and keeps nothing."""
    version = policies.in_force(slug) or abort(404)
    known = undertakings.known_version(me().person, version)
    parts = undertakings.places(version, known)
    mine = undertakings.reading_of(me().person, version)
    place = request.args.get("place", mine.place, type=int)
    return page(
        "reading/read.html",
        version=version,
        places=parts,
        at=max(0, min(place, len(parts) - 1)),
        one_at_a_time=mine.way == Way.ONE,
        known=known,
        read=undertakings.finished_readings(me().person, version.policy_id),
        rich=rich,
    )


@bp.post("/<slug>/read")
@access(May.LEARN)
def go_on(slug: str) -> ResponseReturnValue:
    """Turn the page, choose how to read, or say that this was the end."""
    form = TurnForm()
    if not form.validate():
        abort(400)
    version = _shown(slug, form.version.data)
    if form.finished.data:
        undertakings.finish(me().person, version, current_app.extensions["ccc_quizzes"].get(slug))
        if attempts.has_passed(me().person, version):
            return redirect(url_for("undertakings.index"), 303)
    elif form.way.data:
        undertakings.choose_way(me().person, version, Way(form.way.data))
    else:
        undertakings.turn_to(me().person, version, form.place.data or 0)
    return redirect(url_for(".read", slug=slug), 303)


def _shown(slug: str, number: int) -> Version:
    """The version that stood on the page which was sent; by now another may be in force."""
    versions = policies.published(slug)
    shown: Version = next((version for version in versions if version.id == number), None) or abort(404)
    if shown.id != versions[0].id:
        flash(f"The policy was published anew while you were reading. This is version {versions[0].number}.")
    return shown
