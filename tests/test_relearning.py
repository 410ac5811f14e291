"""After a change of the policy everybody reads, answers and signs what changed, by a day; until then they may serve."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from ccc import clock, daily, mail, people, policies, undertakings
from ccc.config import Settings
from ccc.dbs.clearance import clear
from ccc.mail import Outbox
from ccc.onboarding import dates, progress, steps
from ccc.onboarding.dates import Key as StepKey
from ccc.onboarding.steps import State
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.provisions import Key
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from ccc.undertakings.signing_anew import SigningReminder
from tests.booking_log import make_duty, make_session
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, making, published
from tests.undertaken import HOME, checked, read_and_passed, signed

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
READ, QUIZ = "/policies/confidentiality/read", "/quizzes/confidentiality/"
TWO_YEARS = MILLBROOK.replace("three years", "two years")
# No question is asked about the words before the clauses.
KINDER = MILLBROOK.replace("trust us with hard times", "trust us in their hardest times")
BY = date(2027, 1, 2)
OWN = (StepKey.READ, StepKey.QUIZ, StepKey.UNDERTAKING)


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


@pytest.fixture
def vera(cast: Cast, version: Version) -> Person:
    """The volunteer, who has done every step, and signed the first version."""
    person = cast[Role.VOLUNTEER]
    recorded = {step: clock.today() for step in dates.RECORDED if step not in steps.REVIEWS}
    dates.record_dates(person, recorded, cast[Role.COORDINATOR], seen=0)
    clear(person, clock.today(), clock.today() + timedelta(days=999), cast[Role.CHAIR])
    signed(read_and_passed(person, version), version)
    return person


def edited(cast: Cast, text: str) -> Version:
    """A change of form."""
    policies.draft("confidentiality", text, cast[Role.SAFEGUARDING])
    policies.approve(making(), cast[Role.CHAIR], seen=policies.fingerprint(making()))
    return policies.publish(making(), cast[Role.CHAIR], material=False, change_note="Words.")


def changed(cast: Cast, text: str = TWO_YEARS, sign_by: date | None = BY) -> Version:
    return published(cast[Role.CHAIR], text, note="We keep less.", sign_by=sign_by)


def states(person: Person) -> list[State]:
    return [step.state for step in steps.steps(person) if step.key in OWN]


def listed_as_ready(person: Person) -> bool:
    entries, _ = progress.people_list(progress.Show.HERE)
    return next(entry.ready for entry in entries if entry.number == person.id)


def main_of(page: str) -> str:
    found = re.search(r"<section.*</section>", page, re.DOTALL)
    assert found
    return found[0]


def turn(client: CheckingClient, version: Version, **fields: object) -> None:
    assert client.send(READ, version=version.id, **fields).status_code == 303


def answer_all(client: CheckingClient, person: Person) -> Attempt:
    """Answer every question of the open attempt right."""
    attempt = attempts.newest(person, "confidentiality")
    assert attempt
    for number, question in enumerate(attempt.questions, 1):
        right = [str(place) for place, one in enumerate(question.answers) if one.right]
        client.send(f"{QUIZ}{number}", attempt=attempt.id, chosen=right)
    return Attempt.get_by_id(attempt.id)


# What is learned anew


def test_a_volunteer_reads_answers_and_signs_only_what_changed(as_role: Browser, cast: Cast, vera: Person) -> None:
    client = as_role(Role.VOLUNTEER)
    first = undertakings.acknowledgements(vera)[0]
    certificate = main_of(client.get(f"/undertakings/certificates/{first.number}").text)
    newer = changed(cast)
    page = client.get(READ).text
    assert "Here you read only what changed." in page
    assert "<del>three</del> <ins>two</ins> years" in page
    assert "kept in a secure place" not in page
    assert page.count('class="label"') == 1
    turn(client, newer, finished="y")
    assert "Begin the quiz" in client.get(QUIZ).text
    client.send(QUIZ)
    asked = answer_all(client, vera)
    assert {question.provision for question in asked.questions} == {Key.DISPOSAL}
    assert asked.passed
    client.send(checked(client), name="Vera Volunteer")
    second, before = undertakings.acknowledgements(vera)
    assert (second.version_id, before) == (newer.id, first)
    assert main_of(client.get(f"/undertakings/certificates/{first.number}").text) == certificate
    assert states(vera) == [State.DONE] * 3


def test_what_nobody_is_asked_about_leads_from_reading_straight_to_signing(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    client, newer = as_role(Role.VOLUNTEER), changed(cast, KINDER)
    page = client.get(READ).text
    assert "<ins>in their hardest</ins>" in page
    assert 'class="label"' not in page
    turn(client, newer, finished="y")
    assert states(vera) == [State.DONE, State.DONE, State.NOW]
    assert checked(client)
    assert "You have passed this quiz" in client.get(QUIZ).text
    assert client.get(f"{QUIZ}result").status_code == 404


def test_a_question_on_the_change_must_be_answered_before_signing(as_role: Browser, cast: Cast, vera: Person) -> None:
    client, newer = as_role(Role.VOLUNTEER), changed(cast)
    turn(client, newer, finished="y")
    assert "Pass the quiz" in client.get(HOME).text
    with pytest.raises(RefusedError, match="pass the quiz first"):
        signed(vera, newer)


def test_whoever_never_read_it_reads_all_of_it_and_is_asked_about_all(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    newer, client = changed(cast), as_role(Role.VOLUNTEER)
    client.send(READ, version=newer.id, way="all")
    assert client.get(READ).text.count('<span class="label">') == len(policies.clauses(newer))
    turn(client, newer, finished="y")
    client.send(QUIZ)
    attempt = attempts.newest(cast[Role.VOLUNTEER], "confidentiality")
    assert attempt
    assert len({question.provision for question in attempt.questions}) > 8


def test_whoever_missed_a_version_learns_all_that_changed_since_they_signed(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    changed(cast)
    newest = changed(cast, TWO_YEARS.replace("on the notice board", "on the wall of the hall"))
    client = as_role(Role.VOLUNTEER)
    client.send(READ, version=newest.id, way="all")
    labels = re.findall(r'class="label">([^<]+)<', client.get(READ).text)
    assert labels == ["10", "11"]


def test_a_clause_that_came_and_one_that_went_are_both_read(as_role: Browser, cast: Cast, vera: Person) -> None:
    without = re.sub(r"6\. A volunteer tells.*\n", "", MILLBROOK) + "\n13. Nobody takes photographs in the hall.\n"
    newest = changed(cast, without)
    client = as_role(Role.VOLUNTEER)
    client.send(READ, version=newest.id, way="all")
    page = client.get(READ).text
    assert "<ins>Nobody takes photographs in the hall.</ins>" in page
    assert "<del>A volunteer tells the co-ordinator if they know somebody who comes to the centre.</del>" in page


def test_a_part_of_a_clause_is_asked_about_with_what_stands_above_it_and_not_beside_it(
    cast: Cast, vera: Person, version: Version
) -> None:
    newer = changed(cast, MILLBROOK.replace("a) a child is at risk of harm", "a) a child is in danger of harm"))
    lesson = policies.lesson(version, newer)
    assert lesson.labels == {"3a"}
    assert Key.ATTENDANCE_ONLY in lesson.promises
    assert lesson.promises <= {Key.ATTENDANCE_ONLY, Key.RISK_EXCEPTIONS}


@pytest.mark.parametrize(
    "text",
    [
        MILLBROOK,
        MILLBROOK.replace("# Millbrook confidentiality policy", "# How we keep silence"),
        re.sub(r"\n10\.(.*)\n\n11\.(.*)\n", r"\n10.\2\n\n11.\1\n", MILLBROOK),
    ],
    ids=["the words are back", "another title", "another order"],
)
def test_whoever_has_nothing_to_read_again_is_told_so_and_led_on_to_signing(
    as_role: Browser, cast: Cast, vera: Person, text: str
) -> None:
    changed(cast)
    newest, client = changed(cast, text), as_role(Role.VOLUNTEER)
    page = client.get(READ).text
    assert "Nothing changed in it that you have to read again." in page
    assert "Here you read only what changed" not in page
    assert 'class="label"' not in page
    turn(client, newest, place=1)
    ended = client.send(READ, version=newest.id, finished="y")
    assert ended.location == HOME
    assert checked(client)
    assert states(vera) == [State.DONE, State.DONE, State.NOW]


def test_who_has_questions_to_answer_is_led_back_to_what_comes_next(as_role: Browser, cast: Cast, vera: Person) -> None:
    newer = changed(cast)
    assert as_role(Role.VOLUNTEER).send(READ, version=newer.id, finished="y").location == READ


def test_an_exception_that_went_under_another_sentence_is_learned_in_both_places(cast: Cast) -> None:
    first, second = "    a) a court orders it;\n\n    b) {};\n\n", "    a) {};\n\n"
    text = "# Rules\n\n1. Nothing is told unless:\n\n{}2. The police are never told, even if:\n\n{}"
    old = published(cast[Role.CHAIR], text.format(first.format("we agree"), second.format("they ask")))
    new = published(cast[Role.CHAIR], text.format(second.format("we agree"), first.format("they ask")))
    lesson = policies.lesson(old, new)
    assert lesson.labels == {"1", "2a"}
    assert [change.before for change in lesson.elsewhere] == ["1a"]


def test_a_sentence_that_lost_a_part_is_asked_about(cast: Cast, version: Version) -> None:
    newer = changed(cast, re.sub(r"a\) a child.*\n\n    b\)", "a)", MILLBROOK))
    lesson = policies.lesson(version, newer)
    assert lesson.labels == {"3"}
    assert Key.ATTENDANCE_ONLY in lesson.promises


def test_the_same_words_that_are_taken_to_promise_otherwise_are_read_again(cast: Cast, vera: Person) -> None:
    before = policies.in_force("confidentiality")
    draft = policies.draft("confidentiality", MILLBROOK, cast[Role.SAFEGUARDING])
    clause = next(one for one in policies.clauses(draft) if one.label == "10")
    policies.retag(clause, {Key.DISPOSAL: {"years": 2}}, cast[Role.SAFEGUARDING])
    policies.approve(making(), cast[Role.CHAIR], seen=policies.fingerprint(making()))
    newer = policies.publish(making(), cast[Role.CHAIR], material=True, change_note="Two.", sign_by=BY)
    assert before
    assert policies.lesson(before, newer).labels == {"10"}
    assert policies.lesson(before, newer).promises == {Key.DISPOSAL}


def test_going_through_the_parts_keeps_to_those_that_changed(as_role: Browser, cast: Cast, vera: Person) -> None:
    newer, client = changed(cast, TWO_YEARS.replace("a secure place", "a locked place")), as_role(Role.VOLUNTEER)
    assert "Part 1 of 2" in client.get(READ).text
    turn(client, newer, place=7)
    assert "Part 2 of 2" in client.get(READ).text


# Until the day


def test_until_the_day_the_old_signature_counts_and_after_it_nobody_serves(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    changed(cast)
    page = as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert "The policy has changed. Please read what is new and sign by 2 January 2027." in page
    assert states(vera) == [State.NOW, State.LATER, State.LATER]
    with clock.at(BY):
        assert steps.may_be_on_rota(vera)
        assert listed_as_ready(vera)
        assert vera.id in progress.ready_for_rota()
    with clock.at(BY + timedelta(days=1)):
        assert not steps.may_be_on_rota(vera)
        assert not listed_as_ready(vera)
        assert vera.id not in progress.ready_for_rota()
        page = as_role(Role.VOLUNTEER).get("/onboarding/").text
        assert "You may serve again when you have read what is new and signed." in page


def test_nobody_is_put_on_the_rota_of_a_day_on_which_their_signature_counts_no_more(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    newer, client = changed(cast), as_role(Role.COORDINATOR)
    in_time, too_late = make_session(day=BY), make_session(day=BY + timedelta(days=7))
    assert f'<option value="{vera.id}"' in client.get(f"/sessions/{in_time.id}/rota").text
    assert f'<option value="{vera.id}"' not in client.get(f"/sessions/{too_late.id}/rota").text
    assert client.send(f"/sessions/{too_late.id}/rota", person=vera.id).status_code == 422
    assert client.send(f"/sessions/{in_time.id}/rota", person=vera.id).status_code == 303
    signed(read_and_passed(vera, newer), newer)
    assert client.send(f"/sessions/{too_late.id}/rota", person=vera.id).status_code == 303


def test_of_two_changes_the_first_day_counts_for_whoever_signed_neither(cast: Cast, vera: Person) -> None:
    changed(cast)
    changed(cast, KINDER, sign_by=BY + timedelta(days=60))
    assert undertakings.unsigned() == ((vera.id, BY),)
    assert steps.may_be_on_rota(vera, BY)
    assert not steps.may_be_on_rota(vera, BY + timedelta(days=1))


def test_the_register_names_the_day_after_a_change_of_form_too(as_role: Browser, cast: Cast, vera: Person) -> None:
    changed(cast)
    edited(cast, TWO_YEARS.replace("hard times", "difficult times"))
    page = as_role(Role.COORDINATOR).get("/undertakings/confidentiality/register").text
    assert "version 2.1" in page
    assert "What people signed before counts until 2 January 2027." in page


def test_the_list_of_rotas_tells_whose_signature_will_not_count_on_the_day(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    for day in (BY, BY + timedelta(days=7)):
        make_duty(make_session(day=day), vera)
    changed(cast)
    page = as_role(Role.COORDINATOR).get("/rota/").text
    assert page.count("1 of those on it may not serve that day") == 1


def test_office_holders_see_that_somebody_may_serve_who_has_still_to_sign(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    changed(cast)
    assert "May be on the rota: <strong>yes</strong>" in as_role(Role.COORDINATOR).get(f"/people/{vera.id}/").text
    with clock.at(BY + timedelta(days=1)):
        page = as_role(Role.COORDINATOR).get(f"/people/{vera.id}/").text
    assert "May be on the rota: <strong>not yet</strong>" in page


def test_a_change_of_form_alone_asks_nobody_to_sign(cast: Cast, vera: Person) -> None:
    assert edited(cast, KINDER).sign_by is None
    assert undertakings.unsigned() == ()
    assert states(vera) == [State.DONE] * 3


def test_those_who_have_time_left_are_no_fault_and_those_who_are_late_on_a_rota_are(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    make_duty(make_session(day=BY + timedelta(days=3)), vera)
    changed(cast)
    page = as_role(Role.SAFEGUARDING).get("/conformance/").text
    assert "People who signed before the policy changed, and have time left to sign anew: 1." in page
    assert "who have not signed" not in page
    with clock.at(BY + timedelta(days=1)):
        page = as_role(Role.SAFEGUARDING).get("/conformance/").text
    assert "have time left" not in page
    assert "People on the rota of a session to come who have not signed: 1." in page


# Reminders


def mails() -> list[tuple[str, str]]:
    return [(mail.recipient, mail.body) for mail in Outbox.select().order_by(Outbox.id)]


def test_whoever_has_not_signed_is_told_four_times_and_then_the_coordinator_is(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    changed(cast)
    begun, sent = clock.today(), []
    for days in range((BY - begun).days + 9):
        with clock.at(begun + timedelta(days=days)):
            sent += [days] * (undertakings.remind() + undertakings.remind())
    own, told = vera.email, cast[Role.COORDINATOR].email
    assert sent == [0, 14, 28, 42, 43]
    assert [who for who, _ in mails()] == [own, own, own, own, told]
    assert "sign by 2 January 2027" in mails()[0][1]
    assert "1 person who signed before" in mails()[-1][1]
    assert not any(person.name.split()[0] in text for _, text in mails() for person in cast.values())
    with clock.at(BY + timedelta(days=1)):
        page = as_role(Role.COORDINATOR).get("/").text
        assert "1 person has not signed the changed policy in time" in page
        assert "not signed the changed policy" not in as_role(Role.VOLUNTEER).get("/").text


def test_nobody_is_reminded_who_has_signed_or_left_or_never_signed(cast: Cast, vera: Person, version: Version) -> None:
    gone = read_and_passed(people.add("Gundula Gone (invented)", None, None, cast[Role.CHAIR]), version)
    signed(gone, version)
    newer = changed(cast)
    people.leave(gone, cast[Role.COORDINATOR])
    signed(read_and_passed(vera, newer), newer)
    assert undertakings.unsigned() == ()
    assert undertakings.remind() == 0
    assert SigningReminder.select().count() == 0


def test_a_day_that_is_today_gives_one_notice_and_then_tells_the_coordinator(cast: Cast, vera: Person) -> None:
    changed(cast, sign_by=clock.today())
    undertakings.remind()
    clock.advance(timedelta(days=1))
    undertakings.remind()
    assert [who for who, _ in mails()] == [vera.email, cast[Role.COORDINATOR].email]
    assert undertakings.late() == 1


def test_a_change_of_form_starts_no_reminders_anew(cast: Cast, vera: Person) -> None:
    changed(cast)
    assert undertakings.remind() == 1
    edited(cast, TWO_YEARS.replace("hard times", "difficult times"))
    assert undertakings.remind() == 0
    with clock.at(BY):
        assert undertakings.remind() == 1


def test_whoever_is_late_for_one_change_hears_of_the_next(cast: Cast, vera: Person) -> None:
    changed(cast)
    with clock.at(BY + timedelta(days=1)):
        undertakings.remind()
        newer = changed(cast, KINDER, sign_by=BY + timedelta(days=60))
        assert undertakings.remind() == 2
        assert undertakings.remind() == 0
        own = SigningReminder.select().where(SigningReminder.version == newer, SigningReminder.stage == 0)
        assert [one.person_id for one in own] == [vera.id]
        text = next(text for who, text in reversed(mails()) if who == vera.email)
        assert "counts no longer: you may not be on the rota until you have" in text


def test_whom_no_mail_reaches_the_coordinator_tells_and_a_notice_counts_once_it_is_sent(
    as_role: Browser, cast: Cast, vera: Person
) -> None:
    email = vera.email
    people.change_details(vera, vera.name, None, None, cast[Role.COORDINATOR])
    changed(cast)
    assert undertakings.remind() == 0
    assert SigningReminder.select().count() == 0
    told = "1 person has to sign the changed policy, and no mail reaches them: tell them."
    assert told in as_role(Role.COORDINATOR).get("/").text
    assert told not in as_role(Role.CHAIR).get("/").text
    people.change_details(vera, vera.name, email, None, cast[Role.COORDINATOR])
    assert told not in as_role(Role.COORDINATOR).get("/").text
    mail.turn(on=False)
    assert undertakings.remind() == 0
    assert told in as_role(Role.COORDINATOR).get("/").text
    mail.turn(on=True)
    assert undertakings.remind() == 1


def test_the_house_keeping_reminds_by_itself(cast: Cast, vera: Person, settings: Settings) -> None:
    changed(cast)
    assert any(line == "Mails about a policy to sign anew: 1" for line in daily.run(settings))


# Publishing it


@pytest.fixture
def approved(cast: Cast, vera: Person) -> Version:
    policies.draft("confidentiality", TWO_YEARS, cast[Role.SAFEGUARDING])
    policies.approve(making(), cast[Role.CHAIR], seen=policies.fingerprint(making()))
    return making()


PUBLISH = "/drafting/confidentiality/publish"
GOOD = {"kind": "material", "change_note": "We keep less.", "sign_by": "2027-01-02"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"change_note": "  "}, "Say in a sentence what has changed."),
        ({"sign_by": ""}, "Fill in the day by which everybody signs again."),
        ({"sign_by": "2026-11-20"}, "today or later, and less than a year ahead"),
        ({"sign_by": "2027-11-21"}, "today or later, and less than a year ahead"),
        ({"sign_by": "2027-02-31"}, "There is no such day."),
        ({"kind": "editorial"}, "promises something else than the one before, so the change is material"),
    ],
)
def test_chair_cannot_publish_a_change_that_is_not_sound(
    as_role: Browser, approved: Version, wrong: dict[str, str], said: str
) -> None:
    answer = as_role(Role.CHAIR).send(PUBLISH, **(GOOD | {"seen": str(approved.id)} | wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert making() == approved


def test_chair_publishes_with_reason_and_day(as_role: Browser, approved: Version) -> None:
    page = as_role(Role.CHAIR).get(PUBLISH).text
    assert 'value="2027-01-02"' in page
    assert as_role(Role.CHAIR).send(PUBLISH, seen=approved.id, **GOOD).status_code == 303
    newer = policies.in_force("confidentiality")
    assert newer
    assert (newer.number, newer.sign_by, newer.change_note) == ("2.0", BY, "We keep less.")
    register = as_role(Role.COORDINATOR).get("/undertakings/confidentiality/register").text
    assert "What people signed before counts until 2 January 2027." in register


@pytest.mark.parametrize("day", ["31/2/2027", "2030-01-01", ""])
def test_a_change_of_form_is_published_whatever_stands_for_the_day(
    as_role: Browser, cast: Cast, vera: Person, day: str
) -> None:
    policies.draft("confidentiality", KINDER, cast[Role.SAFEGUARDING])
    policies.approve(making(), cast[Role.CHAIR], seen=policies.fingerprint(making()))
    typed = GOOD | {"seen": str(making().id), "kind": "editorial", "sign_by": day}
    assert as_role(Role.CHAIR).send(PUBLISH, **typed).status_code == 303


def test_no_change_of_what_is_signed_comes_without_a_day(cast: Cast, approved: Version) -> None:
    with pytest.raises(RefusedError, match="the day by which everybody signs again"):
        policies.publish(approved, cast[Role.CHAIR], material=True, change_note="We keep less.")


def test_no_reason_is_no_change_however_it_is_asked_for(cast: Cast, approved: Version) -> None:
    with pytest.raises(RefusedError, match="what has changed, and why"):
        policies.publish(approved, cast[Role.CHAIR], material=True, change_note=" ", sign_by=BY)


def test_a_policy_that_nobody_signs_asks_for_no_day(as_role: Browser, cast: Cast) -> None:
    published(cast[Role.CHAIR], "# Lone working\n\n1. Nobody opens the hall alone.\n", slug="lone-working")
    policies.draft("lone-working", "# Lone working\n\n1. Two open the hall.\n", cast[Role.SAFEGUARDING])
    draft = making("lone-working")
    policies.approve(draft, cast[Role.CHAIR], seen=policies.fingerprint(draft))
    client, address = as_role(Role.CHAIR), "/drafting/lone-working/publish"
    assert "sign_by" not in client.get(address).text
    assert client.send(address, seen=draft.id, kind="material", change_note="Two.").status_code == 303
