"""Sessions: the list, and the single one that is added, changed or cancelled."""

from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ccc import clock, contact_sessions
from ccc.contact_sessions import CLOSED, CODES, WEEKDAYS, ContactSession
from ccc.db import db
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.page import page
from ccc.web.people import LARGEST
from ccc.web.session_forms import CancelForm, RulesForm, SessionForm, TimesForm

bp = Blueprint("sessions", __name__, url_prefix="/sessions")
AT_ONCE = 25
USUAL_PLACES = 6
WHY = CODES | {CLOSED: "The centre was closed"}
LIST = """
SELECT s.id, s.day, s.starts, s.ends, s.places, s.cancel_code,
       (SELECT count(*) FROM duty WHERE session_id = s.id AND ended_at IS NULL)
  FROM contact_session s WHERE {which} AND (:after = 0 OR (s.day, s.starts, s.id) {beyond}
       (SELECT day, starts, id FROM contact_session WHERE id = :after))
 ORDER BY s.day {order}, s.starts {order}, s.id {order} LIMIT :limit
"""
COMING = LIST.format(which="s.day >= :today", beyond=">", order="ASC")
OVER = LIST.format(which="s.day < :today", beyond="<", order="DESC")


@bp.get("/")
@access(May.SEE_FAMILIES)
def index() -> ResponseReturnValue:
    past, after = bool(request.args.get("past")), request.args.get("after", 0, type=int)
    lines, more = _lines(after if 0 < after < LARGEST else 0, past=past)
    shown: dict[str, Any] = {"past": past, "after": after, "lines": lines, "more": more}
    shown |= {"patterns": contact_sessions.patterns(), "in_words": contact_sessions.in_words}
    return page("sessions/index.html", rules=contact_sessions.rules(), **shown)


@bp.route("/add", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def add() -> ResponseReturnValue:
    form = SessionForm(data={"places": USUAL_PLACES})
    if form.validate_on_submit():
        with form.refusals():
            made = contact_sessions.add_session(form.day.data, *form.times(), me().person)
            return _done(made, "The session is added.")
    return page("sessions/add.html", form=form, status=form.status)


@bp.route("/<int:number>/change", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def change(number: int) -> ResponseReturnValue:
    session = find(number)
    form = TimesForm(obj=session)
    if form.validate_on_submit():
        with form.refusals():
            contact_sessions.change_session(session, *form.times(), me().person)
            return _done(session, "This session is changed, and no other.")
    return page("sessions/change.html", form=form, status=form.status, **_about(session))


@bp.route("/<int:number>/cancel", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def cancel(number: int) -> ResponseReturnValue:
    session, form = find(number), CancelForm()
    if form.validate_on_submit():
        with form.refusals():
            contact_sessions.cancel_session(session, form.code.data, me().person)
            return _done(session, "The session is cancelled.")
    return page("sessions/cancel.html", form=form, status=form.status, **_about(session))


@bp.route("/rules", methods=["GET", "POST"])
@access(May.RUN_SESSIONS)
def rules() -> ResponseReturnValue:
    form = RulesForm(obj=contact_sessions.rules())
    if form.validate_on_submit():
        with form.refusals():
            numbers = form.visitor_before.data, form.visitor_after.data, form.fewest_volunteers.data
            contact_sessions.set_rules(*numbers, me().person)
            flash("The rules of the day are changed, for every session from now on.")
            return redirect(url_for(".rules"), 303)
    return page("sessions/rules.html", form=form, status=form.status)


def find(number: int) -> ContactSession:
    """The session of this number, or 404."""
    return contact_sessions.get(number) or abort(404)


def _about(session: ContactSession) -> dict[str, Any]:
    """What the page of a change says first: how many families have a place there now."""
    return {"session": session, "taken": contact_sessions.in_use([session.id])[session.id]}


def _done(session: ContactSession, told: str) -> ResponseReturnValue:
    flash(told)
    return redirect(f"/sessions/{session.id}/", 303)


def _lines(after: int, *, past: bool) -> tuple[list[tuple[Any, ...]], int | None]:
    """One page of the list, each line as its template names the parts of it, and where to go on if there is more."""
    asked = {"after": after, "today": str(clock.today()), "limit": AT_ONCE + 1}
    rows = db.execute_sql(OVER if past else COMING, asked).fetchall()
    taken = contact_sessions.in_use([row[0] for row in rows])
    lines = [
        (
            number,
            on := date.fromisoformat(day),
            WEEKDAYS[on.weekday()],
            *hours,
            taken[number],
            volunteers,
            WHY.get(code),
        )
        for number, day, *hours, code, volunteers in rows[:AT_ONCE]
    ]
    return lines, lines[-1][0] if len(rows) > AT_ONCE else None
