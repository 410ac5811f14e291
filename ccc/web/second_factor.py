"""Setting up the second step of signing in: a telephone, or a printed sheet."""

import re

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import DataRequired, Regexp

from ccc.centre import the_centre
from ccc.signin import second_factor, sign_ins
from ccc.signin.accounts import Account
from ccc.signin.sign_ins import Stage
from ccc.web.access import HALFWAY, access, me
from ccc.web.form import Form, Words
from ccc.web.page import page
from ccc.web.qr import qr

bp = Blueprint("second_factor", __name__, url_prefix="/me/second-step")
SECRET = re.compile(r"[A-Z2-7]{32}$")
CODES = re.compile(r"([2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5} ?){40}$")


class TelephoneForm(Form):
    secret = HiddenField(validators=[Regexp(SECRET)])
    code = Words("The six digits that your telephone shows", [DataRequired("Type in the six digits.")], longest=20)


class SheetForm(Form):
    codes = HiddenField(validators=[Regexp(CODES)])
    code = Words("Any one code of the sheet", [DataRequired("Type in one code of the sheet.")], longest=20)


@bp.get("/")
@access(HALFWAY)
def choose() -> ResponseReturnValue:
    if me().stage == Stage.CODE:
        return redirect(url_for("signin.code"), 303)
    account = Account.get_by_id(me().account_id)
    return page("second_factor/choose.html", account=account, left=second_factor.codes_left(account))


@bp.route("/telephone", methods=["GET", "POST"])
@access(HALFWAY)
def telephone() -> ResponseReturnValue:
    if not _may_change():
        return redirect(url_for("signin.again", next=url_for(".telephone")), 303)
    form, account = TelephoneForm(), Account.get_by_id(me().account_id)
    if form.validate_on_submit():
        with form.refusals():
            codes = second_factor.turn_on_telephone(account, form.secret.data, form.code.data)
            sign_ins.pass_second_factor(me())
            return page("second_factor/recovery.html", codes=codes, secret=True)
    if not SECRET.match(form.secret.data or ""):
        form.secret.data = second_factor.new_totp_secret()
    address = second_factor.totp_address(form.secret.data, account, the_centre().name)
    return page("second_factor/telephone.html", form=form, status=form.status, qr=qr(address), secret=True)


@bp.route("/sheet", methods=["GET", "POST"])
@access(HALFWAY)
def sheet() -> ResponseReturnValue:
    if not _may_change():
        return redirect(url_for("signin.again", next=url_for(".sheet")), 303)
    form, account = SheetForm(), Account.get_by_id(me().account_id)
    if form.validate_on_submit():
        with form.refusals():
            second_factor.turn_on_sheet(account, form.codes.data.split(), form.code.data)
            sign_ins.pass_second_factor(me())
            return redirect(url_for("front.index"), 303)
    if not CODES.match(form.codes.data or ""):
        form.codes.data = " ".join(second_factor.fresh_codes(second_factor.HOW_MANY[second_factor.SHEET]))
    return page("second_factor/sheet.html", form=form, status=form.status, codes=form.codes.data.split(), secret=True)


def _may_change() -> bool:
    """An office holder without a second factor sets one up at once; replacing one takes fresh proof."""
    return me().stage == Stage.SET_UP or (me().stage == Stage.IN and me().proof_is_fresh)
