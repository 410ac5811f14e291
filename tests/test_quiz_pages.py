"""A volunteer takes the quiz in a browser: page by page, or with each question in the place of the one before."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

import app as starter
import ccc
from ccc import clock, create_app, db, undertakings
from ccc.config import Settings
from ccc.drafts import Draft
from ccc.people import Person
from ccc.policies import Version
from ccc.provisions import Key
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt
from ccc.quizzes.questions import Kind, Question, QuizError
from ccc.roles import Role
from tests.checking import CheckingClient, faults_of
from tests.samples import MILLBROOK, published

QUIZ = "/quizzes/confidentiality/"
HTMX = {"HX-Request": "true"}
TOKEN = re.compile(r'name="csrf_token" value="[^"]+"')
WITHOUT_BOUNDARIES = "\n".join(line for line in MILLBROOK.splitlines() if not line.startswith("5."))


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def vera(cast: dict[Role, Person]) -> Person:
    return cast[Role.VOLUNTEER]


@pytest.fixture
def client(as_role: Callable[..., CheckingClient], vera: Person, version: Version) -> CheckingClient:
    """Sign in as a volunteer who has read the policy."""
    undertakings.finish(vera, version)
    return as_role(Role.VOLUNTEER)


@pytest.fixture
def begun(client: CheckingClient) -> CheckingClient:
    """Do the same, and stand at the first question."""
    client.send(QUIZ)
    return client


@pytest.fixture
def ask_everything(app: Flask, settings: Settings) -> None:
    app.extensions["ccc_settings"] = replace(settings, quiz_questions=100)


def open_attempt() -> Attempt:
    return Attempt.select().where(Attempt.finished_at.is_null()).get()


def choices(question: Question, *, right: bool = True) -> list[int]:
    """Find the positions of the right answers, or of one wrong one."""
    fitting = [place for place, answer in enumerate(question.answers) if answer.right is right]
    return fitting if right else fitting[:1]


def send_answer(client: CheckingClient, number: int, chosen: object, **options: Any) -> TestResponse:
    fields = {"csrf_token": client.token(), "attempt": open_attempt().id, "chosen": chosen}
    return client.post(f"{QUIZ}{number}", data=fields, **options)


def take(client: CheckingClient, wrong: Callable[[Question], bool] = lambda _: False) -> TestResponse:
    """Answer all questions, and give the page after the last one."""
    for number, question in enumerate(open_attempt().questions, 1):
        page = send_answer(client, number, choices(question, right=not wrong(question)))
    return page


def first_of_kind(*, several: bool) -> int:
    """Answer up to the first question of a kind, and give its number."""
    attempt = open_attempt()
    for number, question in enumerate(attempt.questions, 1):
        if (question.kind == Kind.SEVERAL) is several:
            return number
        attempts.answer(attempt, number - 1, choices(question), 80)
    raise AssertionError("no such question was drawn")


def words(page: TestResponse) -> str:
    """Read what a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_before_the_policy_is_published_the_page_says_so(as_role: Callable[..., CheckingClient]) -> None:
    assert "not published yet" in words(as_role(Role.VOLUNTEER).get(QUIZ))


def test_before_the_policy_is_read_the_page_leads_to_reading(
    as_role: Callable[..., CheckingClient], version: Version
) -> None:
    client = as_role(Role.VOLUNTEER)
    page = client.get(QUIZ)
    assert 'href="/policies/confidentiality/read"' in page.text
    assert "Begin" not in words(page)
    refused = client.send(QUIZ)
    assert (refused.status_code, Attempt.select().count()) == (409, 0)
    assert "read the policy to its end" in words(refused)


def test_a_policy_without_a_quiz_has_no_quiz_page(begun: CheckingClient) -> None:
    for address in ("/quizzes/dbs/", "/quizzes/dbs/1", "/quizzes/dbs/result"):
        assert begun.get(address).status_code == 404


