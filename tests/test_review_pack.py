"""The review pack: all that the committee reads once a year, signed off by the chair, and kept as it was."""

import html
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product

import pytest
from peewee import IntegrityError

from ccc import audit, clock, disclosures, evidence, people, policies, retention, review_pack
from ccc.audit import AuditLine, Event
from ccc.concerns import Concern
from ccc.db import db, writing
from ccc.people import Person
from ccc.policies import Version
from ccc.quizzes.attempts import Attempt
from ccc.retention.records import Disposal, DisposalItem
from ccc.review_pack import CHANGES, STAYS, PackSignOff, ReviewPack
from ccc.roles import Role
from tests.asked import make_permission, make_request
from tests.booking_log import make_family
from tests.broken_controls import a_release_that_nobody_decided
from tests.checking import CheckingClient
from tests.samples import MILLBROOK, published
from tests.test_conformance import NO_PROMISE
from tests.test_quiz_figures import EASY, HARD, somebody, tried

Cast = dict[Role, Person]
Browser = Callable[[Role | None], CheckingClient]
PACK, PACKS = "/conformance/pack", "/conformance/packs"
FIRST = f"{PACKS}/2026-1"
SIGN_OFF = f"{FIRST}/sign-off"
NEXT_VERSION = "/drafting/confidentiality/text"


@pytest.fixture
def version(cast: Cast) -> Version:
    """Reviewed last in September 2026, and so due again by the end of September 2027."""
    return published(cast[Role.CHAIR])


@pytest.fixture
def chair(as_role: Browser, version: Version) -> CheckingClient:
    return as_role(Role.CHAIR)


def of_now() -> ReviewPack:
    pack = review_pack.of_now()
    assert pack
    return pack


def signed_off(by: Person, outcome: str = STAYS) -> ReviewPack:
    pack = review_pack.draw_up(by)
    review_pack.sign_off(pack, clock.today(), outcome, by)
    return pack


