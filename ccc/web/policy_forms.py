"""The forms for working on a policy: its text, what a clause promises, when it was reviewed, why it changes."""

import re
import unicodedata
from calendar import month_name
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from ccc import policy_text
from ccc.people import RefusedError
from ccc.policies import Review, Tag, Version, month_end
from ccc.policies.drafting import Choices
from ccc.policies.reviews import MOST_MONTHS
from ccc.provisions import PROVISIONS, Choice, Key
from ccc.web.form import DayField, Form, Words, options, printable, uploaded_text

MONTHS = {str(number): month_name[number] for number in range(1, 13)}
LONGEST_NAME = 60
NO_TEXT = "Paste the text of the policy here, or choose a file."
BOTH = "You pasted a text and chose another in a file. Empty the box, or leave the file out."
KINDS = {
    "material": "It changes what we promise or do. Everybody reads it and signs again.",
    "editorial": "It only puts words right. What people signed still holds.",
}


class TextForm(Form):
    """A policy's text, pasted or uploaded. An upload goes into the box, so that it survives any other error."""

    text = TextAreaField("The text of the policy")
    upload = FileField("Or a file with the text")

    def validate_text(self, field: TextAreaField) -> None:
        if not (field.data or "").strip() and not self.upload.data:
            raise ValidationError(NO_TEXT)

    def validate_upload(self, field: FileField) -> None:
        if not field.data:
            return
        decoded = uploaded_text(field)
        if (self.text.data or "").strip() and self.text.data.split() != decoded.split():
            raise ValidationError(BOTH)
        self.text.data = decoded

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Say above the box why a text cannot be read as a policy."""
        with self.refusals():
            try:
                yield
            except policy_text.UnreadableError as error:
                self.text.errors = [*self.text.errors, str(error)]


class NewPolicyForm(Form):
    name = Words("What is it about?", [InputRequired("Say what the policy is about.")], longest=LONGEST_NAME)

    @property
    def slug(self) -> str:
        """The short name for addresses, with letters that have an accent as plain ones."""
        letters = unicodedata.normalize("NFKD", self.name.data.casefold())
        words = re.findall("[a-z0-9]+", "".join(sign for sign in letters if not unicodedata.combining(sign)))
        return "-".join(word for word in words if word != "policy")[:LONGEST_NAME].rstrip("-")

    def validate_name(self, _field: Words) -> None:
        if not self.slug:
            raise ValidationError("Use letters or figures.")


class ReviewForm(Form):
    month = SelectField("Last reviewed in", choices=options(MONTHS))
    year = Words("Year", [InputRequired("Give the year.")], longest=4)
    months = Words("Months from one review to the next", longest=3)

    def validate_year(self, field: Words) -> None:
        if not re.fullmatch("(19|20)[0-9]{2}", field.data):
            raise ValidationError("Type the year in four figures, such as 2026.")

    def validate_months(self, field: Words) -> None:
        if field.data and not (re.fullmatch("[0-9]{1,3}", field.data) and 1 <= int(field.data) <= MOST_MONTHS):
            raise ValidationError(f"Type a number from 1 to {MOST_MONTHS}, or nothing.")

    def review(self, version: Version) -> Review | None:
        """What was said about the review; the version's own month where the form does not ask for one."""
        months = int(self.months.data) if self.months and self.months.data else version.review_months
        asked = self.month is not None
        month = month_end(f"{self.year.data}-{self.month.data}") if asked else version.reviewed_on
        return Review(month, months) if month else None


class SeenForm(Form):
    """What is decided about a version; `seen` is the one that stood on the page."""

    seen = HiddenField()

    def insist_on(self, version: Version) -> None:
        """Raise RefusedError where by now another version stands there than stood on the page."""
        before, self.seen.data = self.seen.data, str(version.id)
        if before != self.seen.data:
            raise RefusedError(
                "This page was opened for another version. Here it stands as it is now: look at it first."
            )


class ReviewedForm(SeenForm):
    """The day on which the committee reviewed a policy and left it as it is."""

    on = DayField("Reviewed on", [InputRequired("Fill in the day of the review.")])


class ApproveForm(ReviewForm):
    """`seen` is the fingerprint of what stood on the page."""

    seen = HiddenField()


class PublishForm(SeenForm):
    kind = RadioField("What kind of change is it?", choices=options(KINDS))
    change_note = TextAreaField(
        "What has changed, and why?",
        [
            DataRequired("Say in a sentence what has changed."),
            Length(max=500, message="This can have at most 500 letters."),
            printable,
        ],
    )
    sign_by = DayField("By which day does everybody sign again?")

    def validate_sign_by(self, field: DayField) -> None:
        """A change of form needs no day, so whatever was typed there does not matter."""
        if self.kind.data == "editorial":
            field.data, field.errors = None, []


class TagForm(Form):
    """Which promises a clause makes: a tick for each, and what it chooses. The fields stand below."""

    def validate(self, extra_validators: Mapping[str, object] | None = None) -> bool:
        good: bool = super().validate(extra_validators)
        for key, choice in _choices():
            if self[key].data and not choice.accepts(_value(choice, self[field_name(key, choice)].data)):
                self[field_name(key, choice)].errors = [_wanted(choice)]
                good = False
        return good

    def promises(self) -> dict[Key, Choices]:
        """What was ticked, with its choices."""
        made: dict[Key, dict[str, str | int]] = {key: {} for key in Key if self[key].data}
        for key, choice in _choices():
            if key in made:
                made[key][choice.name] = _value(choice, self[field_name(key, choice)].data)
        return dict(made)


def field_name(key: Key, choice: Choice) -> str:
    return f"{key}.{choice.name}"


def filled_from(tags: Iterable[Tag]) -> dict[str, object]:
    """What the form shows for a clause that makes these promises."""
    shown: dict[str, object] = {}
    for tag in tags:
        shown[tag.provision] = True
        shown |= {f"{tag.provision}.{name}": str(value) for name, value in tag.chosen.items()}
    return shown


def _choices() -> Iterator[tuple[Key, Choice]]:
    for key, provision in PROVISIONS.items():
        for choice in provision.choices:
            yield key, choice


def _value(choice: Choice, typed: str | None) -> str | int:
    """What was typed, as the promise takes it: a whole number, or the name of an option."""
    text = (typed or "").strip()
    return int(text) if not choice.options and re.fullmatch("[0-9]{1,2}", text) else text


def _wanted(choice: Choice) -> str:
    return "Choose one of these." if choice.options else "Type a whole number from 1 to 99."


def _field(choice: Choice) -> SelectField | Words:
    if not choice.options:
        return Words(choice.question, longest=2)
    return SelectField(choice.question, choices=options({"": "– choose –", **choice.options}), validate_choice=False)


for _key, _provision in PROVISIONS.items():
    setattr(TagForm, _key, BooleanField(_provision.promise))
for _key, _choice in _choices():
    setattr(TagForm, field_name(_key, _choice), _field(_choice))
