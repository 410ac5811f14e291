"""A disposal from proposal to certificate: who may do what, what goes, what stays, and that it is gone for good."""

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from peewee import IntegrityError

from ccc import assessments, bookings, clock, disclosures, drafts, families, kinds, mail, referrals, retention, vault
from ccc.attendance.records import Attendance
from ccc.audit import AuditLine, Event, verify
from ccc.bookings.records import Booking
from ccc.concerns.records import Concern
from ccc.config import Settings
from ccc.db import db
from ccc.disclosures import NewPermission, NewRequest
from ccc.drafts import Draft
from ccc.families import Adult, Family
from ccc.families.records import FamilyKnown
from ccc.people import FORMER, Person, RefusedError
from ccc.referrals import Came, Referral
from ccc.retention import Disposal, DisposalItem, Hold, erasing
from ccc.roles import Role
from ccc.signin import accounts
from tests.booking_log import HOME_ADDRESS, HOME_PHONE, make_booking, make_duty, make_family, make_session
from tests.checking import CheckingClient
from tests.conftest import PASSWORD
from tests.test_retention import LAST, left, old_family

Browser = Callable[..., CheckingClient]
Cast = dict[Role, Person]
# How we know that it was them who asked, and when they did.
KNOWN = ("known", date(2026, 11, 20))


@pytest.fixture
def colin(cast: Cast) -> Person:
    return cast[Role.COORDINATOR]


def approved(cast: Cast, *families: Family) -> Disposal:
    made = retention.propose("family", [family.id for family in families], cast[Role.COORDINATOR])
    retention.approve(made, cast[Role.SAFEGUARDING])
    return made


def full_family(by: Person) -> Family:
    """A family of long ago of which something is kept in every table that can hold something of one."""
    day = LAST - timedelta(days=30)
    with clock.at(day):
        family, session = make_family(by), make_session(day + timedelta(days=2))
        court = referrals.add_referrer("court", f"Canary Court {family.id} (invented)", "Canary Clerk (invented)", by)
        referrals.refer(family, *Came(court, "CANARY/1234", day), by)
        booking = make_booking(session, family, by)
        agreed = {adult.id: day for adult in assessments.sides_of(family)}
        visit = assessments.NewVisit(session, "cafcass", "Canary Body", "Canary Assessor", day, agreed)
        assessments.agree(visit, family, by)
        home = Adult.get(Adult.family == family)
        disclosures.permit(home, NewPermission("Canary Solicitor", "telephone", day, None), by)
        new = NewRequest(family, home, day, "police", "Canary Constable", "known", "telephone", "police", "Police")
        disclosures.refuse(disclosures.log(new, by), "not-sought", by)
        families.keep_apart(family, make_family(by), by)
    with clock.at(day + timedelta(days=2)):
        line = Attendance.create(booking=booking, slot="child-came", at=clock.now(), by=by, source="sheet")
        Attendance.create(booking=booking, slot="child-came", at=None, by=by, source="correction", replaces=line)
        Booking.update(status="came").where(Booking.id == booking.id).execute()
    return family


def ticks(*numbers: int, kind: str = "family") -> list[str]:
    """What is sent for records that are ticked in the list of what is due."""
    return [vault.key_of(kind, number) for number in numbers]


def rows_of(kind: str, record: int) -> int:
    return sum(kinds.count(kind, [record]).values())


# From the list to the certificate


