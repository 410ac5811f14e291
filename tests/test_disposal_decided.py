"""What whoever decides about a disposal is told, who may decide, and that it is decided once."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from ccc import clock, drafts, families, mail, people, retention
from ccc.audit import AuditLine, Event
from ccc.db import db
from ccc.drafts import Draft
from ccc.families.records import FamilyKnown
from ccc.mail import Outbox
from ccc.people import FORMER, Person, RefusedError
from ccc.retention import Disposal, Hold
from ccc.roles import Role
from ccc.signin import accounts
from tests.booking_log import make_booking, make_family, make_session
from tests.checking import CheckingClient
from tests.test_disposal import KNOWN, approved, ticks
from tests.test_retention import LAST, left, old_family

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
OFFICERS = (Role.SAFEGUARDING, Role.CHAIR)
WAITS = "waits for your decision"


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


def address_of(disposal: Disposal) -> str:
    return f"/retention/disposals/{disposal.key}/"


# Before its time


def test_whoever_approves_is_told_that_it_is_early_and_why(as_role: Browser, colin: Person) -> None:
    family, due = make_family(colin), old_family(colin)
    early = retention.propose_early("family", family.id, *KNOWN, colin)
    usual = retention.propose("family", [due.id], colin)
    officer = as_role(Role.CHAIR)
    for page in ("", "approve"):
        shown = officer.get(address_of(early) + page).text
        assert "This goes before its time." in shown
        assert "It was last used on 21 November 2026." in shown
        assert "asked for it on 20 November 2026. How we know that it was them: we know them in person." in shown
        assert "before its time" not in officer.get(address_of(usual) + page).text
    for one in (early, usual):
        officer.send(f"{address_of(one)}approve")
    assert "1 record, since somebody" in officer.get(f"{address_of(early)}certificate").text
    assert "Before its time" not in officer.get(f"{address_of(usual)}certificate").text
    facts = [json.loads(line.facts) for line in AuditLine.select().where(AuditLine.event == Event.DISPOSAL_PROPOSED)]
    assert facts == [{"count": 1, "early": "known:2026-11-20"}, {"count": 1, "early": None}]


@pytest.mark.parametrize(
    ("how", "on", "why"), [("not", KNOWN[1], "make sure"), ("", KNOWN[1], "make sure"), ("known", 1, "in the future")]
)
def test_nothing_goes_early_for_somebody_whom_we_do_not_know(colin: Person, how: str, on: date | int, why: str) -> None:
    day = clock.today() + timedelta(days=on) if isinstance(on, int) else on
    with pytest.raises(RefusedError, match=why):
        retention.propose_early("family", make_family(colin).id, how, day, colin)


def test_the_page_for_going_early_asks_has_a_way_back_and_knows_the_calendar(as_role: Browser, colin: Person) -> None:
    browser, address = as_role(Role.COORDINATOR), f"/retention/early/family/{make_family(colin).reference}"
    assert "No, back" in browser.get(address).text
    assert "There is no such day." in browser.send(address, how="known", on="31/11/2026").text
    assert "Choose one of these." in browser.send(address, on="20/11/2026").text
    assert Disposal.select().count() == 0


# What stays after all


def test_the_preview_says_what_stays_and_why(as_role: Browser, cast: Cast, colin: Person) -> None:
    gone, held, used = (old_family(colin) for _ in range(3))
    made = retention.propose("family", [gone.id, held.id, used.id], colin)
    retention.put("family", held.id, "police", None, cast[Role.SAFEGUARDING])
    make_booking(make_session(), used, colin)
    preview = as_role(Role.CHAIR).get(f"{address_of(made)}approve").text
    for words in (
        "<p><strong>1 family</strong></p>",
        "1 stays: put on hold.",
        "1 stays: used again.",
        'Adults</td><td class="num">2',
    ):
        assert words in preview


def test_of_nothing_there_is_no_certificate(as_role: Browser, cast: Cast, colin: Person) -> None:
    family = old_family(colin)
    made = approved(cast, family)
    retention.put("family", family.id, "police", None, colin)
    officer = as_role(Role.CHAIR)
    retention.carry_on()
    shown = officer.get(address_of(made)).text
    assert "Nothing was destroyed: all of it had to stay." in shown
    assert "1 stayed after all: put on hold." in shown
    assert "certificate" not in shown
    assert officer.get(f"{address_of(made)}certificate").status_code == 404


def test_where_all_of_it_stays_there_is_nothing_to_approve(as_role: Browser, colin: Person) -> None:
    family = old_family(colin)
    made = retention.propose("family", [family.id], colin)
    retention.put("family", family.id, "police", None, colin)
    preview = as_role(Role.CHAIR).get(f"{address_of(made)}approve").text
    assert ("Nothing of this can go now." in preview, "Yes, destroy" in preview) == (True, False)


# Holds


def test_a_hold_of_an_officer_is_ended_by_an_officer_who_proves_who_they_are(
    as_role: Browser, cast: Cast, colin: Person
) -> None:
    family = old_family(colin)
    hold = retention.put("family", family.id, "safeguarding", None, cast[Role.SAFEGUARDING])
    coordinator, officer, address = as_role(Role.COORDINATOR), as_role(Role.CHAIR), f"/retention/holds/{hold.key}/end"
    assert address not in coordinator.get("/retention/").text
    assert "An officer ends it." in coordinator.send(address).text
    clock.advance(timedelta(minutes=16))
    assert "/sign-in/again" in officer.send(address).location
    assert Hold.select().where(Hold.ended_at.is_null()).count() == 1
    retention.end(hold, cast[Role.CHAIR])


def test_whoever_approves_is_told_of_holds_that_ended_lately(as_role: Browser, cast: Cast, colin: Person) -> None:
    before, lately, dated, family = (old_family(colin) for _ in range(4))
    retention.end(retention.put("family", before.id, "court", None, colin), colin)
    retention.put("family", dated.id, "police", clock.today() + timedelta(days=31), colin)
    clock.advance(timedelta(days=32))
    retention.end(retention.put("family", lately.id, "safeguarding", None, colin), colin)
    made = retention.propose("family", [one.id for one in (before, lately, dated, family)], colin)
    preview = as_role(Role.CHAIR).get(f"{address_of(made)}approve").text
    assert f"{lately.reference} was on hold until 23 December 2026: a safeguarding matter." in preview
    assert f"{dated.reference} was on hold until 22 December 2026: the police ask for it." in preview
    assert before.reference not in preview


# Who may


def test_a_family_that_every_coordinator_knows_is_proposed_by_an_officer(
    as_role: Browser, cast: Cast, colin: Person
) -> None:
    known, other = old_family(colin), old_family(colin)
    FamilyKnown.create(person=colin, family=known)
    assert "1 record is due" in as_role(Role.COORDINATOR).get("/").text
    officer = as_role(Role.SAFEGUARDING)
    assert "1 record is due" in officer.get("/").text
    listed = officer.get("/retention/due/family").text
    assert (known.reference in listed, other.reference in listed) == (True, False)
    assert officer.send("/retention/due/family", records=ticks(other.id)).status_code == 422
    address = officer.send("/retention/due/family", records=ticks(known.id)).location
    assert as_role(Role.CHAIR).send(f"{address}approve").status_code == 303
    assert [one.id for one in families.Family.select()] == [other.id]
    with pytest.raises(RefusedError, match="Look at the list again"):
        retention.propose("family", [other.id], cast[Role.CHAIR])


def test_whoever_may_not_approve_has_no_button_and_nothing_to_do(as_role: Browser, cast: Cast, colin: Person) -> None:
    family = old_family(colin)
    made = retention.propose("family", [family.id], colin)
    sunita, charlie = (as_role(role) for role in OFFICERS)
    FamilyKnown.create(person=cast[Role.SAFEGUARDING], family=family)
    shown = sunita.get(address_of(made)).text
    assert ("Approve this" in shown, "The other officer has to see to this." in shown) == (False, True)
    assert WAITS not in sunita.get("/").text
    assert WAITS in charlie.get("/").text
    FamilyKnown.create(person=cast[Role.CHAIR], family=family)
    for browser in (sunita, charlie, as_role(Role.COORDINATOR)):
        shown = browser.get(address_of(made)).text
        assert ("Approve this" in shown, "propose it again without that family" in shown) == (False, True)
    assert WAITS not in charlie.get("/").text


def test_turning_down_asks_once_more(as_role: Browser, colin: Person) -> None:
    made = retention.propose("family", [old_family(colin).id], colin)
    officer, address = as_role(Role.CHAIR), f"{address_of(made)}withdraw"
    assert "Yes, turn it down" in officer.get(address).text
    assert "Yes, take it back" in as_role(Role.COORDINATOR).get(address).text
    assert Disposal.get().withdrawn_at is None
    officer.send(address)
    assert "This proposal was withdrawn." in officer.send(address).text


def test_of_two_officers_who_approve_at_the_same_time_one_does(cast: Cast, colin: Person) -> None:
    made = [retention.propose("family", [old_family(colin).id], colin) for _ in range(5)]
    both, told = Barrier(2), []

    def approve_all(officer: Person) -> None:
        with db.connection_context():
            for one in made:
                both.wait()
                try:
                    retention.approve(one, officer)
                except RefusedError as error:
                    told.append(str(error))

    threads = [Thread(target=approve_all, args=[cast[role]]) for role in OFFICERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["This was approved already."] * 5
    lines = AuditLine.select().where(AuditLine.event == Event.DISPOSAL_APPROVED).order_by(AuditLine.about)
    by = {line.about: line.actor for line in lines}
    assert by == {retention.ref(one): Disposal.get_by_id(one.id).approved_by_id for one in made}
    assert len(list(lines)) == 5


# Of people


def test_somebody_who_is_gone_is_not_brought_back_and_has_no_buttons(
    as_role: Browser, cast: Cast, colin: Person
) -> None:
    vera, browser = cast[Role.VOLUNTEER], as_role(Role.COORDINATOR)
    # As after a backup of the time when she was still here.
    retention.dispose_again([("person", vera.id)])
    gone = Person.get_by_id(vera.id)
    assert (gone.name, gone.left_on) == (FORMER, clock.today())
    assert FORMER not in browser.get("/people/").text
    page = browser.get(f"/people/{vera.id}/").text
    assert "What was kept of this person was destroyed" in page
    assert "button" not in page.partition("<main")[2].partition("</main")[0]
    for path in ("people/{}/details", "people/{}/leaving", "onboarding/{}/", "retention/early/person/{}"):
        assert browser.get(f"/{path.format(vera.id)}").status_code == 404, path
    assert browser.send(f"/people/{vera.id}/return").status_code == 404
    with pytest.raises(RefusedError, match="was destroyed"):
        people.come_back(vera, colin)


def test_what_others_typed_about_somebody_and_mails_to_earlier_addresses_go_with_them(
    cast: Cast, colin: Person
) -> None:
    gone, account = left("Pat (invented)", LAST), accounts.Account.get(accounts.Account.person == colin)
    for path in (f"/people/{gone.id}/change", f"/dbs/{gone.id}/", f"/onboarding/{gone.id}/", "/referrers/new"):
        drafts.keep(account.id, account.public_key, path, [("name", "Pat")])
    mail.queue("pat@earlier.example", "Something", "canary")
    mail.queue(colin.email, "Something", "for Colin")
    made = retention.propose("person", [gone.id], colin)
    retention.approve(made, cast[Role.CHAIR])
    retention.carry_on()
    assert (Draft.select().count(), [one.recipient for one in Outbox.select()]) == (0, [colin.email])
