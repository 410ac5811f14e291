"""One disposal: what goes, an officer's approval, how far it is, and the certificate that names nobody."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from ccc import clock, kinds, retention
from ccc.people import Person, RefusedError
from ccc.retention import KEPT, WORDS, Disposal
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.families import done
from ccc.web.form import DayField, Form
from ccc.web.page import page

bp = Blueprint("disposal", __name__, url_prefix="/retention/disposals/<int:number>")
# A small disposal is over before the page is; a large one goes on in the background.
SECONDS = 0.5


class ShreddedForm(Form):
    on = DayField("The day on which the paper files were shredded", [InputRequired("Fill in the day.")])


@bp.get("/")
@access(May.SEE_RETENTION)
def disposal(number: int) -> ResponseReturnValue:
    """What goes and what stays, in figures; after that, what went."""
    one = _find(number)
    known = {
        kind: sorted(retention.labels(kind, numbers, me().person).values())
        for kind, numbers in retention.contents(one).items()
        if not one.done_at
    }
    return page("retention/disposal.html", secret=True, known=known, **_facts(one))


@bp.route("/approve", methods=["GET", "POST"])
@access(May.APPROVE_DISPOSAL, fresh=True)
def approve(number: int) -> ResponseReturnValue:
    one, form = _find(number), Form()
    address = url_for(".disposal", number=number)

    def rule(by: Person) -> None:
        retention.approve(one, by)
        retention.carry_on(SECONDS)

    return done(form, rule, "It is approved, and carried out.", address) or page(
        "retention/approve.html", form=form, status=form.status, secret=True, **_facts(one)
    )


@bp.post("/withdraw")
@access(May.SEE_RETENTION)
def withdraw(number: int) -> ResponseReturnValue:
    one, told = _find(number), "Nothing is destroyed."
    try:
        retention.withdraw(one, me().person)
    except RefusedError as error:
        told = str(error)
    flash(told)
    return redirect(url_for(".disposal", number=number), 303)


@bp.route("/shredded", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def shredded(number: int) -> ResponseReturnValue:
    one, form = _find(number), ShreddedForm(data={"on": clock.today()})
    told, address = "It is noted that the paper is gone as well.", url_for(".disposal", number=number)
    return done(form, lambda by: retention.note_shredded(one, form.on.data, by), told, address) or page(
        "retention/shredded.html", form=form, status=form.status, disposal=one
    )


@bp.get("/certificate")
@access(May.SEE_RETENTION)
def certificate(number: int) -> ResponseReturnValue:
    """The certificate of what is done, for the committee's file. It names nobody."""
    one = _find(number)
    if not one.done_at:
        abort(404)
    return page("retention/certificate.html", secret=True, **_facts(one))


def _find(number: int) -> Disposal:
    """The disposal of this number; those of concerns are for the officers alone, and 404 for everybody else."""
    found = Disposal.get_or_none(Disposal.id == number) or abort(404)
    if kinds.CONCERN in retention.contents(found) and not me().may(May.READ_CONCERNS):
        abort(404)
    return found


def _facts(one: Disposal) -> dict[str, Any]:
    approved_on = one.approved_at and clock.local(one.approved_at).date()
    return {
        "disposal": one,
        "tallies": retention.tallies(one),
        "words": WORDS,
        "why_kept": KEPT,
        "proposed_as": retention.office_of(one.proposed_by_id, clock.local(one.created_at).date()),
        "approved_as": retention.office_of(one.approved_by_id, approved_on) if approved_on else "",
        "shredded_as": retention.office_of(one.shredded_by_id, one.shredded_on) if one.shredded_on else "",
        "own": one.proposed_by_id == me().person.id,
    }
