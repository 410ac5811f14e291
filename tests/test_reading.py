"""Reading a policy: the place is kept, and who read which version to the end is on record."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from peewee import DatabaseError

from ccc import clock, policies, undertakings
from ccc.audit import AuditLine, Event
from ccc.centre import Centre
from ccc.db import db
from ccc.people import Person
from ccc.policies import Version
from ccc.roles import Role
from ccc.undertakings import Reading
from tests.checking import CheckingClient
from tests.conftest import PASSWORD
from tests.samples import MILLBROOK, PROMISES, published

READ = "/policies/confidentiality/read"
# The sample has an introduction and twelve clauses; the words on its review stand within the last of them.
PARTS = 13
EDITED = MILLBROOK.replace("Families", "All families", 1)
Browser = Callable[[Role | None], CheckingClient]


@pytest.fixture
def version(cast: dict[Role, Person]) -> Version:
    return published(cast[Role.CHAIR])


def reworded(cast: dict[Role, Person]) -> Version:
    """A version that says the same in other words: drafted by one officer, published by the other as editorial."""
    draft = policies.draft("confidentiality", EDITED, cast[Role.SAFEGUARDING])
    for clause in policies.clauses(draft):
        policies.retag(clause, PROMISES[clause.label], cast[Role.SAFEGUARDING])
    policies.approve(draft, cast[Role.CHAIR], seen=policies.fingerprint(Version.get_by_id(draft.id)))
    return policies.publish(draft, cast[Role.CHAIR], material=False, change_note="One word.")


def words_of(version: Version, label: str) -> str:
    return next(str(clause.text) for clause in policies.clauses(version) if clause.label == label)


def turn(client: CheckingClient, version: Version, **what: object) -> str:
    answer = client.send(READ, version=version.id, **what)
    assert (answer.status_code, answer.location) == (303, READ)
    return client.get(READ).text


def test_reading_begins_with_the_introduction(as_role: Browser, version: Version) -> None:
    text = as_role(Role.VOLUNTEER).get(READ).text
    assert f"Part 1 of {PARTS}" in text
    assert version.preamble in text
    assert words_of(version, "1") not in text


def test_a_clause_is_shown_with_what_stands_under_it(as_role: Browser, version: Version) -> None:
    text = as_role(Role.VOLUNTEER).get(f"{READ}?place=3").text
    assert [label for label in PROMISES if words_of(version, label) in text] == ["3", "3a", "3b"]


def test_the_place_is_kept_on_another_device(as_role: Browser, version: Version) -> None:
    turn(as_role(Role.VOLUNTEER), version, place=4)
    text = as_role(Role.VOLUNTEER).get(READ).text
    assert f"Part 5 of {PARTS}" in text
    assert words_of(version, "4") in text


def test_looking_back_keeps_the_place(as_role: Browser, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    assert f'href="{READ}?place=3"' in turn(client, version, place=4)
    assert f"Part 4 of {PARTS}" in client.get(f"{READ}?place=3").text
    assert f"Part 5 of {PARTS}" in client.get(READ).text


def test_looking_at_the_page_stores_nothing(as_role: Browser, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    for address in (READ, f"{READ}?place=12", f"{READ}?way=all"):
        client.get(address)
    assert Reading.select().count() == 0


@pytest.mark.parametrize(("place", "part"), [("-5", 1), ("99", PARTS), ("9" * 40, PARTS), ("x", 1), ("", 1)])
def test_a_place_that_is_none_leads_to_the_nearest(as_role: Browser, version: Version, place: str, part: int) -> None:
    assert f"Part {part} of {PARTS}" in as_role(Role.VOLUNTEER).get(f"{READ}?place={place}").text


def test_a_place_that_is_none_is_not_kept(as_role: Browser, version: Version) -> None:
    assert f"Part {PARTS} of {PARTS}" in turn(as_role(Role.VOLUNTEER), version, place="9" * 40)


def test_who_likes_it_all_on_one_page_gets_it_so_on_every_device(as_role: Browser, version: Version) -> None:
    turn(as_role(Role.VOLUNTEER), version, way="all")
    text = as_role(Role.VOLUNTEER).get(READ).text
    assert version.preamble in text
    assert all(words_of(version, label) in text for label in PROMISES)
    assert "I have read it to the end" in text
    assert f"Part 1 of {PARTS}" in turn(as_role(Role.VOLUNTEER), version, way="one")


def test_the_way_of_reading_is_remembered_for_the_next_version(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    turn(as_role(Role.VOLUNTEER), version, way="all")
    published(cast[Role.CHAIR], EDITED)
    assert "Show one part at a time" in as_role(Role.VOLUNTEER).get(READ).text


def test_the_end_is_offered_at_the_end_only(as_role: Browser, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    assert "I have read it to the end" not in client.get(READ).text
    last = turn(client, version, place=PARTS - 1)
    assert "I have read it to the end" in last
    assert ">Next<" not in last


def test_the_end_is_recorded_once_with_the_version(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    client, volunteer = as_role(Role.VOLUNTEER), cast[Role.VOLUNTEER]
    assert not undertakings.has_read(volunteer, version)
    assert "You read this to the end on 21 November 2026" in turn(client, version, finished="y")
    with clock.at(datetime(2027, 1, 5, 9, tzinfo=UTC)):
        undertakings.finish(volunteer, version)
    assert undertakings.has_read(volunteer, version)
    assert undertakings.readers(version) == {volunteer.id: clock.today()}
    lines = list(AuditLine.select().where(AuditLine.event == Event.POLICY_READ))
    assert [(line.actor, line.about, line.facts) for line in lines] == [
        (volunteer.id, f"person:{volunteer.id}", f'{{"version": {version.id}}}')
    ]


def test_it_can_be_read_again_from_the_start(as_role: Browser, version: Version) -> None:
    client = as_role(Role.VOLUNTEER)
    turn(client, version, place=PARTS - 1)
    assert f"Part 1 of {PARTS}" in turn(client, version, finished="y")
    again = turn(client, version, place=5)
    assert f"Part 6 of {PARTS}" in again
    assert "You read this to the end" in again


def test_the_database_keeps_when_the_end_was_reached(version: Version, cast: dict[Role, Person]) -> None:
    undertakings.finish(cast[Role.VOLUNTEER], version)
    with pytest.raises(DatabaseError, match="stays finished"):
        Reading.update(finished_at=None).execute()


def test_reading_begins_anew_with_a_version_that_changed_in_substance(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    client = as_role(Role.VOLUNTEER)
    turn(client, version, finished="y")
    newer = published(cast[Role.CHAIR], EDITED, note="Lifts home are named now.")
    text = client.get(READ).text
    assert "This is a new version, 2.0" in text
    assert "Lifts home are named now." in text
    assert not undertakings.has_read(cast[Role.VOLUNTEER], newer)
    assert undertakings.has_read(cast[Role.VOLUNTEER], version)


def test_a_version_with_better_commas_needs_no_new_reading(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    turn(as_role(Role.VOLUNTEER), version, finished="y")
    newer = reworded(cast)
    assert newer.number == "1.1"
    assert undertakings.has_read(cast[Role.VOLUNTEER], newer)
    assert undertakings.readers(newer).keys() == {cast[Role.VOLUNTEER].id}
    assert "You read this to the end" in as_role(Role.VOLUNTEER).get(READ).text


def test_who_ends_an_old_version_is_shown_the_new_one(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    client = as_role(Role.VOLUNTEER)
    client.get(READ)
    newer = published(cast[Role.CHAIR], EDITED)
    text = turn(client, version, finished="y")
    assert "published anew while you were reading. This is version 2.0" in text
    assert "Here you read only what changed" in text
    assert undertakings.has_read(cast[Role.VOLUNTEER], version)
    assert not undertakings.has_read(cast[Role.VOLUNTEER], newer)


def test_another_policy_is_read_in_the_same_way(as_role: Browser, version: Version, cast: dict[Role, Person]) -> None:
    other = published(
        cast[Role.CHAIR], "# Lone working\n\n1. Nobody opens the hall alone.\n\n2. Two lock it.", slug="lone-working"
    )
    client = as_role(Role.VOLUNTEER)
    assert "Nobody opens the hall alone" in client.get("/policies/lone-working/read").text
    client.send("/policies/lone-working/read", version=other.id, finished="y")
    assert undertakings.has_read(cast[Role.VOLUNTEER], other)
    assert not undertakings.has_read(cast[Role.VOLUNTEER], version)


def test_a_version_of_another_policy_is_not_turned_here(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    other = published(cast[Role.CHAIR], "# Lone working\n\n1. Nobody opens the hall alone.", slug="lone-working")
    assert as_role(Role.VOLUNTEER).send(READ, version=other.id, finished="y").status_code == 404
    assert Reading.select().count() == 0


@pytest.mark.parametrize("fields", [{}, {"version": "x"}, {"version": "1", "place": "x"}, {"version": "1", "way": "x"}])
def test_a_form_that_is_none_is_refused(as_role: Browser, version: Version, fields: dict[str, str]) -> None:
    assert as_role(Role.VOLUNTEER).send(READ, **fields).status_code == 400


def test_a_policy_that_is_not_published_cannot_be_read(as_role: Browser, cast: dict[Role, Person]) -> None:
    client = as_role(Role.VOLUNTEER)
    assert client.get(READ).status_code == 404
    assert client.send(READ, version=1, finished="y").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_is_signed_in_reads(as_role: Browser, version: Version, role: Role) -> None:
    assert as_role(role).get(READ).status_code == 200


def test_nobody_else_has_a_place(as_role: Browser, version: Version) -> None:
    assert as_role(None).get(READ).location == f"/sign-in?next={READ}"


def test_a_reading_that_outlived_its_sign_in_goes_on_after_it(
    as_role: Browser, version: Version, cast: dict[Role, Person]
) -> None:
    client = as_role(Role.VOLUNTEER)
    fields = {"csrf_token": client.token(), "version": version.id, "place": 4}
    with clock.at(datetime(2026, 11, 21, 13, tzinfo=UTC)):
        gone = client.post(READ, data=fields)
        assert gone.location == f"/sign-in?next={READ}"
        back = client.send(gone.location, sign_in_name="Vera", password=PASSWORD, code="")
        assert back.status_code == 303
    assert Reading.select().count() == 0


def test_rich_text_of_a_policy_is_cleaned(as_role: Browser, cast: dict[Role, Person]) -> None:
    published(cast[Role.CHAIR], "# Sly\n\n1. Be <script>alert(1)</script> **kind**.", slug="sly")
    text = as_role(Role.VOLUNTEER).get("/policies/sly/read").text
    assert "<script>" not in text
    assert "<strong>kind</strong>" in text


def test_the_page_asks_the_database_as_often_for_a_long_policy(as_role: Browser, cast: dict[Role, Person]) -> None:
    client = as_role(Role.VOLUNTEER)
    for slug, length in (("short", 2), ("long", 60)):
        published(
            cast[Role.CHAIR],
            "# Rules\n\n" + "".join(f"{n}. Keep rule {n}.\n\n" for n in range(1, length + 1)),
            slug=slug,
        )
    counts = [queries_of(client, f"/policies/{slug}/read") for slug in ("short", "long")]
    assert counts[0] == counts[1] < 10


def queries_of(client: CheckingClient, address: str) -> int:
    """How often a page asks the database when it remembers nothing."""
    asked: list[str] = []
    Centre.update(review_months=None).execute()
    db.connection().set_trace_callback(asked.append)
    try:
        assert client.get(address).status_code == 200
    finally:
        db.connection().set_trace_callback(None)
    return sum("data_version" not in sql for sql in asked)
