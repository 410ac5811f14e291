"""Taking the quiz on a policy: one question at a time, what was right about the answer, the result at the end."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, SelectMultipleField
from wtforms.validators import InputRequired

from ccc import policies, undertakings
from ccc.policies import Version
from ccc.provisions import PROVISIONS
from ccc.quizzes import attempts, selection
from ccc.quizzes.attempts import Attempt
from ccc.quizzes.clauses import clauses_about
from ccc.quizzes.questions import Kind, Quiz
from ccc.roles import May
from ccc.web import typed
from ccc.web.access import access, me
from ccc.web.form import Form
from ccc.web.page import elsewhere, page
from ccc.web.rich import rich
from ccc.web.settings import settings

bp = Blueprint("quizzes", __name__, url_prefix="/quizzes/<slug>")
NO_ANSWER = -1


def _position(text: str) -> int:
    """Read the position of an answer; what is none is left to the rule to refuse."""
    return int(text) if text in ("0", "1", "2", "3", "4", "5") else NO_ANSWER


class AnswerForm(Form):
    """The answer to one question. It says for which attempt: an old page must not answer a new attempt's question."""

    attempt = HiddenField()
    chosen = SelectMultipleField(
        "Your answer", [InputRequired("Choose an answer.")], coerce=_position, validate_choice=False
    )


@bp.get("/")
@access(May.LEARN)
def start(slug: str) -> ResponseReturnValue:
    quiz, version = _quiz(slug), policies.in_force(slug)
    if version is None:
        return page("quizzes/not_yet.html", quiz=quiz)
    tried = attempts.history(me().person, slug)
    going_on = tried[0] if tried and not tried[0].finished_at else None
    count = attempts.how_many(me().person, quiz, version, settings().quiz_questions)
    return page(
        "quizzes/start.html",
        quiz=quiz,
        slug=slug,
        version=version,
        tried=[attempt for attempt in tried if attempt.finished_at],
        passed=attempts.passed_attempt(me().person, version),
        retry=bool(tried) and tried[0].passed is False and not attempts.is_outdated(tried[0], version),
        going_on=going_on,
        outdated=going_on and attempts.is_outdated(going_on, version),
        progress=attempts.progress(going_on) if going_on else None,
        has_read=undertakings.has_read(me().person, version),
        count=count,
        needed=selection.needed(count, settings().quiz_pass_mark),
    )


@bp.post("/")
@access(May.LEARN)
def begin(slug: str) -> ResponseReturnValue:
    quiz, version = _quiz(slug), _in_force(slug)
    has_read = undertakings.has_read(me().person, version)
    attempt = attempts.start(me().person, quiz, version, count=settings().quiz_questions, has_read=has_read)
    return redirect(_place(attempt), 303)


@bp.post("/again")
@access(May.LEARN)
def again(slug: str) -> ResponseReturnValue:
    quiz, version, attempt = _quiz(slug), _in_force(slug), _newest(slug)
    return redirect(_place(attempts.again(attempt, quiz, version, count=settings().quiz_questions)), 303)


@bp.get("/<int:number>")
@access(May.LEARN)
def question(slug: str, number: int) -> ResponseReturnValue:
    attempt = _newest(slug)
    version = _in_force(slug)
    if attempt.finished_at or attempts.is_outdated(attempt, version):
        return elsewhere(_place(attempt, version))
    done, total = attempts.progress(attempt)
    if not 1 <= number <= total:
        abort(404)
    if number > done + 1:
        return elsewhere(_place(attempt))
    if number <= done:
        return _feedback(attempt, version, number, attempt.chosen[number - 1])
    return _question(attempt, number, _form(attempt))


