"""The log of requests, from the call to what became of it: the co-ordinator keeps it, the officers decide."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ccc import clock, disclosures, families, referrals
from ccc.audit import AuditLine, Event
from ccc.disclosures import Disclosure, InformationRequest
from ccc.families import Family
from ccc.people import Appointment, Person
from ccc.roles import Role
from tests.asked import ASKER, BODY, WHOM, adult_of, make_permission, make_request
from tests.booking_log import HOME_ADDRESS, HOME_PHONE, VISITING_PHONE, make_family
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
LOG = "/disclosures/"
NAMES = ("Hestia", "Canaryhome", "Viator", "Canaryvisit", "Pipkin", HOME_ADDRESS, HOME_PHONE, VISITING_PHONE)


@pytest.fixture
def family(cast: Cast) -> Family:
    published(cast[Role.CHAIR])
    return make_family(cast[Role.COORDINATOR])


def typed(family: Family, side: str = "home", **changes: str) -> dict[str, str]:
    newest = max([0, *(number for (number,) in InformationRequest.select(InformationRequest.id).tuples())])
    known = {
        "seen": str(newest),
        "asked_on": "20/11/2026",
        "asker": ASKER,
        "body": BODY,
        "kind": "police",
        "verified": "rang-back",
    }
    asked = known | {"what": "telephone", "adult": str(adult_of(family, side).id), "purpose": "police"}
    return asked | changes


def at(request: InformationRequest, act: str = "") -> str:
    return f"{LOG}{request.id}/{act}"


def test_a_request_is_logged_found_and_refused(as_role: Browser, family: Family) -> None:
    browser = as_role(Role.COORDINATOR)
    assert "No request is logged yet." in browser.get(LOG).text
    assert "There is no family of this reference." in browser.get("/disclosures/new?family=F-9999").text
    answer = browser.send(f"/disclosures/new?family={family.reference}", **typed(family))
    assert answer.status_code == 303
    one = answer.headers["Location"]
    shown = browser.get(one)
    assert all(words in shown.text for words in (ASKER, BODY.split(maxsplit=1)[0], "20 November 2026", "Not answered"))
    assert shown.headers["Cache-Control"] == "no-store"
    assert "has no answer yet" in browser.get("/").text
    assert browser.send(f"{one}refuse", permission="not-sought").status_code == 422
    assert browser.send(f"{one}refuse", permission="not-sought", told="nothing").status_code == 303
    page = browser.get(one).text
    assert all(words in page for words in ("the person concerned was not asked", "there was nothing to tell"))
    assert "has no answer yet" not in browser.get("/").text
    assert ASKER not in browser.get(LOG).text
    again = browser.send(f"{one}refuse", permission="refused", told="nothing")
    assert (again.status_code, "This cannot be done now" in again.text) == (422, True)
    events = [line.event for line in AuditLine.select().where(AuditLine.about.startswith("request:"))]
    assert events == [
        Event.REQUEST_LOGGED, Event.REQUEST_SEEN, Event.DISCLOSURE_RECORDED, Event.REQUEST_SEEN,
    ]  # fmt: skip


def test_a_form_that_is_sent_twice_logs_one_request(as_role: Browser, family: Family) -> None:
    browser, once = as_role(Role.COORDINATOR), typed(family)
    assert browser.send(f"/disclosures/new?family={family.reference}", **once).status_code == 303
    again = browser.send(f"/disclosures/new?family={family.reference}", **once)
    assert (again.status_code, "You logged a request since" in again.text) == (422, True)
    assert InformationRequest.select().count() == 1


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"asker": ""}, "Type in the name of the person who asks."),
        ({"kind": "visiting"}, "Choose one of these."),
        ({"asked_on": "22/11/2026"}, "still to come"),
        ({"kind": "parrot"}, "Choose one of these."),
        ({"verified": ""}, "Choose one of these."),
        ({"body": ""}, "Name the body"),
        ({"what": "own-copy", "adult": ""}, "Say whose copy they ask for."),
        ({"adult": "999"}, "Choose one of these."),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_the_rest_kept(
    as_role: Browser, family: Family, wrong: dict[str, str], because: str
) -> None:
    answer = as_role(Role.COORDINATOR).send(
        f"/disclosures/new?family={family.reference}", **(typed(family, asker="Canary (kept)") | wrong)
    )
    assert (answer.status_code, because in answer.text) == (422, True)
    assert "Canary" in answer.text
    assert not InformationRequest.select().exists()


def test_a_release_on_permission_wants_the_two_names_compared(as_role: Browser, cast: Cast, family: Family) -> None:
    browser, by = as_role(Role.COORDINATOR), cast[Role.COORDINATOR]
    request = make_request(family, by)
    assert "No permission for this holds today." in browser.get(at(request, "permitted")).text
    held = make_permission(family, by)
    page = browser.get(at(request, "permitted")).text
    assert WHOM in page
    assert ASKER in page
    unticked = browser.send(at(request, "permitted"), permission=str(held.id))
    assert (unticked.status_code, "Compare the two names" in unticked.text) == (422, True)
    assert browser.send(at(request, "permitted"), permission=str(held.id), compared="y").status_code == 303
    assert "the person concerned permitted it" in browser.get(at(request)).text


def test_an_officer_releases_under_a_ground_and_says_whether_the_person_was_told(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    coordinator, officer = as_role(Role.COORDINATOR), as_role(Role.SAFEGUARDING)
    request = make_request(family, cast[Role.COORDINATOR])
    assert "a child is at risk of harm;" in coordinator.get(at(request, "ask")).text
    assert coordinator.send(at(request, "ask"), ground="child-inside").status_code == 303
    assert coordinator.send(at(request, "decide"), decision="refuse").status_code == 403
    assert "an officer is to decide" in officer.get("/").text
    part = f"adult:{adult_of(family, 'home').id}:contact-details"
    nothing = officer.send(at(request, "decide"), decision="release", told="told")
    assert (nothing.status_code, "which parts" in nothing.text) == (422, True)
    untold = officer.send(at(request, "decide"), decision="release", released=part)
    assert untold.status_code == 422
    done = officer.send(at(request, "decide"), decision="release", released=part, told="not-reached")
    assert done.status_code == 303
    page = officer.get(at(request)).text
    assert all(words in page for words in ("Sunita", "a child is at risk of harm, inside", "could not be reached"))
    assert "What went out of the record: address, telephone or email of the adult whom the child lives with." in page
    assert HOME_PHONE not in page
    assert officer.send(at(request, "correct"), released=part, told="told").status_code == 303
    assert "(corrected)" in officer.get(at(request)).text
    assert coordinator.send(at(request, "correct"), released=part, told="told").status_code == 403
    made = list(Disclosure.select().order_by(Disclosure.id))
    assert [(one.act, one.told, one.replaces_id) for one in made] == [
        ("asked", None, None), ("released", "not-reached", None), ("released", "told", made[1].id),
    ]  # fmt: skip


def test_an_officer_may_refuse_and_a_decision_wants_the_password_of_just_now(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    request, officer = make_request(family, cast[Role.COORDINATOR]), as_role(Role.CHAIR)
    disclosures.ask_officer(request, "court-order", cast[Role.COORDINATOR])
    clock.advance(timedelta(minutes=16))
    for act in ("decide", "emergency", "countersign"):
        assert "/sign-in/again" in officer.send(at(request, act), decision="refuse").headers["Location"]
    officer = as_role(Role.CHAIR)
    assert officer.send(at(request, "decide"), decision="refuse").status_code == 303
    assert "we decided not to share it" in officer.get(at(request)).text
    assert not Disclosure.select().where(Disclosure.act == "released").exists()


def test_whoever_asked_does_not_decide_even_as_an_officer(
    as_person: Browser, as_role: Browser, cast: Cast, family: Family
) -> None:
    both = cast[Role.COORDINATOR]
    Appointment.create(person=both, role=Role.SAFEGUARDING, starts=clock.today(), confirmed_at=clock.now())
    request, browser = make_request(family, both), as_person(both)
    disclosures.ask_officer(request, "violence", both)
    assert "to decide" not in browser.get("/").text
    assert "so another officer decides" in browser.get(at(request)).text
    answer = browser.send(at(request, "decide"), decision="refuse")
    assert (answer.status_code, "Another officer decides." in answer.text) == (422, True)


def test_what_was_told_in_an_emergency_is_countersigned_by_another_officer(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    safeguarding, chair = as_role(Role.SAFEGUARDING), as_role(Role.CHAIR)
    request = make_request(family, cast[Role.COORDINATOR])
    part = f"adult:{adult_of(family, 'home').id}:contact-details"
    assert safeguarding.send(at(request, "emergency"), ground="violence", told="told").status_code == 422
    sent = safeguarding.send(at(request, "emergency"), ground="violence", released=part, told="told")
    assert sent.status_code == 303
    assert "an officer is to countersign" not in safeguarding.get("/").text
    assert "an officer is to countersign" in chair.get("/").text
    own = safeguarding.send(at(request, "countersign"))
    assert (own.status_code, "Another officer countersigns it." in own.text) == (422, True)
    assert as_role(Role.COORDINATOR).send(at(request, "countersign")).status_code == 403
    assert chair.send(at(request, "countersign")).status_code == 303
    assert "an officer is to countersign" not in chair.get("/").text
    assert "Countersigned" in chair.get(at(request)).text
    assert chair.send(at(request, "correct"), released=part, told="danger").status_code == 303
    assert "an officer is to countersign" in safeguarding.get("/").text


def test_a_correction_stands_in_the_log_and_what_it_corrects_in_its_history(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    browser = as_role(Role.COORDINATOR)
    request = make_request(family, cast[Role.COORDINATOR])
    disclosures.refuse(request, "refused", cast[Role.COORDINATOR])
    assert f'value="{ASKER}"' in browser.get(at(request, "change")).text
    changed = browser.send(at(request, "change"), **typed(family, asker="Another name (invented)"))
    newer = browser.get(changed.headers["Location"]).text
    assert all(words in newer for words in ("Another name", ASKER, "the person concerned did not permit it"))
    assert f"Who asked, as it was written then: {ASKER}" in newer
    log = browser.get(LOG).text
    assert (log.count('<td data-label="State">'), "Refused" in log) == (1, True)
    assert "This request was corrected." in browser.get(at(request)).text
    assert browser.send(at(request, "change"), **typed(family)).status_code == 409
    assert browser.send(changed.headers["Location"] + "correct", permission="decided", told="told").status_code == 303
    assert "we decided not to share it" in browser.get(changed.headers["Location"]).text


def test_in_the_form_five_phrasings_for_the_others_address_lead_nowhere(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    browser = as_role(Role.COORDINATOR)
    make_permission(family, cast[Role.COORDINATOR], "visiting", what="contact-details")
    asks = str(adult_of(family, "visiting").id)
    for what in ("contact-details", "telephone", "child-home", "other", "own-copy"):
        sent = browser.send(
            f"/disclosures/new?family={family.reference}", **typed(family, kind=asks, what=what, asker="Hestia")
        )
        one = sent.headers["Location"]
        assert "Make the copy" not in browser.get(one).text
        assert "No permission for this holds today." in browser.get(f"{one}permitted").text
        refused = browser.send(f"{one}ask", ground="violence")
        assert (refused.status_code, "without permission" in refused.text) == (422, True)
        told = {"released": f"adult:{adult_of(family, 'home').id}:contact-details", "told": "told"}
        assert browser.send(f"{one}emergency", ground="violence", **told).status_code == 422
    assert not Disclosure.select().exists()


def test_who_stands_in_the_record_is_taken_from_there_whatever_is_typed_in(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    browser, by, home = as_role(Role.COORDINATOR), cast[Role.COORDINATOR], adult_of(family, "home")
    new = f"/disclosures/new?family={family.reference}"
    name = f"{home.first_name} {home.last_name}"
    one = browser.send(new, **typed(family, kind=str(home.id), what="own-copy")).headers["Location"]
    request = InformationRequest.get()
    assert (request.kind, request.asker, request.body) == ("home", name, None)
    assert "Make the copy" in browser.get(one).text
    assert f'value="{home.id}" checked' in browser.get(f"{one}change").text
    assert name in browser.get(f"{one}copy").text
    assert browser.send(new, **typed(family, kind="referrer")).status_code == 422
    referrals.refer(family, referrals.add_referrer("court", "Court", "Clerk", by), "CR-1", clock.today(), by)
    one = browser.send(new, **typed(family, kind="referrer", what="attendance", adult="")).headers["Location"]
    assert "Make the statement" in browser.get(one).text
    assert "Release it with permission" not in browser.get(one).text
    one = browser.send(new, **typed(family, kind="court", what="attendance", adult="")).headers["Location"]
    assert "Make the statement" not in browser.get(one).text


def test_the_chair_reads_which_side_asks_and_no_name(as_role: Browser, cast: Cast, family: Family) -> None:
    by, whose = cast[Role.COORDINATOR], adult_of(family, "visiting")
    of_side: dict[str, Any] = {"kind": "visiting", "asker": f"{whose.first_name} {whose.last_name}", "body": None}
    request = make_request(family, by, **of_side)
    make_permission(family, by, whom=of_side["asker"])
    disclosures.refuse(request, "refused", by)
    known: dict[str, Any] = {name: getattr(request, name) for name in ("asked_on", "verified", "what", "purpose")}
    newer = disclosures.log(disclosures.NewRequest(family, adult_of(family, "home"), **of_side, **known), by, request)
    chair, officer = as_role(Role.CHAIR), as_role(Role.SAFEGUARDING)
    pages = [chair.get(address).text for address in ("/", LOG, at(request), at(newer), at(newer, "emergency"))]
    assert not [name for page in pages for name in NAMES if name in page]
    assert "The visiting adult" in pages[2]
    assert whose.last_name in officer.get(at(newer)).text


def test_no_page_about_requests_names_a_family_and_the_chair_gets_no_way_to_one(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    request = make_request(family, cast[Role.COORDINATOR])
    disclosures.ask_officer(request, "law", cast[Role.COORDINATOR])
    for role in (Role.SAFEGUARDING, Role.CHAIR):
        browser = as_role(role)
        pages = [browser.get(address).text for address in ("/", LOG, at(request), at(request, "decide"))]
        assert not [name for page in pages for name in NAMES if name in page]
        assert all(family.reference in page for page in pages)
        assert any("/families/" in page for page in pages) == (role == Role.SAFEGUARDING)
    assert as_role(Role.VOLUNTEER).get(LOG).status_code == 403
    assert as_role(Role.VOLUNTEER).get(at(request)).status_code == 403


def test_a_request_about_a_family_that_somebody_knows_is_not_there_for_them(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    request, officer = make_request(family, cast[Role.COORDINATOR]), cast[Role.SAFEGUARDING]
    disclosures.ask_officer(request, "law", cast[Role.COORDINATOR])
    families.know(officer, family, officer)
    browser = as_role(Role.SAFEGUARDING)
    for address in ("/", LOG):
        assert family.reference not in browser.get(address).text
    for act in ("", "decide", "emergency", "countersign", "correct"):
        assert browser.get(at(request, act)).status_code == 404
    assert as_role(Role.CHAIR).get(at(request)).status_code == 200


def test_a_long_log_goes_on_page_by_page(as_role: Browser, cast: Cast, family: Family) -> None:
    made = [make_request(family, cast[Role.COORDINATOR]) for _ in range(27)]
    for request in made:
        disclosures.refuse(request, "decided", cast[Role.COORDINATOR])
    browser = as_role(Role.CHAIR)
    first = browser.get(LOG).text
    assert (at(made[-1]) in first, at(made[1]) in first) == (True, False)
    second = browser.get(f"{LOG}?after={made[2].id}").text
    assert f"{LOG}?after={made[2].id}" in first
    assert (at(made[1]) in second, at(made[2]) in second, "Show earlier" in second) == (True, False, False)
