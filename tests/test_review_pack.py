"""The review pack: all that the committee reads once a year, signed off by the chair, and kept as it was."""

import html
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from peewee import IntegrityError

from ccc import audit, clock, disclosures, evidence, people, policies, retention, review_pack
from ccc.audit import AuditLine, Event
from ccc.concerns import Concern
from ccc.db import db, writing
from ccc.people import Person, RefusedError
from ccc.policies import Version
from ccc.quizzes.attempts import Attempt
from ccc.retention.records import Disposal, DisposalItem
from ccc.review_pack import ReviewPack, Seen
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
PACK, SIGN_OFF, PACKS = "/conformance/pack", "/conformance/pack/sign-off", "/conformance/packs"
NEXT_VERSION = "/drafting/confidentiality/text"


@pytest.fixture
def version(cast: Cast) -> Version:
    """Reviewed last in September 2026, and so due again by the end of September 2027."""
    return published(cast[Role.CHAIR])


@pytest.fixture
def chair(as_role: Browser, version: Version) -> CheckingClient:
    return as_role(Role.CHAIR)


def drawn_up() -> ReviewPack:
    pack = review_pack.draw_up()
    assert pack
    return pack


def signed_off(by: Person, on: date, outcome: str = review_pack.STAYS) -> ReviewPack:
    pack = drawn_up()
    return review_pack.sign_off(Seen(pack.sha256, pack.audit_hash), on, outcome, by)


