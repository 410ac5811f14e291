"""One disposal: what goes, an officer's approval, how far it is, and the certificate that names nobody."""

from typing import Any

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired

from ccc import clock, retention
from ccc.people import Person
from ccc.retention import KEPT, WORDS, Disposal
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.families import done
from ccc.web.form import DayField, Form
from ccc.web.page import page

bp = Blueprint("disposal", __name__, url_prefix="/retention/disposals/<key>")
# A small disposal is over before the page is; a large one goes on in the background.
SECONDS = 0.5


class ShreddedForm(Form):
    on = DayField("The day on which the paper files were shredded", [InputRequired("Fill in the day.")])


@bp.get("/")
@access(May.SEE_RETENTION)
def disposal(key: str) -> ResponseReturnValue:
    """What goes and what stays, in figures; after that, what went."""
    one = _find(key)
    known = {
        kind: sorted(retention.labels(kind, numbers, me().person).values())
        for kind, numbers in retention.contents(one).items()
        if not one.done_at
    }
    may_approve = me().may(May.APPROVE_DISPOSAL) and bool(retention.approvable(me().person, [one]))
    is_open = not (one.approved_at or one.withdrawn_at or may_approve)
    shown: dict[str, Any] = {"may_approve": may_approve, "stuck": is_open and retention.is_stuck(one)}
    return page("retention/disposal.html", secret=True, known=known, **shown, **_facts(one))


@bp.route("/approve", methods=["GET", "POST"])
@access(May.APPROVE_DISPOSAL, fresh=True)
def approve(key: str) -> ResponseReturnValue:
    one, form = _find(key), Form()
    address = url_for(".disposal", key=key)

    def rule(by: Person) -> None:
        retention.approve(one, by)
        retention.carry_on(SECONDS)

    # Its own page says how far it is.
    return done(form, rule, "", address) or page(
        "retention/approve.html",
        form=form,
        status=form.status,
        held=retention.lately_held(one, me().person),
        secret=True,
        **_facts(one),
    )


@bp.route("/withdraw", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def withdraw(key: str) -> ResponseReturnValue:
    one, form, told = _find(key), Form(), "Nothing is destroyed."
    address, own = url_for(".disposal", key=key), one.proposed_by_id == me().person.id
    return done(form, lambda by: retention.withdraw(one, by), told, address) or page(
        "retention/withdraw.html", form=form, status=form.status, disposal=one, own=own
    )


@bp.route("/shredded", methods=["GET", "POST"])
@access(May.SEE_RETENTION)
def shredded(key: str) -> ResponseReturnValue:
    one, form = _find(key), ShreddedForm(data={"on": clock.today()})
    told, address = "It is noted that the paper is gone as well.", url_for(".disposal", key=key)
    return done(form, lambda by: retention.note_shredded(one, form.on.data, by), told, address) or page(
        "retention/shredded.html", form=form, status=form.status, disposal=one
    )


@bp.get("/certificate")
@access(May.SEE_RETENTION)
def certificate(key: str) -> ResponseReturnValue:
    """The certificate of what is done, for the committee's file. It names nobody."""
    one = _find(key)
    facts = _facts(one)
    if not (one.done_at and facts["went"]):
        abort(404)
    return page("retention/certificate.html", secret=True, **facts)


def _find(key: str) -> Disposal:
    """The disposal at this address; one of which somebody must not know is answered as if there were none."""
    return retention.find(key, me().person) or abort(404)


def _facts(one: Disposal) -> dict[str, Any]:
    approved_on = one.approved_at and clock.local(one.approved_at).date()
    tallies = retention.tallies(one)
    return {
        "disposal": one,
        "tallies": tallies,
        "went": sum(tally.records for tally in tallies),
        "early": retention.early(one),
        "words": WORDS,
        "why_kept": KEPT,
        "proposed_as": retention.office_of(one.proposed_by_id, clock.local(one.created_at).date()),
        "approved_as": retention.office_of(one.approved_by_id, approved_on) if approved_on else "",
        "shredded_as": retention.office_of(one.shredded_by_id, one.shredded_on) if one.shredded_on else "",
        "own": one.proposed_by_id == me().person.id,
    }
