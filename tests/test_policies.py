"""Versions of a policy: fixed once approved, numbered, dated, and written out so that they are read again the same."""

import sqlite3
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from peewee import IntegrityError

from ccc import audit, clock, policies, policy_text
from ccc.config import ROOT
from ccc.db import db
from ccc.people import Person, RefusedError
from ccc.policies import Clause, Drafter, Review, Tag, Version
from ccc.provisions import Key
from ccc.roles import Role
from tests import samples
from tests.checking import CheckingClient

Cast = dict[Role, Person]
REAL_POLICIES = sorted((ROOT.parent / "shared" / "policies").glob("*.txt"))
MODELS = sorted((ROOT / "policies").glob("*.md"))


@pytest.fixture
def chair(cast: Cast) -> Person:
    return cast[Role.CHAIR]


@pytest.fixture
def version(chair: Person) -> Version:
    return samples.published(chair)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE version SET title = 'x'",
        "UPDATE version SET preamble = NULL",
        "UPDATE version SET sha256 = NULL",
        "UPDATE version SET number = '9.9'",
        "UPDATE version SET change_note = 'x'",
        "UPDATE version SET material = 0",
        "UPDATE version SET published_at = NULL",
        "UPDATE version SET approved_at = NULL, approved_by_id = NULL, sha256 = NULL",
        "UPDATE version SET review_due = NULL",
        "UPDATE version SET review_due = '2099-01-01'",
        "UPDATE version SET approved_as = 'nobody'",
        "DELETE FROM version",
        "UPDATE clause SET text = 'x'",
        "DELETE FROM clause",
        "INSERT INTO clause (created_at, version_id, position, label, parent, text) VALUES ('', 1, 99, '99', '', 'x')",
        "INSERT OR REPLACE INTO clause SELECT id, created_at, version_id, position, label, parent, 'x' FROM clause",
        "INSERT OR REPLACE INTO version SELECT * FROM version",
        "UPDATE tag SET choices = '{}'",
        "DELETE FROM tag",
        "INSERT INTO tag (created_at, clause_id, provision, choices, because) VALUES ('', 1, 'dbs', '{}', '')",
        "DELETE FROM drafter",
        "UPDATE drafter SET person_id = 1",
    ],
)
def test_nothing_of_a_published_version_can_be_changed(version: Version, change: str) -> None:
    with pytest.raises((IntegrityError, sqlite3.Error)):
        db.execute_sql(change)
    assert policies.fingerprint(Version.get_by_id(version.id)) == version.sha256


def test_a_row_of_a_draft_cannot_move_into_an_approved_version(version: Version, cast: Cast) -> None:
    samples.drafted(cast[Role.COORDINATOR], samples.MILLBROOK + "\n13. We are kind.\n")
    for table, key, owner in (("clause", "version_id", "version"), ("tag", "clause_id", "clause")):
        with pytest.raises(IntegrityError, match="does not change"):
            db.execute_sql(
                f"UPDATE {table} SET {key} = (SELECT min(id) FROM {owner}) WHERE id = (SELECT max(id) FROM {table})"
            )


def test_a_new_version_leaves_the_old_one_and_its_fingerprint_alone(version: Version, chair: Person) -> None:
    samples.published(chair, samples.MILLBROOK.replace("three years", "two years"))
    old = Version.get_by_id(version.id)
    assert policies.fingerprint(old) == old.sha256 == version.sha256
    assert [held.number for held in policies.published("confidentiality")] == ["2.0", "1.0"]


@pytest.mark.parametrize(
    "change",
    [
        lambda v: Version.update(title="Other").where(Version.id == v.id),
        lambda v: Version.update(preamble="Other").where(Version.id == v.id),
        lambda v: Version.update(review_statement="Other").where(Version.id == v.id),
        lambda v: Version.update(reviewed_on=date(2020, 1, 31)).where(Version.id == v.id),
        lambda v: Clause.update(text="Other").where(Clause.version == v, Clause.label == "2"),
        lambda v: Clause.update(label="2a").where(Clause.version == v, Clause.label == "2"),
        lambda v: Clause.update(parent="1").where(Clause.version == v, Clause.label == "2"),
        lambda _: Tag.update(choices='{"years": 7}').where(Tag.provision == "disposal"),
        lambda _: Tag.delete().where(Tag.provision == "disposal"),
    ],
)
def test_the_fingerprint_covers_all_that_is_read_and_promised(chair: Person, change: Callable[..., object]) -> None:
    version = samples.drafted(chair)
    before = policies.fingerprint(version)
    assert policies.fingerprint(Version.get_by_id(version.id)) == before
    change(version).execute()  # type: ignore[attr-defined]  # a query of peewee's
    assert policies.fingerprint(Version.get_by_id(version.id)) != before


def test_only_one_version_is_in_the_making(chair: Person) -> None:
    first = samples.drafted(chair)
    samples.drafted(chair)
    assert [version.policy_id for version in policies.all_in_the_making()] == [first.policy_id]
    with pytest.raises(IntegrityError):
        Version.create(policy=first.policy, title="x", preamble="", review_statement="")


def test_everybody_with_a_hand_in_it_is_written_down(cast: Cast) -> None:
    version = samples.drafted(cast[Role.COORDINATOR], "1. One.\n\n2. Two.\n")
    policies.retag(policies.clauses(version)[0], {Key.SECURE_PLACE: {}}, cast[Role.SAFEGUARDING])
    policies.retag(policies.clauses(version)[1], {Key.SECURE_PLACE: {}}, cast[Role.SAFEGUARDING])
    hands = {drafter.person_id for drafter in Drafter.select().where(Drafter.version == version)}
    assert hands == {cast[Role.COORDINATOR].id, cast[Role.SAFEGUARDING].id}


