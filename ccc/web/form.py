"""The base of every form: it gives back what was typed, and turns a rule's refusal into a line above the form."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from flask_wtf.form import _Auto, _is_submitted
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, IntegerField, SelectChoice, StringField, ValidationError
from wtforms.i18n import DummyTranslations
from wtforms.validators import Length

from ccc import policy_text
from ccc.people import RefusedError
from ccc.web import typed
from ccc.written_dates import as_day, looks_like_a_day

# Tab and line breaks are the only control characters that people type.
ALLOWED = "\t\n\r"
# Letters by their category, and yet nothing is seen: fillers of the Korean script, and an empty cell of braille.
BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
OURS = {
    "Not a valid choice.": "Choose one of these.",
    "Invalid Choice: could not coerce.": "Choose one of these.",
    "Not a valid integer value.": "Type in a whole number, in figures.",
    "Not a valid date value.": "We do not understand this date. Write it like 4/3/2026.",
    "Invalid input.": "We do not understand this. Please look at it again.",
    "This field is required.": "Fill this in.",
}
YEARS = range(1900, 2200)
# [0-9] and not \d, which takes the digits of every script.
CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]?([0-5][0-9])")
MOST_FIGURES = 9


class PlainWords(DummyTranslations):
    """What a person reads in place of the library's own messages."""

    def gettext(self, string: str) -> str:
        return OURS.get(string, string)


class Form(FlaskForm):
    """A form of this product."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> MultiDict[str, str] | None:
            if formdata is _Auto and not _is_submitted():
                return typed.given_back()
            return super().wrap_formdata(form, formdata)

        def get_translations(self, _form: FlaskForm) -> PlainWords:
            return PlainWords()

    @property
    def status(self) -> int:
        """The status of the page that shows this form."""
        return 422 if self.errors else 200

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show a rule's refusal above the form, with everything typed kept."""
        try:
            yield
        except RefusedError as error:
            self.form_errors.append(str(error))


class Words(StringField):
    """A line of text without outer blanks, invisible and control characters, of a length that a line can have."""

    def __init__(self, label: str, validators: Sequence[object] = (), longest: int = 200, **options: object) -> None:
        too_long = Length(max=longest, message=f"This can have at most {longest} letters.")
        super().__init__(label, [*validators, too_long, on_one_line, printable], filters=[visible], **options)

    def pre_validate(self, _form: Form) -> None:
        """Take blanks for nothing: a name of blanks alone would pass for one that was typed in."""
        if not self.data:
            self.raw_data: list[str] = []


class Secret(Words):
    """A line from the recovery sheet: one can see what one types, and no page ever gives it back.

    A field of this kind is called `secret`: nothing of that name is kept while somebody signs in again.
    """

    def _value(self) -> str:
        return ""


class Whole(IntegerField):
    """A whole number of at most nine figures: the library's own checks fail on one that no machine number can hold."""

    # None only where a form takes it: InputRequired tells, and no type can know.
    data: Any

    def process_formdata(self, values: list[str]) -> None:
        if sum(sign.isdigit() for sign in "".join(values[:1])) > MOST_FIGURES:
            self.data = None
            raise ValueError(f"This number is too long. It can have at most {MOST_FIGURES} figures.")
        super().process_formdata(values)


class DayField(DateField):
    """A day, as a browser's own calendar sends it or as people write it."""

    # None only where a form takes it: InputRequired tells, and no type can know.
    data: Any

    def process_formdata(self, values: list[str]) -> None:
        typed_in = values[0].strip() if values else ""
        # Blanks are nothing: a field that has to be filled in must not take them for a day.
        self.raw_data, self.data = [typed_in], as_day(typed_in)
        if typed_in and self.data is None:
            raise ValueError("There is no such day." if looks_like_a_day(typed_in) else OURS["Not a valid date value."])

    def post_validate(self, _form: Form, _stopped: bool) -> None:  # noqa: FBT001  (WTForms' own signature)
        if self.data and self.data.year not in YEARS:
            raise ValidationError("Look at the year of this date.")


class ClockTime(StringField):
    """A time by the clock on the hall's wall, kept as "10:30"; people may type 10.30, 1030 or 9:30 as well."""

    # None only where a form takes it: InputRequired tells, and no type can know.
    data: Any

    def process_formdata(self, values: list[str]) -> None:
        typed_in = values[0].strip() if values else ""
        found = CLOCK.fullmatch(typed_in)
        self.raw_data, self.data = [typed_in], f"{int(found[1]):02}:{found[2]}" if found else None
        if typed_in and not found:
            raise ValueError("We do not understand this time. Write it like 10:30.")

    def _value(self) -> str:
        return self.data or (self.raw_data[0] if self.raw_data else "")


def uploaded_text(field: FileField, unreadable: str = "") -> str:
    """The text of an uploaded file. Raises ValidationError, in these words or in the reader's own."""
    try:
        return policy_text.decode(field.data.read())
    except policy_text.UnreadableError as error:
        raise ValidationError(unreadable or str(error)) from error
    finally:
        field.data.close()


def options(labels: Mapping[str, str]) -> list[SelectChoice]:
    """The options of a radio or select field, from values and their labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def printable(_form: Form, field: Field) -> None:
    """Refuse characters that nobody types."""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in ALLOWED for c in field.data or ""):
        raise ValidationError("This holds a character that cannot be shown. Type it in by hand.")


def on_one_line(_form: Form, field: Field) -> None:
    """Refuse what would break a line in a list or on a certificate."""
    if "\t" in (field.data or "") or len((field.data or "").splitlines()) > 1:
        raise ValidationError("Write this on one line, without a tab in it.")


def visible(value: str | None) -> str | None:
    """Take away outer blanks and marks that nobody sees, such as those that turn the order of letters around.

    Text that is copied from elsewhere often holds them, so nobody is scolded for it. Where nothing is left to see,
    nothing was typed.
    """
    kept = "".join(c for c in value or "" if unicodedata.category(c) != "Cf").strip()
    return kept if any(_is_seen(c) for c in kept) else "" if value else value


def _is_seen(character: str) -> bool:
    """Tell whether a character shows by itself. One that cannot be shown counts, so that it is refused in words."""
    return unicodedata.category(character)[0] in "LNPSC" and character not in BLANK_LETTERS
