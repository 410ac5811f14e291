"""Attendance statements as people meet them: made, looked at, issued, printed, corrected; and by whom not."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from ccc import clock, disclosures, families, referrals, statements
from ccc.attendance import Slot
from ccc.audit import AuditLine, Event
from ccc.db import writing
from ccc.disclosures import Disclosure, InformationRequest, NewRequest
from ccc.families import Adult, Family
from ccc.people import Person
from ccc.referrals import Referral
from ccc.roles import Role
from ccc.statements import Asked, Statement
from tests.booking_log import make_family
from tests.checking import CheckingClient
from tests.stated import (
    BEGAN,
    BODY,
    CASE,
    ENDED,
    FIRST,
    LAST,
    REFERRER,
    TIMES,
    asked_for,
    correct,
    issue,
    make_referrer,
    make_visit,
    referred_family,
)
from tests.test_reading import queries_of

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
PERIOD = {"first_day": "2026-11-01", "last_day": "21/11/2026"}
ANSWERS = {"asked_on": "2026-11-20", "verified": "rang-back", "purpose": "court"}
# Nothing of these stands on a statement: names, the centre's own reference, and when either side came or went.
CANARIES = ("Hestia", "Viator", "Pipkin", "Canary", "Home Lane", TIMES[1], TIMES[3], "illness", "solicitors")


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def browser(as_role: Browser) -> CheckingClient:
    """The co-ordinator's browser."""
    return as_role(Role.COORDINATOR)


@pytest.fixture
def family(colin: Person) -> Family:
    """A referred family with one visit."""
    family = referred_family(colin)
    make_visit(family, colin)
    return family


def address(family: Family, **fields: str) -> str:
    """The address of a preview, as the form makes it."""
    return f"/statements/preview?{urlencode({'family': family.reference} | PERIOD | fields)}"


def hidden_fields(page: str) -> dict[str, str]:
    """What the form carries of the page that was looked at."""
    return {name: re.findall(rf'name="{name}"[^>]* value="([^"]*)"', page)[0] for name in ("mark", "newest")}


def press(browser: CheckingClient, preview: str, **fields: str) -> TestResponse:
    """Look at a preview and press its button."""
    return browser.send(preview, **hidden_fields(browser.get(preview).text), **fields)


def stated(page: str) -> str:
    """The part of a page that is the statement: what goes on paper, between its first words and its mark."""
    return page.split("<h1>")[1].partition('<p class="soft">')[0]


def test_a_statement_from_the_familys_page_to_paper(browser: CheckingClient, family: Family) -> None:
    asking = f"/statements/new?family={family.reference}"
    assert asking in browser.get(f"/families/{family.reference}/").text
    assert BODY in browser.get(asking).text
    shown = browser.get(address(family))
    assert (BEGAN in shown.text, ENDED in shown.text, CASE in shown.text) == (True, True, True)
    issued = press(browser, address(family), **ANSWERS)
    assert issued.location == f"/statements/{Statement.get().id}/"
    paper = browser.get(issued.location)
    assert unescape(stated(paper.text)).count(BEGAN) == 1
    assert [word for word in (*CANARIES, family.reference) if word in stated(paper.text)] == []
    assert (Statement.get().sha256 in paper.text, paper.headers["Cache-Control"]) == (True, "no-store")
    assert "21 November 2026" in paper.text
    assert Disclosure.get().released == f"statement:{Statement.get().id}"


def test_what_is_previewed_is_what_is_issued_as_plain_text_too(browser: CheckingClient, family: Family) -> None:
    content = statements.preview(asked_for(family)).content
    press(browser, address(family), **ANSWERS)
    answer = browser.get("/statements/1/text")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/plain", "no-store")
    head, _, rest = answer.text.partition("\n\n")
    assert rest.startswith(content.text)
    assert rest.removeprefix(content.text) == f"\nMark of the words above, from their title on: {content.sha256}\n"
    assert head == "Millbrook Contact Centre (invented)\nNumber 1, made on 21 November 2026"
    assert [word for word in (*CANARIES, family.reference) if word in answer.text] == []