def test_a_disposal_from_the_list_to_the_certificate(as_role: Browser, cast: Cast, colin: Person) -> None:
    one, other = old_family(colin), old_family(colin)
    coordinator, officer = as_role(Role.COORDINATOR), as_role(Role.CHAIR)
    assert "2 records are due for confidential waste" in coordinator.get("/").text
    listed = coordinator.get("/retention/due/family").text
    assert f"{one.reference}: last used on 20 November 2023" in listed
    answer = coordinator.send("/retention/due/family", records=ticks(one.id, other.id))
    address = f"/retention/disposals/{Disposal.get().key}/"
    assert (answer.status_code, answer.location) == (303, address)
    mine = coordinator.get(address).text
    assert "An officer who is somebody else has to approve this." in mine
    assert coordinator.get(f"{address}approve").status_code == 403
    assert coordinator.get(f"{address}certificate").status_code == 404
    waits = f"{Disposal.get().name}, proposed on 21 November 2026, waits for your decision."
    assert waits in officer.get("/").text
    preview = officer.get(f"{address}approve").text
    assert "2 families" in preview
    assert '<tr><td>Adults</td><td class="num">4</td></tr>' in preview
    assert "This cannot be undone." in preview
    assert officer.send(f"{address}approve").status_code == 303
    done = officer.get(address).text
    assert ("This is done." in done, "It is approved" in done) == (True, False)
    assert "pending" not in done
    assert Family.select().count() == 0
    officer.send(f"{address}shredded", on="21/11/2026")
    certificate = officer.get(f"{address}certificate").text
    for words in (
        "2 families",
        'Adults</td><td class="num">4',
        "by the co-ordinator",
        "by the chair",
        "21 November 2026",
    ):
        assert words in certificate
    for name in (one.reference, other.reference, "Colin", "Charlie", "Canary"):
        assert name not in certificate.split("<main")[1]
    facts = [(line.actor, line.about) for line in AuditLine.select().where(AuditLine.event == Event.DISPOSED)]
    assert facts == [(cast[Role.CHAIR].id, f"family:{family.id}") for family in (one, other)]
    assert verify().fault is None


def test_nobody_approves_what_they_proposed_not_even_past_the_rules(as_role: Browser, cast: Cast) -> None:
    with clock.at(date(2015, 1, 1)):
        concern = Concern.create(raised_by=cast[Role.VOLUNTEER], ended_at=clock.now())
    chair = as_role(Role.CHAIR)
    address = chair.send("/retention/concerns", records=ticks(concern.id, kind="concern")).location
    refused = chair.send(f"{address}approve")
    assert (refused.status_code, "You proposed this yourself." in refused.text) == (422, True)
    with pytest.raises(IntegrityError):
        Disposal.update(approved_by=cast[Role.CHAIR]).execute()
    assert as_role(Role.COORDINATOR).get(address).status_code == 404
    assert Disposal.get().name not in as_role(Role.COORDINATOR).get("/retention/").text
    assert as_role(Role.SAFEGUARDING).send(f"{address}approve").status_code == 303
    assert Concern.select().count() == 0


def test_whoever_holds_no_office_any_more_approves_nothing(cast: Cast, colin: Person) -> None:
    made = retention.propose("family", [old_family(colin).id], colin)
    with pytest.raises(RefusedError, match="Only an officer"):
        retention.approve(made, cast[Role.VOLUNTEER])


def test_an_approval_asks_for_proof_that_is_fresh(as_role: Browser, colin: Person) -> None:
    made, officer = retention.propose("family", [old_family(colin).id], colin), as_role(Role.CHAIR)
    clock.advance(timedelta(minutes=16))
    answer = officer.send(f"/retention/disposals/{made.key}/approve")
    assert (answer.status_code, "/sign-in/again" in answer.location) == (303, True)
    assert Family.select().count() == 1


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.CHAIR])
def test_a_proposal_is_taken_back_or_turned_down(as_role: Browser, cast: Cast, colin: Person, role: Role) -> None:
    family = old_family(colin)
    made = retention.propose("family", [family.id], colin)
    assert retention.due("family") == {}
    browser, address = as_role(role), f"/retention/disposals/{made.key}/"
    browser.send(f"{address}withdraw")
    assert "Nothing was destroyed." in browser.get(address).text
    assert set(retention.due("family")) == {family.id}
    with pytest.raises(RefusedError, match="was withdrawn"):
        retention.approve(made, cast[Role.SAFEGUARDING])
    assert retention.carry_on() == 0


@pytest.mark.parametrize("records", [[], ["999"], ["x"], ["99999999999999999999"]])
def test_only_what_is_due_can_be_proposed(as_role: Browser, colin: Person, records: list[str]) -> None:
    fresh, _ = make_family(colin), old_family(colin)
    browser = as_role(Role.COORDINATOR)
    for wrong in (records, ticks(fresh.id), [*records, *ticks(fresh.id)]):
        assert browser.send("/retention/due/family", records=wrong).status_code == 422
    assert Disposal.select().count() == 0


def test_what_a_disposal_lists_is_not_proposed_a_second_time(colin: Person) -> None:
    family = old_family(colin)
    retention.propose("family", [family.id], colin)
    with pytest.raises(RefusedError, match="Look at the list again"):
        retention.propose("family", [family.id], colin)
    with pytest.raises(RefusedError, match="proposed already"):
        retention.propose_early("family", family.id, *KNOWN, colin)


