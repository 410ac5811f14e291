"""A person's own copy: what is held about one person, with nobody else in it, answered within a month."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from ccc import assessments, attendance, clock, disclosures, families, undertakings
from ccc.attendance import Slot
from ccc.audit import AuditLine, Event
from ccc.contact_sessions import ContactSession
from ccc.disclosures import Disclosure, InformationRequest, NewPermission, NewRequest
from ccc.families import Adult, Family
from ccc.people import Person
from ccc.roles import Role
from ccc.statements import Statement
from tests.booking_log import (
    HOME_ADDRESS,
    HOME_EMAIL,
    HOME_PHONE,
    VISITING_ADDRESS,
    VISITING_EMAIL,
    VISITING_PHONE,
    make_booking,
    make_duty,
    make_family,
    make_session,
)
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
AFTER = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
SOLICITOR = "Sol Canarysolicitor (invented)"
VISITING = (VISITING_ADDRESS, VISITING_PHONE, VISITING_EMAIL)
OTHERS = ("Canaryhome", "Hestia", "Pipkin", HOME_ADDRESS, HOME_PHONE, HOME_EMAIL, "Colin", "Sunita", "Canaryassessor")


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def browser(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


@pytest.fixture
def family(colin: Person) -> Family:
    return make_family(colin)


def adult(family: Family, side: str = "visiting") -> Adult:
    return Adult.get(Adult.family == family, Adult.side == side)


def ask(whose: Adult, by: Person, **changes: str) -> InformationRequest:
    """Log that an adult asks for their own copy, or whatever else is said."""
    told = {"kind": whose.side, "asker": f"{whose.first_name} {whose.last_name}", "verified": "known"}
    asked = told | {"what": "own-copy", "purpose": "own"} | changes
    return disclosures.log(NewRequest(whose.family, whose, clock.today(), **asked), by)


def copy_of(browser: CheckingClient, request: InformationRequest) -> TestResponse:
    return browser.send(f"/disclosures/{request.id}/copy")


def lived(family: Family, by: Person) -> None:
    """One day of contact on which the two sides came and went at different times, and a visit that was agreed."""
    held, coming = make_session(TODAY), make_session(TODAY + timedelta(days=7))
    times = {Slot.VISITOR_CAME: 10, Slot.CHILD_CAME: 31, Slot.CHILD_LEFT: 109, Slot.VISITOR_LEFT: 125}
    booking = make_booking(held, family, by)
    make_booking(coming, family, by)
    with clock.at(AFTER):
        for slot, minutes in times.items():
            attendance.note(booking, slot, held.begins + timedelta(minutes=minutes), by)
        attendance.close(held, by)
    agreed = {one.id: TODAY for one in assessments.sides_of(family)}
    ada = "Ada Canaryassessor (invented)"
    assessments.agree(assessments.NewVisit(coming, "cafcass", "", ada, TODAY, agreed), family, by)


def test_the_copy_holds_all_of_one_adult_and_nothing_of_anybody_else(
    as_role: Browser, family: Family, colin: Person, cast: Cast
) -> None:
    lived(family, colin)
    whose = adult(family)
    families.contacts_of(whose, cast[Role.SAFEGUARDING])
    disclosures.permit(whose, NewPermission("Mo Mediator (invented)", "telephone", TODAY, None), colin)
    other = adult(family, "home")
    disclosures.permit(other, NewPermission("Canarywhom (invented)", "telephone", TODAY, None), colin)
    of = {"family": family, "first_day": TODAY, "last_day": TODAY, "lines": "[]", "sha256": "0", "by": colin}
    own = Statement.create(adult=whose, reason="court", **of)
    theirs = Statement.create(adult=other, reason="court", **of)
    with clock.at(AFTER):
        text = copy_of(as_role(Role.COORDINATOR), ask(whose, colin)).text.partition("<main")[2]
    assert all(canary in text for canary in (*VISITING, whose.first_name, whose.last_name))
    assert '21 November 2026</td><td data-label="Began">11:01</td><td data-label="Ended">12:19' in text
    assert '21 November 2026, 10:40</td><td data-label="Left">21 November 2026, 12:35' in text
    assert "11:01</td>" not in text.partition("The days that were booked")[2]
    assert "28 November 2026: Cafcass. You agreed on 21 November 2026." in text
    assert "To Mo Mediator (invented): an adult&#39;s telephone number alone." in text
    assert f"Number {own.id} of" in text
    assert f"Number {theirs.id} of" not in text
    assert "one of our team" in text
    assert "3 years" in text
    assert [canary for canary in (*OTHERS, "Canarywhom", family.reference) if canary in text] == []


def test_the_copy_of_the_other_side_is_as_much_apart(browser: CheckingClient, family: Family, colin: Person) -> None:
    lived(family, colin)
    text = copy_of(browser, ask(adult(family, "home"), colin)).text.partition("<main")[2]
    assert all(canary in text for canary in (HOME_ADDRESS, HOME_PHONE, HOME_EMAIL, "Canaryhome"))
    assert [canary for canary in (*VISITING, "Viator", "Canaryvisit", "Pipkin", "Colin") if canary in text] == []
    assert "10:40" not in text
    assert "12:35" not in text


def test_the_days_that_were_booked_tell_what_became_of_them_and_nothing_of_the_other_sides_doings(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    gone: dict[str, object] = {"status": "cancelled", "cancelled_at": clock.now(), "cancelled_by": colin}
    became: tuple[dict[str, object], ...] = (
        gone | {"cancel_side": "visiting", "cancel_code": "illness"},
        gone | {"cancel_side": "home", "cancel_code": "holiday"},
        {"status": "missed", "missed_by": "both"},
        {"status": "missed", "missed_by": "home"},
    )
    for days, what in enumerate(became, 1):
        make_booking(make_session(TODAY - timedelta(days=days)), family, colin, **what)
    text = copy_of(browser, ask(adult(family), colin)).text
    shown = re.findall(r'What became of it">([^<]*)', text)
    assert shown == ["cancelled by your side: illness", "cancelled", "your side did not come", "your side came"]
    assert "holiday" not in text


def test_no_correction_turns_one_copy_into_another(browser: CheckingClient, family: Family, colin: Person) -> None:
    own, home = ask(adult(family), colin), adult(family, "home")
    copy_of(browser, own)
    as_typed = {
        "seen": str(own.id), "asked_on": "21/11/2026", "kind": str(own.adult_id), "verified": "known",
        "what": "own-copy", "purpose": "own",
    }  # fmt: skip
    answer = browser.send(f"/disclosures/{own.id}/change", **as_typed, adult=str(home.id))
    assert (answer.status_code, "Log a new request" in answer.text) == (422, True)
    officer, police = Person.get(Person.id != colin.id), {"kind": "police", "body": "Police (invented)"}
    asked = ask(home, colin, **police, what="telephone")
    disclosures.ask_officer(asked, "court-order", colin)
    disclosures.decide(asked, [f"family:{family.id}:dates"], "told", officer)
    # Such a row was once possible: what was released on it is not this copy.
    InformationRequest.create(**(own.__data__ | {"id": None, "replaces": asked}))
    newest = InformationRequest.get(InformationRequest.replaces == asked)
    answer = copy_of(browser, newest)
    assert (answer.status_code, "Something else was released" in answer.text) == (422, True)


def test_a_copy_is_made_again_until_two_weeks_after_it_was_due(as_role: Browser, family: Family, colin: Person) -> None:
    made, late = ask(adult(family), colin), ask(adult(family), colin)
    copy_of(as_role(Role.COORDINATOR), made)
    for on, status in ((date(2027, 1, 4), 200), (date(2027, 1, 5), 422)):
        with clock.at(on):
            assert copy_of(as_role(Role.COORDINATOR), made).status_code == status
    with clock.at(date(2027, 1, 5)):
        assert copy_of(as_role(Role.COORDINATOR), late).status_code == 200


def test_that_the_list_of_looks_is_cut_is_said(browser: CheckingClient, family: Family, colin: Person) -> None:
    assert "Only the newest" not in copy_of(browser, ask(adult(family), colin)).text
    for _ in range(50):
        families.contacts_of(adult(family), colin)
    assert "Only the newest 50 are listed" in copy_of(browser, ask(adult(family), colin)).text


def test_a_copy_is_made_behind_a_button_and_released_once(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    request = ask(adult(family), colin)
    before = browser.get(f"/disclosures/{request.id}/copy").text
    assert "due by <strong>21 December 2026" in before
    assert "How we know that it is them: we know them in person." in before
    assert f"Asked by: <strong>{request.asker}" in before
    assert [canary for canary in VISITING if canary in before] == []
    assert Disclosure.select().count() == 0
    first, again = copy_of(browser, request), copy_of(browser, request)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.headers["Cache-Control"] == "no-store"
    released = Disclosure.get()
    assert (released.act, released.released) == ("released", f"adult:{adult(family).id}:own-copy")
    made = AuditLine.select().where(AuditLine.event == Event.OWN_COPY_MADE)
    assert [(line.actor, line.about) for line in made] == [(colin.id, f"request:{request.id}")] * 2
    assert AuditLine.select().where(AuditLine.event == Event.CONTACT_SEEN).count() == 2


def test_no_copy_of_what_was_refused_unverified_asked_by_another_or_corrected(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    whose = adult(family)
    refused = ask(whose, colin)
    disclosures.refuse(refused, "decided", colin)
    unverified, by_other = ask(whose, colin, verified="not"), ask(whose, colin, kind="home")
    foreign = ask(whose, colin, asker=SOLICITOR, kind="solicitor", body="Firm (invented)")
    corrected = ask(whose, colin)
    same = {name: getattr(corrected, name) for name in ("kind", "asker", "verified", "what", "purpose", "body")}
    disclosures.log(NewRequest(family, whose, TODAY, **same), colin, corrected)
    for request in (refused, unverified, by_other, foreign, corrected):
        answer = copy_of(browser, request)
        assert answer.status_code == 422, request.id
        assert [canary for canary in VISITING if canary in answer.text] == []
    assert Disclosure.select().where(Disclosure.act == "released").count() == 0
    assert AuditLine.select().where(AuditLine.event.in_([Event.OWN_COPY_MADE, Event.CONTACT_SEEN])).count() == 0


def test_what_is_no_request_for_a_copy_or_of_a_family_one_knows_is_not_there(
    browser: CheckingClient, as_role: Browser, family: Family, colin: Person
) -> None:
    telephone, own = ask(adult(family), colin, what="telephone"), ask(adult(family), colin)
    assert [browser.get(f"/disclosures/{number}/copy").status_code for number in (telephone.id, 999)] == [404, 404]
    assert as_role(Role.CHAIR).get(f"/disclosures/{own.id}/copy").status_code == 403
    clock.advance(timedelta(minutes=16))
    assert "/again" in browser.get(f"/disclosures/{own.id}/copy").location
    families.know(colin, family, colin)
    assert as_role(Role.COORDINATOR).get(f"/disclosures/{own.id}/copy").status_code == 404


def test_a_request_of_which_somebody_was_not_told_is_left_out_and_the_coordinator_warned(
    browser: CheckingClient, family: Family, colin: Person, cast: Cast
) -> None:
    published(cast[Role.CHAIR])
    whose, officer = adult(family), cast[Role.SAFEGUARDING]
    part = f"adult:{whose.id}:contact-details"
    police = {
        "kind": "police",
        "asker": "PC Canarypolice (invented)",
        "what": "contact-details",
        "body": "Police (invented)",
    }
    for told in ("danger", "told"):
        request = ask(whose, colin, **police, purpose="welfare")
        disclosures.ask_officer(request, "child-outside", colin)
        disclosures.decide(request, [part], told, officer)
    open_still = ask(whose, colin, **police, purpose="police")
    disclosures.ask_officer(open_still, "violence", colin)
    ask(whose, colin, kind="home", asker="Hestia Canaryhome (invented)")
    text = copy_of(browser, ask(whose, colin)).text
    assert "3 requests about this person are left out" in text
    main = text.partition("What was asked about you")[2].partition("<h2>")[0]
    assert main.count("telephone or email, given") == 1
    assert main.count("a copy of everything that is kept about one person") == 1
    assert [canary for canary in ("Canarypolice", "Canaryhome") if canary in text] == []


def test_the_coordinator_is_reminded_ten_days_before_a_copy_is_due(
    as_role: Browser, family: Family, colin: Person
) -> None:
    request = ask(adult(family), colin)
    reminder = "Somebody asked for their own copy. Answer by 21 December 2026."

    def reminded(on: date, role: Role = Role.COORDINATOR) -> bool:
        with clock.at(on):
            return reminder in as_role(role).get("/").text

    assert [reminded(date(2026, 12, day)) for day in (10, 11, 31)] == [False, True, True]
    assert not reminded(date(2026, 12, 11), Role.CHAIR)
    copy_of(as_role(Role.COORDINATOR), request)
    assert not reminded(date(2026, 12, 11))


def test_of_an_adult_who_may_only_be_admitted_there_is_little(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    lived(family, colin)
    gran = families.admit(family, families.Name("Gita", "Gran (invented)"), TODAY, TODAY, colin)
    text = copy_of(browser, ask(gran, colin)).text
    assert "Gita Gran (invented)" in text
    assert "No contact is written down." in text
    assert [canary for canary in (*OTHERS, "Viator", *VISITING) if canary in text.partition("<main")[2]] == []


def test_everybody_prints_what_is_kept_about_themselves(as_role: Browser, cast: Cast) -> None:
    vera, version = cast[Role.VOLUNTEER], published(cast[Role.CHAIR])
    undertakings.finish(vera, version)
    signed = undertakings.record_on_paper(vera, version, TODAY, cast[Role.CHAIR], cast[Role.COORDINATOR])
    session: ContactSession = make_session(TODAY)
    make_duty(session, vera, leader=True)
    family = make_family(cast[Role.COORDINATOR])
    families.know(vera, family, vera)
    browser = as_role(Role.VOLUNTEER)
    assert 'href="/me/copy"' in browser.get("/me/").text
    answer = browser.get("/me/copy")
    text = answer.text.partition("<main")[2]
    assert answer.headers["Cache-Control"] == "no-store"
    for held in (vera.name, vera.email, vera.phone, signed.number, "21 November 2026, 10:30–12:30, leading", "a test"):
        assert held in text
    assert "noted once that you know a family" in text
    assert "read to the end on 21 November 2026" in text
    assert [word for word in (family.reference, "Canary", "Colin", "Sunita") if word in text] == []
