"""Referrers and referrals: how a family came, and when the policy was given to whoever sent it."""

from collections.abc import Callable
from datetime import date

import pytest

from ccc import families, referrals
from ccc.audit import AuditLine, Event
from ccc.families import Family
from ccc.people import Person, RefusedError
from ccc.referrals import Came, Referral, Referrer
from ccc.roles import Role
from tests.booking_log import make_family
from tests.checking import CheckingClient
from tests.test_families import NEW

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
TODAY = date(2026, 11, 21)
COURT = {"kind": "court", "body": "Court (invented)", "person": "Clerk (invented)"}


@pytest.fixture
def by(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def client(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


@pytest.fixture
def court(by: Person) -> Referrer:
    return referrals.add_referrer("court", "Court (invented)", "Clerk (invented)", by)


@pytest.fixture
def family(by: Person) -> Family:
    return make_family(by)


def test_coordinator_adds_a_referrer_changes_it_and_records_the_policy(client: CheckingClient) -> None:
    assert client.send("/families/referrers/new", **COURT).status_code == 303
    made = Referrer.get()
    assert "Not yet" in client.get("/families/referrers/").text
    changed = COURT | {"kind": "mediator", "body": "Mediators (invented)"}
    assert client.send(f"/families/referrers/{made.id}/", **changed).status_code == 303
    assert "still to come" in client.send(f"/families/referrers/{made.id}/policy", on="22/11/2026").text
    assert client.send(f"/families/referrers/{made.id}/policy", on="20/11/2026").status_code == 303
    page = client.get("/families/referrers/").text
    for shown in ("Mediators (invented)", "A mediator", "Clerk (invented)", "20 November 2026"):
        assert shown in page
    written = [line.event for line in AuditLine.select().where(AuditLine.about == f"referrer:{made.id}")]
    assert written == [Event.REFERRER_ADDED, Event.REFERRER_CHANGED, Event.POLICY_GIVEN]


@pytest.mark.parametrize("changed", [{"kind": "neighbour"}, {"body": " "}, {"person": ""}, {"body": "x" * 121}])
def test_half_a_referrer_is_not_added(client: CheckingClient, changed: dict[str, str]) -> None:
    assert client.send("/families/referrers/new", **(COURT | changed)).status_code == 422
    assert Referrer.select().count() == 0


def test_the_letter_to_a_referrer_leads_to_the_policy_and_names_no_family(
    client: CheckingClient, court: Referrer, family: Family
) -> None:
    page = client.get(f"/families/referrers/{court.id}/letter").text
    assert "/policies/confidentiality/" in page
    assert "Court (invented)" in page
    assert family.reference not in page


def test_a_referral_is_corrected_and_stays_one(client: CheckingClient, court: Referrer, family: Family) -> None:
    address = f"/families/{family.reference}/referral"
    form = {"referrer": str(court.id), "case_reference": "ZW26 P/001-a", "received_on": "1/11/2026"}
    assert client.send(address, **form).status_code == 303
    page = client.get(f"/families/{family.reference}/").text
    for shown in ("A court: Court (invented) (Clerk (invented))", "ZW26 P/001-a", "1 November 2026"):
        assert shown in page
    assert 'value="ZW26 P/001-a"' in client.get(address).text
    assert Referral.select().where(Referral.family == family).count() == 1
    assert "The policy was not given yet to the referrer." in page


@pytest.mark.parametrize(
    ("case_reference", "because"),
    [
        ("1" * 41, "at most 40"),
        ("drinks: see file 5", "few blanks"),
        ("№ 5", "few blanks"),
        ("FATHER SHOUTS AT THE DOOR", "a number of theirs"),
        ("he shouts at the door 5", "few blanks"),
    ],
)
def test_a_case_reference_is_no_place_for_notes(
    client: CheckingClient, court: Referrer, family: Family, case_reference: str, because: str
) -> None:
    form = {"referrer": str(court.id), "case_reference": case_reference, "received_on": "1/11/2026"}
    answer = client.send(f"/families/{family.reference}/referral", **form)
    assert (answer.status_code, because in answer.text) == (422, True)


def test_a_family_that_cannot_be_referred_so_is_not_taken_in_at_all(by: Person) -> None:
    for came in (Came(None, "AB 1", TODAY), Came(None, None, date(2026, 11, 22))):
        with pytest.raises(RefusedError):
            referrals.take_in(NEW, came, by)
    assert Family.select().count() == 0


def test_parents_who_come_by_themselves_have_no_referrer_to_wait_for(by: Person, family: Family) -> None:
    referrals.refer(family, None, "", TODAY, by)
    assert families.ready_to_book(family) is None
    held = referrals.referral_of(family)
    assert held
    assert held.referrer is None
    assert held.case_reference is None


def test_safeguarding_officer_reads_the_list_and_adds_nobody(as_role: Browser, court: Referrer) -> None:
    browser = as_role(Role.SAFEGUARDING)
    assert "Court (invented)" in browser.get("/families/referrers/").text
    assert browser.send("/families/referrers/new", **COURT).status_code == 403
