"""The officers' first day with DBS checks: a list of their own pasted, and those who serve already cleared for now."""

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from ccc import clock, dbs, officers_vault, spreadsheet
from ccc.clock import months_later
from ccc.dbs import pasted
from ccc.dbs.pasted import PastedCheck
from ccc.dbs.pasted_columns import CHECKS, DAYS, Column
from ccc.officers_vault import Opened
from ccc.roles import May
from ccc.spreadsheet import Sheet
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, printable, uploaded_text
from ccc.web.page import page

bp = Blueprint("dbs_paste", __name__, url_prefix="/dbs")
LONGEST = 200_000
NOTHING = "There is nothing here yet. Copy the rows in your spreadsheet and paste them, or choose a file."
NO_FILE = "This is no CSV file, or one larger than 100 kB. In your spreadsheet choose Save as, and then CSV."
GONE = "The list may have changed meanwhile: somebody of these is cleared, or has left. Look at it again."


class PasteForm(Form):
    """The list; sent a second time, from the page that shows what would be taken, it is taken."""

    upload = FileField("Or a CSV file")
    checks = TextAreaField(
        "The rows of your list",
        [DataRequired(NOTHING), Length(max=LONGEST, message="This is too long. Paste at most 500 rows."), printable],
    )
    take = HiddenField(validators=[Optional(), Regexp("^yes$")])

    def validate_upload(self, field: FileField) -> None:
        """Put what a file holds into the box. This field stands before the box, so that its text is looked at too."""
        if not field.data:
            return
        decoded = uploaded_text(field, NO_FILE)
        if (self.checks.data or "").strip():
            raise ValidationError("You pasted rows and chose a file. Send one of the two.")
        self.checks.data = decoded


class ServingForm(Form):
    """Those who serve already, and until when they are cleared for now."""

    people = SelectMultipleField(
        "Who serves already?", [InputRequired("Tick at least one person.")], validate_choice=False
    )
    until = DayField("Cleared until", [InputRequired("Write the last day.")])
    confirmed = BooleanField(
        "The people ticked serve here already, and the centre has checked each of them before.",
        [InputRequired("Tick this if it is so. Only then can they be cleared for now.")],
    )

    def validate_people(self, field: SelectMultipleField) -> None:
        """Say it in one sentence, whoever of those ticked is not on the list any more."""
        if not set(field.data or ()) <= dict(field.choices).keys():
            raise ValidationError(GONE)


@bp.route("/paste", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def paste() -> ResponseReturnValue:
    """Paste, look at what would be taken, take it."""
    opened, form = officers_vault.open_for(me()), PasteForm()
    agreed = request.form.getlist("agreed")
    sheet = _read(form) if form.validate_on_submit() else None
    rows = pasted.check_rows(sheet, opened) if sheet else []
    if sheet and form.take.data and not _wrong(rows):
        with form.refusals():
            return _taken(sheet, opened, agreed)
        rows = pasted.check_rows(sheet, opened)
    if wrong := _wrong(rows):
        form.checks.errors = [*form.checks.errors, wrong]
    # Only what is kept goes back to the page, and nothing at all of what could not be read.
    form.checks.data = pasted.kept_text(sheet, rows) if sheet else ""
    return page(
        "dbs/paste.html",
        form=form,
        status=form.status,
        secret=True,
        sheet=sheet,
        rows=sorted(rows, key=lambda row: not row.faults),
        ready=bool(rows) and not wrong,
        columns=_columns(rows),
        days=DAYS,
        agreed=agreed,
    )


@bp.route("/serving", methods=["GET", "POST"])
@access(May.KEEP_DBS, fresh=True)
def serving() -> ResponseReturnValue:
    """Clear those who serve already, as a list, for three months at most."""
    opened, people = officers_vault.open_for(me()), dbs.never_cleared(me().person)
    furthest = months_later(clock.today(), dbs.LONGEST_FOR_NOW)
    form = ServingForm(until=furthest)
    form.people.choices = [(str(person.id), person.name) for person in people]
    if form.validate_on_submit():
        with form.refusals():
            chosen = [person for person in people if str(person.id) in form.people.data]
            dbs.clear_for_now(chosen, form.until.data, opened)
            flash(f"{len(chosen)} {'person is' if len(chosen) == 1 else 'people are'} cleared for now.")
            return redirect("/dbs/", 303)
    return page("dbs/serving.html", form=form, status=form.status, secret=True, furthest=furthest)


def _read(form: PasteForm) -> Sheet | None:
    try:
        return spreadsheet.read(form.checks.data, CHECKS)
    except spreadsheet.UnreadableError as error:
        form.checks.errors = [*form.checks.errors, str(error)]
        return None


def _taken(sheet: Sheet, opened: Opened, agreed: list[str]) -> ResponseReturnValue:
    count = pasted.take(sheet, opened, agreed)
    flash(
        f"{count} {'check is' if count == 1 else 'checks are'} taken and sealed. Now delete what must not be kept from "
        "your own list, or the whole list."
    )
    return redirect("/dbs/", 303)


def _wrong(rows: list[PastedCheck]) -> str:
    """Why these rows cannot be taken as they are."""
    numbers = [str(row.row.number) for row in rows if row.faults]
    if numbers:
        others = " and others" if len(numbers) > 10 else ""
        return f"Look at row {', '.join(numbers[:10])}{others}. Nothing is taken until everything is right."
    return "" if not rows or any(row.check for row in rows) else "There is nothing in these rows that can be taken."


def _columns(rows: list[PastedCheck]) -> dict[str, str]:
    """What there is to show of any of these checks, with what it is called."""
    unseen = {Column.NAME, Column.FIRST_NAME, Column.LAST_NAME, Column.UPDATE_SERVICE, Column.SEEN_BY}
    checks = [row.check for row in rows if row.check]
    filled = [column for column in Column if column not in unseen and any(getattr(check, column) for check in checks)]
    return {column: CHECKS.title(column) for column in filled}