def test_a_family_that_somebody_knows_is_in_no_list_of_theirs_and_not_theirs_to_approve(
    as_role: Browser, cast: Cast, colin: Person
) -> None:
    hidden, sunita = old_family(colin), cast[Role.SAFEGUARDING]
    FamilyKnown.create(person=sunita, family=hidden)
    made = retention.propose("family", [hidden.id], colin)
    officer, address = as_role(Role.SAFEGUARDING), f"/retention/disposals/{made.key}/"
    assert hidden.reference not in officer.get(address).text
    assert "The other officer has to see to this." in officer.send(f"{address}approve").text
    retention.withdraw(made, colin)
    FamilyKnown.create(person=colin, family=hidden)
    browser = as_role(Role.COORDINATOR)
    assert hidden.reference not in browser.get("/retention/due/family").text
    assert "confidential waste" not in browser.get("/").text
    assert browser.send("/retention/due/family", records=ticks(hidden.id)).status_code == 422
    for page in ("hold", "early"):
        assert browser.get(f"/retention/{page}/family/{hidden.reference}").status_code == 404


def test_what_is_not_there_is_not_found(as_role: Browser, colin: Person) -> None:
    browser, family = as_role(Role.COORDINATOR), make_family(colin)
    for address in (
        "due/concern", "due/x", f"hold/person/{family.reference}", "hold/family/F-0000", "hold/person/²",
        "hold/person/999", "hold/concern/1", "early/referrer/1", "early/concern/1", "holds/9/end", "disposals/9/",
        "disposals/9/certificate",
    ):  # fmt: skip
        assert browser.get(f"/retention/{address}").status_code == 404, address


def test_a_hold_is_put_and_ended_on_pages_and_the_chair_sees_a_reference_alone(as_role: Browser, colin: Person) -> None:
    family, browser = old_family(colin), as_role(Role.CHAIR)
    address = f"/retention/hold/family/{family.reference}"
    assert browser.send(address, until="1/1/2027").status_code == 422
    assert browser.send(address, code="court", until="1/1/2027").status_code == 303
    page = browser.get("/retention/").text
    assert f"<span>{family.reference}</span>" in page
    assert "a court may ask for it, until 1 January 2027" in page
    assert f"/families/{family.reference}" not in page
    assert "None of these is due." in as_role(Role.COORDINATOR).get("/retention/due/family").text
    assert browser.send(f"/retention/holds/{Hold.get().key}/end").status_code == 303
    assert "Nothing is on hold." in browser.get("/retention/").text


def test_the_period_of_concerns_is_set_on_a_page(as_role: Browser) -> None:
    officer = as_role(Role.SAFEGUARDING)
    assert officer.send("/retention/rules", years="0").status_code == 422
    assert officer.send("/retention/rules", years="8").status_code == 303
    page = officer.get("/retention/").text
    assert '<td data-label="Kept">8 years</td><td data-label="Says who">Set by your officers</td>' in page


# What happens meanwhile


