"""The one-time page on which a new centre sets itself up."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, RadioField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from ccc import centre, policies, set_up
from ccc.people import looks_like_email
from ccc.set_up import Beginning
from ccc.web import signin
from ccc.web.access import PUBLIC, access
from ccc.web.centre import CentreFields
from ccc.web.form import Words, options
from ccc.web.page import page
from ccc.web.policy_forms import TextForm

bp = Blueprint("set_up", __name__)
OWN = "own"


class SetUpForm(CentreFields, TextForm):
    name = Words("Your name", [InputRequired("Type in your name.")], longest=100)
    email = Words("Your email address (if you have one)")
    sign_in_name = Words("The name you sign in with", [InputRequired("Choose a name to sign in with.")])
    new_password = PasswordField("Your password", [InputRequired("Choose a password.")])
    policy = RadioField("Your confidentiality policy", default=OWN)

    def validate_email(self, field: Words) -> None:
        if field.data and not looks_like_email(field.data):
            raise ValidationError("This does not look like an email address. Look for the @ and the full stop.")

    def validate_sign_in_name(self, field: Words) -> None:
        if len(field.data) < 3:
            raise ValidationError("This is too short: three letters or more.")

    def validate_text(self, field: TextAreaField) -> None:
        if self.policy.data == OWN:
            super().validate_text(field)

    def validate_policy(self, field: RadioField) -> None:
        if field.data != OWN and ((self.text.data or "").strip() or self.upload.data):
            raise ValidationError("You also gave a text of your own. Choose “Our own text”, or take your text out.")

    def beginning(self) -> Beginning:
        own = self.policy.data == OWN
        return Beginning(
            centre=self.centre_name.data,
            coordinator_phone=self.coordinator_phone.data,
            safeguarding_phone=self.safeguarding_phone.data,
            chair=self.name.data,
            email=self.email.data,
            sign_in_name=self.sign_in_name.data,
            policy=self.text.data if own else policies.model_text(self.policy.data) or "",
            password=self.new_password.data,
        )


@bp.route("/set-up/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def begin(token: str) -> ResponseReturnValue:
    """Set the centre up; afterwards its chair is signed in and looks through the policy."""
    if not centre.opens_set_up(token):
        done = centre.the_centre().set_up_at is not None
        return page("set_up/no_link.html", status=410 if done else 404, done=done, meanwhile=False)
    form = SetUpForm()
    form.policy.choices = options({OWN: "Our own text", **policies.model_labels(set_up.CONFIDENTIALITY)})
    if form.validate_on_submit():
        with form.reading():
            try:
                signin.let_in(*set_up.begin(token, form.beginning()))
            except centre.AlreadySetUpError:
                return page("set_up/no_link.html", status=409, done=True, meanwhile=True)
            return redirect(url_for("drafting.draft", slug=set_up.CONFIDENTIALITY), 303)
    return page("set_up/begin.html", form=form, status=form.status, secret=True)