def test_each_look_is_written_down(browser: CheckingClient, as_role: Browser, family: Family) -> None:
    press(browser, address(family), **ANSWERS)
    browser.get("/statements/1/")
    as_role(Role.SAFEGUARDING).get("/statements/1/text")
    looks = AuditLine.select(AuditLine.about).where(AuditLine.event == Event.STATEMENT_SEEN)
    assert [line.about for line in looks] == [families.ref(family), "statement:1", "statement:1"]


def test_the_safeguarding_officer_reads_and_makes_none(as_role: Browser, family: Family, colin: Person) -> None:
    statement = issue(asked_for(family), colin)
    officer = as_role(Role.SAFEGUARDING)
    assert "Make a statement" not in officer.get("/statements/").text
    assert officer.get(f"/statements/{statement.id}/").status_code == 200
    assert officer.get(f"/statements/new?family={family.reference}").status_code == 403
    assert "/statements/new" not in officer.get(f"/families/{family.reference}/").text


def test_the_page_of_a_parent_asks_who_and_why(browser: CheckingClient, colin: Person) -> None:
    family = make_family(colin)
    make_visit(family, colin)
    home, visiting = Adult.select().where(Adult.family == family).order_by(Adult.id)
    wrong = browser.get(address(family))
    assert (wrong.status_code, wrong.text.count("Choose one of these.")) == (422, 2)
    other = Adult.get(Adult.family == make_family(colin))
    assert browser.get(address(family, adult=str(other.id), reason="other")).status_code == 422
    preview = address(family, adult=str(visiting.id), reason="legal-aid")
    assert visiting.last_name in browser.get(preview).text
    press(browser, preview, **ANSWERS)
    page = browser.get("/statements/1/").text
    assert ("For the parent who asked" in page, "made for a parent" in page) == (True, True)
    assert [word for word in (*CANARIES, home.last_name, visiting.last_name) if word in stated(page)] == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"last_day": "2026-11-22"}, "cannot reach into the future"),
        ({"first_day": "2026-11-20", "last_day": "2026-11-19"}, "comes after its last day"),
        ({"last_day": "2026-11-13"}, "There is nothing to state for this period."),
        ({"first_day": ""}, "Fill in the first day."),
        ({"last_day": "31/2/2026"}, "There is no such day."),
    ],
)
def test_what_cannot_be_stated_is_said_and_everything_typed_kept(
    browser: CheckingClient, family: Family, fields: dict[str, str], said: str
) -> None:
    answer = browser.get(address(family, **fields))
    assert (answer.status_code, said in answer.text) == (422, True)
    assert all(value in answer.text for value in fields.values())