def test_the_start_page_says_how_long_and_how_many_must_be_right(client: CheckingClient) -> None:
    said = words(client.get(QUIZ))
    assert "15 questions" in said
    assert "You pass with 12 right" in said
    assert "come back" in said


def test_a_volunteer_goes_from_the_first_question_to_the_undertaking(client: CheckingClient) -> None:
    began = client.send(QUIZ)
    assert (began.status_code, began.location) == (303, f"{QUIZ}1")
    assert "Question 1 of 15" in words(client.get(f"{QUIZ}1"))
    last = take(client)
    assert "That was the last question" in words(last)
    result = client.get(f"{QUIZ}result")
    assert "You have passed" in words(result)
    assert "15 of 15" in words(result)
    assert 'href="/undertakings/confidentiality/"' in result.text
    assert "You have passed this quiz , on 21 November 2026" in words(client.get(QUIZ))


def test_the_feedback_shows_what_was_chosen_what_is_right_and_the_policys_own_clause(begun: CheckingClient) -> None:
    attempt = open_attempt()
    number = next(n for n, q in enumerate(attempt.questions, 1) if q.provision == Key.OWN_BOUNDARIES)
    for index in range(number - 1):
        attempts.answer(attempt, index, choices(attempt.questions[index]), 80)
    question = attempt.questions[number - 1]
    sent = send_answer(begun, number, choices(question, right=False))
    assert (sent.status_code, sent.location) == (303, f"{QUIZ}{number}")
    page = begun.get(sent.location)
    said = words(page)
    chosen = question.answers[choices(question, right=False)[0]]
    assert "Not quite" in said
    assert chosen.text in said
    assert chosen.feedback in said
    assert all(answer.text in said for answer in question.answers if answer.right)
    assert "Volunteers never give their own telephone number" in page.text.split("hx-disable")[1]


def test_a_right_answer_is_told_and_no_other_feedback_is(begun: CheckingClient) -> None:
    number = first_of_kind(several=False)
    question = open_attempt().questions[number - 1]
    send_answer(begun, number, choices(question))
    said = words(begun.get(f"{QUIZ}{number}"))
    assert "That is right" in said
    assert [a.feedback in said for a in question.answers] == [a.right for a in question.answers]


def test_a_question_with_several_right_answers_says_so_and_takes_several(
    client: CheckingClient, ask_everything: None
) -> None:
    client.send(QUIZ)
    number = first_of_kind(several=True)
    page = client.get(f"{QUIZ}{number}")
    assert "Choose all that are right" in words(page)
    assert 'type="checkbox" name="chosen"' in page.text
    send_answer(client, number, choices(open_attempt().questions[number - 1]))
    assert "That is right" in words(client.get(f"{QUIZ}{number}"))


@pytest.mark.parametrize("chosen", [[], "", "7", "-1", "x", "²", "10000000000000000000000"])
def test_what_is_no_answer_is_refused_in_words(begun: CheckingClient, chosen: object) -> None:
    page = send_answer(begun, 1, chosen)
    assert page.status_code == 422
    assert "Choose an answer" in words(page)
    assert attempts.progress(open_attempt())[0] == 0


def test_two_answers_where_one_is_asked_are_refused_with_both_kept(begun: CheckingClient) -> None:
    number = first_of_kind(several=False)
    page = send_answer(begun, number, [0, 1])
    assert page.status_code == 422
    assert "Choose one answer only" in words(page)
    assert page.text.count(" checked>") == 2


def test_an_answer_sent_again_shows_the_feedback_and_keeps_the_mark(begun: CheckingClient) -> None:
    question = open_attempt().questions[0]
    send_answer(begun, 1, choices(question, right=False))
    for chosen in (choices(question), []):
        again = send_answer(begun, 1, chosen)
        assert (again.status_code, again.location) == (303, f"{QUIZ}1")
    assert "Not quite" in words(begun.get(f"{QUIZ}1"))
    assert open_attempt().results == [False]