def main_of(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return html.unescape(found[0])


def content_of(page: str) -> str:
    """What a page shows of the pack, whatever stands around it."""
    text = main_of(page)
    told = text[text.index("1. Clause by clause") : text.index("</main>")]
    return told.partition("<h2>6. The audit trail")[0].strip()


# What stands in it


def test_the_pack_has_each_clause_whole_with_its_promises_and_their_evidence(
    chair: CheckingClient, version: Version
) -> None:
    page = main_of(chair.get(PACK).text)
    for clause in policies.clauses(version):
        assert clause.text in page
    assert "Volunteers give no reports, spoken or written" in page
    assert "Places for free text on families, bookings and sessions: 0." in page
    assert "Last reviewed: September 2026." in page
    assert "Version 1.0, 21 November 2026: a change of substance. New." in page
    assert "Nothing was destroyed in the last twelve months." in page


def test_a_promise_stands_beside_what_was_answered_wrong_and_never_of_fewer_than_five(
    chair: CheckingClient, version: Version
) -> None:
    for number in range(4):
        tried(somebody(number), version, [True, False])
    assert HARD not in chair.get(PACK).text
    tried(somebody(4), version, [True, True])
    page = main_of(chair.get(PACK).text)
    assert page.index("Clause 10") < page.index(HARD) < page.index("Clause 11")
    assert "Right: 1 of 5 people." in page
    assert EASY not in page[: page.index("2. What people misunderstand")], "Everybody was right."
    assert "Zephyrine" not in page


def test_of_many_questions_only_the_three_that_were_answered_wrong_most_often_are_shown(version: Version) -> None:
    about = {"provision": "disposal", "always": False}
    asked = json.dumps([{"id": str(n), "text": f"Question {n}"} | about for n in range(5)])
    facts = {"quiz": "confidentiality", "version": version, "asked": asked, "finished_at": clock.now()}
    for number in range(5):
        marks = json.dumps([number < right for right in range(5)])
        Attempt.create(person=somebody(number), marks=marks, **facts)
    (clause,) = [clause for clause in of_now().told["clauses"] if clause["label"] == "10"]
    assert [asked["text"] for asked in clause["promises"][0]["wrong"]] == ["Question 0", "Question 1", "Question 2"]


def test_what_was_passed_on_is_told_by_its_ground(chair: CheckingClient, cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    family = make_family(by)
    disclosures.refuse(make_request(family, by), "not-sought", by)
    permitted = make_permission(family, by, whom="Canary-Body & Sons (invented)")
    disclosures.release_on(make_request(family, by), permitted, by)
    a_release_that_nobody_decided(cast)
    told = of_now().told["released"]
    assert told[1:] == [
        "Because someone was at risk of violence: 1.",
        "Because a court or the law required it: 0.",
        "Refusals: 1.",
        "Releases with permission: 1.",
    ]
    page = chair.get(PACK).text
    assert not re.search(r"F-[A-Z0-9]{4}|anary|Vera|Colin|Sunita|Charlie", main_of(page))
    clock.advance(timedelta(days=366))
    assert [line for line in of_now().told["released"] if not line.endswith(": 0.")] == []


def test_what_was_destroyed_in_a_year_is_told_by_kind(version: Version, cast: Cast) -> None:
    disposal = Disposal.create(proposed_by=cast[Role.COORDINATOR])
    for number, kept_why in ((1, None), (2, None), (3, "needed")):
        item = {"disposal": disposal, "kind": "family", "record": number, "done_at": clock.now()}
        DisposalItem.create(kept_why=kept_why, **item)
    DisposalItem.create(disposal=disposal, kind="referrer", record=1)
    assert of_now().told["disposed"] == ["2 families"]
    clock.advance(timedelta(days=366))
    assert of_now().told["disposed"] == []


def test_of_worries_there_is_not_even_a_number(version: Version, cast: Cast) -> None:
    before = of_now().sha256
    vera, chair = cast[Role.VOLUNTEER], cast[Role.CHAIR]
    with clock.at(date(2019, 1, 1)):
        Concern.create(raised_by=vera, ended_at=clock.now())
    Concern.create(raised_by=vera)
    assert retention.due("concern")
    assert of_now().sha256 == before
    disposal = Disposal.create(proposed_by=chair, done_at=clock.now())
    DisposalItem.create(disposal=disposal, kind="concern", record=1, done_at=clock.now())
    assert of_now().sha256 == before


def test_over_time_and_what_stands_out_is_told_of_the_whole_quiz(chair: CheckingClient, version: Version) -> None:
    for number in range(6):
        tried(somebody(number), version, [True, False])
    clock.advance(timedelta(days=120))
    told = of_now().told
    assert any(line.startswith(f"{HARD} Hardly anybody is right") for line in told["remarks"])
    assert told["quarters"] == ["2026, quarter 4: 50% right at the first try"]


# Empty states


def test_before_there_is_a_policy_the_pack_says_so_and_nothing_is_signed_off(as_role: Browser) -> None:
    client = as_role(Role.CHAIR)
    page = client.get(PACK).text
    assert "No confidentiality policy is in force yet" in page
    assert "Draw it up" not in page
    assert client.send(PACK).status_code == 409
    assert client.get(SIGN_OFF).status_code == 404
    assert "No pack was drawn up yet." in client.get(PACKS).text


def test_a_policy_that_makes_no_promise_at_all_has_a_pack_and_can_be_signed_off(as_role: Browser, cast: Cast) -> None:
    published(cast[Role.CHAIR], NO_PROMISE)
    page = main_of(as_role(Role.SAFEGUARDING).get(PACK).text)
    assert "The policy is silent: 12." in page
    assert "We bring biscuits." in page
    assert page.count("Kept by people") == 2
    assert signed_off(cast[Role.CHAIR]).number == "2026-1"


# For the meeting


def test_what_was_drawn_up_stays_as_it_is_whatever_happens_until_the_meeting(
    as_role: Browser, chair: CheckingClient, version: Version, cast: Cast
) -> None:
    coordinator = as_role(Role.COORDINATOR)
    read = coordinator.get(PACK).text
    answer = coordinator.send(PACK)
    assert (answer.status_code, answer.location) == (303, FIRST)
    a_release_that_nobody_decided(cast)
    clock.advance(timedelta(days=9))
    page = as_role(Role.CHAIR).get(FIRST).text
    assert content_of(page) == content_of(read)
    assert "Figures of 21 November 2026" in page
    assert "Because someone was at risk of violence: 1." in as_role(Role.COORDINATOR).get(PACK).text
    found = re.search("audit verify --expect ([0-9a-f]{64})", page)
    assert found
    assert audit.verify(found[1]).fault is None


def test_pressed_twice_it_is_drawn_up_once_and_a_new_one_after_a_change(as_role: Browser, cast: Cast) -> None:
    published(cast[Role.CHAIR])
    client = as_role(Role.SAFEGUARDING)
    assert [client.send(PACK).location for _ in range(2)] == [FIRST, FIRST]
    a_release_that_nobody_decided(cast)
    assert client.send(PACK).location == f"{PACKS}/2026-2"


def test_the_end_of_the_trail_tells_nothing_of_a_worry(version: Version, cast: Cast) -> None:
    before = review_pack.draw_up(cast[Role.CHAIR])
    a_release_that_nobody_decided(cast)
    newest = audit.verify().newest
    with writing():
        audit.record(Event.CONCERN_RAISED, cast[Role.VOLUNTEER].id, "concern:1")
    after = review_pack.draw_up(cast[Role.CHAIR])
    assert (after.number, after.audit_hash) == ("2026-2", newest)
    assert before.audit_hash != newest


# Signing off


def test_the_chair_signs_that_it_stays_and_the_next_review_moves_on(
    chair: CheckingClient, version: Version, cast: Cast
) -> None:
    chair.send(PACK)
    clock.advance(timedelta(minutes=20))
    answer = chair.send(SIGN_OFF, on="21/11/2026", outcome="stays")
    assert (answer.status_code, answer.location) == (303, FIRST)
    assert policies.next_review(version) == date(2027, 11, 30)
    page = chair.get(FIRST).text
    assert "Review pack 2026-1 is signed off." in page
    assert "It stays as it is" in page
    assert "by Charlie Chair (invented)" in page
    assert SIGN_OFF not in page
    line = AuditLine.get(AuditLine.event == Event.REVIEW_PACK_SIGNED)
    assert (line.actor, line.about) == (cast[Role.CHAIR].id, "review-pack:1")


def test_the_chair_signs_that_it_has_to_change_and_begins_the_next_version(
    chair: CheckingClient, version: Version
) -> None:
    chair.send(PACK)
    answer = chair.send(SIGN_OFF, on="2026-11-21", outcome="changes")
    assert (answer.status_code, answer.location) == (303, NEXT_VERSION)
    assert policies.next_review(version) == date(2027, 9, 30)
    assert "It has to change" in main_of(chair.get(FIRST).text)
    # The next committee reads of it.
    assert of_now().told["reviews"] == ["21 November 2026, version 1.0. It has to change."]


@pytest.mark.parametrize("outcome", ["stays", "changes"])
@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-22", "cannot lie in the future"),
        ("2026-11-20", "was drawn up on 21 November 2026: the meeting was on that day or later"),
        ("31/2/2026", "There is no such day."),
        ("", "Fill in the day of the meeting."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_nothing_is_kept(
    chair: CheckingClient, day: str, why: str, outcome: str
) -> None:
    chair.send(PACK)
    answer = chair.send(SIGN_OFF, on=day, outcome=outcome)
    assert answer.status_code == 422
    assert why in answer.text
    assert not PackSignOff.select().exists()
    assert not AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).exists()


def test_the_chair_has_to_say_what_was_decided(chair: CheckingClient) -> None:
    chair.send(PACK)
    answer = chair.send(SIGN_OFF, on="2026-11-21")
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


def test_pressed_twice_it_is_signed_once_and_another_word_is_refused(chair: CheckingClient) -> None:
    chair.send(PACK)
    for _ in range(2):
        assert chair.send(SIGN_OFF, on="2026-11-21", outcome="stays").location == FIRST
    answer = chair.send(SIGN_OFF, on="2026-11-21", outcome="changes")
    assert answer.status_code == 422
    assert "This pack was signed off already." in answer.text
    assert PackSignOff.select().count() == 1
    assert AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).count() == 1


def test_a_pack_about_a_version_that_was_replaced_meanwhile_is_not_signed_off(
    chair: CheckingClient, cast: Cast
) -> None:
    chair.send(PACK)
    published(cast[Role.CHAIR], MILLBROOK.replace("three years", "five years"))
    answer = chair.send(SIGN_OFF, on="2026-11-21", outcome="stays")
    assert answer.status_code == 422
    assert "Another version came into force meanwhile." in answer.text


# What was kept


def test_packs_are_listed_newest_first_and_say_which_count_for_the_accreditation(
    as_role: Browser, version: Version, cast: Cast
) -> None:
    by = cast[Role.CHAIR]
    signed_off(by, CHANGES)
    signed_off(by)
    with clock.at(date(2029, 11, 22)):
        signed_off(by)
        a_release_that_nobody_decided(cast)
        review_pack.draw_up(by)
        page = main_of(as_role(Role.COORDINATOR).get(PACKS).text)
    assert re.findall(r"/conformance/packs/([0-9-]+)", page) == ["2029-2", "2029-1", "2026-2", "2026-1"]
    # From the same day three years ago on.
    assert re.findall("In the last three years|Older|Not signed off", page) == [
        "Not signed off", "In the last three years", "Older", "Older",
    ]  # fmt: skip


def test_a_pack_that_nobody_drew_up_is_not_there(chair: CheckingClient) -> None:
    assert chair.get(FIRST).status_code == 404
    assert chair.get(SIGN_OFF).status_code == 404


@pytest.mark.parametrize("table", ["review_pack", "pack_sign_off"])
def test_the_database_refuses_to_touch_what_was_kept(version: Version, cast: Cast, table: str) -> None:
    signed_off(cast[Role.CHAIR])
    for sql in (f"UPDATE {table} SET by_id = 1", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="append-only"):
            db.execute_sql(sql)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE review_pack SET content = replace(content, 'Millbrook', 'Mallory')",
        "UPDATE review_pack SET audit_hash = ''",
        "UPDATE review_pack SET sha256 = ''",
        "UPDATE review_pack SET created_at = '2026-11-01T09:00:00.000000Z'",
        "UPDATE review_pack SET number = '2026-2'",
        "UPDATE review_pack SET by_id = 1",
        "UPDATE pack_sign_off SET outcome = 'changes'",
        "UPDATE pack_sign_off SET reviewed_on = '2026-11-01'",
        "UPDATE pack_sign_off SET by_id = 1",
        "DELETE FROM pack_sign_off",
        "DELETE FROM audit_line WHERE event = 'review-pack-drawn-up'",
        "INSERT INTO review_pack SELECT 9, created_at, 'x', version_id, by_id, content, sha256, '' FROM review_pack",
    ],
)
def test_audit_verify_finds_a_pack_or_a_decision_that_was_changed_invented_or_taken_away(
    version: Version, cast: Cast, change: str
) -> None:
    signed_off(cast[Role.CHAIR])
    assert evidence.altered() == []
    for table, act in product(("review_pack", "pack_sign_off", "audit_line"), ("update", "delete")):
        db.execute_sql(f"DROP TRIGGER IF EXISTS {table}_no_{act}")
    db.execute_sql(change)
    (fault,) = evidence.altered()
    assert fault.startswith("review pack:")


