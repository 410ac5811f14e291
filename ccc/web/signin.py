"""Signing in and out, the code after the password, the password once more, and a forgotten one."""

from flask import Blueprint, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user
from wtforms import BooleanField, PasswordField
from wtforms.validators import DataRequired

from ccc import centre, officers_vault
from ccc.roles import May
from ccc.signin import links, sign_ins
from ccc.signin.accounts import Account
from ccc.signin.links import OneTimeLink, Purpose
from ccc.signin.sign_ins import Stage
from ccc.web import typed
from ccc.web.access import HALFWAY, PUBLIC, access, me
from ccc.web.form import Form, Secret, Words
from ccc.web.page import page
from ccc.web.settings import settings

bp = Blueprint("signin", __name__)
WRONG = "That sign-in name and password do not belong together. Look at both and try again."
WRONG_CODE = "That code does not fit, or was used before."


class SignInForm(Form):
    sign_in_name = Words("Email address or sign-in name", [DataRequired("Type in your email address or sign-in name.")])
    password = PasswordField("Password", [DataRequired("Type in your password.")])
    shared = BooleanField("This is a shared computer or tablet")


class CodeForm(Form):
    code = Words("Code", [DataRequired("Type in the code.")], longest=40)


class PasswordForm(Form):
    password = PasswordField("Your password", [DataRequired("Type in your password.")])


class ForgottenForm(Form):
    sign_in_name = Words("Email address or sign-in name", [DataRequired("Type in your email address or sign-in name.")])


class NewPasswordForm(Form):
    new_password = PasswordField("New password", [DataRequired("Choose a password.")])


class WithSheet:
    """What a link that fills a vacant office asks for as well, as long as there is a recovery sheet."""

    secret = Secret("The upper secret of the recovery sheet", [DataRequired("Type in the seven groups.")])


class RecoverForm(WithSheet, NewPasswordForm):
    pass


@bp.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    if not centre.the_centre().set_up_at:
        return page("set_up/not_yet.html")
    if request.method == "GET" and current_user.is_authenticated and me().stage == Stage.IN:
        return redirect(_next(), 303)
    form = SignInForm()
    if form.validate_on_submit():
        proven = sign_ins.prove(form.sign_in_name.data, form.password.data, request.remote_addr or "")
        if proven:
            let_in(*proven, shared=form.shared.data)
            return redirect(_next(), 303)
        form.form_errors.append(WRONG)
    return page("signin/sign_in.html", form=form, status=form.status)


@bp.route("/sign-in/code", methods=["GET", "POST"])
@access(HALFWAY)
def code() -> ResponseReturnValue:
    """The code that comes after the password."""
    form = CodeForm()
    if me().stage != Stage.CODE:
        return redirect(_next(), 303)
    if form.validate_on_submit():
        if sign_ins.give_code(me(), form.code.data, request.remote_addr or ""):
            return redirect(_next(), 303)
        form.code.errors = [*form.code.errors, WRONG_CODE]
    account = Account.get_by_id(me().account_id)
    return page("signin/code.html", form=form, status=form.status, kind=account.second_factor, secret=True)


@bp.route("/sign-in/again", methods=["GET", "POST"])
@access(May.LEARN)
def again() -> ResponseReturnValue:
    """The password once more, before a sensitive act."""
    form = PasswordForm()
    if form.validate_on_submit():
        if sign_ins.prove_again(me(), form.password.data, request.remote_addr or ""):
            return redirect(_next(), 303)
        form.password.errors = [*form.password.errors, "That is not your password."]
    return page("signin/again.html", form=form, status=form.status)


@bp.post("/sign-out")
@access(HALFWAY)
def sign_out() -> ResponseReturnValue:
    sign_ins.end(me().sign_in_id)
    logout_user()
    session.clear()
    flash("You are signed out.")
    # What the browser kept of the pages goes too: the next person at this tablet may press Back.
    return redirect(url_for(".sign_in"), 303), {"Clear-Site-Data": '"cache", "storage"'}


@bp.route("/forgotten-password", methods=["GET", "POST"])
@access(PUBLIC)
def forgotten() -> ResponseReturnValue:
    form = ForgottenForm()
    if form.validate_on_submit():
        links.forgot(form.sign_in_name.data, request.remote_addr or "", settings().base_url)
        return page("signin/forgotten_sent.html", mail_is_on=settings().mail is not None)
    return page("signin/forgotten.html", form=form, status=form.status)


@bp.route("/new-password/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def new_password(token: str) -> ResponseReturnValue:
    link = links.find(token, Purpose.PASSWORD)
    form = RecoverForm() if asks_for_sheet(link) else NewPasswordForm()
    if form.validate_on_submit():
        with form.refusals():
            links.new_password(token, form.new_password.data, typed_secret(form))
            flash("Your new password is set. Now type in your email address, or the sign-in name you chose.")
            return redirect(url_for(".sign_in"), 303)
    return page("signin/new_password.html", form=form, status=form.status, office=link.office, secret=True)


def let_in(account: Account, private: bytes, *, shared: bool = False) -> None:
    """Begin a sign-in in this browser. Nothing of the time before it survives."""
    if current_user.is_authenticated:
        sign_ins.end(me().sign_in_id)
    session.clear()
    login_user(sign_ins.begin(account, private, shared=shared, device=_device()))


def asks_for_sheet(link: OneTimeLink) -> bool:
    """Tell whether whoever uses this link has to show that they hold the recovery sheet."""
    return bool(link.office) and officers_vault.sheet() is not None


def typed_secret(form: Form) -> str:
    """What was typed of the recovery sheet, where the form asks for it."""
    return form.secret.data if isinstance(form, WithSheet) else ""


def _next() -> str:
    return typed.local_path(request.args.get("next")) or url_for("front.index")


def _device() -> str:
    """The kind of browser in two or three words: enough to know one's own again, too little to be traced by."""
    agent = request.user_agent.string
    kinds = ("iPhone", "iPad", "Android", "Windows", "Macintosh", "Linux")
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    kind = next((k for k in kinds if k in agent), "another device")
    return f"{next((name for mark, name in browsers if mark in agent), 'A browser')} on {kind}"