def test_nobody_skips_ahead(begun: CheckingClient) -> None:
    assert begun.get(f"{QUIZ}5").location == f"{QUIZ}1"
    assert send_answer(begun, 5, [0]).location == f"{QUIZ}1"
    assert [begun.get(f"{QUIZ}{number}").status_code for number in (0, 16, 10**30)] == [404, 404, 404]
    assert open_attempt().results == []


def test_broken_off_and_gone_on_with_on_another_device(begun: CheckingClient, as_role: Callable[..., Any]) -> None:
    send_answer(begun, 1, choices(open_attempt().questions[0]))
    other = as_role(Role.VOLUNTEER)
    page = other.get(QUIZ)
    assert "answered 1 of 15" in words(page)
    assert f'href="{QUIZ}2"' in page.text
    assert open_attempt().questions[1].text in words(other.get(f"{QUIZ}2"))


def test_beginning_again_goes_on_with_what_is_open(begun: CheckingClient) -> None:
    send_answer(begun, 1, choices(open_attempt().questions[0]))
    assert begun.send(QUIZ).location == f"{QUIZ}2"


def test_what_was_missed_is_shown_and_tried_again_at_once(begun: CheckingClient) -> None:
    take(begun, wrong=lambda question: question.always)
    page = begun.get(f"{QUIZ}result")
    missed = attempts.missed(Attempt.get())
    assert "Not passed yet" in words(page)
    assert "keeping people safe" in words(page)
    assert all(question.text in words(page) for question in missed)
    assert "Try the ones you missed" in words(begun.get(QUIZ))
    assert begun.send(f"{QUIZ}again").location == f"{QUIZ}1"
    assert {question.id for question in missed} <= {question.id for question in open_attempt().questions}
    assert len(open_attempt().questions) < 15
    take(begun)
    assert "You have passed" in words(begun.get(f"{QUIZ}result"))
    assert words(begun.get(QUIZ)).count("not passed") == 1


@pytest.mark.parametrize("missed", [1, 2])
def test_the_result_says_how_many_there_are_to_try_again_and_how_many_are_essential(
    begun: CheckingClient, missed: int
) -> None:
    wrong = {question.id for question in [q for q in open_attempt().questions if q.essential][:missed]}
    take(begun, wrong=lambda question: question.id in wrong)
    said = words(begun.get(f"{QUIZ}result"))
    assert ("One that you missed is" in said, "2 of those that you missed are" in said) == (missed == 1, missed == 2)
    begun.send(f"{QUIZ}again")
    assert f"There are {len(open_attempt().questions)} questions this time" in said


def test_who_had_nothing_right_is_asked_no_more_than_before_and_told_so(begun: CheckingClient) -> None:
    take(begun, wrong=lambda _: True)
    said = words(begun.get(f"{QUIZ}result"))
    assert "You had 0 of 15 right" in said
    assert "There are 15 questions this time" in said
    begun.send(f"{QUIZ}again")
    assert "Question 1 of 15" in words(begun.get(f"{QUIZ}1"))


def test_where_the_missed_questions_are_asked_no_more_the_whole_quiz_is_offered(
    begun: CheckingClient, app: Flask
) -> None:
    take(begun, wrong=lambda question: question.essential)
    missed, quiz = attempts.missed(Attempt.get()), app.extensions["ccc_quizzes"]["confidentiality"]
    left = tuple(question for question in quiz.questions if question.id not in {q.id for q in missed})
    app.extensions["ccc_quizzes"] = {"confidentiality": replace(quiz, questions=left)}
    page = begun.get(f"{QUIZ}result")
    assert "no longer asked" in words(page)
    assert f'action="{QUIZ}again"' not in page.text
    assert f'action="{QUIZ}"' in page.text


