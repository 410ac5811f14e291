"""Patterns of sessions and closed days: what a change would do is shown first, and carried out when somebody agrees."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from ccc import clock, contact_sessions
from ccc.contact_sessions import Ahead, Closure, SessionPattern
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.page import page
from ccc.web.session_forms import ClosureForm, PatternForm
from ccc.web.sessions import USUAL_PLACES

bp = Blueprint("session_patterns", __name__, url_prefix="/sessions")


@bp.route("/patterns/new", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def new() -> ResponseReturnValue:
    form = PatternForm(data={"weekday": "5", "places": USUAL_PLACES, "first_day": clock.today()})
    ahead = _look_ahead(form)
    if ahead and form.agreed.data == ahead.mark:
        with form.refusals():
            made = contact_sessions.add_pattern(ahead.plan, me().person)
            return _done(f"New: {contact_sessions.in_words(made)}.")
    return _page("pattern", form, None, ahead=ahead)


@bp.route("/patterns/<int:number>/", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def change(number: int) -> ResponseReturnValue:
    pattern = _find(number)
    form = PatternForm(obj=pattern)
    ahead = _look_ahead(form, pattern)
    if ahead and form.agreed.data == ahead.mark:
        with form.refusals():
            contact_sessions.change_pattern(pattern, ahead.plan, me().person)
            return _done(f"Changed to: {contact_sessions.in_words(ahead.plan)}.")
    return _page("pattern", form, pattern, ahead=ahead)


@bp.route("/patterns/<int:number>/end", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def end(number: int) -> ResponseReturnValue:
    pattern, form = _find(number), Form()
    if form.validate_on_submit():
        with form.refusals():
            contact_sessions.end_pattern(pattern, me().person)
            return _done(f"Ended: {contact_sessions.in_words(pattern)}.")
    return _page("end", form, pattern, gone=contact_sessions.look_at_end(pattern).gone)


@bp.route("/closures/", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def closures() -> ResponseReturnValue:
    """The closed days. Where sessions are held on a new one, a page says first what is cancelled with them."""
    form = ClosureForm()
    if form.validate_on_submit():
        with form.refusals():
            held = contact_sessions.held_on(form.day.data)
            taken = contact_sessions.in_use([session.id for session in held]).total()
            agreed = f"{form.day.data}.{len(held)}.{taken}"
            if held and form.agreed.data != agreed:
                return page("sessions/closure.html", form=form, held=held, taken=taken, agreed=agreed)
            contact_sessions.add_closure(form.day.data, me().person)
            flash(f"Closed: {contact_sessions.named([form.day.data])}.")
            return redirect(url_for(".closures"), 303)
    return page("sessions/closures.html", form=form, status=form.status, closures=contact_sessions.closures())


@bp.post("/closures/<int:number>/remove")
@access(May.RUN_SESSIONS)
def remove_closure(number: int) -> ResponseReturnValue:
    closure: Closure = Closure.get_or_none(Closure.id == number) or abort(404)
    contact_sessions.remove_closure(closure.day, me().person)
    flash(f"No longer closed: {contact_sessions.named([closure.day])}. What was cancelled stays so.")
    return redirect(url_for(".closures"), 303)


def _look_ahead(form: PatternForm, pattern: SessionPattern | None = None) -> Ahead | None:
    """What the pattern that was typed in would do, or None with the reasons in the form."""
    if form.validate_on_submit():
        with form.refusals():
            return contact_sessions.look_ahead(form.plan(), pattern)
    return None


def _page(name: str, form: Form, pattern: SessionPattern | None, **shown: Any) -> ResponseReturnValue:
    said = shown | {"pattern": pattern, "in_words": contact_sessions.in_words}
    return page(f"sessions/{name}.html", form=form, status=form.status, **said)


def _find(number: int) -> SessionPattern:
    return SessionPattern.get_or_none(SessionPattern.id == number) or abort(404)


def _done(told: str) -> ResponseReturnValue:
    flash(told)
    return redirect(url_for("sessions.index"), 303)
