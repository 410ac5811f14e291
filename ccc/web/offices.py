"""Offices: appointing, ending, confirming a new chair, and what about them waits for somebody."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField
from wtforms.validators import InputRequired, Optional

from ccc import clock, people
from ccc.people import Appointment
from ccc.roles import OFFICES, May, Role
from ccc.signin import second_factor
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, options
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.people import find

bp = Blueprint("offices", __name__, url_prefix="/people")
ONE_DAY, WARNED_FOR = timedelta(days=1), timedelta(days=60)


class AppointForm(Form):
    role = RadioField("Office", choices=options({office: office.capitalize() for office in OFFICES}))
    starts = DayField("First day", [InputRequired("Give the first day.")], default=clock.today)
    ends = DayField("Last day (leave empty if it is not known yet)", [Optional()])


class EndForm(Form):
    """A button, and the day: now, or a last day to come."""

    last_day = DayField("Last day", [Optional()])


@bp.route("/<int:number>/offices", methods=["GET", "POST"])
@access(May.APPOINT, fresh=True)
def appoint(number: int) -> ResponseReturnValue:
    who, form = find(number), AppointForm()
    if form.validate_on_submit():
        with form.refusals():
            made = people.appoint(who, Role(form.role.data), form.starts.data, form.ends.data, me().person)
            flash("The appointment is made." if made.confirmed_at else "It waits for the safeguarding officer's word.")
            return redirect(url_for("people.person", number=number), 303)
    return page("people/appoint.html", form=form, status=form.status, person=who)


@bp.route("/<int:number>/offices/<int:office>/end", methods=["GET", "POST"])
@access(May.APPOINT, fresh=True)
def end_office(number: int, office: int) -> ResponseReturnValue:
    who, form, appointment = find(number), EndForm(), _office(number, office)
    if form.validate_on_submit():
        with form.refusals():
            people.end_appointment(appointment, form.last_day.data or clock.today() - ONE_DAY, me().person)
            flash("The last day of the office is set.")
            return redirect(url_for("people.person", number=number), 303)
    return page("people/end_office.html", form=form, status=form.status, person=who, appointment=appointment)


@bp.route("/<int:number>/offices/<int:office>/confirm", methods=["GET", "POST"])
@access(May.CONFIRM_CHAIR, fresh=True)
def confirm(number: int, office: int) -> ResponseReturnValue:
    who, form, appointment = find(number), Form(), _office(number, office)
    if form.validate_on_submit():
        with form.refusals():
            people.confirm_chair(appointment, me().person)
            flash(f"{who.name} is confirmed as chair.")
            return redirect(url_for("people.person", number=number), 303)
    return page("people/confirm.html", form=form, status=form.status, person=who, appointment=appointment)


@front.waits
def office_work(who: SignedIn) -> Iterator[Waiting]:
    """A new chair to confirm, a second step about to go off, an office that ends soon."""
    if who.may(May.CONFIRM_CHAIR):
        for office in people.waiting_chairs():
            address = f"/people/{office.person_id}/offices/{office.id}/confirm"
            yield Waiting(f"{office.person.name} is to be the new chair.", address, "Look at it", pressing=True)
    if who.may(May.HELP_ANYONE):
        for account in second_factor.removals_waiting():
            text = f"The second step of {account.person.name} is about to be taken off."
            yield Waiting(text, f"/people/{account.person_id}/", "Look at it")
    yield from _ending(who)


def _ending(who: SignedIn) -> Iterator[Waiting]:
    """Whoever holds the office is told, and the chair, who appoints the next."""
    for office in people.ending_soon(WARNED_FOR) if len(who.roles) > 1 else ():
        if who.may(May.APPOINT) or office.person_id == who.person.id:
            text = f"The office of {office.person.name} ({office.role}) ends on {office.ends:%d %B %Y}."
            address = f"/people/{office.person_id}/" if who.may(May.SEE_PEOPLE) else "/me/"
            yield Waiting(text, address, "See to it")


def _office(number: int, office: int) -> Appointment:
    return Appointment.get_or_none(Appointment.id == office, Appointment.person == number) or abort(404)