def main_of(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return html.unescape(found[0])


def content_of(page: str) -> str:
    """What a page shows of the pack, whatever stands around it."""
    text = main_of(page)
    return text[text.index("1. Clause by clause") : text.index("The mark of this pack")]


def marks_on(page: str) -> dict[str, str]:
    """The marks of the pack that somebody read, as the page sends them on."""
    found = re.search(r"seen=([0-9a-f]{64})&amp;trail=([0-9a-f]{64})", page)
    assert found, "the page leads to no sign-off"
    return {"seen": found[1], "trail": found[2]}


def fields_of(page: str) -> dict[str, str]:
    """The marks that the form itself carries."""
    return dict(re.findall(r'name="(seen|trail)" type="hidden" value="([0-9a-f]*)"', page))


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
    assert EASY not in page, "Everybody was right."
    assert "Zephyrine" not in page


def test_of_many_questions_only_the_three_that_were_answered_wrong_most_often_are_shown(version: Version) -> None:
    asked = json.dumps([{"id": str(n), "provision": "disposal", "text": f"Question {n}"} for n in range(5)])
    for number in range(5):
        marks = json.dumps([number < right for right in range(5)])
        Attempt.create(person=somebody(number), quiz="confidentiality", version=version, asked=asked, marks=marks)
    (clause,) = [clause for clause in drawn_up().told["clauses"] if clause["label"] == "10"]
    assert [asked["text"] for asked in clause["promises"][0]["wrong"]] == ["Question 0", "Question 1", "Question 2"]


def test_what_was_passed_on_is_told_by_its_ground(chair: CheckingClient, cast: Cast) -> None:
    by = cast[Role.COORDINATOR]
    family = make_family(by)
    disclosures.refuse(make_request(family, by), "not-sought", by)
    permitted = make_permission(family, by, whom="Canary-Body & Sons (invented)")
    disclosures.release_on(make_request(family, by), permitted, by)
    a_release_that_nobody_decided(cast)
    told = drawn_up().told["released"]
    assert told[1:] == [
        "Because someone was at risk of violence: 1.",
        "Because a court or the law required it: 0.",
        "Refusals: 1.",
        "Releases with permission: 1.",
    ]
    page = chair.get(PACK).text
    assert not re.search(r"F-[A-Z0-9]{4}|anary|Vera|Colin|Sunita|Charlie", main_of(page))
    clock.advance(timedelta(days=366))
    assert [line for line in drawn_up().told["released"] if not line.endswith(": 0.")] == []


def test_what_was_destroyed_in_a_year_is_told_by_kind(version: Version, cast: Cast) -> None:
    disposal = Disposal.create(proposed_by=cast[Role.COORDINATOR])
    for number, kept_why in ((1, None), (2, None), (3, "needed")):
        item = {"disposal": disposal, "kind": "family", "record": number, "done_at": clock.now()}
        DisposalItem.create(kept_why=kept_why, **item)
    DisposalItem.create(disposal=disposal, kind="referrer", record=1)
    assert drawn_up().told["disposed"] == ["2 families"]
    clock.advance(timedelta(days=366))
    assert drawn_up().told["disposed"] == []


def test_of_worries_there_is_not_even_a_number(version: Version, cast: Cast) -> None:
    before = drawn_up().sha256
    vera, chair = cast[Role.VOLUNTEER], cast[Role.CHAIR]
    with clock.at(date(2019, 1, 1)):
        Concern.create(raised_by=vera, ended_at=clock.now())
    Concern.create(raised_by=vera)
    assert retention.due("concern")
    assert drawn_up().sha256 == before
    disposal = Disposal.create(proposed_by=chair, done_at=clock.now())
    DisposalItem.create(disposal=disposal, kind="concern", record=1, done_at=clock.now())
    assert drawn_up().sha256 == before


def test_a_look_makes_the_audit_trail_longer_and_the_pack_no_other(chair: CheckingClient, cast: Cast) -> None:
    first = drawn_up()
    with writing():
        audit.record(Event.REQUEST_SEEN, cast[Role.CHAIR].id, "request:1")
    then = drawn_up()
    assert (then.sha256, then.audit_lines) == (first.sha256, first.audit_lines + 1)
    page = chair.get(PACK).text
    assert f"flask --app app audit verify --expect {then.audit_hash}" in page
    assert audit.verify(then.audit_hash).fault is None


# Empty states


def test_before_there_is_a_policy_the_pack_says_so_and_nothing_is_signed_off(as_role: Browser) -> None:
    client = as_role(Role.CHAIR)
    page = client.get(PACK).text
    assert "No confidentiality policy is in force yet" in page
    assert SIGN_OFF not in page
    assert client.get(SIGN_OFF).status_code == 404
    assert "No pack was signed off yet." in client.get(PACKS).text


def test_a_policy_that_makes_no_promise_at_all_has_a_pack_and_can_be_signed_off(as_role: Browser, cast: Cast) -> None:
    published(cast[Role.CHAIR], NO_PROMISE)
    page = main_of(as_role(Role.SAFEGUARDING).get(PACK).text)
    assert "The policy is silent: 12." in page
    assert "We bring biscuits." in page
    assert page.count("Kept by people") == 2
    assert signed_off(cast[Role.CHAIR], clock.today()).number == "2026-1"


# Signing off


def test_the_chair_signs_that_it_stays_and_the_next_review_moves_on(
    chair: CheckingClient, version: Version, cast: Cast
) -> None:
    read = chair.get(PACK).text
    marks = marks_on(read)
    with writing():
        audit.record(Event.REQUEST_SEEN, cast[Role.CHAIR].id, "request:1")
    assert fields_of(chair.get(SIGN_OFF, query_string=marks).text) == marks
    answer = chair.send(SIGN_OFF, **marks, on="20/11/2026", outcome="stays")
    assert (answer.status_code, answer.location) == (303, f"{PACKS}/2026-1")
    assert policies.next_review(version) == date(2027, 11, 30)
    page = chair.get(answer.location).text
    assert "Review pack 2026-1 is signed off and kept." in page
    assert "20 November 2026" in page
    assert "by Charlie Chair (invented)" in page
    # What is kept is the pack that was read, with the end that the trail had then.
    assert content_of(page) == content_of(read)
    assert marks["trail"] in page
    line = AuditLine.get(AuditLine.event == Event.REVIEW_PACK_SIGNED)
    assert (line.actor, line.about) == (cast[Role.CHAIR].id, "review-pack:1")


def test_the_chair_signs_that_it_has_to_change_and_begins_the_next_version(
    chair: CheckingClient, version: Version
) -> None:
    answer = chair.send(SIGN_OFF, **marks_on(chair.get(PACK).text), on="2026-11-20", outcome="changes")
    assert (answer.status_code, answer.location) == (303, NEXT_VERSION)
    assert policies.next_review(version) == date(2027, 9, 30)
    assert "It has to change" in main_of(chair.get(f"{PACKS}/2026-1").text)
    # The next committee reads of it.
    assert drawn_up().told["reviews"] == ["20 November 2026, version 1.0. It has to change."]


def test_a_pack_that_changed_meanwhile_is_not_signed_and_the_new_one_is_there_to_read(
    chair: CheckingClient, cast: Cast
) -> None:
    marks = marks_on(chair.get(PACK).text)
    a_release_that_nobody_decided(cast)
    answer = chair.send(SIGN_OFF, **marks, on="2026-11-20", outcome="changes")
    assert answer.status_code == 422
    assert "The figures changed since you opened this page." in answer.text
    assert "Because someone was at risk of violence: 1." in content_of(answer.text)
    assert 'value="2026-11-20"' in answer.text
    assert re.search('value="changes" checked', answer.text)
    assert not ReviewPack.select().exists()
    again = chair.send(SIGN_OFF, **fields_of(answer.text), on="2026-11-20", outcome="changes")
    assert again.status_code == 303


@pytest.mark.parametrize("marks", [{}, {"seen": "0" * 64, "trail": "0" * 64}, {"trail": "0" * 64}])
def test_whoever_read_no_pack_finds_it_under_the_form(chair: CheckingClient, marks: dict[str, str]) -> None:
    asked = {"seen": drawn_up().sha256} | marks
    page = chair.get(SIGN_OFF, query_string=asked).text
    assert "1. Clause by clause" in page
    assert fields_of(page) == {"seen": drawn_up().sha256, "trail": drawn_up().audit_hash}
    assert chair.send(SIGN_OFF, **asked, on="2026-11-20", outcome="stays").status_code == 422


@pytest.mark.parametrize("outcome", ["stays", "changes"])
@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-22", "cannot lie in the future"),
        ("2026-08-31", "was reviewed in September 2026 already"),
        ("31/2/2026", "There is no such day."),
        ("", "Fill in the day of the meeting."),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_what_was_read_can_still_be_signed(
    chair: CheckingClient, day: str, why: str, outcome: str
) -> None:
    marks = marks_on(chair.get(PACK).text)
    answer = chair.send(SIGN_OFF, **marks, on=day, outcome=outcome)
    assert answer.status_code == 422
    assert why in answer.text
    assert fields_of(answer.text) == marks
    assert "1. Clause by clause" not in answer.text
    assert not ReviewPack.select().exists()
    assert not AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).exists()


