"""How to reach one adult of a family: behind a button, one adult at a time, each look written down."""

from typing import Any

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, ValidationError

from ccc import families, people
from ccc.families import Adult, Contact, Family
from ccc.roles import May
from ccc.web import typed
from ccc.web.access import access, me
from ccc.web.centre import looks_like_phone
from ccc.web.families import address_of, done
from ccc.web.family_parts import about, adult_of
from ccc.web.form import Form, Words
from ccc.web.page import page

bp = Blueprint("contacts", __name__, url_prefix="/families/<reference>/adults/<int:number>/contact")


class ContactForm(Form):
    address = Words("Address")
    phone = Words("Telephone", longest=40)
    email = Words("Email", longest=200)
    address_confidential = BooleanField("The other side must not learn the address")

    def validate_phone(self, field: Words) -> None:
        if field.data:
            looks_like_phone(field)

    def validate_email(self, field: Words) -> None:
        if field.data and not people.looks_like_email(field.data):
            raise ValidationError("Type an email address, like name@example.org.")

    def contact(self) -> Contact:
        return Contact(self.address.data, self.phone.data, self.email.data, self.address_confidential.data)


@bp.get("")
@access(May.SEE_CONTACTS)
def ask(reference: str, number: int) -> ResponseReturnValue:
    """The button: an address that is merely fetched shows nothing and records no look."""
    return _page(*_side(reference, number))


@bp.post("")
@access(May.SEE_CONTACTS)
def show(reference: str, number: int) -> ResponseReturnValue:
    """What is kept of this one adult, and for who may change it, the form to do so."""
    family, adult = _side(reference, number)
    contact = families.contacts_of(adult, me().person)
    return _page(family, adult, contact=contact, form=ContactForm(formdata=None, data=contact._asdict()))


@bp.route("/change", methods=["GET", "POST"])
@access(May.KEEP_FAMILIES)
def change(reference: str, number: int) -> ResponseReturnValue:
    """The form is shown behind the button. Fetched, this page holds nothing but what its owner typed here before."""
    family, adult = _side(reference, number)
    form, told = ContactForm(), "The contact details are saved."
    changed = done(form, lambda by: families.change_contact(adult, form.contact(), by), told, address_of(family))
    is_typed = form.is_submitted() or typed.given_back()
    return changed or _page(family, adult, **({"form": form, "status": form.status} if is_typed else {}))


def _side(reference: str, number: int) -> tuple[Family, Adult]:
    """An adult of one of the two sides: of nobody else are contact details kept."""
    family, adult = adult_of(reference, number)
    return (family, adult) if adult.side != "admitted" else abort(404)


def _page(family: Family, adult: Adult, **shown: Any) -> Response:
    looks = families.looks_at(adult)
    return page("families/contact.html", family=family, looks=looks, secret=True, **about(adult), **shown)
