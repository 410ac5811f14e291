"""The audit trail in a browser: officers read all that they may know of, everybody reads their own."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from ccc import audit, clock, concerns, families, officers_vault, people, trail
from ccc.audit import AuditLine, Event
from ccc.db import db, writing
from ccc.families import Family
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import accounts
from tests.asked import make_request
from tests.booking_log import HOME_PHONE, make_family, make_session
from tests.checking import CheckingClient
from tests.samples import published
from tests.stated import referred_family
from tests.test_queries import counted

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]


@pytest.fixture
def family(cast: Cast) -> Family:
    """A family whose telephone number somebody looked at."""
    made = make_family(cast[Role.COORDINATOR])
    home = families.Adult.get(families.Adult.family == made, families.Adult.side == "home")
    families.contacts_of(home, cast[Role.COORDINATOR])
    with writing():
        audit.record(Event.FAMILY_CHANGED, cast[Role.COORDINATOR].id, families.ref(made))
    return made


@pytest.fixture
def chair(as_role: Browser) -> CheckingClient:
    return as_role(Role.CHAIR)


def test_officer_sees_who_did_what_to_which_record(chair: CheckingClient, cast: Cast, family: Family) -> None:
    text = chair.get("/audit/").text
    assert "Family changed" in text
    assert f"Family {family.reference}" in text
    assert cast[Role.COORDINATOR].name in text
    assert HOME_PHONE not in text
    assert "Hestia" not in text


def test_officer_finds_lines_by_person_by_record_and_by_day(chair: CheckingClient, cast: Cast, family: Family) -> None:
    colin, sunita = cast[Role.COORDINATOR], cast[Role.SAFEGUARDING]
    with clock.at(datetime(2026, 11, 23, 23, 30, tzinfo=UTC)):
        people.change_details(colin, colin.name, None, None, sunita)

    def found(query: str) -> bool:
        return "Details changed" in chair.get(f"/audit/?{query}").text

    assert found(f"who={sunita.id}")
    assert not found(f"who={colin.id}")
    assert found(f"record=person:{colin.id}")
    assert not found(f"record={family.reference}")
    assert "Family changed" in chair.get(f"/audit/?record={family.reference.lower()}").text
    # The last day of a period is part of it, to its end.
    assert found("from=2026-11-23&to=2026-11-23")
    assert not found("to=2026-11-22")
    assert not found("from=2026-11-24")


@pytest.mark.parametrize(
    "query", ["who=x", "who=²", "record=F-ZZZZ", "record=person:x", "record=%27;--", "after=-1", "after=99999999999"]
)
def test_what_is_no_search_is_no_fault(chair: CheckingClient, family: Family, query: str) -> None:
    assert chair.get(f"/audit/?{query}").status_code == 200


def test_a_day_that_is_none_is_told_and_exports_nothing(chair: CheckingClient) -> None:
    assert "We do not understand this date" in chair.get("/audit/?from=31/2/2026").text
    assert chair.get("/audit/lines.csv?from=31/2/2026").status_code == 400


def test_pages_go_on_where_the_last_one_ended(chair: CheckingClient, cast: Cast) -> None:
    with writing():
        for number in range(2 * trail.AT_ONCE):
            audit.record(Event.FAMILY_CHANGED, None, f"family:{number + 1000}")
    lines, more = trail.page_of(trail.Asked(), cast[Role.CHAIR])
    rest, _ = trail.page_of(trail.Asked(), cast[Role.CHAIR], more)
    seen = [line.record for line in [*lines, *rest] if line.record.startswith("family:")]
    assert seen[: 2 * trail.AT_ONCE - 1] == [f"family:{number + 1000}" for number in reversed(range(1, 100))]
    assert f"after={more}" in chair.get("/audit/").text
    assert "Back to the newest" in chair.get(f"/audit/?after={more}").text


def test_the_pages_stay_flat_however_long_the_trail_is(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """No page sorts or reads through the whole trail: each way to ask has an index that brings the lines in order."""
    day = clock.today()
    ways = [trail.Asked(), trail.Asked(actor=1), trail.Asked(about="person:1"), trail.Asked(since=day, until=day)]
    ways.append(trail.Asked(actor=1, about="person:1"))
    with counted(monkeypatch) as asked:
        for way in ways:
            trail.page_of(way, cast[Role.CHAIR], 10**6)
    told = [sql for sql in asked if "FROM audit_line" in sql]
    assert len(told) == len(ways) + 2
    for sql in told:
        values = dict.fromkeys(("actor", "about", "own", "first", "last", "after"), 1) | {"hidden": "[]"}
        plan = db.execute_sql(f"EXPLAIN QUERY PLAN {sql}", ["2026"] if "?" in sql else values).fetchall()
        steps = [step for *_, step in plan]
        assert not [step for step in steps if "TEMP B-TREE" in step], (sql, steps)
        assert not [step for step in steps if step.startswith("SCAN audit_line")] or "created_at" in steps[0]
        # Somebody who did much, and never anything with this record, is looked for under both.
        assert "(about=? AND actor=?" in steps[0] or not ("a.actor =" in sql and "a.about =" in sql)


def test_a_csv_file_tells_the_same_and_is_written_down(chair: CheckingClient, cast: Cast, family: Family) -> None:
    answer = chair.get(f"/audit/lines.csv?record={family.reference}")
    assert answer.content_type.startswith("text/csv")
    assert f"Family {family.reference}" in answer.text
    assert "Details changed" not in answer.text
    assert AuditLine.select().where(AuditLine.event == Event.TRAIL_EXPORTED).count() == 1


def test_the_newest_hash_is_the_one_that_verify_takes(chair: CheckingClient, family: Family) -> None:
    newest = trail.newest_hash()
    assert newest in chair.get("/audit/").text
    assert audit.verify(newest).fault is None
    assert audit.verify(newest.replace(newest[0], "x", 1)).fault


def test_of_a_fingerprint_the_first_signs_are_shown(chair: CheckingClient, cast: Cast) -> None:
    with writing():
        audit.record(Event.POLICY_APPROVED, cast[Role.CHAIR].id, "version:1", sha256="0123456789abcdef" * 4)
    assert "sha256 0123456789ab…<" in chair.get("/audit/").text


def test_everybody_reads_their_own_lines_and_no_others(as_role: Browser, cast: Cast, family: Family) -> None:
    colin, vera = cast[Role.COORDINATOR], cast[Role.VOLUNTEER]
    people.change_details(vera, vera.name, None, None, colin)
    own = as_role(Role.COORDINATOR).get("/me/trail").text
    assert "Family changed" in own
    assert "Details changed" in own
    hers = as_role(Role.VOLUNTEER).get("/me/trail").text
    assert "Details changed" in hers
    assert "Family changed" not in hers


def test_how_a_check_goes_on_is_not_told_by_ones_own_lines(as_role: Browser, cast: Cast) -> None:
    with writing():
        audit.record(Event.DBS_CHANGED, cast[Role.CHAIR].id, people.ref(cast[Role.VOLUNTEER]))
    assert "DBS changed" not in as_role(Role.VOLUNTEER).get("/me/trail").text
    assert "DBS changed" in as_role(Role.CHAIR).get("/me/trail").text


def test_the_chair_meets_no_line_of_a_worry_about_the_chair(as_role: Browser, cast: Cast) -> None:
    vera = cast[Role.VOLUNTEER]
    officers_vault.make(accounts.Account.get(accounts.Account.person == cast[Role.CHAIR]))
    hidden = concerns.raise_worry("A canary worry (invented)", Role.CHAIR, vera, concerns.count_of(vera))
    told = concerns.raise_worry("Another one (invented)", None, vera, concerns.count_of(vera))
    ways = ("/audit/", "/audit/lines.csv", f"/audit/?record={concerns.ref(hidden)}", f"/audit/?who={vera.id}")
    of_chair = [as_role(Role.CHAIR).get(way).text for way in ways]
    # Its number would tell as well: there would be a gap.
    assert [text.lower().count("concern raised") for text in of_chair] == [1, 1, 0, 1]
    assert not any(re.search(r"concern.?[0-9]", text.replace(f"{concerns.ref(hidden)}", "")) for text in of_chair)
    assert as_role(Role.CHAIR).get(f"/audit/?record={concerns.ref(told)}").text.count("Concern raised") == 0
    assert as_role(Role.SAFEGUARDING).get("/audit/").text.count("Concern raised") == 2


def test_whoever_knows_a_family_meets_no_line_of_it(as_role: Browser, cast: Cast, family: Family) -> None:
    sunita = cast[Role.SAFEGUARDING]
    families.know(sunita, family, sunita)
    for way in ("/audit/", "/audit/lines.csv", f"/audit/?record={family.reference}", "/audit/?record=family:1"):
        assert family.reference not in as_role(Role.SAFEGUARDING).get(way).text.replace(f'"{family.reference}"', "")
    assert family.reference in as_role(Role.CHAIR).get("/audit/").text


def test_a_page_of_the_trail_asks_as_often_for_many_lines_as_for_few(
    chair: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for _ in range(2):
        with counted(monkeypatch) as asked:
            chair.get("/audit/")
        counts.append(len(asked))
        with clock.at(clock.now() + timedelta(minutes=1)):
            for number in range(10):
                people.add(f"Person {number} (invented)", None, None, cast[Role.CHAIR])
    assert counts[1] <= counts[0]


def test_each_page_of_a_record_leads_officers_to_what_is_written_down_of_it(as_role: Browser, cast: Cast) -> None:
    by, version = cast[Role.COORDINATOR], published(cast[Role.CHAIR])
    family, session = referred_family(by), make_session()
    asked = make_request(family, by)
    records = {
        f"/people/{by.id}/": f"person:{by.id}",
        f"/families/{family.reference}/": family.reference,
        f"/sessions/{session.id}/": f"session:{session.id}",
        f"/disclosures/{asked.id}/": f"request:{asked.id}",
        "/policies/confidentiality/": f"version:{version.id}",
    }
    officer, coordinator = as_role(Role.SAFEGUARDING), as_role(Role.COORDINATOR)
    for address, record in records.items():
        link = f'href="/audit/?record={record}"'
        assert link not in coordinator.get(address).text
        assert link in officer.get(address).text
    assert 'href="/audit/?record=centre:1"' in as_role(Role.CHAIR).get("/centre/").text
    assert "Policy published" in officer.get(f"/audit/?record=version:{version.id}").text