def test_the_chair_has_to_say_what_was_decided(chair: CheckingClient) -> None:
    answer = chair.send(SIGN_OFF, **marks_on(chair.get(PACK).text), on="2026-11-20")
    assert answer.status_code == 422
    assert "Choose one of these." in answer.text


def test_pressed_twice_it_is_signed_once_and_another_word_is_refused(chair: CheckingClient) -> None:
    marks = marks_on(chair.get(PACK).text)
    for _ in range(2):
        assert chair.send(SIGN_OFF, **marks, on="2026-11-20", outcome="stays").location == f"{PACKS}/2026-1"
    assert chair.send(SIGN_OFF, **marks, on="2026-11-20", outcome="changes").status_code == 422
    assert ReviewPack.select().count() == 1
    assert AuditLine.select().where(AuditLine.event == Event.POLICY_REVIEWED).count() == 1


def test_a_version_that_was_replaced_meanwhile_is_not_signed_off(chair: CheckingClient, cast: Cast) -> None:
    pack = drawn_up()
    published(cast[Role.CHAIR], MILLBROOK.replace("three years", "five years"))
    with pytest.raises(RefusedError, match="The figures changed"):
        review_pack.sign_off(Seen(pack.sha256, pack.audit_hash), clock.today(), "stays", cast[Role.CHAIR])


# What was signed off


