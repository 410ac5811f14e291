"""Joining: a volunteer's own steps, the dates that the co-ordinator records, and whether clearance is a step at all."""

from collections.abc import Iterator, Sequence
from datetime import date

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, ValidationError
from wtforms.validators import Optional, Regexp

from ccc.centre import the_centre
from ccc.dbs import asked
from ccc.onboarding import dates, progress, steps
from ccc.onboarding.dates import BY_ANOTHER, RECORDED, TITLES, Key
from ccc.onboarding.steps import State, Step
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import DayField, Form
from ccc.web.front import Waiting
from ccc.web.page import page
from ccc.web.people import find

bp = Blueprint("onboarding", __name__)
# What people do here themselves: where, and what the button says.
OWN = {
    Key.READ: ("/policies/confidentiality/read", "Read the policy"),
    Key.QUIZ: ("/quizzes/confidentiality/", "Go to the quiz"),
    Key.UNDERTAKING: ("/undertakings/confidentiality/", "Sign the undertaking"),
}
MOST_REVIEWS = 5


class DoneField(DayField):
    """A day on which something was done."""

    def post_validate(self, _form: Form, _stopped: bool) -> None:  # noqa: FBT001  (WTForms' own signature)
        fault = self.data and dates.fault_of(self.data)
        if fault:
            raise ValidationError(fault)


class DatesForm(Form):
    """A day for each step, and a mark of what was recorded when the page was opened."""

    seen = HiddenField(validators=[Regexp(r"^[0-9]{1,15}$")])
    application = DoneField(TITLES[Key.APPLICATION], [Optional()])
    interview = DoneField(TITLES[Key.INTERVIEW], [Optional()])
    reference_1 = DoneField(TITLES[Key.FIRST_REFERENCE], [Optional()])
    reference_2 = DoneField(TITLES[Key.SECOND_REFERENCE], [Optional()])
    induction = DoneField(TITLES[Key.INDUCTION], [Optional()])
    review_3 = DoneField(TITLES[Key.FIRST_REVIEW], [Optional()])
    review_6 = DoneField(TITLES[Key.SECOND_REVIEW], [Optional()])

    def leave_out(self, steps_of_others: frozenset[Key]) -> None:
        """Take away the fields that this person may not fill in."""
        for step in steps_of_others:
            del self[_name(step)]

    def fields(self) -> list[tuple[Key, DoneField]]:
        return [(step, self[_name(step)]) for step in RECORDED if _name(step) in self]


@bp.get("/onboarding/")
@access(May.LEARN)
def index() -> ResponseReturnValue:
    listed = steps.steps(me().person)
    done, of = steps.count(listed)
    return page("onboarding/index.html", steps=listed, done=done, of=of, next=_next(listed), own=OWN)


@bp.route("/onboarding/<int:number>/", methods=["GET", "POST"])
@access(May.RECORD_STEPS)
def record(number: int) -> ResponseReturnValue:
    """One person's dates: all on one page, each of which can be corrected or taken back."""
    who = find(number)
    rows = dates.newest(who)
    form = DatesForm(data={_name(step): row.on for step, row in rows.items()} | {"seen": dates.mark(rows)})
    form.leave_out(BY_ANOTHER if who.id == me().person.id else frozenset())
    if form.validate_on_submit():
        with form.refusals():
            typed = {step: field.data for step, field in form.fields()}
            changed = dates.record_dates(who, typed, me().person, seen=int(form.seen.data))
            flash(_told(changed))
            return redirect(url_for("people.person", number=number), 303)
    if form.form_errors:
        # What somebody else recorded meanwhile now stands beside each field, so it has been seen.
        rows = dates.newest(who)
        form.seen.data = str(dates.mark(rows))
    return page("onboarding/record.html", form=form, status=form.status, person=who, rows=rows)


@bp.route("/centre/dbs", methods=["GET", "POST"])
@access(May.DECIDE_DBS, fresh=True)
def dbs() -> ResponseReturnValue:
    """Whether this centre asks for DBS checks: the chair decides, and can take it back."""
    form, centre = Form(), the_centre()
    if form.validate_on_submit():
        with form.refusals():
            decide = asked.stop_asking if centre.asks_for_dbs else asked.ask_again
            decide(me().person)
            flash("Your decision is written down.")
            return redirect(url_for(".dbs"), 303)
    return page("onboarding/dbs.html", form=form, status=form.status, asks=centre.asks_for_dbs)


@front.waits
def next_own_step(who: SignedIn) -> Iterator[Waiting]:
    """Show what somebody who is joining can do next by themselves."""
    step = next((step for step in steps.steps(who.person) if step.state == State.NOW), None)
    if step:
        address, action = OWN[step.key]
        text = step.title if step.word == "Next" else f"{step.title}: {step.word.lower()}"
        yield Waiting(f"{text}. {step.note}".strip(), address, action, pressing=True)


@front.waits
def reviews_that_are_due(who: SignedIn) -> Iterator[Waiting]:
    """Show the co-ordinator the trial reviews that are due, the oldest first; nobody holds their own."""
    if not who.may(May.RECORD_STEPS):
        return
    others = [review for review in progress.reviews_due() if review.person != who.person.id]
    for review in others[:MOST_REVIEWS]:
        text = f"{review.name}: {TITLES[review.step].lower()}, due on {_said(review.due)}."
        yield Waiting(text, url_for("onboarding.record", number=review.person), "Record the date")


def _next(listed: Sequence[Step]) -> Step | None:
    """Find what to do next: one's own step if there is one, else the first that is with others."""
    waits = [step for step in listed if not step.is_done]
    return next((step for step in waits if step.state == State.NOW), waits[0] if waits else None)


def _told(changed: dict[Key, date | None]) -> str:
    kept = ", ".join(f"{TITLES[step]} on {_said(on)}" for step, on in changed.items() if on)
    taken_back = ", ".join(TITLES[step] for step, on in changed.items() if not on)
    told = [f"Recorded: {kept}." if kept else "", f"Taken back: {taken_back}." if taken_back else ""]
    return " ".join(part for part in told if part) or "Nothing was changed."


def _said(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _name(step: Key) -> str:
    """Give the name of a step's field: a hyphen cannot stand in it."""
    return step.replace("-", "_")