@bp.post("/<int:number>")
@access(May.LEARN)
def answer(slug: str, number: int) -> ResponseReturnValue:
    attempt, version, form = _newest(slug), _in_force(slug), AnswerForm()
    done, _ = attempts.progress(attempt)
    of_this_page = form.attempt.data == str(attempt.id) and 1 <= number <= done + 1
    if not of_this_page or attempt.finished_at or attempts.is_outdated(attempt, version):
        return elsewhere(_place(attempt, version))
    if number <= done:
        # The Back button, or a double click. The mark stands, and what was said about it is shown again.
        return redirect(request.path, 303)
    if form.validate_on_submit():
        with form.refusals():
            marked = attempts.answer(attempt, number - 1, form.chosen.data, settings().quiz_pass_mark)
            if not marked.finished_at:
                return redirect(request.path, 303)
            # The last answer is nowhere any more: what is said about it is said now or never.
            typed.forget()
            return _feedback(marked, version, number, form.chosen.data)
    return _question(attempt, number, form)


@bp.get("/result")
@access(May.LEARN)
def result(slug: str) -> ResponseReturnValue:
    quiz, version = _quiz(slug), _in_force(slug)
    finished = [a for a in attempts.history(me().person, slug) if a.results and a.passed is not None]
    if not finished:
        abort(404)
    missed = attempts.missed(finished[0])
    return page(
        "quizzes/result.html",
        quiz=quiz,
        slug=slug,
        attempt=finished[0],
        outdated=attempts.is_outdated(finished[0], version),
        missed={key: [q for q in missed if q.provision == key] for key in dict.fromkeys(q.provision for q in missed)},
        essential=sum(q.essential for q in missed),
        again=attempts.how_many_again(finished[0], quiz, version, settings().quiz_questions),
        promises=PROVISIONS,
        clauses=clauses_about(version),
        right=sum(finished[0].results),
        total=len(finished[0].results),
        needed=selection.needed(len(finished[0].results), settings().quiz_pass_mark),
        rich=rich,
    )


def _quiz(slug: str) -> Quiz:
    found: Quiz | None = current_app.extensions["ccc_quizzes"].get(slug)
    return found or abort(404)


def _in_force(slug: str) -> Version:
    return policies.in_force(slug) or abort(404)


def _newest(slug: str) -> Attempt:
    """My own latest attempt. An address names no attempt, so nobody can ask for another's."""
    _quiz(slug)
    return attempts.newest(me().person, slug) or abort(404)


def _place(attempt: Attempt, in_force: Version | None = None) -> str:
    """Where one goes on with an attempt: its next question, its result, or the page that says it is out of date."""
    if attempt.finished_at and not attempt.results:
        return url_for("undertakings.index")
    if attempt.finished_at:
        return url_for(".result", slug=attempt.quiz)
    if in_force and attempts.is_outdated(attempt, in_force):
        return url_for(".start", slug=attempt.quiz)
    done, total = attempts.progress(attempt)
    return url_for(".question", slug=attempt.quiz, number=min(done + 1, total))


def _form(attempt: Attempt) -> AnswerForm:
    """Make the form of a question; what somebody typed into another attempt's is not given back in this one's."""
    form = AnswerForm()
    if form.attempt.data != str(attempt.id):
        g.given_back = g.typed_at = None
        form = AnswerForm(formdata=None, attempt=attempt.id)
    return form


def _question(attempt: Attempt, number: int, form: AnswerForm) -> ResponseReturnValue:
    question = attempt.questions[number - 1]
    return page(
        "quizzes/question.html",
        "quiz",
        status=form.status,
        secret=True,
        quiz=_quiz(attempt.quiz),
        slug=attempt.quiz,
        form=form,
        question=question,
        several=question.kind == Kind.SEVERAL,
        number=number,
        total=attempts.progress(attempt)[1],
    )


def _feedback(attempt: Attempt, version: Version, number: int, chosen: Sequence[int]) -> ResponseReturnValue:
    question, (_, total) = attempt.questions[number - 1], attempts.progress(attempt)
    return page(
        "quizzes/feedback.html",
        "quiz",
        secret=True,
        quiz=_quiz(attempt.quiz),
        slug=attempt.quiz,
        question=question,
        was_right=attempt.results[number - 1],
        chosen=[question.answers[position] for position in chosen],
        others=[a for position, a in enumerate(question.answers) if a.right and position not in chosen],
        clauses=[] if question.always else clauses_about(version).get(question.provision, []),
        number=number,
        total=total,
        onward=None if attempt.finished_at else url_for(".question", slug=attempt.quiz, number=number + 1),
        rich=rich,
    )