def test_a_hold_put_on_while_it_runs_keeps_the_rest(cast: Cast, colin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, held, used = (old_family(colin) for _ in range(3))
    made = approved(cast, gone, held, used)
    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    retention.carry_on(0)
    assert [family.id for family in Family.select()] == [held.id, used.id]
    retention.put("family", held.id, "safeguarding", None, colin)
    make_booking(make_session(), used, colin)
    with pytest.raises(RefusedError, match="gone already"):
        retention.put("family", gone.id, "safeguarding", None, colin)
    retention.carry_on()
    why = [(item.record, item.kept_why) for item in DisposalItem.select().order_by(DisposalItem.id)]
    assert why == [(gone.id, None), (held.id, "held"), (used.id, "used")]
    (tally,) = retention.tallies(Disposal.get_by_id(made.id))
    assert (tally.records, tally.kept) == (1, {"held": 1, "used": 1})
    assert rows_of("family", held.id) > 0


def test_of_a_record_that_something_still_needs_nothing_goes_at_all(cast: Cast, colin: Person) -> None:
    family = old_family(colin)
    before = rows_of("family", family.id)
    db.execute_sql("CREATE TABLE unforeseen (family_id INTEGER REFERENCES family (id))")
    db.execute_sql("INSERT INTO unforeseen VALUES (?)", (family.id,))
    approved(cast, family)
    assert retention.carry_on() == 0
    assert DisposalItem.get().kept_why == "needed"
    assert (rows_of("family", family.id), retention.disposed()) == (before, [])
    assert kinds.Erasing.select().count() == 0


def test_until_the_log_is_empty_a_disposal_is_pending_and_it_is_tried_again(
    as_role: Browser, settings: Settings, cast: Cast, colin: Person
) -> None:
    made = approved(cast, old_family(colin))
    with sqlite3.connect(settings.database) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM person").fetchone()
        retention.carry_on()
        assert Disposal.get_by_id(made.id).wiped_at is None
        assert "pending" in as_role(Role.CHAIR).get(f"/retention/disposals/{made.key}/").text
        reader.rollback()
    reader.close()
    retention.carry_on()
    assert Disposal.get_by_id(made.id).wiped_at


# What goes, and what stays


def test_everything_of_a_family_goes_and_the_figures_stay(cast: Cast, colin: Person) -> None:
    family, other = full_family(colin), old_family(colin)
    month = date(2023, 10, 1)
    before, theirs = bookings.month(month), rows_of("family", other.id)
    empty = [words for words, count in kinds.count("family", [family.id]).items() if not count]
    assert empty == ["needs", "people who know a family", "attendance statements"]
    made = approved(cast, family)
    promised = retention.tallies(made)
    retention.carry_on()
    assert rows_of("family", family.id) == 0
    assert retention.tallies(made) == promised, "What the preview said is what went."
    assert bookings.month(month) == before
    assert [(session.booked, session.used) for session in before] == [(1, 1)]
    assert rows_of("family", other.id) == theirs
    assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []


def test_places_of_two_families_in_one_session_are_added_up(cast: Cast, colin: Person) -> None:
    session = make_session(LAST)
    with clock.at(LAST):
        pair = [make_family(colin) for _ in range(3)]
    for family, status in zip(pair, ("came", "missed", "cancelled"), strict=True):
        gone = {"cancelled_at": session.begins, "cancelled_by": colin} if status == "cancelled" else {}
        make_booking(session, family, colin, status=status, **gone)
    approved(cast, *pair)
    retention.carry_on()
    (figures,) = bookings.month(date(LAST.year, LAST.month, 1))
    assert (figures.offered, figures.booked, figures.used) == (6, 2, 1)


def test_no_file_holds_a_trace_of_a_family_that_is_gone_neither_open_nor_sealed(
    settings: Settings, cast: Cast, colin: Person
) -> None:
    families_gone = [full_family(colin) for _ in range(3)]
    for _ in range(30):
        old_family(colin)
    for path in (f"/families/{families_gone[0].reference}/change", "/disclosures/new"):
        drafts.keep(1, accounts.Account.get().public_key, path, [("name", "canary")])
    sealed = [
        bytes(cell)
        for family in families_gone
        for table, where in (("adult", "family_id"), ("child", "family_id"), ("referral", "family_id"))
        for row in db.execute_sql(f"SELECT * FROM {table} WHERE {where} = ?", (family.id,))
        for cell in row
        if isinstance(cell, bytes)
    ]
    court = [bytes(cell) for row in db.execute_sql("SELECT body, person FROM referrer") for cell in row]
    # A draft is longer than a page of the database: its beginning stands for it.
    sealed += [bytes(row[0])[:200] for row in db.execute_sql("SELECT sealed FROM draft")]
    assert len(sealed) > 30
    assert {one for one in sealed if one in on_disk(settings.data)} == set(sealed)
    approved(cast, *families_gone)
    retention.carry_on()
    assert retention.due("referrer") == {}, "A referrer is in use until the last family of theirs is gone."
    with clock.at(date(2029, 11, 22)):
        made = retention.propose("referrer", list(retention.due("referrer")), colin)
        retention.approve(made, cast[Role.CHAIR])
        retention.carry_on()
    assert (Referral.select().where(Referral.referrer.is_null(is_null=False)).count(), Draft.select().count()) == (0, 0)
    everything = on_disk(settings.data)
    assert [one for one in sealed + court if one in everything] == []
    words = (HOME_ADDRESS, HOME_PHONE, "CANARY/1234", "Canary")
    assert [word for word in words if word.encode() in everything] == []


def on_disk(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def test_of_a_person_a_number_without_a_name_stays(settings: Settings, cast: Cast, colin: Person) -> None:
    gone = left("Pat Canaryperson (invented)", LAST)
    account, _ = accounts.make(gone, "pat-canary", PASSWORD)
    session = make_session(LAST, closed_by=gone)
    make_duty(session, gone)
    drafts.keep(account.id, account.public_key, "/me/details", [("name", "x")])
    mail.queue(gone.email, "Something", "canary mail")
    mail.queue("vera@millbrook.example", "Something", "another mail")
    made = retention.propose("person", [gone.id], colin)
    retention.approve(made, cast[Role.SAFEGUARDING])
    retention.carry_on()
    stays = Person.get_by_id(gone.id)
    assert (stays.name, stays.email, stays.phone, rows_of("person", gone.id)) == (FORMER, None, None, 0)
    assert (mail.Outbox.select().count(), Draft.select().count()) == (1, 0)
    assert b"Canaryperson" not in on_disk(settings.data)
    assert (retention.due("person"), retention.disposed()) == ({}, [("person", gone.id)])
    assert json.loads(DisposalItem.get().figures)["accounts"] == 1


# Earlier, because somebody asked


def test_a_family_that_asks_goes_earlier_if_an_officer_says_so(as_role: Browser, cast: Cast, colin: Person) -> None:
    family = make_family(colin)
    browser, address = as_role(Role.COORDINATOR), f"/retention/early/family/{family.reference}"
    assert "Adults: 2" in browser.get(address).text
    booking = make_booking(make_session(), family, colin)
    asked = {"how": "known", "on": "20/11/2026"}
    assert "booked for days to come" in browser.send(address, **asked).text
    bookings.cancel(booking, "home", "other", colin)
    families.end(family, colin)
    for wrong in ({}, {"how": "not"}, {"how": "known", "on": "22/11/2026"}, {"how": "known", "on": "31/11/2026"}):
        assert browser.send(address, **(asked | {"how": ""} | wrong)).status_code == 422
    assert browser.send(address, **asked).status_code == 303
    assert Family.select().count() == 1
    as_role(Role.CHAIR).send(f"/retention/disposals/{Disposal.get().key}/approve")
    assert Family.select().count() == 0
    assert cast[Role.CHAIR].id == DisposalItem.get().disposal.approved_by_id


def test_who_still_serves_or_is_on_hold_does_not_go_earlier(cast: Cast, colin: Person) -> None:
    with pytest.raises(RefusedError, match="still needed here"):
        retention.propose_early("person", cast[Role.VOLUNTEER].id, *KNOWN, colin)
    family = make_family(colin)
    retention.put("family", family.id, "complaint", None, colin)
    with pytest.raises(RefusedError, match="on hold"):
        retention.propose_early("family", family.id, *KNOWN, colin)
    with pytest.raises(RefusedError, match="no such record"):
        retention.propose_early("family", 999, *KNOWN, colin)


# After a backup was brought back


def test_what_came_back_with_a_backup_is_disposed_of_again(cast: Cast, colin: Person) -> None:
    family, gone = old_family(colin), left("Pat Canaryperson (invented)", LAST)
    make_duty(make_session(LAST), gone)
    newest = Family.select().order_by(-Family.id).get().id
    assert retention.dispose_again([("family", family.id), ("person", gone.id), ("family", newest + 7)]) == 2
    assert (Family.select().count(), Person.get_by_id(gone.id).name) == (0, FORMER)
    # The list may know a family that this backup does not know yet: nobody else may ever come to have its number.
    assert make_family(colin).id > newest + 1_000
    assert set(retention.disposed()) == {("family", family.id), ("person", gone.id), ("family", newest + 7)}
    assert retention.dispose_again(retention.disposed()) == 0
    assert AuditLine.select().where(AuditLine.event == Event.DISPOSED).count() == 3


def test_others_are_told_of_what_goes_before_it_is_final(
    cast: Cast, colin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[tuple[str, int]], bool]] = []
    family = old_family(colin)
    monkeypatch.setattr(erasing, "when_disposed", [lambda pairs: told.append((pairs, db.in_transaction()))])
    approved(cast, family)
    retention.carry_on()
    assert told == [([("family", family.id)], True)]
