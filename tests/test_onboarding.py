"""Joining: the steps that a volunteer sees, the dates that the co-ordinator records, clearance, trial reviews."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from peewee import DatabaseError

from ccc import clock, people, undertakings
from ccc.audit import AuditLine, Event
from ccc.db import db, writing
from ccc.dbs import asked
from ccc.onboarding import dates, steps
from ccc.onboarding.dates import BY_ANOTHER, RECORDED, Key, OnboardingDate, record_dates
from ccc.onboarding.steps import State
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.quizzes.attempts import Attempt
from ccc.roles import Role
from ccc.signin import accounts
from tests.checking import CheckingClient
from tests.conftest import PASSWORD, person_in
from tests.samples import MILLBROOK, published
from tests.test_reading import reworded

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
ONE_DAY = timedelta(days=1)
BEFORE_READING = (Key.APPLICATION, Key.INTERVIEW, Key.FIRST_REFERENCE, Key.SECOND_REFERENCE, Key.INDUCTION)
WITHOUT_DBS = re.sub(r"8\. .*", "8. Everybody wears a badge with a first name.", MILLBROOK)


@pytest.fixture
def version(cast: Cast) -> Version:
    return published(cast[Role.CHAIR])


def recorded(cast: Cast, person: Person, *which: Key, on: date = date(2026, 3, 4)) -> None:
    record_dates(person, dict.fromkeys(which, on), cast[Role.COORDINATOR])


def passed(person: Person, version: Version) -> None:
    done = {"asked": "[]", "passed": True, "finished_at": clock.now()}
    Attempt.create(person=person, quiz="confidentiality", version=version, **done)


def signed(cast: Cast, person: Person, version: Version, on: date | None = None) -> None:
    undertakings.record_on_paper(person, version, on or clock.today(), cast[Role.CHAIR], cast[Role.COORDINATOR])


def states(person: Person) -> dict[Key, State]:
    return {step.key: step.state for step in steps.steps(person)}


def read_passed_and_signed(cast: Cast, person: Person, version: Version) -> None:
    undertakings.finish(person, version)
    passed(person, version)
    signed(cast, person, version)


# The volunteer's own list


def test_volunteer_sees_every_step_and_nothing_is_ticked_at_first(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    text = as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert "You have done 0 of 9 steps. Next: read our confidentiality policy." in text
    assert [title for title in dates.TITLES.values() if title not in text] == []
    assert "With the safeguarding officer. Nothing for you to do now." in text
    assert "Done" not in text


def test_the_next_own_step_follows_from_what_was_done(as_role: Browser, cast: Cast, version: Version) -> None:
    volunteer, client = cast[Role.VOLUNTEER], as_role(Role.VOLUNTEER)
    assert "Read the policy" in client.get("/onboarding/").text
    undertakings.finish(volunteer, version)
    assert "Go to the quiz" in client.get("/onboarding/").text
    passed(volunteer, version)
    assert "You have done 2 of 9 steps. Next: sign the undertaking." in client.get("/onboarding/").text
    signed(cast, volunteer, version)
    assert "You have done 3 of 9 steps. Next: application." in client.get("/onboarding/").text


def test_a_quiz_that_is_broken_off_is_gone_on_with(as_role: Browser, cast: Cast, version: Version) -> None:
    undertakings.finish(cast[Role.VOLUNTEER], version)
    begun = {"asked": "[1, 2, 3]", "marks": "[true]"}
    Attempt.create(person=cast[Role.VOLUNTEER], quiz="confidentiality", version=version, **begun)
    text = as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert "Question 2 of 3" in text
    assert "Go on with the quiz" in text
    assert "Quiz on the policy: question 2 of 3." in as_role(Role.VOLUNTEER).get("/").text


def test_a_quiz_on_an_older_policy_is_not_gone_on_with(as_role: Browser, cast: Cast, version: Version) -> None:
    begun = {"asked": "[1, 2, 3]", "marks": "[true]"}
    Attempt.create(person=cast[Role.VOLUNTEER], quiz="confidentiality", version=version, **begun)
    newer = published(cast[Role.CHAIR], MILLBROOK.replace("nothing else", "no more"))
    undertakings.finish(cast[Role.VOLUNTEER], newer)
    text = as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert "Go to the quiz" in text
    assert "Question" not in text


def test_the_first_page_leads_on_until_nothing_is_left_to_do_alone(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    client = as_role(Role.VOLUNTEER)
    assert 'href="/policies/confidentiality/read"' in client.get("/").text
    read_passed_and_signed(cast, cast[Role.VOLUNTEER], version)
    assert "Nothing waits for you today." in client.get("/").text


def test_before_a_policy_is_published_the_list_says_so(as_role: Browser, cast: Cast) -> None:
    text = as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert text.count("When the centre has published its policy.") == 3


def test_a_material_change_asks_for_all_three_again_and_an_editorial_one_does_not(cast: Cast, version: Version) -> None:
    volunteer = cast[Role.VOLUNTEER]
    read_passed_and_signed(cast, volunteer, version)
    reworded(cast)
    own = (Key.READ, Key.QUIZ, Key.UNDERTAKING)
    assert [states(volunteer)[key] for key in own] == [State.DONE] * 3
    published(cast[Role.CHAIR], MILLBROOK.replace("nothing else", "no more"))
    assert [states(volunteer)[key] for key in own] == [State.NOW, State.LATER, State.LATER]


# Clearance and the rota


def test_nobody_is_on_the_rota_without_clearance(cast: Cast, version: Version) -> None:
    volunteer = cast[Role.VOLUNTEER]
    recorded(cast, volunteer, *BEFORE_READING)
    read_passed_and_signed(cast, volunteer, version)
    assert states(volunteer)[Key.CLEARANCE] == State.WITH_OTHERS
    assert not steps.may_be_on_rota(volunteer)


def test_where_no_check_is_asked_for_all_other_steps_lead_to_the_rota(as_role: Browser, cast: Cast) -> None:
    volunteer, version = cast[Role.VOLUNTEER], published(cast[Role.CHAIR], WITHOUT_DBS)
    as_role(Role.CHAIR).send("/centre/dbs")
    recorded(cast, volunteer, *BEFORE_READING)
    undertakings.finish(volunteer, version)
    passed(volunteer, version)
    assert Key.CLEARANCE not in states(volunteer)
    assert not steps.may_be_on_rota(volunteer)
    signed(cast, volunteer, version)
    assert steps.may_be_on_rota(volunteer)
    assert "You have done all 8 steps." in as_role(Role.VOLUNTEER).get("/onboarding/").text


@pytest.mark.parametrize("missing", BEFORE_READING)
def test_each_recorded_step_alone_keeps_somebody_off_the_rota(cast: Cast, missing: Key) -> None:
    volunteer, version = cast[Role.VOLUNTEER], published(cast[Role.CHAIR], WITHOUT_DBS)
    asked.stop_asking(cast[Role.CHAIR])
    recorded(cast, volunteer, *(key for key in BEFORE_READING if key != missing))
    read_passed_and_signed(cast, volunteer, version)
    assert not steps.may_be_on_rota(volunteer)


def test_chair_decides_on_checks_and_takes_it_back(as_role: Browser, cast: Cast) -> None:
    client = as_role(Role.CHAIR)
    client.send("/centre/dbs")
    assert not asked.asks_for_dbs()
    assert "You wrote down that this centre does not ask" in client.get("/centre/dbs").text
    client.send("/centre/dbs")
    assert asked.asks_for_dbs()
    events = [line.event for line in AuditLine.select().order_by(AuditLine.id.desc()).limit(2)]
    assert events == [Event.DBS_ASKED_AGAIN, Event.DBS_NOT_ASKED]


def test_chair_cannot_drop_a_check_that_the_policy_promises(as_role: Browser, cast: Cast, version: Version) -> None:
    answer = as_role(Role.CHAIR).send("/centre/dbs")
    assert answer.status_code == 422
    assert "A policy of the centre promises a DBS check." in answer.text
    assert asked.asks_for_dbs()


def test_a_policy_that_promises_the_check_outweighs_an_earlier_decision(cast: Cast) -> None:
    asked.stop_asking(cast[Role.CHAIR])
    assert Key.CLEARANCE not in states(cast[Role.VOLUNTEER])
    published(cast[Role.CHAIR])
    assert states(cast[Role.VOLUNTEER])[Key.CLEARANCE] == State.WITH_OTHERS


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.SAFEGUARDING])
def test_only_the_chair_decides_on_checks(as_role: Browser, cast: Cast, role: Role) -> None:
    assert as_role(role).get("/centre/dbs").status_code == 403
    assert as_role(role).send("/centre/dbs").status_code == 403
    assert asked.asks_for_dbs()


# Recording dates


def test_coordinator_records_dates_that_everybody_concerned_sees(as_role: Browser, cast: Cast) -> None:
    number = cast[Role.VOLUNTEER].id
    answer = as_role(Role.COORDINATOR).send(
        f"/onboarding/{number}/", seen="0", interview="2026-03-04", reference_1="5/3/26"
    )
    assert (answer.status_code, answer.location) == (303, f"/people/{number}/")
    seen = as_role(Role.CHAIR).get(f"/people/{number}/").text
    assert "4 March 2026, recorded by Colin Coordinator (invented) on 21 November 2026, 09:00" in seen
    assert "5 March 2026" in as_role(Role.VOLUNTEER).get("/onboarding/").text
    assert "/onboarding/" not in seen.split("<main", 1)[1]


def test_a_date_is_corrected_and_taken_back_by_new_rows(as_role: Browser, cast: Cast) -> None:
    client, volunteer = as_role(Role.COORDINATOR), cast[Role.VOLUNTEER]
    address = f"/onboarding/{volunteer.id}/"
    for typed in ("2026-03-04", "2026-03-05", ""):
        client.send(address, seen=str(dates.mark(dates.newest(volunteer))), interview=typed)
    rows = [row.on for row in OnboardingDate.select().order_by(OnboardingDate.id)]
    assert rows == [date(2026, 3, 4), date(2026, 3, 5), None]
    assert states(volunteer)[Key.INTERVIEW] == State.WITH_OTHERS
    assert "Taken back by Colin Coordinator (invented)" in client.get(address).text


def test_what_did_not_change_is_not_written_again(cast: Cast) -> None:
    recorded(cast, cast[Role.VOLUNTEER], Key.INTERVIEW, Key.INDUCTION)
    recorded(cast, cast[Role.VOLUNTEER], Key.INTERVIEW, Key.INDUCTION)
    assert OnboardingDate.select().count() == 2
    lines = [(line.about, line.facts) for line in AuditLine.select().where(AuditLine.event == Event.ONBOARDING_DATE)]
    assert lines[0] == (f"person:{cast[Role.VOLUNTEER].id}", '{"on": "2026-03-04", "step": "interview"}')
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-11-22", "This day is still to come."),
        ("1949-12-31", "This is before 1950."),
        ("yesterday", "We do not understand this date."),
        ("31/2/2026", "There is no such day."),
        ("2026-1²-03", "We do not understand this date."),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_everything_kept(
    as_role: Browser, cast: Cast, typed: str, why: str
) -> None:
    address = f"/onboarding/{cast[Role.VOLUNTEER].id}/"
    answer = as_role(Role.COORDINATOR).send(address, seen="0", interview=typed, induction="2026-03-04")
    assert answer.status_code == 422
    assert why in answer.text
    assert f'value="{typed}"' in answer.text
    assert 'value="2026-03-04"' in answer.text
    assert OnboardingDate.select().count() == 0


def test_today_is_not_the_future_even_just_after_midnight_in_summer(cast: Cast) -> None:
    with clock.at(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)):
        recorded(cast, cast[Role.VOLUNTEER], Key.INDUCTION, on=date(2026, 7, 1))
    assert states(cast[Role.VOLUNTEER])[Key.INDUCTION] == State.DONE


def test_of_two_coordinators_at_once_the_second_is_told_and_loses_nothing(as_role: Browser, cast: Cast) -> None:
    volunteer, client = cast[Role.VOLUNTEER], as_role(Role.COORDINATOR)
    address = f"/onboarding/{volunteer.id}/"
    recorded(cast, volunteer, Key.INDUCTION)
    answer = client.send(address, seen="0", interview="2026-03-09")
    assert answer.status_code == 422
    assert "Somebody else changed these dates meanwhile." in answer.text
    assert 'value="2026-03-09"' in answer.text
    assert states(volunteer)[Key.INDUCTION] == State.DONE


def test_coordinator_records_own_application_but_not_own_interview(as_role: Browser, cast: Cast) -> None:
    own, client = cast[Role.COORDINATOR], as_role(Role.COORDINATOR)
    page = client.get(f"/onboarding/{own.id}/").text
    assert "Another co-ordinator records your interview" in page
    assert 'name="interview"' not in page
    client.send(f"/onboarding/{own.id}/", seen="0", interview="2026-03-04", application="2026-03-01")
    assert states(own)[Key.INTERVIEW] == State.WITH_OTHERS
    assert states(own)[Key.APPLICATION] == State.DONE


@pytest.mark.parametrize("step", sorted(BY_ANOTHER))
def test_nobody_records_what_somebody_else_must_judge(cast: Cast, step: Key) -> None:
    with pytest.raises(RefusedError, match="recorded by another co-ordinator"):
        recorded(cast, cast[Role.COORDINATOR], step)


def test_another_coordinator_records_the_first_ones_interview(cast: Cast) -> None:
    second = person_in(Role.COORDINATOR, "Cora Second (invented)")
    record_dates(cast[Role.COORDINATOR], {Key.INTERVIEW: date(2026, 3, 4)}, second)
    assert states(cast[Role.COORDINATOR])[Key.INTERVIEW] == State.DONE


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR])
def test_nobody_but_the_coordinator_records_dates(as_role: Browser, cast: Cast, role: Role) -> None:
    address = f"/onboarding/{cast[Role.VOLUNTEER].id}/"
    assert as_role(role).get(address).status_code == 403
    assert as_role(role).send(address, seen="0", interview="2026-03-04").status_code == 403
    assert OnboardingDate.select().count() == 0


def test_dates_of_somebody_unknown_are_not_found(as_role: Browser) -> None:
    assert as_role(Role.COORDINATOR).get("/onboarding/999/").status_code == 404


def test_a_volunteer_does_not_learn_of_another_ones_steps(as_role: Browser, cast: Cast) -> None:
    assert as_role(Role.VOLUNTEER).get(f"/people/{cast[Role.CHAIR].id}/").status_code == 403


def test_typed_dates_survive_an_ended_sign_in(as_role: Browser, cast: Cast) -> None:
    client, address = as_role(Role.COORDINATOR), f"/onboarding/{cast[Role.VOLUNTEER].id}/"
    token = client.token()
    clock.advance(timedelta(hours=1))
    answer = client.post(address, data={"csrf_token": token, "seen": "0", "interview": "2026-03-04"})
    assert answer.location.startswith("/sign-in")
    back = as_role(Role.COORDINATOR).get(address).text
    assert "This was not sent yet." in back
    assert 'value="2026-03-04"' in back
    assert OnboardingDate.select().count() == 0


@pytest.mark.parametrize("sql", ['UPDATE onboarding_date SET "on" = NULL', "DELETE FROM onboarding_date"])
def test_the_database_refuses_to_touch_a_date(cast: Cast, sql: str) -> None:
    recorded(cast, cast[Role.VOLUNTEER], Key.INTERVIEW)
    with pytest.raises(DatabaseError, match="append-only"), writing():
        db.execute_sql(sql)


def test_only_steps_that_are_done_in_the_room_are_recorded_by_hand(cast: Cast) -> None:
    for step in set(Key) - set(RECORDED):
        with pytest.raises(ValueError, match="not recorded by hand"):
            recorded(cast, cast[Role.VOLUNTEER], step)


# The trial


@pytest.mark.parametrize(
    ("signed_on", "due"),
    [
        (date(2026, 11, 30), (date(2027, 2, 28), date(2027, 5, 30))),
        (date(2027, 8, 31), (date(2027, 11, 30), date(2028, 2, 29))),
        (date(2026, 12, 1), (date(2027, 3, 1), date(2027, 6, 1))),
    ],
)
def test_reviews_are_due_three_and_six_calendar_months_after_signing(
    as_role: Browser, cast: Cast, version: Version, signed_on: date, due: tuple[date, date]
) -> None:
    with clock.at(signed_on):
        signed(cast, cast[Role.VOLUNTEER], version)
    for day, expected in ((due[0] - ONE_DAY, 0), (due[0], 1), (due[1] - ONE_DAY, 1), (due[1], 2)):
        with clock.at(day):
            page = as_role(Role.COORDINATOR).get("/").text
        assert page.count("Vera Volunteer (invented): review after") == expected, day
        assert ("review after three months" in page) == (expected > 0)


def test_a_recorded_review_no_longer_waits_and_a_leaver_has_none(
    as_role: Browser, cast: Cast, version: Version
) -> None:
    volunteer = cast[Role.VOLUNTEER]
    signed(cast, volunteer, version)
    with clock.at(date(2027, 3, 1)):
        assert "Vera Volunteer" in as_role(Role.COORDINATOR).get("/").text
        recorded(cast, volunteer, Key.FIRST_REVIEW, on=date(2027, 2, 25))
        assert "Vera Volunteer" not in as_role(Role.COORDINATOR).get("/").text
    with clock.at(date(2027, 7, 1)):
        assert "Vera Volunteer" in as_role(Role.COORDINATOR).get("/").text
        people.leave(volunteer, cast[Role.COORDINATOR])
        assert "Vera Volunteer" not in as_role(Role.COORDINATOR).get("/").text


def test_signing_a_new_edition_does_not_begin_the_trial_anew(cast: Cast, version: Version) -> None:
    signed(cast, cast[Role.VOLUNTEER], version)
    with clock.at(date(2027, 2, 1)):
        newer = published(cast[Role.CHAIR], MILLBROOK.replace("nothing else", "no more"))
        signed(cast, cast[Role.VOLUNTEER], newer)
        note = next(step.note for step in steps.steps(cast[Role.VOLUNTEER]) if step.key == Key.FIRST_REVIEW)
    assert note == "Due on 21 February 2027."


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.SAFEGUARDING, Role.CHAIR])
def test_reviews_wait_for_the_coordinator_only(as_role: Browser, cast: Cast, version: Version, role: Role) -> None:
    signed(cast, cast[Role.VOLUNTEER], version)
    with clock.at(date(2027, 3, 1)):
        assert "Vera Volunteer (invented): review" not in as_role(role).get("/").text


def test_a_coordinators_own_review_waits_for_another(
    as_role: Browser, as_person: Browser, cast: Cast, version: Version
) -> None:
    second = person_in(Role.COORDINATOR, "Cora Second (invented)")
    accounts.make(second, "Cora", PASSWORD)
    undertakings.record_on_paper(cast[Role.COORDINATOR], version, clock.today(), cast[Role.CHAIR], second)
    with clock.at(date(2027, 3, 1)):
        assert "Colin Coordinator (invented): review" not in as_role(Role.COORDINATOR).get("/").text
        assert "Colin Coordinator (invented): review" in as_person(second).get("/").text