def test_what_was_missed_stands_under_its_promise_with_the_clause(begun: CheckingClient) -> None:
    take(begun, wrong=lambda question: question.provision == Key.OWN_BOUNDARIES)
    page = begun.get(f"{QUIZ}result")
    assert "do not meet families elsewhere" in words(page)
    assert "Volunteers never give their own telephone number" in page.text.split("hx-disable")[1]


def test_who_failed_may_also_begin_with_all_questions(begun: CheckingClient) -> None:
    take(begun, wrong=lambda question: question.essential)
    begun.send(QUIZ)
    assert len(open_attempt().questions) == 15


def test_who_has_passed_is_told_there_is_no_need(begun: CheckingClient) -> None:
    take(begun)
    for address in (QUIZ, f"{QUIZ}again"):
        refused = begun.send(address)
        assert (refused.status_code, Attempt.select().count()) == (409, 1)
        assert "no need to take it again" in words(refused)


def test_a_finished_attempt_leads_to_its_result(begun: CheckingClient) -> None:
    number = open_attempt().id
    take(begun)
    assert begun.get(f"{QUIZ}3").location == f"{QUIZ}result"
    assert begun.send(f"{QUIZ}15", attempt=number, chosen=0).location == f"{QUIZ}result"


def test_an_old_page_does_not_answer_a_new_attempts_question(begun: CheckingClient) -> None:
    old = open_attempt().id
    take(begun, wrong=lambda question: question.essential)
    begun.send(f"{QUIZ}again")
    for stale in (old, "", "x"):
        assert begun.send(f"{QUIZ}1", attempt=stale, chosen=0).location == f"{QUIZ}1"
    assert open_attempt().results == []


def test_nobody_reaches_the_attempt_of_somebody_else(begun: CheckingClient, as_role: Callable[..., Any]) -> None:
    theirs = open_attempt().id
    for role in (Role.COORDINATOR, Role.SAFEGUARDING, Role.CHAIR):
        other = as_role(role)
        assert other.get(f"{QUIZ}1").status_code == 404
        assert other.send(f"{QUIZ}1", attempt=theirs, chosen=0).status_code == 404
        assert other.send(f"{QUIZ}again").status_code == 404
        assert other.get(f"{QUIZ}result").status_code == 404
    take(begun)
    assert as_role(Role.CHAIR).get(f"{QUIZ}result").status_code == 404


def test_somebody_elses_attempt_is_not_answered_from_ones_own(
    begun: CheckingClient, as_role: Callable[..., Any], cast: dict[Role, Person], version: Version
) -> None:
    theirs = open_attempt().id
    undertakings.finish(cast[Role.CHAIR], version)
    other = as_role(Role.CHAIR)
    other.send(QUIZ)
    assert other.send(f"{QUIZ}1", attempt=theirs, chosen=0).location == f"{QUIZ}1"
    assert {attempt.marks for attempt in Attempt.select()} == {"[]"}


def test_nobody_signed_in_is_asked_to_sign_in(app: Flask, as_person: Callable[..., CheckingClient]) -> None:
    stranger = as_person(None)
    for address in (QUIZ, f"{QUIZ}1", f"{QUIZ}result"):
        assert stranger.get(address).location.startswith("/sign-in?")


def test_a_policy_replaced_meanwhile_is_said_and_the_new_quiz_offered(
    begun: CheckingClient, cast: dict[Role, Person], vera: Person
) -> None:
    old = open_attempt()
    send_answer(begun, 1, choices(old.questions[0]))
    new = published(cast[Role.CHAIR], WITHOUT_BOUNDARIES)
    assert begun.get(f"{QUIZ}2").location == QUIZ
    assert send_answer(begun, 2, [0]).location == QUIZ
    assert "in the version that holds now" in words(begun.get(QUIZ))
    undertakings.finish(vera, new)
    page = begun.get(QUIZ)
    assert "The policy has changed since you began" in words(page)
    assert "Begin on the new policy" in words(page)
    assert begun.send(QUIZ).location == f"{QUIZ}1"
    assert open_attempt().version_id == new.id
    assert "ended, as the policy changed" in words(begun.get(QUIZ))


