"""The centre's own page: its name, the numbers to ring, and how often its policies are reviewed."""

import re

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import ValidationError
from wtforms.validators import InputRequired

from ccc import centre
from ccc.policies.reviews import MOST_MONTHS
from ccc.roles import May
from ccc.web.access import access, me
from ccc.web.form import Form, Words
from ccc.web.page import page

bp = Blueprint("centre", __name__, url_prefix="/centre")


class CentreFields:
    """What belongs to the centre, on its own page and at set-up."""

    centre_name = Words("Name of the centre", [InputRequired("Type in the name of the centre.")], longest=100)
    coordinator_phone = Words(
        "Telephone of the co-ordinator", [InputRequired("Give a number that somebody answers.")], longest=40
    )
    safeguarding_phone = Words(
        "Telephone of the safeguarding officer", [InputRequired("Give a number that somebody answers.")], longest=40
    )
    chair_phone = Words("Telephone of the chair (if you like)", longest=40)

    def validate_coordinator_phone(self, field: Words) -> None:
        looks_like_phone(field)

    def validate_safeguarding_phone(self, field: Words) -> None:
        looks_like_phone(field)

    def validate_chair_phone(self, field: Words) -> None:
        if field.data:
            looks_like_phone(field)


class CentreForm(CentreFields, Form):
    review_months = Words("Months from one review of a policy to the next", longest=3)

    def validate_review_months(self, field: Words) -> None:
        if field.data and not (re.fullmatch("[0-9]{1,3}", field.data) and 1 <= int(field.data) <= MOST_MONTHS):
            raise ValidationError(f"Type a number from 1 to {MOST_MONTHS}, or nothing.")


@bp.route("/", methods=["GET", "POST"])
@access(May.CHANGE_CENTRE)
def index() -> ResponseReturnValue:
    form = CentreForm(data=_shown(centre.the_centre()))
    if form.validate_on_submit():
        months = int(form.review_months.data) if form.review_months.data else None
        phones = (form.coordinator_phone.data, form.safeguarding_phone.data)
        of_chair = form.chair_phone.data or None
        centre.change(form.centre_name.data, *phones, me().person.id, review_months=months, chair_phone=of_chair)
        flash("The centre's details are changed.")
        return redirect(url_for(".index"), 303)
    return page("centre/index.html", form=form, status=form.status)


def _shown(held: centre.Centre) -> dict[str, object]:
    return {
        "centre_name": held.name,
        "coordinator_phone": held.coordinator_phone,
        "safeguarding_phone": held.safeguarding_phone,
        "chair_phone": held.chair_phone,
        "review_months": str(held.review_months or ""),
    }


def looks_like_phone(field: Words) -> None:
    """Refuse what is no telephone number."""
    if len(re.findall("[0-9]", field.data)) < 3 or not re.fullmatch(r"[0-9+() .\-/]+", field.data):
        raise ValidationError("Type a telephone number in figures.")
