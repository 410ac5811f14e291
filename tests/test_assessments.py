"""Assessors' visits: none without every agreement that the policy asks for; the register says whom to let in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ccc import assessments, bookings, clock, families, kinds
from ccc.assessments import Assessment, AssessmentAgreement, NewVisit
from ccc.audit import AuditLine, Event
from ccc.bookings import Booking
from ccc.contact_sessions import ContactSession
from ccc.db import db
from ccc.families import Adult, Family
from ccc.people import Person, RefusedError
from ccc.provisions import Key
from ccc.roles import Role
from tests import samples
from tests.booking_log import make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient
from tests.samples import published

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
PolicySays = Callable[[str, str], None]
TODAY, SOON = date(2026, 11, 21), date(2026, 11, 28)
ASSESSOR, BODY = "Ada Canaryassessor (invented)", "Northshire Council (invented)"
TYPED = {"kind": "other", "body": BODY, "assessor": ASSESSOR, "agreed_on": "21/11/2026"}
BOTH = {"home": "19/11/2026", "visiting": "2026-11-20"}


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


@pytest.fixture
def family(colin: Person) -> Family:
    return make_family(colin)


@pytest.fixture
def session(colin: Person, family: Family) -> ContactSession:
    """A session to come in which the family has a place."""
    held = make_session(SOON)
    make_booking(held, family, colin)
    return held


@pytest.fixture
def browser(as_role: Browser) -> CheckingClient:
    return as_role(Role.COORDINATOR)


@pytest.fixture
def policy_says(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> PolicySays:
    """A way to publish a policy whose clause 7 chooses this."""

    def says(who: str, agreed_by: str) -> None:
        choices = samples.PROMISES | {"7": {Key.ASSESSMENTS: {"who": who, "agreed_by": agreed_by}}}
        monkeypatch.setattr(samples, "PROMISES", choices)
        published(cast[Role.CHAIR])

    return says


def visit(session: ContactSession, family: Family) -> NewVisit:
    agreed = {adult.id: TODAY for adult in assessments.sides_of(family)}
    return NewVisit(session, "cafcass", "", ASSESSOR, TODAY, agreed)


def address(family: Family, page: str = "") -> str:
    return f"/families/{family.reference}/assessments/{page}"


@pytest.mark.usefixtures("everybody_ready")
def test_a_visit_to_which_everybody_agreed_stands_on_every_page_of_its_session(
    as_role: Browser, family: Family, session: ContactSession, cast: Cast, policy_says: PolicySays
) -> None:
    browser = as_role(Role.COORDINATOR)
    assert "No visit was ever agreed" in browser.get(address(family)).text
    policy_says("anyone-agreed", "family-and-coordinator")
    answer = browser.send(address(family, "new"), session=str(session.id), **TYPED, **BOTH)
    assert (answer.status_code, answer.location) == (303, address(family))
    kept = Assessment.get()
    assert AssessmentAgreement.select().count() == 2
    line = AuditLine.get(AuditLine.event == Event.ASSESSMENT_AGREED)
    assert (line.about, line.facts) == (f"assessment:{kept.id}", f'{{"session": {session.id}}}')
    listed = browser.get(address(family)).text
    assert "agreed on 19 November 2026" in listed
    assert "The co-ordinator agreed on 21 November 2026" in listed
    assert f"A visit is agreed: {BODY}, {ASSESSOR}" in browser.get(f"/sessions/{session.id}/").text
    sheet = browser.get(f"/sessions/{session.id}/sheet").text
    assert f"A visit is agreed: {BODY}" in sheet
    assert ASSESSOR not in sheet
    make_duty(session, cast[Role.VOLUNTEER], leader=True)
    with clock.at(datetime(2026, 11, 28, 10, 35, tzinfo=UTC)):
        register = as_role(Role.VOLUNTEER).get(f"/sessions/{session.id}/register").text
    assert f"let in {ASSESSOR} ({BODY})" in register
    assert "Canaryassessor" not in " ".join(str(row) for row in db.execute_sql("SELECT * FROM assessment"))


def test_without_the_agreement_of_each_side_there_is_no_visit(
    browser: CheckingClient, family: Family, session: ContactSession
) -> None:
    def send(**changes: str) -> str:
        answer = browser.send(address(family, "new"), **({"session": str(session.id)} | TYPED | BOTH | changes))
        assert answer.status_code == 422
        assert ASSESSOR in answer.text or not changes.get("assessor", "x")
        return answer.text

    assert "Without their agreement there is no visit." in send(home="")
    assert "Without their agreement there is no visit." in send(visiting=" ")
    assert "This day is still to come." in send(visiting="22/11/2026")
    assert "This day is still to come." in send(agreed_on="22/11/2026")
    assert "There is no such day." in send(home="31/2/2026")
    assert "Fill in the day." in send(agreed_on="")
    assert "Type in the name." in send(assessor="")
    assert "Type in the name of the body." in send(body="")
    assert "Choose one of these." in send(kind="friend")
    assert "Choose one of these." in send(session="999")
    assert Assessment.select().count() == 0


def test_the_policy_in_force_says_which_bodies_may_come_and_who_agrees(
    browser: CheckingClient, family: Family, session: ContactSession, policy_says: PolicySays
) -> None:
    where, page = {"session": str(session.id)}, address(family, "new")
    assert "Your policy says nothing about it" in browser.get(page).text
    silent = browser.send(page, **where, **TYPED, **BOTH).text
    assert "Your policy says nothing about visits: only Cafcass or social services may come." in silent
    assert assessments.terms() == (False, True, ())
    policy_says("cafcass-or-social-services", "family-and-coordinator")
    assert 'href="/policies/confidentiality/#c7"' in browser.get(page).text
    refused = browser.send(page, **where, **TYPED, **BOTH)
    assert "By clause 7 of your policy, only Cafcass or social services may come." in refused.text
    policy_says("anyone-agreed", "centre")
    shown = browser.get(page).text
    assert "side agreed on" not in shown
    assert browser.send(page, **where, **TYPED).status_code == 303
    assert (Assessment.get().body, AssessmentAgreement.select().count()) == (BODY, 0)
    assert "is agreed for this session already" in browser.send(page, **where, **TYPED).text


def test_of_two_clauses_that_differ_the_stricter_one_counts(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {Key.ASSESSMENTS: {"who": "cafcass-or-social-services", "agreed_by": "family-and-coordinator"}}
    monkeypatch.setattr(samples, "PROMISES", samples.PROMISES | {"9": other})
    published(cast[Role.CHAIR])
    assert assessments.terms() == (False, True, ("7", "9"))


def test_no_visit_where_it_cannot_be(colin: Person, family: Family, session: ContactSession, cast: Cast) -> None:
    def why_not(new: NewVisit, whose: Family = family, by: Person = colin) -> str:
        with pytest.raises(RefusedError) as refused, db.atomic():
            assessments.agree(new, whose, by)
        return str(refused.value)

    wanted, other = visit(session, family), make_family(colin)
    sides = dict(wanted.adults)
    assert "has no place" in why_not(replace(wanted, adults=visit(session, other).adults), other)
    assert "adults of the two sides" in why_not(replace(wanted, adults=visit(session, other).adults))
    admitted = families.admit(family, families.Name("Gita", "Gran (invented)"), TODAY, TODAY, colin)
    assert "adults of the two sides" in why_not(replace(wanted, adults=sides | {admitted.id: TODAY}))
    assert "Each adult" in why_not(replace(wanted, adults=dict(list(sides.items())[:1])))
    Adult.update(withdrawn_on=TODAY).where(Adult.id == max(sides)).execute()
    assert "adults of the two sides" in why_not(wanted)
    assert "Each adult" in why_not(replace(wanted, adults=dict(list(sides.items())[:1])))
    Adult.update(withdrawn_on=None).execute()
    with clock.at(datetime(2026, 11, 28, 10, 30, tzinfo=UTC)):
        assert "has begun" in why_not(wanted)
    families.know(cast[Role.SAFEGUARDING], family, colin)
    assert "no family of this reference" in why_not(wanted, by=cast[Role.SAFEGUARDING])
    families.end(family, colin)
    assert "has ended" in why_not(wanted)
    families.reopen(family, colin)
    assert "has no place" in why_not(wanted)
    ContactSession.update(cancelled_at=clock.now()).execute()
    assert "is cancelled" in why_not(wanted)
    assert Assessment.select().count() == 0


def test_a_visit_goes_with_the_family_s_place(
    browser: CheckingClient, colin: Person, family: Family, session: ContactSession
) -> None:
    assessments.agree(visit(session, family), family, colin)
    assert [one.body for one in assessments.visits(session, {family.id}).values()] == ["Cafcass"]
    assert assessments.visits(session, set()) == {}
    assert ">Agreed</span>" in browser.get(address(family)).text
    bookings.cancel(Booking.get(), "home", "illness", colin)
    make_booking(session, family, colin)
    assert assessments.visits(session, {family.id}) == {}
    assert ">Cancelled</span>" in browser.get(address(family)).text
    assert AuditLine.select().where(AuditLine.event == Event.ASSESSMENT_CANCELLED).count() == 1
    assessments.agree(visit(session, family), family, colin)
    assert len(assessments.visits(session, {family.id})) == 1


def test_a_visit_stands_only_as_long_as_everybody_agrees_whom_the_policy_in_force_asks(
    browser: CheckingClient, colin: Person, family: Family, session: ContactSession, policy_says: PolicySays
) -> None:
    def stands() -> bool:
        listed = "Not agreed under the policy in force" not in browser.get(address(family)).text
        on_register = bool(assessments.visits(session, {family.id}))
        assert (ASSESSOR in browser.get(f"/sessions/{session.id}/").text) == on_register
        assert listed == on_register
        return on_register

    policy_says("anyone-agreed", "centre")
    made = assessments.agree(replace(visit(session, family), kind="other", body=BODY, adults={}), family, colin)
    assert stands()
    policy_says("anyone-agreed", "family-and-coordinator")
    assert not stands()
    assessments.cancel(made, colin)
    assessments.agree(replace(visit(session, family), kind="other", body=BODY), family, colin)
    assert stands()
    policy_says("cafcass-or-social-services", "family-and-coordinator")
    assert not stands()
    policy_says("anyone-agreed", "family-and-coordinator")
    assert stands()
    Adult.update(withdrawn_on=TODAY).where(Adult.family == family, Adult.side == "visiting").execute()
    assert not stands()


def test_the_name_of_a_body_comes_from_its_kind(colin: Person, family: Family, session: ContactSession) -> None:
    assert assessments.agree(replace(visit(session, family), body=BODY), family, colin).body == "Cafcass"


def test_a_visit_is_cancelled_after_a_question_until_its_session_is_over(
    browser: CheckingClient, as_role: Browser, colin: Person, family: Family, session: ContactSession
) -> None:
    made = assessments.agree(visit(session, family), family, colin)
    page = address(family, f"{made.id}/cancel")
    assert ASSESSOR in browser.get(page).text
    with clock.at(datetime(2026, 11, 28, 12, 30, tzinfo=UTC)):
        assert "is over" in as_role(Role.COORDINATOR).send(page).text
    assert browser.send(page).status_code == 303
    assert "Cancelled" in browser.get(address(family)).text
    assert "cancelled already" in browser.send(page).text
    assert assessments.visits(session, {family.id}) == {}
    assessments.agree(visit(session, family), family, colin)
    assert len(assessments.of_family(family)) == 2
    other = make_family(colin)
    assert browser.get(address(other, f"{made.id}/cancel")).status_code == 404


def test_a_family_that_the_coordinator_knows_and_a_family_without_a_place(
    browser: CheckingClient, colin: Person, family: Family, session: ContactSession
) -> None:
    made = assessments.agree(visit(session, family), family, colin)
    without = make_family(colin)
    page = browser.get(address(without, "new")).text
    assert "has no place in a session to come" in page
    assert "<form method" not in page.partition("<main")[2]
    families.know(colin, family, colin)
    assert [browser.get(address(family, end)).status_code for end in ("", "new", f"{made.id}/cancel")] == [404] * 3
    assert ASSESSOR not in browser.get(f"/sessions/{session.id}/").text


def test_a_visit_and_its_agreements_go_with_the_family(colin: Person, family: Family, session: ContactSession) -> None:
    assessments.agree(visit(session, family), family, colin)
    counted = kinds.count(kinds.FAMILY, [family.id])
    assert (counted["visits of assessors"], counted["agreements to such visits"]) == (1, 2)
    tables = [part.table for part in kinds.parts(kinds.FAMILY)]
    assert tables.index("assessment_agreement") < tables.index("assessment") < tables.index("adult")
