"""The audit trail in a browser: officers read all that they may know of, everybody reads their own."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count

import pytest

from bench import audit as bench
from ccc import audit, clock, concerns, families, officers_vault, people, review_pack, trail
from ccc.audit import AuditLine, Event
from ccc.config import ROOT
from ccc.db import db, writing
from ccc.families import Family
from ccc.people import Person
from ccc.roles import Role
from ccc.signin import accounts
from ccc.trail import Asked, reading
from tests.asked import make_request
from tests.booking_log import HOME_PHONE, make_family, make_session
from tests.checking import CheckingClient
from tests.samples import published
from tests.stated import asked_for, issue, make_visit, referred_family
from tests.test_queries import counted

Browser = Callable[[Role | None], CheckingClient]
Cast = dict[Role, Person]
OF_NO_FAMILY = {"concern", "disposal", "person", "referrer", "review-pack", "session", "session-pattern", "version"}


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
    "query", ["who=x", "who=²", "record=F-ZZZZ", "record=person:x", "record=%27;--", "after=-1", "after=1", "after=%00"]
)
def test_what_is_no_search_is_no_fault(chair: CheckingClient, family: Family, query: str) -> None:
    assert chair.get(f"/audit/?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=31/2/2026", "There is no such day."),
        ("to=9999-12-31", "There is no such day."),
        ("from=0001-01-01", "There is no such day."),
        ("from=soon", "We do not understand this date."),
        ("from=2026-11-22&to=2026-11-21", "The first day is after the last one."),
    ],
)
def test_a_day_that_is_none_is_told_finds_nothing_and_stays_as_it_was_typed(
    chair: CheckingClient, family: Family, query: str, told: str
) -> None:
    text = chair.get(f"/audit/?{query}").text
    assert told in text
    assert "<table" not in text
    assert all(f'type="text" value="{typed.partition("=")[2]}"' in text for typed in query.split("&"))
    assert chair.get(f"/audit/lines.csv?{query}").status_code == 400


def test_what_names_nobody_finds_nothing(chair: CheckingClient, family: Family) -> None:
    for query in ("who=abc", "who=²", "who=0", "who=99999999999", "record=F-ZZZZ", "record=a+worry"):
        assert "Nothing is written down about that." in chair.get(f"/audit/?{query}").text, query


def test_pages_go_on_where_the_last_one_ended(chair: CheckingClient, cast: Cast) -> None:
    with writing():
        for number in range(2 * trail.AT_ONCE):
            audit.record(Event.FAMILY_CHANGED, None, f"family:{number + 1000}")
    lines, more = trail.page_of(Asked(), cast[Role.CHAIR])
    rest, _ = trail.page_of(Asked(), cast[Role.CHAIR], more)
    assert (len(lines), len(more)) == (trail.AT_ONCE, 64)
    seen = [line.record for line in [*lines, *rest] if line.record.startswith("family:")]
    assert seen[: 2 * trail.AT_ONCE - 1] == [f"family:{number + 1000}" for number in reversed(range(1, 100))]
    assert f"after={more}" in chair.get("/audit/").text
    assert "Back to the newest" in chair.get(f"/audit/?after={more}").text


def test_the_pages_stay_flat_however_long_the_trail_is(cast: Cast, family: Family) -> None:
    """Each way to ask has an index that brings the lines in order: SQLite does no more work for ten times as many."""
    chair, day, record = cast[Role.CHAIR], clock.today(), [families.ref(family), "adult:1"]
    asked = [
        Asked(),
        Asked(actor=chair.id),
        Asked(records=record),
        Asked(chair.id, record),
        Asked(None, None, day, day),
    ]
    ways: list[Callable[[str], object]] = [partial(trail.page_of, one, chair) for one in asked]
    ways += [partial(trail.page_of, Asked(1, record, day, day + timedelta(days=900)), chair)]
    ways += [partial(trail.own_page, chair), lambda _: trail.newest_hash(chair)]

    def work() -> list[int]:
        middle = db.execute_sql(bench.MIDDLE).fetchone()[0]
        return [effort(partial(way, mark)) for way in ways for mark in ("", middle)]

    counts = []
    for more in (2_000, 20_000):
        with writing():
            db.execute_sql(bench.LINES, {"more": more, "who": None})
        counts.append(work())
    assert [(few, many) for few, many in zip(*counts, strict=True) if many > 1.3 * few + 20] == []


def effort(act: Callable[[], object]) -> int:
    """How many hundreds of steps SQLite takes for something."""
    steps = count()
    db.connection().set_progress_handler(lambda: next(steps) < 0, 100)
    act()
    db.connection().set_progress_handler(None, 0)
    return next(steps)


def test_a_csv_file_tells_the_same_and_is_written_down(chair: CheckingClient, cast: Cast, family: Family) -> None:
    answer = chair.get(f"/audit/lines.csv?record={family.reference}")
    assert answer.content_type.startswith("text/csv")
    assert f"Family {family.reference}" in answer.text
    assert "Details changed" not in answer.text
    assert AuditLine.select().where(AuditLine.event == Event.TRAIL_EXPORTED).count() == 1


def test_the_newest_hash_is_the_one_that_verify_takes(chair: CheckingClient, cast: Cast, family: Family) -> None:
    newest = trail.newest_hash(cast[Role.CHAIR])
    assert newest in chair.get("/audit/").text
    assert audit.verify(newest).fault is None
    assert audit.verify(newest.replace(newest[0], "x", 1)).fault


def test_the_table_tells_nothing_that_only_a_program_understands(chair: CheckingClient, cast: Cast) -> None:
    version, by = published(cast[Role.CHAIR]), cast[Role.CHAIR].id
    with writing():
        audit.record(Event.UNDERTAKING_SIGNED, by, f"person:{by}", version=version.id, sha256="0123456789abcdef" * 4)
        audit.record(Event.DBS_LIST_SEEN, by, "dbs:list", people=".7.8.")
        audit.record(Event.DISPOSAL_PROPOSED, by, "disposal:1", count=1, early=None)
    text = chair.get("/audit/").text
    assert f"{version.title}, version 1.0" in text
    assert "Policy published" in chair.get(f"/audit/?record={version.title}, version 1.0").text
    assert not re.search(r"sha256|0123456789ab|[.]7[.]8|Version [0-9]|None", text)


def test_a_review_pack_goes_by_its_number(chair: CheckingClient, cast: Cast) -> None:
    by = cast[Role.CHAIR]
    published(by)
    review_pack.sign_off(review_pack.draw_up(by), clock.today(), review_pack.STAYS, by)
    assert "Review pack 2026-1" in chair.get("/audit/").text
    assert "Review pack signed" in chair.get("/audit/?record=review+pack+2026-1").text


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


def test_an_officer_reads_nothing_of_how_their_own_check_goes_on(as_role: Browser, cast: Cast) -> None:
    sunita = cast[Role.SAFEGUARDING]
    with writing():
        audit.record(Event.DBS_CHANGED, cast[Role.CHAIR].id, people.ref(sunita))
    for way in ("/audit/", f"/audit/?record={people.ref(sunita)}", "/audit/lines.csv", "/me/trail"):
        assert "DBS changed" not in as_role(Role.SAFEGUARDING).get(way).text
    assert "DBS changed" in as_role(Role.CHAIR).get(f"/audit/?record={people.ref(sunita)}").text


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


def test_a_worry_about_the_chair_moves_nothing_that_the_chair_sees(chair: CheckingClient, cast: Cast) -> None:
    vera = cast[Role.VOLUNTEER]
    officers_vault.make(accounts.Account.get(accounts.Account.person == cast[Role.CHAIR]))
    with writing():
        for number in range(60):
            audit.record(Event.FAMILY_CHANGED, None, f"family:{number + 1000}")

    def seen() -> list[str]:
        page = chair.get("/audit/").text
        return [page, *re.findall("after=([0-9a-f]*)", page), trail.newest_hash(cast[Role.CHAIR])]

    before, saved = seen(), chair.get("/audit/lines.csv").text
    after_saving = seen()
    concerns.raise_worry("A canary worry (invented)", Role.CHAIR, vera, concerns.count_of(vera))
    assert seen() == after_saving != before
    lines = chair.get("/audit/lines.csv").text.splitlines()
    assert [line for line in lines if "Trail exported" not in line] == saved.splitlines()


def test_a_family_has_the_lines_of_all_that_belongs_to_it(chair: CheckingClient, cast: Cast, family: Family) -> None:
    by, other = cast[Role.COORDINATOR], make_family(cast[Role.COORDINATOR])
    asked = make_request(family, by)
    for way in (family.reference, f"Family {family.reference}", family.reference.lower(), families.ref(family)):
        text = chair.get(f"/audit/?record={way}").text
        assert "Contact seen" in text
        assert f"Request {asked.id}" in text
    assert "Contact seen" not in chair.get(f"/audit/?record={other.reference}").text
    assert "Contact seen" in chair.get("/audit/?record=ADULT+1").text


def test_whoever_knows_a_family_meets_no_line_of_all_that_belongs_to_it(
    as_role: Browser, cast: Cast, family: Family
) -> None:
    sunita, other = cast[Role.SAFEGUARDING], make_family(cast[Role.COORDINATOR])
    families.keep_apart(other, family, cast[Role.COORDINATOR])
    asked = make_request(family, cast[Role.COORDINATOR])
    families.know(sunita, family, sunita)
    ways = ["/audit/", "/audit/lines.csv", "/audit/?record=adult:1"]
    ways += [f"/audit/?record={way}" for way in (family.reference, families.ref(family), f"request:{asked.id}")]
    for way in ways:
        text = as_role(Role.SAFEGUARDING).get(way).text.replace(f'"{family.reference}"', "")
        assert not re.search(f"{family.reference}|Contact seen|Kept apart|Request logged|Family changed", text), way
    text = as_role(Role.CHAIR).get("/audit/").text
    assert all(words in text for words in (family.reference, "Contact seen", "Kept apart", "Request logged"))


def test_each_kind_of_record_says_whether_it_belongs_to_a_family() -> None:
    """A new kind fails here until somebody has put it into the table, or has written down that it is nobody's."""
    told = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "ccc").rglob("*.py"))
    kinds = set(re.findall(r'return f"([a-z-]+):\{', told))
    assert kinds - trail.OF_FAMILY.keys() == OF_NO_FAMILY | {"family"}
    assert trail.OF_FAMILY.keys() <= kinds