def test_signed_packs_are_listed_newest_first_and_say_which_count_for_the_accreditation(
    as_role: Browser, version: Version, cast: Cast
) -> None:
    by = cast[Role.CHAIR]
    signed_off(by, date(2026, 11, 20), "changes")
    signed_off(by, date(2026, 11, 21))
    with clock.at(date(2029, 11, 21)):
        signed_off(by, date(2029, 11, 20))
        page = main_of(as_role(Role.COORDINATOR).get(PACKS).text)
    assert re.findall(r"/conformance/packs/([0-9-]+)", page) == ["2029-1", "2026-2", "2026-1"]
    # From the same day three years ago on.
    assert re.findall("In the last three years|Older", page) == [*["In the last three years"] * 2, "Older"]


def test_a_signed_pack_reads_for_good_as_it_was(as_role: Browser, version: Version, cast: Cast) -> None:
    read = as_role(Role.COORDINATOR).get(PACK).text
    signed_off(cast[Role.CHAIR], clock.today())
    a_release_that_nobody_decided(cast)
    with clock.at(date(2028, 1, 1)):
        published(cast[Role.CHAIR], MILLBROOK.replace("three years", "five years"))
        page = as_role(Role.COORDINATOR).get(f"{PACKS}/2026-1").text
        assert "five years" in as_role(Role.COORDINATOR).get(PACK).text
    assert content_of(page) == content_of(read)
    assert "Figures of 21 November 2026" in page
    assert '"/conformance/pack/sign-off' not in page


def test_a_pack_that_nobody_signed_is_not_there(chair: CheckingClient) -> None:
    assert chair.get(f"{PACKS}/2026-1").status_code == 404


def test_the_database_refuses_to_touch_a_signed_pack(version: Version, cast: Cast) -> None:
    signed_off(cast[Role.CHAIR], clock.today())
    for sql in ("UPDATE review_pack SET outcome = 'changes'", "DELETE FROM review_pack"):
        with pytest.raises(IntegrityError, match="append-only"):
            db.execute_sql(sql)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE review_pack SET content = replace(content, 'Millbrook', 'Mallory')", "2026-1 was changed"),
        ("UPDATE review_pack SET outcome = 'changes'", "2026-1 was changed"),
        ("UPDATE review_pack SET reviewed_on = '2026-11-01'", "2026-1 was changed"),
        ("UPDATE review_pack SET audit_hash = ''", "2026-1 was changed"),
        ("UPDATE review_pack SET audit_lines = 1", "2026-1 was changed"),
        ("UPDATE review_pack SET sha256 = ''", "2026-1 was changed"),
        ("UPDATE review_pack SET created_at = '2026-11-01T09:00:00.000000Z'", "2026-1 was changed"),
        ("UPDATE review_pack SET number = '2026-2'", "was changed"),
        ("UPDATE review_pack SET by_id = 1", "2026-1 was changed"),
        ("DELETE FROM review_pack", "is gone"),
    ],
)
def test_audit_verify_finds_a_signed_pack_that_was_changed(
    version: Version, cast: Cast, change: str, told: str
) -> None:
    signed_off(cast[Role.CHAIR], clock.today())
    assert evidence.altered() == []
    for act in ("update", "delete"):
        db.execute_sql(f"DROP TRIGGER review_pack_no_{act}")
    db.execute_sql(change)
    (fault,) = evidence.altered()
    assert told in fault


# Who comes to it, and from where


def test_those_in_office_read_it_and_the_chair_alone_signs_it_off(as_role: Browser, version: Version) -> None:
    for role in (Role.COORDINATOR, Role.SAFEGUARDING):
        answer = as_role(role).get(PACK)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert SIGN_OFF not in answer.text
        assert as_role(role).get(SIGN_OFF).status_code == 403
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
    signed_off(other, clock.today())
    Person.update(name=people.FORMER).where(Person.id == other.id).execute()
    page = as_role(Role.COORDINATOR).get(f"{PACKS}/2026-1").text
    assert f"by {people.FORMER}" in page
    assert "Canary" not in page
