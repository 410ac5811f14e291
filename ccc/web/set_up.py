"""The one-time page on which a new centre sets itself up."""

from flask import Blueprint, redirect, request, url_for
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
REPLACED = (
    "This link was replaced by a newer one, so nothing was done yet. Your words still stand below, only the password "
    "does not. Put the newest link in the first box."
)


class SetUpForm(CentreFields, TextForm):
    name = Words("Your name", [InputRequired("Type in your name.")], longest=100)
    email = Words("Your email address (if you have one)")
    sign_in_name = Words("The name you sign in with", [InputRequired("Choose a name to sign in with.")])
    new_password = PasswordField("Your password", [InputRequired("Choose a password.")])
    link = Words("The newest set-up link")
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

    @property
    def newer_token(self) -> str:
        """The token of a newer link, where somebody put one in."""
        return (self.link.data or "").rstrip("/").rpartition("/")[2]

    def beginning(self) -> Beginning:
        own = self.policy.data == OWN
        return Beginning(
            centre=self.centre_name.data,
            coordinator_phone=self.coordinator_phone.data,
            safeguarding_phone=self.safeguarding_phone.data,
            chair_phone=self.chair_phone.data,
            chair=self.name.data,
            email=self.email.data,
            sign_in_name=self.sign_in_name.data,
            policy=self.text.data if own else policies.model_text(self.policy.data) or "",
            password=self.new_password.data,
        )


@bp.route("/set-up/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def begin(token: str) -> ResponseReturnValue:
    """Set the centre up; afterwards its chair is signed in and looks through the policy.

    A link may be replaced while somebody fills in its page: they get it back as they sent it, and put the new one in.
    """
    form = SetUpForm()
    token = form.newer_token or token
    opens, done = centre.opens_set_up(token), centre.the_centre().set_up_at is not None
    if done or (not opens and request.method != "POST"):
        return page("set_up/no_link.html", status=410 if done else 404, done=done, meanwhile=False)
    form.policy.choices = options({OWN: "Our own text", **policies.model_labels(set_up.CONFIDENTIALITY)})
    if form.validate_on_submit() and opens:
        with form.reading():
            try:
                signin.let_in(*set_up.begin(token, form.beginning()))
            except centre.AlreadySetUpError:
                return page("set_up/no_link.html", status=409, done=True, meanwhile=True)
            return redirect(url_for("drafting.draft", slug=set_up.CONFIDENTIALITY), 303)
    if not opens:
        form.form_errors.append(REPLACED)
    return page("set_up/begin.html", form=form, status=form.status if opens else 409, replaced=not opens, secret=True)