def test_a_record_that_nobody_can_ask_for_is_no_link(chair: CheckingClient) -> None:
    chair.get("/audit/lines.csv")
    text = chair.get("/audit/").text
    assert "Audit trail</td>" in text
    assert "record=audit" not in text


def test_too_many_lines_for_a_file_are_refused(
    chair: CheckingClient, cast: Cast, family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = len(reading._rows(Asked(), cast[Role.CHAIR], 1000))
    monkeypatch.setattr(reading, "MOST_SAVED", lines - 1)
    answer = chair.get("/audit/lines.csv")
    assert answer.status_code == 422
    assert "Please choose a shorter period." in answer.text
    assert not AuditLine.select().where(AuditLine.event == Event.TRAIL_EXPORTED).exists()
    monkeypatch.setattr(reading, "MOST_SAVED", lines)
    assert chair.get("/audit/lines.csv").status_code == 200


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
    make_visit(family, by)
    asked = make_request(family, by)
    records = {
        f"/people/{by.id}/": f"person:{by.id}",
        f"/families/{family.reference}/": family.reference,
        f"/sessions/{session.id}/": f"session:{session.id}",
        f"/disclosures/{asked.id}/": f"request:{asked.id}",
        f"/statements/{issue(asked_for(family), by).id}/": "statement:1",
        "/policies/confidentiality/": f"version:{version.id}",
        f"/conformance/packs/{review_pack.draw_up(by).number}": "review-pack:1",
    }
    officer, coordinator = as_role(Role.SAFEGUARDING), as_role(Role.COORDINATOR)
    for address, record in records.items():
        link = f'href="/audit/?record={record}"'
        assert link not in coordinator.get(address).text
        assert link in officer.get(address).text
    assert 'href="/audit/?record=centre:1"' in as_role(Role.CHAIR).get("/centre/").text
    assert "Policy published" in officer.get(f"/audit/?record=version:{version.id}").text