def test_an_address_made_by_hand_finds_no_other_recipient(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    make_visit(make_family(colin), colin)
    other, adult = make_referrer(colin, "Somebody Else"), Adult.get(Adult.family == family)
    for query in ({"referrer": str(other.id)}, {"adult": str(adult.id), "reason": "other"}, {"adult": "²"}):
        shown = browser.get(address(family, **query)).text
        assert (REFERRER in shown, "Somebody Else" in shown, adult.last_name in shown) == (True, False, False)
    assert browser.get("/statements/preview?family=F-0000").status_code == 404
    assert browser.get("/statements/preview?replaces=9").status_code == 404
    assert browser.send("/statements/preview?replaces=9").status_code == 404


def test_what_changed_since_it_was_looked_at_is_shown_again(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    here = address(family)
    before = hidden_fields(browser.get(here).text)
    make_visit(family, colin, date(2026, 11, 7))
    answer = browser.send(here, **before, **ANSWERS)
    assert (answer.status_code, "since you looked at this" in answer.text) == (422, True)
    assert ("7 November 2026" in answer.text, Statement.select().count()) == (True, 0)
    assert browser.send(here, **hidden_fields(answer.text), **ANSWERS).status_code == 303


def test_a_double_press_leads_to_the_one_statement(browser: CheckingClient, family: Family) -> None:
    here = address(family)
    fields = hidden_fields(browser.get(here).text) | ANSWERS
    first, again = (browser.send(here, **fields) for _ in range(2))
    assert (first.status_code, first.location) == (303, again.location)
    assert (Statement.select().count(), Disclosure.select().count()) == (1, 1)


def test_issuing_asks_for_how_they_were_known_and_for_the_password_again(
    browser: CheckingClient, family: Family
) -> None:
    here = address(family)
    answer = press(browser, here, asked_on="2026-11-20")
    assert (answer.status_code, Statement.select().count()) == (422, 0)
    assert press(browser, here, **(ANSWERS | {"verified": "not"})).status_code == 422
    late = press(browser, here, **(ANSWERS | {"asked_on": "2026-11-22"}))
    assert "still to come" in late.text
    fields = hidden_fields(late.text) | ANSWERS
    clock.advance(timedelta(minutes=16))
    assert "/sign-in/again" in browser.send(here, **fields).location
    assert Statement.select().count() == 0


def test_a_request_of_the_log_is_answered_by_a_statement(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    referrer = f"{REFERRER} {family.id}"
    known = NewRequest(family, None, LAST, "solicitor", referrer, "rang-back", "attendance", "court", BODY)
    logged = disclosures.log(known, colin)
    asking = browser.get(f"/statements/new?family={family.reference}&request={logged.id}").text
    assert f'name="request" value="{logged.id}"' in asking
    preview = address(family, request=str(logged.id))
    shown = browser.get(preview).text
    assert ("It answers the request of 21 November 2026" in shown, 'name="verified"' in shown) == (True, False)
    assert press(browser, preview).status_code == 303
    assert (Disclosure.get().request_id, InformationRequest.select().count()) == (logged.id, 1)
    for other in ("99", "x"):
        assert browser.get(f"/statements/new?family={family.reference}&request={other}").status_code == 404


def test_a_family_that_the_coordinator_knows_is_nowhere(browser: CheckingClient, family: Family, colin: Person) -> None:
    booking = make_visit(family, colin, date(2026, 11, 7))
    statement = issue(asked_for(family), colin)
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    request = disclosures.log(NewRequest(family, None, LAST, "court", "X", "known", "attendance", "court", BODY), colin)
    families.know(colin, family, colin)
    assert "No statement was made yet." in browser.get("/statements/").text
    other = referred_family(colin)
    of_other = f"?family={other.reference}&request={request.id}"
    for page in (f"{statement.id}/", f"{statement.id}/text", f"new{of_other}", f"preview?family={family.reference}"):
        assert browser.get(f"/statements/{page}").status_code == 404
    assert browser.get(f"/statements/preview?replaces={statement.id}").status_code == 404
    assert "no family of this reference" in browser.get(f"/statements/new?family={family.reference}").text
    assert "Out of date" not in browser.get("/").text


def test_the_family_is_found_by_its_reference(browser: CheckingClient, family: Family) -> None:
    assert "First say for which family" in browser.get("/statements/new").text
    found = browser.get(f"/statements/new?family={family.reference.removeprefix('F-').lower()}").text
    assert f"for {family.reference}" in found
    assert "no family of this reference" in browser.get("/statements/new?family=%3Cb%3E").text


def test_a_family_of_whom_nobody_recorded_how_it_came(browser: CheckingClient, colin: Person) -> None:
    without = referred_family(colin, None)
    make_visit(without, colin)
    answer = browser.get(address(without))
    assert (answer.status_code, "case reference is not recorded" in answer.text) == (422, True)
    Referral.delete().where(Referral.family == without).execute()
    assert "not recorded yet" in browser.get(f"/statements/new?family={without.reference}").text
    assert browser.get(address(without, adult="1", reason="other")).status_code == 422


def test_a_correction_is_told_and_leads_to_a_statement_that_names_the_old(
    browser: CheckingClient, as_role: Browser, colin: Person
) -> None:
    family = referred_family(colin)
    booking = make_visit(family, colin)
    old = issue(asked_for(family), colin)
    assert "Out of date" not in browser.get("/").text
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    assert f"Out of date: statement {old.id}." in browser.get("/").text
    assert "statement" not in as_role(Role.SAFEGUARDING).get("/").text.split("<main")[1]
    assert "Out of date" in browser.get("/statements/").text
    anew = f"/statements/preview?replaces={old.id}"
    assert anew in browser.get(f"/statements/{old.id}/").text
    assert anew not in as_role(Role.SAFEGUARDING).get(f"/statements/{old.id}/").text
    assert press(browser, anew).location == f"/statements/{old.id + 1}/"
    assert f"in place of statement {old.id}" in browser.get(f"/statements/{old.id + 1}/").text
    page = browser.get(f"/statements/{old.id}/").text
    assert (f"Statement {old.id + 1}</a> took the place of this one" in page, ENDED in page) == (True, True)
    assert f"{old.id + 1} took its place" in browser.get("/statements/").text
    assert "Out of date" not in browser.get("/").text
    assert (InformationRequest.select().count(), Disclosure.select().count()) == (1, 2)


def test_what_a_former_referrer_holds_is_put_right_with_them(
    browser: CheckingClient, as_role: Browser, colin: Person
) -> None:
    family = referred_family(colin)
    booking = make_visit(family, colin)
    old = issue(asked_for(family), colin)
    referrals.refer(family, make_referrer(colin, "Somebody Else"), "OTHER 1", clock.today(), colin)
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    for page in ("/", "/statements/", f"/statements/{old.id}/"):
        assert "The former referrer holds a statement that is wrong now" in browser.get(page).text
    anew = f"/statements/preview?replaces={old.id}"
    shown = browser.get(anew).text
    assert (REFERRER in shown, CASE in shown, "Somebody Else" in shown) == (True, True, False)
    assert press(browser, anew).location == f"/statements/{old.id + 1}/"
    assert "The former referrer" not in browser.get("/statements/").text
    log = f"/disclosures/{statements.request_of(old).id}/"
    for number in (old.id, old.id + 1):
        assert f'<a href="/statements/{number}/">statement {number}</a>' in browser.get(log).text
    assert "/statements/" not in as_role(Role.CHAIR).get(log).text.split("<main")[1]


def test_a_request_that_was_corrected_leads_to_the_newer_one_and_the_log_to_its_family(
    browser: CheckingClient, as_role: Browser, family: Family, colin: Person
) -> None:
    known = NewRequest(family, None, LAST, "court", "X", "known", "attendance", "court", BODY)
    old = disclosures.log(known, colin)
    newer = disclosures.log(known, colin, old)
    assert f'<a href="/disclosures/{newer.id}/">the newer one</a>' in browser.get(f"/disclosures/{old.id}/").text
    link = f'<a href="/families/{family.reference}/">'
    assert (link in browser.get("/disclosures/").text, link in as_role(Role.CHAIR).get("/disclosures/").text) == (
        True,
        False,
    )


def test_the_list_comes_page_by_page_and_asks_no_more_for_more(
    browser: CheckingClient, family: Family, colin: Person
) -> None:
    visiting = make_family(colin)
    booking = make_visit(visiting, colin)
    adult = Adult.get(Adult.family == visiting)
    issue(Asked(visiting, FIRST, LAST, adult=adult.id, reason="other"), colin)
    few = [queries_of(browser, page) for page in ("/statements/", "/")]
    with writing():
        for _ in range(27):
            issue(asked_for(family), colin)
    correct(booking, Slot.CHILD_LEFT, "12:05", colin)
    first, last = browser.get("/statements/").text, browser.get("/statements/?after=4").text
    assert (first.count('">Statement '), last.count('">Statement ')) == (25, 3)
    assert ("/statements/?after=4" in first, "Back to the start" in last) == (True, True)
    assert ("A parent" in last, "A solicitor" in last) == (True, True)
    many = [queries_of(browser, page) for page in ("/statements/", "/")]
    assert [more - before for before, more in zip(few, many, strict=True) if more > before] == []
    for odd in ("x", "-1", "9" * 30, "%C2%B2"):
        assert browser.get(f"/statements/?after={odd}").status_code == 200
