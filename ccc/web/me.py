"""My own record: sign-ins, password, contact details."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, ValidationError
from wtforms.validators import DataRequired

from ccc import looks, people
from ccc.dbs import register as dbs_register
from ccc.people import Person
from ccc.roles import May
from ccc.signin import accounts, second_factor, sign_ins
from ccc.signin.accounts import Account
from ccc.web.access import access, me
from ccc.web.form import Form, Words
from ccc.web.page import page

bp = Blueprint("me", __name__, url_prefix="/me")


class ChangePasswordForm(Form):
    password = PasswordField("The password you have now", [DataRequired("Type in the password you have now.")])
    new_password = PasswordField("The new password", [DataRequired("Choose a new password.")])


class DetailsForm(Form):
    name = Words("Your name", [DataRequired("Type in your name.")], longest=100)
    email = Words("Email address (if you have one)")
    phone = Words("Telephone (if you like)", longest=40)

    def validate_email(self, field: Words) -> None:
        if field.data and not people.looks_like_email(field.data):
            raise ValidationError("This does not look like an email address. Look for the @ and the full stop.")


@bp.get("/")
@access(May.LEARN)
def index() -> ResponseReturnValue:
    account = accounts.with_person(me().account_id)
    return page(
        "me/index.html",
        person=account.person,
        account=account,
        offices=people.appointments(account.person),
        codes_left=second_factor.codes_left(account),
        sign_ins=sign_ins.recent(account.person),
    )


@bp.get("/register")
@access(May.LEARN)
def register() -> ResponseReturnValue:
    """Who looked at my contact details, or changed them; and to whom my DBS information was shown."""
    who = me().person
    shown = dbs_register.shown_to(who)
    return page("me/register.html", looks=looks.looks_at(who), newest=looks.NEWEST, shown=shown)


@bp.route("/details", methods=["GET", "POST"])
@access(May.LEARN)
def details() -> ResponseReturnValue:
    person = Person.get_by_id(me().person.id)
    form = DetailsForm(obj=person)
    if form.validate_on_submit():
        people.change_details(person, form.name.data, form.email.data, form.phone.data, me().person)
        flash("Your details are changed.")
        return redirect(url_for(".index"), 303)
    return page("me/details.html", form=form, status=form.status)


@bp.route("/password", methods=["GET", "POST"])
@access(May.LEARN)
def password() -> ResponseReturnValue:
    form, account = ChangePasswordForm(), Account.get_by_id(me().account_id)
    if form.validate_on_submit():
        if not sign_ins.prove_again(me(), form.password.data, request.remote_addr or ""):
            form.password.errors = [*form.password.errors, "That is not your password."]
            return page("me/password.html", form=form, status=form.status)
        with form.refusals():
            accounts.change_password(account, me().private_key(), form.new_password.data)
            sign_ins.end_all(account, "password-changed", but=me().sign_in_id)
            flash("Your password is changed. Every other sign-in of yours has ended.")
            return redirect(url_for(".index"), 303)
    return page("me/password.html", form=form, status=form.status)


@bp.post("/end-sign-ins")
@access(May.LEARN)
def end_sign_ins() -> ResponseReturnValue:
    sign_ins.end_all(me().account_id, "by-hand")
    flash("All your sign-ins have ended, this one too.")
    return redirect(url_for("signin.sign_in"), 303)
