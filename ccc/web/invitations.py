"""Invitations: made, shown, sent again, withdrawn by the inviter; used by the invited person."""

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, RadioField, ValidationError
from wtforms.validators import DataRequired

from ccc import people
from ccc.onboarding import invited
from ccc.people import Person
from ccc.roles import May, Role
from ccc.signin import accounts, links
from ccc.signin.links import Purpose
from ccc.web import signin
from ccc.web.access import PUBLIC, access, me
from ccc.web.form import Form, Words, options
from ccc.web.me import DetailsForm
from ccc.web.page import page
from ccc.web.qr import qr
from ccc.web.settings import settings

bp = Blueprint("invitations", __name__)
OFFICES = {"": "Volunteer", Role.COORDINATOR: "Co-ordinator", Role.SAFEGUARDING: "Safeguarding officer"}


class InviteForm(DetailsForm):
    name = Words("Name", [DataRequired("Type in the name.")], longest=100)
    role = RadioField("Joins as", choices=options(OFFICES), default="")


class InviteVolunteerForm(DetailsForm):
    name = Words("Name", [DataRequired("Type in the name.")], longest=100)
    role = None


class JoinForm(Form):
    sign_in_name = Words("Email address or sign-in name", [DataRequired("Type in a name to sign in with.")])
    new_password = PasswordField("Password", [DataRequired("Choose a password.")])

    def validate_sign_in_name(self, field: Words) -> None:
        if len(field.data) < 3:
            raise ValidationError("This is too short: three letters or more.")


class JoinInOfficeForm(signin.WithSheet, JoinForm):
    pass


@bp.route("/people/invite", methods=["GET", "POST"])
@access(May.INVITE_VOLUNTEERS)
def invite() -> ResponseReturnValue:
    """Add a person and make the link that lets them in."""
    form = InviteForm() if me().may(May.INVITE_ANYONE) else InviteVolunteerForm()
    if form.validate_on_submit():
        with form.refusals():
            details = links.Details(form.name.data, form.email.data, form.phone.data)
            role = Role(form.role.data) if form.role and form.role.data else None
            person = invited.invite(details, role, me().person, settings().base_url)
            return redirect(url_for(".show", number=person.id), 303)
    return page("invitations/invite.html", form=form, status=form.status)


@bp.get("/people/<int:number>/invitation")
@access(May.INVITE_VOLUNTEERS)
def show(number: int) -> ResponseReturnValue:
    """The link, to hand over or to print."""
    person = _invited(number)
    link = links.open_link_of(person, Purpose.JOIN)
    address = link and settings().base_url + link.path
    joined = accounts.of(person) is not None
    code = qr(address) if address else None
    return page("invitations/show.html", person=person, link=link, address=address, qr=code, joined=joined, secret=True)


@bp.post("/people/<int:number>/invitation")
@access(May.INVITE_VOLUNTEERS)
def send_again(number: int) -> ResponseReturnValue:
    person = _invited(number)
    if accounts.of(person):
        raise people.RefusedError("This person has joined already.")
    links.make(person, Purpose.JOIN, me().person, settings().base_url)
    flash("There is a new link. The old one no longer works.")
    return redirect(url_for(".show", number=number), 303)


@bp.post("/people/<int:number>/invitation/withdraw")
@access(May.INVITE_VOLUNTEERS)
def withdraw(number: int) -> ResponseReturnValue:
    links.withdraw(_invited(number), Purpose.JOIN, me().person)
    flash("The invitation is withdrawn: its link no longer works.")
    return redirect(url_for(".show", number=number), 303)


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def join(token: str) -> ResponseReturnValue:
    """Where the invited person chooses how to sign in."""
    link = links.find(token, Purpose.JOIN)
    form = JoinInOfficeForm() if signin.asks_for_sheet(link) else JoinForm()
    if form.validate_on_submit():
        with form.refusals():
            typed = form.sign_in_name.data, form.new_password.data, signin.typed_secret(form)
            signin.let_in(*links.join(token, *typed))
            return redirect(url_for("front.index"), 303)
    shown = {"person": link.person, "office": link.office}
    return page("invitations/join.html", form=form, status=form.status, **shown, secret=True)


def _invited(number: int) -> Person:
    """A person whom the one who asks may invite; an office holder's link is the chair's business."""
    person = Person.get_or_none(Person.id == number) or abort(404)
    if not me().may(May.INVITE_ANYONE) and people.roles_of(person) != {Role.VOLUNTEER}:
        abort(403)
    return person
