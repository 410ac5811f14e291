"""The centre's existing volunteers, pasted from a spreadsheet, and invitations for all of them at once."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from ccc import spreadsheet
from ccc.onboarding import invited, pasted
from ccc.onboarding.dates import TITLES, Key
from ccc.onboarding.pasted import Newcomer
from ccc.roles import May
from ccc.spreadsheet import Column, Sheet
from ccc.web.access import access, me
from ccc.web.form import Form, printable
from ccc.web.page import page
from ccc.web.qr import qr
from ccc.web.settings import settings

bp = Blueprint("pasting", __name__, url_prefix="/people")
LONGEST = 200_000
SAID = {
    Column.NAME: "Name",
    Column.FIRST_NAME: "First name",
    Column.LAST_NAME: "Surname",
    Column.EMAIL: "Email",
    Column.PHONE: "Telephone",
} | {column: TITLES[Key(column)] for column in spreadsheet.DATES}


class PasteForm(Form):
    """The list; sent a second time, from the page that shows what would be taken, it is taken."""

    pasted = TextAreaField(
        "The rows of your spreadsheet",
        [
            InputRequired("There is nothing here yet. Copy the rows in your spreadsheet, and paste them."),
            Length(max=LONGEST, message="This is too long. Paste at most 500 rows at a time."),
            printable,
        ],
    )
    take = HiddenField(validators=[Optional(), Regexp("^yes$")])


@bp.route("/paste", methods=["GET", "POST"])
@access(May.RECORD_STEPS)
def paste() -> ResponseReturnValue:
    """Paste, look at what would be taken, take it."""
    form, sheet, newcomers = PasteForm(), None, []
    if form.validate_on_submit():
        sheet = _read(form)
        newcomers = pasted.check(sheet) if sheet else []
    wrong = [newcomer for newcomer in newcomers if newcomer.faults]
    if sheet and form.take.data and not wrong:
        with form.refusals():
            return _taken(sheet)
    if wrong:
        form.pasted.errors = [*form.pasted.errors, _how_many(wrong)]
    shown: dict[str, Any] = {
        "sheet": sheet,
        "newcomers": sorted(newcomers, key=lambda one: not one.faults),
        "said": SAID,
        "steps": _steps(sheet),
    }
    return page(
        "pasting/paste.html", form=form, status=form.status, ready=bool(sheet) and not wrong, secret=True, **shown
    )


@bp.get("/invitations/")
@access(May.INVITE_VOLUNTEERS)
def invitations() -> ResponseReturnValue:
    """Who has not joined yet, with a button for each and one for all."""
    waiting = invited.not_joined(anyone=me().may(May.INVITE_ANYONE))
    return page("pasting/invitations.html", waiting=waiting, without=[person for person in waiting if not person.link])


@bp.post("/invitations/")
@access(May.INVITE_VOLUNTEERS)
def invite_all() -> ResponseReturnValue:
    made = invited.invite_all(me().person, settings().base_url, anyone=me().may(May.INVITE_ANYONE))
    flash(f"{made} invitation{'' if made == 1 else 's'} made. Print them, or hand each over on its page.")
    return redirect(url_for(".invitations"), 303)


@bp.get("/invitations/print")
@access(May.INVITE_VOLUNTEERS)
def print_all() -> ResponseReturnValue:
    """Every open invitation, one on a sheet."""
    links = invited.open_links(invited.not_joined(anyone=me().may(May.INVITE_ANYONE)))
    addresses = [(link, settings().base_url + link.path) for link in links]
    sheets = [(link.person.name, link.expires_at, address, qr(address)) for link, address in addresses]
    return page("pasting/print.html", sheets=sheets, secret=True)


def _read(form: PasteForm) -> Sheet | None:
    try:
        return spreadsheet.read(form.pasted.data)
    except spreadsheet.UnreadableError as error:
        form.pasted.errors = [*form.pasted.errors, str(error)]
        return None


def _taken(sheet: Sheet) -> ResponseReturnValue:
    added = pasted.take(sheet, me().person)
    flash(f"{len(added)} {'person is' if len(added) == 1 else 'people are'} on the list now. Next, invite them.")
    return redirect(url_for(".invitations"), 303)


def _how_many(wrong: list[Newcomer]) -> str:
    rows = ", ".join(str(newcomer.number) for newcomer in wrong[:10]) + (" and others" if len(wrong) > 10 else "")
    return f"Look at row {rows}. Nobody is taken until everything is right." if wrong else ""


def _steps(sheet: Sheet | None) -> list[Key]:
    """Which steps have a column in this list."""
    return [Key(column) for column in sheet.taken if column in spreadsheet.DATES] if sheet else []
