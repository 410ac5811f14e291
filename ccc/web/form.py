"""The base of every form: it gives back what was typed, and turns a rule's refusal into a line above the form."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from flask_wtf import FlaskForm
from flask_wtf.form import _Auto, _is_submitted
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectChoice, StringField, ValidationError
from wtforms.validators import Length

from ccc.people import RefusedError
from ccc.web import typed

# Tab and line breaks are the only control characters that people type.
ALLOWED = "\t\n\r"


class Form(FlaskForm):
    """A form of this product."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: object) -> MultiDict[str, str] | None:
            if formdata is _Auto and not _is_submitted():
                return typed.given_back()
            return super().wrap_formdata(form, formdata)

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
    """A line of text without outer blanks and control characters, of a length that a line can have."""

    def __init__(self, label: str, validators: Sequence[object] = (), longest: int = 200, **options: object) -> None:
        too_long = Length(max=longest, message=f"This can have at most {longest} letters.")
        super().__init__(label, [*validators, too_long, printable], filters=[_stripped], **options)

    def pre_validate(self, _form: Form) -> None:
        """Take blanks for nothing: a name of blanks alone would pass for one that was typed in."""
        if not self.data:
            self.raw_data: list[str] = []


def options(labels: Mapping[str, str]) -> list[SelectChoice]:
    """The options of a radio or select field, from values and their labels."""
    return [SelectChoice(value, label) for value, label in labels.items()]


def printable(_form: Form, field: Field) -> None:
    """Refuse characters that nobody types."""
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in ALLOWED for c in field.data or ""):
        raise ValidationError("This holds a character that cannot be shown. Type it in by hand.")


def _stripped(value: str | None) -> str | None:
    return value.strip() if value else value
