"""Undertakings: the wording to sign, certificates, signatures on paper, the sign-off register."""

from collections.abc import Iterator

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, ValidationError
from wtforms.validators import InputRequired

from ccc import policies, undertakings
from ccc.centre import the_centre
from ccc.people import Person
from ccc.policies import Version
from ccc.quizzes import attempts
from ccc.roles import May
from ccc.signin.sign_ins import SignedIn
from ccc.undertakings import Acknowledgement, ReplacedError
from ccc.web import front
from ccc.web.access import access, me
from ccc.web.form import DayField, Form, Words, options
from ccc.web.front import Waiting
from ccc.web.page import page

bp = Blueprint("undertakings", __name__, url_prefix="/undertakings")
SLUG = policies.SIGNED


class SignForm(Form):
    name = Words("Your name", [InputRequired("Type in your name.")], longest=100)

    def validate_name(self, field: Words) -> None:
        if sum(letter.isalpha() for letter in field.data) < 2:
            raise ValidationError("This is too short for a name. Type in your whole name.")


class PaperForm(Form):
    version = SelectField("Which version did they sign?", [InputRequired("Choose the version.")])
    signed_on = DayField("The day on the paper", [InputRequired("Give the day that stands on the paper.")])
    seen_by = SelectField("Who saw them sign?", [InputRequired("Choose who saw them sign.")])


@bp.get("/confidentiality/")
@access(May.LEARN)
def index() -> ResponseReturnValue:
    """How far somebody is: what comes first, the wording to check, or what was signed."""
    person, version = me().person, policies.in_force(SLUG)
    given = undertakings.acknowledgements(person)
    if version is None or undertakings.has_signed(person, version):
        return page("undertakings/signed.html", version=version, given=given)
    has_read, has_passed = undertakings.has_read(person, version), attempts.has_passed(person, version)
    if not (has_read and has_passed):
        return page("undertakings/first.html", version=version, given=given, has_read=has_read, has_passed=has_passed)
    words = _words(version)
    return page("undertakings/check.html", version=version, words=words, mark=undertakings.mark(words))


@bp.route("/confidentiality/sign", methods=["GET", "POST"])
@access(May.LEARN)
def sign() -> ResponseReturnValue:
    """The name under the wording that was checked just now: `seen` is its mark."""
    version, seen = policies.in_force(SLUG), request.args.get("seen", "")
    if version is None or not seen:
        return redirect(url_for(".index"), 303)
    form = SignForm()
    if form.validate_on_submit():
        with form.refusals():
            given, now = undertakings.sign(me().person, seen, form.name.data)
            flash(_told(given, now=now))
            return redirect(url_for(".index"), 303)
    if seen != undertakings.mark(_words(version)):
        raise ReplacedError
    return page("undertakings/sign.html", form=form, status=form.status, version=version)


@bp.errorhandler(ReplacedError)
def replaced(_error: ReplacedError) -> ResponseReturnValue:
    """What was checked is not what would be signed: say so, and lead on."""
    version = policies.in_force(SLUG)
    has_read = version is not None and undertakings.has_read(me().person, version)
    return page("undertakings/replaced.html", status=409, version=version, has_read=has_read)


@bp.get("/certificates/<number>")
@access(May.LEARN)
def certificate(number: str) -> ResponseReturnValue:
    """One's own certificate; anybody's for those who keep the register."""
    given = undertakings.certificate(number)
    if given is None or (given.person_id != me().person.id and not me().may(May.SEE_PEOPLE)):
        abort(404)
    return page("undertakings/certificate.html", given=given, own=given.person_id == me().person.id)


@bp.get("/confidentiality/sheet")
@access(May.LEARN)
def sheet() -> ResponseReturnValue:
    """The wording in force on paper, with lines to sign on."""
    version = policies.in_force(SLUG) or abort(404)
    return page("undertakings/sheet.html", version=version, words=_words(version))


@bp.route("/confidentiality/paper/<int:number>", methods=["GET", "POST"])
@access(May.RECORD_STEPS)
def paper(number: int) -> ResponseReturnValue:
    """Record what somebody signed on paper."""
    person = Person.get_or_none(Person.id == number) or abort(404)
    undertakings.insist_on_two_people(person, me().person)
    versions = {version.number: version for version in policies.published(SLUG)}
    seen_by = {str(witness.id): witness for witness in undertakings.witnesses(person)}
    form = _paper_form(versions, seen_by)
    if form.validate_on_submit():
        with form.refusals():
            chosen = (versions[form.version.data], form.signed_on.data, seen_by[form.seen_by.data])
            given = undertakings.record_on_paper(person, *chosen, by=me().person)
            flash(f"The signature of {person.name} is recorded.")
            return redirect(url_for(".certificate", number=given.number), 303)
    return page("undertakings/paper.html", form=form, status=form.status, person=person)


@bp.get("/confidentiality/register")
@access(May.SEE_PEOPLE)
def register() -> ResponseReturnValue:
    """Who has signed a version; for the one in force also who has not."""
    versions = policies.published(SLUG)
    asked = request.args.get("version", "")
    version = next((v for v in versions if asked in ("", v.number)), None)
    if version is None:
        return page("undertakings/register.html", versions=[], version=None) if not asked else abort(404)
    lines = undertakings.sign_off(version)
    return page(
        "undertakings/register.html",
        versions=versions,
        version=version,
        opening=policies.opening(version, version.edition),
        current=version.edition == versions[0].edition,
        signed=[line for line in lines if line.certificate],
        outstanding=[line for line in lines if not line.certificate],
        here=sum(not line.left for line in lines),
    )


@front.waits
def signatures_that_are_late(who: SignedIn) -> Iterator[Waiting]:
    """Tell the co-ordinator who has not signed the changed policy in time, and who can get no mail about it."""
    if not who.may(May.RECORD_STEPS):
        return
    register = "/undertakings/confidentiality/register"
    if late := undertakings.late():
        text = f"{_have(late)} not signed the changed policy in time, and may not be on the rota until then."
        yield Waiting(text, register, "See who")
    if unreached := undertakings.unreached():
        yield Waiting(
            f"{_have(unreached)} to sign the changed policy, and no mail reaches them: tell them.", register, "See who"
        )


def _have(count: int) -> str:
    return "1 person has" if count == 1 else f"{count} people have"


def _words(version: Version) -> str:
    return undertakings.wording(version, the_centre().name)


def _told(given: Acknowledgement, *, now: bool) -> str:
    if now:
        return "Thank you. Your undertaking is signed."
    return f"You had signed already. Your first signature stands: certificate {given.number}."


def _paper_form(versions: dict[str, Version], seen_by: dict[str, Person]) -> PaperForm:
    form = PaperForm()
    form.version.choices = options({number: f"Version {number}" for number in versions})
    form.seen_by.choices = options({"": "Choose"} | {key: witness.name for key, witness in seen_by.items()})
    return form