def test_choices_that_a_promise_does_not_know_leave_the_clause_as_it_was(chair: Person) -> None:
    version = samples.drafted(chair)
    clause = policies.clauses(version)[0]
    with pytest.raises(ValueError, match="does not know"):
        policies.retag(clause, {Key.SECURE_PLACE: {}, Key.DISPOSAL: {"years": 0}}, chair)
    assert [tag.provision for tag in clause.tags] == ["not-discussed"]


@pytest.mark.parametrize("slug", ["", "Big", "two words", "../up", "a--b", "-a", "a" * 61, "ü"])
def test_a_short_name_must_fit_an_address(chair: Person, slug: str) -> None:
    with pytest.raises(RefusedError, match="short name"):
        policies.draft(slug, samples.MILLBROOK, chair)


def test_months_end_where_the_calendar_says() -> None:
    assert policies.month_end("2024-02") == date(2024, 2, 29)
    assert policies.months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert policies.months_after(date(2023, 2, 28), 12) == date(2024, 2, 29)
    assert policies.months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert policies.months_after(date(2026, 12, 31), 0) == date(2026, 12, 31)


def test_a_policy_is_overdue_from_the_day_after_the_last_day_of_its_month(chair: Person) -> None:
    version = samples.published(chair, samples.MILLBROOK.replace("September 2026", "March 2024"))
    assert version.review_due == date(2025, 3, 31)
    with clock.at(date(2025, 3, 31)):
        assert not policies.review_is_overdue(version)
    with clock.at(date(2025, 4, 1)):
        assert policies.review_is_overdue(version)


def test_a_review_in_a_month_to_come_is_refused(chair: Person) -> None:
    version = samples.drafted(chair)
    with pytest.raises(RefusedError, match="has not come yet"):
        policies.set_review(version, Review(date(2026, 12, 31)), chair)
    policies.set_review(version, Review(date(2026, 11, 30)), chair)


def test_a_policy_that_promises_no_review_is_never_overdue(chair: Person) -> None:
    version = samples.published(chair, "# Quiet policy\n\n1. We are quiet.\n\n2. We are kind.\n", "quiet")
    with clock.at(date(2099, 1, 1)):
        assert not policies.review_is_overdue(version)


def same_again(version: Version, chair: Person, slug: str) -> None:
    """Read a version's own text in again, as another policy, and compare."""
    again = policies.draft(slug, policies.source_of(version), chair)
    assert again.title == version.title
    assert again.preamble == version.preamble
    assert again.review_statement == version.review_statement
    assert [(c.label, c.parent, c.text) for c in policies.clauses(again)] == [
        (c.label, c.parent, c.text) for c in policies.clauses(version)
    ]
    assert again.pieces_aside == []


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_a_model_written_out_is_read_again_as_it_was(chair: Person, path: object) -> None:
    source = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]  # a path, as pytest hands it over
    same_again(policies.draft("first", source, chair), chair, "second")


@pytest.mark.skipif(not REAL_POLICIES, reason="the real policies are not there: ../shared/policies is missing")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.stem)
def test_a_real_policy_written_out_is_read_again_as_it_was(chair: Person, path: object) -> None:
    source = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]  # as above
    same_again(policies.draft("first", source, chair), chair, "second")


def test_models_are_offered_by_key_title_and_file() -> None:
    models = policies.model_policies()
    assert {key for key, _, _ in models} >= {"confidentiality", "confidentiality-short", "dbs"}
    for key, title, path in models:
        assert path.stem == key
        assert title == policy_text.read(path.read_text(encoding="utf-8")).title
    assert [key for key, _, _ in policies.model_policies("dbs")] == ["dbs"]
    assert set(policies.model_slugs()) == {"confidentiality", "dbs"}


def test_the_trail_tells_of_each_step(app: Flask, cast: Cast) -> None:
    version = samples.drafted(cast[Role.COORDINATOR])
    seen = policies.fingerprint(version)
    policies.approve(version, cast[Role.CHAIR], seen=seen)
    policies.publish(version, cast[Role.CHAIR], material=True, change_note="")
    told = [(line.event, line.actor) for line in audit.AuditLine.select() if line.about == policies.ref(version)]
    assert told[0] == ("policy-drafted", cast[Role.COORDINATOR].id)
    assert told[-2:] == [("policy-approved", cast[Role.CHAIR].id), ("policy-published", cast[Role.CHAIR].id)]
    assert audit.verify().fault is None


def test_chair_changes_the_centres_name_numbers_and_months(as_role: Callable[..., CheckingClient]) -> None:
    client = as_role(Role.CHAIR)
    typed = {"centre_name": "Millbrook Hall (invented)", "coordinator_phone": "01632 960003"}
    answer = client.send("/centre/", **typed, safeguarding_phone="01632 960004", review_months="24")
    assert answer.status_code == 303
    text = client.get("/centre/").text
    for value in ("Millbrook Hall (invented)", "01632 960003", "01632 960004", 'value="24"'):
        assert value in text
    assert "01632 960004" in client.get("/concerns/").text
    refused = client.send("/centre/", **typed, safeguarding_phone="none", review_months="0")
    assert refused.status_code == 422
    assert "Type a telephone number in figures." in refused.text
    assert "Type a number from 1 to 120, or nothing." in refused.text


@pytest.mark.parametrize("role", [Role.VOLUNTEER, Role.COORDINATOR, Role.SAFEGUARDING])
def test_only_the_chair_changes_the_centre(as_role: Callable[..., CheckingClient], role: Role) -> None:
    assert as_role(role).get("/centre/").status_code == 403
    assert as_role(role).send("/centre/", centre_name="x").status_code == 403