def test_the_result_under_an_old_policy_leads_to_the_new_quiz(begun: CheckingClient, cast: dict[Role, Person]) -> None:
    take(begun, wrong=lambda question: question.essential)
    published(cast[Role.CHAIR], WITHOUT_BOUNDARIES)
    page = begun.get(f"{QUIZ}result")
    assert "The policy has changed since" in words(page)
    assert "Try these again" not in words(page)


def test_two_centres_with_different_policies_are_asked_different_questions(
    ask_everything: None, client: CheckingClient, vera: Person, cast: dict[Role, Person]
) -> None:
    asked = []
    for text in (f"{MILLBROOK}\n13. We bring biscuits.\n", WITHOUT_BOUNDARIES):
        undertakings.finish(vera, published(cast[Role.CHAIR], text))
        client.send(QUIZ)
        asked.append({(question.id, question.provision) for question in open_attempt().questions})
        assert "Begin" not in words(client.get(QUIZ))
    gone = asked[0] - asked[1]
    assert {provision for _, provision in gone} == {Key.OWN_BOUNDARIES}
    assert asked[1] < asked[0]


def test_htmx_gets_the_question_alone_and_a_browser_the_page(begun: CheckingClient) -> None:
    fragment = begun.get(f"{QUIZ}1", headers=HTMX)
    assert "HX-Request" in fragment.headers["Vary"]
    assert "<html" not in fragment.text
    # The token is a new one each second.
    part, whole = (TOKEN.sub("", text) for text in (fragment.text.strip(), begun.get(f"{QUIZ}1").text))
    assert part in whole
    assert "autofocus" in fragment.text
    assert faults_of(fragment.text) == ["no h1"]


def test_htmx_gets_the_feedback_and_the_next_question_in_place(begun: CheckingClient) -> None:
    answered = send_answer(begun, 1, choices(open_attempt().questions[0]), headers=HTMX, follow_redirects=True)
    assert answered.status_code == 200
    assert "<html" not in answered.text
    assert f'href="{QUIZ}2" hx-get="{QUIZ}2" hx-push-url="true"' in answered.text


def test_htmx_gets_what_is_wrong_in_place(begun: CheckingClient) -> None:
    refused = send_answer(begun, 1, [], headers=HTMX)
    assert (refused.status_code, "<html" in refused.text) == (422, False)
    assert "Choose an answer" in words(refused)


def test_htmx_is_led_to_another_page_and_never_puts_it_inside(begun: CheckingClient) -> None:
    take(begun)
    led = begun.get(f"{QUIZ}3", headers=HTMX)
    assert (led.status_code, led.headers["HX-Redirect"]) == (204, f"{QUIZ}result")


def test_htmx_keeps_nothing_in_the_browser_and_runs_nothing(begun: CheckingClient) -> None:
    page = begun.get(f"{QUIZ}1")
    assert page.headers["Cache-Control"] == "no-store"
    for setting in (
        '"historyCacheSize": 0',
        '"allowEval": false',
        '"allowScriptTags": false',
        '"selfRequestsOnly": true',
    ):
        assert setting in page.text
    assert "htmx.min.js" in page.text


def test_without_the_htmx_package_the_page_asks_for_no_script(app: Flask, begun: CheckingClient) -> None:
    del app.extensions["static_files"]["htmx.min.js"]
    page = begun.get(f"{QUIZ}1")
    assert (page.status_code, "<script" in page.text) == (200, False)


def test_policy_text_in_the_feedback_cannot_act(client: CheckingClient, vera: Person, cast: dict[Role, Person]) -> None:
    nasty = MILLBROOK.replace(
        "outside the centre.", 'outside the centre. <a hx-get="/me/" href="javascript:1">x</a><script>1</script>'
    )
    undertakings.finish(vera, published(cast[Role.CHAIR], nasty))
    client.send(QUIZ)
    take(client, wrong=lambda question: question.provision == Key.OWN_BOUNDARIES)
    page = client.get(f"{QUIZ}result")
    assert "own telephone number" in page.text
    assert 'hx-get="/me/"' not in page.text
    assert "<script>" not in page.text


