"""The rota: who serves in each session, who leads it, and everybody's own duties."""

from collections.abc import Iterator
from datetime import date

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from ccc import clock, contact_sessions, rota
from ccc.attendance import day
from ccc.bookings import known
from ccc.contact_sessions import ContactSession, named
from ccc.db import while_unchanged
from ccc.onboarding import progress
from ccc.people import Person
from ccc.roles import May
from ccc.rota import Duty
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import Form, options
from ccc.web.front import Waiting
from ccc.web.page import page

bp = Blueprint("rota", __name__)
MOST_SHOWN = 5


class PutOnForm(Form):
    person = SelectField("Who serves", [InputRequired("Choose somebody.")])
    leader = BooleanField("They lead this session")


@bp.get("/rota/")
@access(May.SEE_FAMILIES)
def index() -> ResponseReturnValue:
    """The sessions to come, who serves in each, and what is missing."""
    begin = request.args.get("from", clock.today(), type=date.fromisoformat)
    lines, more = rota.coming(begin)
    return page("rota/index.html", lines=lines, more=more, later=begin > clock.today())


@bp.get("/rota/mine")
@access(May.SERVE)
def mine() -> ResponseReturnValue:
    """One's own duties, with what can be done about each of them now."""
    return page(
        "rota/mine.html",
        duties=rota.duties_of(me().person),
        see_names=rota.names_are_open,
        register_is_shut=day.why_shut,
        now=clock.now(),
    )


@bp.route("/rota/mine/<int:number>/give-back", methods=["GET", "POST"])
@access(May.SERVE)
def give_back(number: int) -> ResponseReturnValue:
    duty, form = _duty(number), Form()
    if duty.person_id != me().person.id:
        abort(403)
    if form.validate_on_submit():
        with form.refusals():
            rota.give_back(duty, me().person)
            flash("You gave this duty back. The co-ordinator is told.")
            return redirect(url_for(".mine"), 303)
    return page("rota/give_back.html", form=form, status=form.status, session=duty.session)


@bp.get("/sessions/<int:number>/rota")
@access(May.SEE_FAMILIES)
def of_session(number: int) -> ResponseReturnValue:
    return _rota(_session(number), PutOnForm())


@bp.post("/sessions/<int:number>/rota")
@access(May.RUN_SESSIONS)
def put_on(number: int) -> ResponseReturnValue:
    session, form = _session(number), PutOnForm()
    form.person.choices = options(_names(session))
    if form.validate_on_submit():
        person = Person.get_by_id(int(form.person.data))
        with form.refusals():
            rota.put_on(session, person, me().person, leader=form.leader.data)
            flash("The rota has one more.")
            return redirect(url_for(".of_session", number=number), 303)
    return _rota(session, form)


@bp.post("/rota/<int:number>/lead")
@access(May.RUN_SESSIONS)
def lead(number: int) -> ResponseReturnValue:
    duty = _duty(number)
    rota.choose_leader(duty.session, duty.person, me().person)
    flash("This session has a leader.")
    return redirect(url_for(".of_session", number=duty.session_id), 303)


@bp.post("/rota/<int:number>/off")
@access(May.RUN_SESSIONS)
def take_off(number: int) -> ResponseReturnValue:
    duty = _duty(number)
    rota.take_off(duty, me().person)
    flash("They are off this rota. Please tell them.")
    return redirect(url_for(".of_session", number=duty.session_id), 303)


@front.waits
def own_duties(who: SignedIn) -> Iterator[Waiting]:
    """Remind somebody who serves soon, so that they look in time whether they know a family that comes."""
    for duty in _own(who.person, clock.today()):
        if rota.names_are_open(duty.session):
            text = f"You serve on {named([duty.session.day])}, {duty.session.starts} to {duty.session.ends}."
            yield Waiting(text, "/rota/mine", "Look at your duties")


@while_unchanged
def _own(person: Person, _today: date) -> tuple[Duty, ...]:
    return tuple(rota.duties_of(person))


@front.waits
def rotas_with_gaps(who: SignedIn) -> Iterator[Waiting]:
    """Show the co-ordinator the next sessions on whose rota somebody is missing."""
    for line in rota.lacking()[:MOST_SHOWN] if who.may(May.RUN_SESSIONS) else ():
        text = f"The rota of {named([line.day])}: {line.lacks}."
        yield Waiting(text, url_for("rota.of_session", number=line.session), "Open the rota")


def _rota(session: ContactSession, form: PutOnForm) -> Response:
    """The page of one rota. Whom a family known to them keeps off is marked, and the family is not told."""
    serving, ready = rota.on(session), _names(session)
    here = {str(person.id) for _, person in serving}
    form.person.choices = options({"": "– choose –"} | {key: name for key, name in ready.items() if key not in here})
    return page(
        "rota/session.html",
        form=form,
        status=form.status,
        session=session,
        serving=serving,
        crew=rota.gaps([session.id])[session.id],
        ready=ready,
        # What is said of oneself would tell that the family comes.
        clashing={clash.person for clash in known.clashes(me().person) if clash.session == session.id}
        - {me().person.id},
        open=rota.is_open(session),
    )


def _names(session: ContactSession) -> dict[str, str]:
    """Everybody who may be on the rota of this session, as a form's list has them."""
    return {str(number): name for number, name in progress.ready_for_rota(session.day).items()}


def _session(number: int) -> ContactSession:
    return contact_sessions.get(number) or abort(404)


def _duty(number: int) -> Duty:
    return Duty.get_or_none(Duty.id == number) or abort(404)