# Who comes to it, and from where


def test_those_in_office_read_it_and_the_chair_alone_signs_it_off(as_role: Browser, version: Version) -> None:
    for role in (Role.COORDINATOR, Role.SAFEGUARDING):
        client = as_role(role)
        answer = client.get(PACK)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        client.send(PACK)
        assert SIGN_OFF not in client.get(FIRST).text
        assert client.get(SIGN_OFF).status_code == 403
    assert as_role(Role.VOLUNTEER).get(PACK).status_code == 403


def test_the_ways_to_it_lead_there(chair: CheckingClient, as_role: Browser, version: Version, cast: Cast) -> None:
    published(cast[Role.CHAIR], slug="photographs")
    assert f'href="{PACK}"' in chair.get("/conformance/").text
    assert f'href="{PACK}"' in chair.get("/drafting/confidentiality/reviewed").text
    assert f'href="{PACK}"' not in chair.get("/drafting/photographs/reviewed").text
    with clock.at(date(2027, 8, 15)):
        for role in (Role.CHAIR, Role.COORDINATOR):
            assert f'href="{PACK}"' in as_role(role).get("/").text
        assert 'href="/drafting/photographs/reviewed"' in as_role(Role.CHAIR).get("/").text


def test_somebody_who_is_gone_is_no_name_on_a_pack_any_more(as_role: Browser, version: Version, cast: Cast) -> None:
    other = people.add("Gone Canary (invented)", None, None, None)
    signed_off(other)
    Person.update(name=people.FORMER).where(Person.id == other.id).execute()
    page = as_role(Role.COORDINATOR).get(f"{PACKS}/2026-1").text
    assert page.count(f"by {people.FORMER}") == 2
    assert "Canary" not in page
