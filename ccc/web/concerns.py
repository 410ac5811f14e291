"""Worried about something: whom to ring, telling the officers in writing, and what the officers do about it."""

import sqlite3
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from peewee import PeeweeException
from wtforms import BooleanField, HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from ccc import clock, concerns, officers_vault
from ccc.concerns import Concern, Told
from ccc.roles import May, Role
from ccc.signin.sign_ins import SignedIn
from ccc.web import front
from ccc.web.access import PUBLIC, access, me
from ccc.web.form import DayField, Form, Secret, options, printable, visible
from ccc.web.front import Waiting
from ccc.web.page import page

bp = Blueprint("concerns", __name__, url_prefix="/concerns")
NEITHER = "neither"
ABOUT = {NEITHER: "Neither of the two", Role.SAFEGUARDING: "The safeguarding officer", Role.CHAIR: "The chair"}

ARRIVED = "Thank you for telling us. It has arrived."
NOBODY_TOLD = "Nobody is told until they sign in. Please ring as well."
IN_THE_SAFE = (
    "Thank you. It is kept, but nobody is told of it: only the paper in the centre's safe opens it. "
    "Please turn to somebody outside the centre, who are named below."
)


class Several(TextAreaField):
    """A few lines of plain text that will lie sealed."""

    def __init__(self, label: str, missing: str, longest: int, **options: object) -> None:
        too_long = Length(max=longest, message=f"This can have at most {longest} letters. Ring about the rest.")
        checks = [DataRequired(missing), too_long, printable]
        super().__init__(label, checks, filters=[visible], **options)


class SeenForm(Form):
    """It carries what was there when the page was opened: a button that is pressed twice does one thing."""

    seen = HiddenField(validators=[Regexp("^[0-9]{1,9}$", message="Go back and open this page again.")])

    def begin(self, seen: int) -> None:
        """Let the form be about what is there now: at first, and after a refusal."""
        if self.form_errors or not self.is_submitted():
            self.seen.data = str(seen)


class WorryForm(SeenForm):
    text = Several("What worries you?", "Write down what worries you, in a few words.", concerns.LONGEST)
    about = RadioField(
        "Is it about one of the two officers?", [InputRequired("Choose one of these.")], choices=options(ABOUT)
    )


class DoneForm(SeenForm):
    text = Several("What did you do?", "Write down what you did, in a few words.", concerns.LONGEST)
    on = DayField("On which day?", [InputRequired("Fill in the day.")])
    passed_on = Several(
        "To whom did you pass it on, or why to nobody?", "Name whom, or say why not.", concerns.LONGEST_WHOM
    )
    ends = BooleanField("It is dealt with")


class SheetForm(Form):
    secret = Secret("The upper secret of the recovery sheet", [InputRequired("Type in the seven groups.")])


@bp.get("/")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """Whom to tell of a worry. This page stands even when the database does not: then it names 999 alone."""
    try:
        return page("concerns/index.html")
    except (PeeweeException, sqlite3.Error):
        return page("concerns/index.html", apart=True)


@bp.route("/new", methods=["GET", "POST"])
@access(May.RAISE_CONCERN)
def new() -> ResponseReturnValue:
    form, who = WorryForm(about=NEITHER), me().person
    if form.validate_on_submit():
        with form.refusals():
            about = None if form.about.data == NEITHER else Role(form.about.data)
            flash(_thanks(concerns.raise_worry(form.text.data, about, who, int(form.seen.data)), about))
            return redirect(url_for(".mine"), 303)
    form.begin(concerns.count_of(who))
    shown: dict[str, Any] = {"locked": officers_vault.exists(), "told": concerns.can_mail(None, who)}
    return page("concerns/new.html", form=form, status=form.status, alone=NOBODY_TOLD, secret=True, **shown)


@bp.get("/mine")
@access(May.RAISE_CONCERN)
def mine() -> ResponseReturnValue:
    return page("concerns/mine.html", worries=concerns.raised_by(me().person), secret=True)


@bp.get("/list")
@access(May.READ_CONCERNS, fresh=True)
def raised() -> ResponseReturnValue:
    return page("concerns/list.html", worries=concerns.raised(me().person), secret=True)


@bp.route("/<key>/", methods=["GET", "POST"])
@access(May.READ_CONCERNS, fresh=True)
def concern(key: str) -> ResponseReturnValue:
    """The worry, what was done about it, and a form for what the officer did next."""
    worry, form = _find(key), DoneForm(on=clock.today())
    if form.validate_on_submit():
        told = Told(form.text.data, form.on.data, form.passed_on.data)
        with form.refusals():
            concerns.write_down(worry, told, me(), int(form.seen.data), ends=form.ends.data)
            flash("Written down.")
            return redirect(url_for(".concern", key=key), 303)
    entries = concerns.look_into(worry, me())
    form.begin(len(entries))
    return page("concerns/concern.html", form=form, status=form.status, worry=worry, entries=entries, secret=True)


@bp.route("/sheet", methods=["GET", "POST"])
@access(May.READ_CONCERNS, fresh=True)
def sheet() -> ResponseReturnValue:
    """For a worry about an officer whose reader is gone, or chose a new password: the sheet in the safe opens it."""
    form = SheetForm()
    if form.validate_on_submit():
        with form.refusals():
            count = concerns.open_with_sheet(form.secret.data, me())
            found = "nothing" if count == 0 else "one worry" if count == 1 else f"{count} worries"
            flash(f"The sheet opened {found} for you. Please put it back in the safe.")
            return redirect(url_for(".raised"), 303)
    return page("concerns/sheet.html", form=form, status=form.status, secret=True)


def _thanks(worry: Concern, about: Role | None) -> str:
    """What its raiser reads: who is told of it, or that nobody is."""
    if about and not worry.is_apart:
        return IN_THE_SAFE
    return ARRIVED if concerns.can_mail(about, me().person) else f"{ARRIVED} {NOBODY_TOLD}"


@front.waits
def worries(who: SignedIn) -> Iterator[Waiting]:
    """What an officer has to read, deal with or look for; and for anybody, that their own was not read for a day."""
    unread, to_do = concerns.count_waiting(who.person) if who.may(May.READ_CONCERNS) else (0, 0)
    if unread:
        text = "Somebody is worried, and nobody has read it yet."
        yield Waiting(text, "/concerns/list", "Read it", pressing=True)
    if to_do:
        yield Waiting("A worry is not dealt with yet.", "/concerns/list", "Look at it")
    if who.may(May.READ_CONCERNS) and concerns.may_lie_in_safe(who.person):
        text = "Something was left in the safe, before your time, for whoever holds your office."
        yield Waiting(text, "/concerns/sheet", "Look whether the sheet opens something")
    if any(own.is_late for own in concerns.raised_by(who.person)):
        text = "What you told us has not been read for a day. Please ring."
        yield Waiting(text, "/concerns/mine", "See whom to ring", pressing=True)


def _find(key: str) -> Concern:
    """The worry at this address. One that the officer must not know of is answered as if there were none."""
    return concerns.find(key, me().person) or abort(404)