def test_an_answer_sent_after_the_sign_in_ended_comes_back_filled_in(
    begun: CheckingClient, as_role: Callable[..., Any]
) -> None:
    fields = {"csrf_token": begun.token(), "attempt": open_attempt().id, "chosen": "1"}
    clock.advance(timedelta(hours=3))
    assert begun.post(f"{QUIZ}1", data=fields).location.startswith("/sign-in?")
    assert open_attempt().results == []
    page = as_role(Role.VOLUNTEER).get(f"{QUIZ}1")
    assert "This was not sent yet" in words(page)
    assert 'value="1" checked' in page.text


def test_an_answer_kept_for_later_is_forgotten_with_the_last_answer(
    begun: CheckingClient, as_role: Callable[..., Any]
) -> None:
    attempt = open_attempt()
    for index, question in enumerate(attempt.questions[:-1]):
        attempts.answer(attempt, index, choices(question), 80)
    fields = {"csrf_token": begun.token(), "attempt": attempt.id, "chosen": "1"}
    clock.advance(timedelta(hours=3))
    begun.post(f"{QUIZ}15", data=fields)
    assert Draft.select().count() == 1
    send_answer(as_role(Role.VOLUNTEER), 15, choices(attempt.questions[-1]))
    assert Draft.select().count() == 0


def test_an_answer_kept_from_an_old_attempt_is_not_given_back_in_a_new_one(
    begun: CheckingClient, as_role: Callable[..., Any], cast: dict[Role, Person], vera: Person
) -> None:
    fields = {"csrf_token": begun.token(), "attempt": open_attempt().id, "chosen": "1"}
    clock.advance(timedelta(hours=3))
    begun.post(f"{QUIZ}1", data=fields)
    undertakings.finish(vera, published(cast[Role.CHAIR], WITHOUT_BOUNDARIES))
    back = as_role(Role.VOLUNTEER)
    back.send(QUIZ)
    page = back.get(f"{QUIZ}1")
    assert "This was not sent yet" not in words(page)
    assert " checked>" not in page.text


def test_the_number_of_queries_does_not_grow_with_attempts_and_people(
    begun: CheckingClient, cast: dict[Role, Person], version: Version
) -> None:
    def queries(address: str) -> int:
        seen: list[str] = []
        db.db.connection().set_trace_callback(seen.append)
        assert begun.get(address).status_code == 200
        db.db.connection().set_trace_callback(None)
        return len([statement for statement in seen if statement.startswith("SELECT")])

    take(begun, wrong=lambda question: question.essential)
    begun.send(QUIZ)
    addresses = (QUIZ, f"{QUIZ}1", f"{QUIZ}result")
    before = [queries(address) for address in addresses]
    take(begun, wrong=lambda question: question.essential)
    begun.send(QUIZ)
    for role in (Role.COORDINATOR, Role.CHAIR):
        quiz = begun.application.extensions["ccc_quizzes"]["confidentiality"]
        attempts.start(cast[role], quiz, version, count=15, has_read=True)
    assert [queries(address) for address in addresses] == before
    assert max(before) <= 15


def test_a_faulty_quiz_stops_the_start_and_says_what_is_wrong(
    app: Flask, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "confidentiality.toml").write_text('title = "Broken"\n')
    with pytest.raises(QuizError, match=r"confidentiality\.toml: has no \[\[question\]\]") as caught:
        create_app(settings, QUIZZES=tmp_path)
    monkeypatch.setattr(ccc, "create_app", lambda _: (_ for _ in ()).throw(caught.value))
    with pytest.raises(SystemExit, match=r"has no \[\[question\]\]"):
        starter.create_app()
