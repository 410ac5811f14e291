"""No free text on a family, a booking or a session: a notes box turns into a report, and courts do summon centres."""

from pathlib import Path

from flask import Flask

from ccc.db import db

TEMPLATES = Path(__file__).parent.parent / "templates"
OWN = {"id": "number", "created_at": "instant"}
# Every column of every table about families and their days, and what may stand in it. A new one has to be argued for.
KINDS: dict[str, dict[str, str]] = {
    "given_reference": {"reference": "reference"},
    "family": {"reference": "reference", "service": "code", "separate_doors": "yes or no", "started_on": "day"}
    | {"ended_on": "day"},
    "adult": {"family_id": "number", "side": "code", "first_name": "sealed name", "last_name": "sealed name"}
    | {"address": "sealed contact", "phone": "sealed contact", "email": "sealed contact"}
    | {"address_confidential": "yes or no", "policy_given_on": "day", "home_agreed_on": "day"}
    | {"visiting_agreed_on": "day", "withdrawn_on": "day"},
    "child": {"family_id": "number", "first_name": "sealed name", "born": "number", "withdrawn_on": "day"},
    "family_need": {"family_id": "number", "code": "code"},
    "kept_apart": {"one_id": "number", "other_id": "number", "by_id": "number", "ended_at": "instant"},
    "family_known": {"person_id": "number", "family_id": "number", "settled_at": "instant", "settled_by_id": "number"},
    "referrer": {"kind": "code", "body": "sealed name", "person": "sealed name", "policy_given_on": "day"},
    "referral": {"family_id": "number", "referrer_id": "number", "case_reference": "sealed reference"}
    | {"received_on": "day", "by_id": "number"},
    "session_pattern": {"weekday": "number", "weeks": "code", "starts": "time", "ends": "time", "places": "number"}
    | {"first_day": "day", "last_day": "day", "by_id": "number"},
    "closure": {"day": "day", "by_id": "number"},
    "contact_session": {"pattern_id": "number", "day": "day", "starts": "time", "ends": "time", "places": "number"}
    | {"changed_alone": "yes or no", "cancelled_at": "instant", "cancelled_by_id": "number", "cancel_code": "code"}
    | {"closed_at": "instant", "closed_by_id": "number", "sheet_shredded_on": "day"},
    "session_rules": {"by_id": "number", "visitor_before": "number", "visitor_after": "number"}
    | {"fewest_volunteers": "number"},
    "duty": {"session_id": "number", "person_id": "number", "leader": "yes or no", "by_id": "number"}
    | {"ended_at": "instant", "end_code": "code"},
    "booking": {"session_id": "number", "family_id": "number", "day": "day", "service": "code", "place": "number"}
    | {"status": "code", "missed_by": "code", "by_id": "number", "cancelled_at": "instant"}
    | {"cancelled_by_id": "number", "cancel_side": "code", "cancel_code": "code"},
    "assessment": {"session_id": "number", "family_id": "number", "kind": "code", "body": "sealed name"}
    | {"assessor": "sealed name", "agreed_on": "day", "by_id": "number", "cancelled_at": "instant"}
    | {"cancelled_by_id": "number"},
    "assessment_agreement": {"assessment_id": "number", "adult_id": "number", "agreed_on": "day"},
    "statement": {"family_id": "number", "referrer_id": "number", "adult_id": "number", "reason": "code"}
    | {"case_reference": "sealed reference", "first_day": "day", "last_day": "day", "lines": "days and times"}
    | {"sha256": "code", "by_id": "number", "replaces_id": "number"},
    "permission": {"adult_id": "number", "whom": "sealed name", "what": "code", "given_on": "day", "until": "day"}
    | {"by_id": "number", "withdrawn_on": "day", "withdrawn_by_id": "number"},
    "information_request": {"family_id": "number", "adult_id": "number", "asked_on": "day", "kind": "code"}
    | {"asker": "sealed name", "body": "sealed name", "verified": "code", "what": "code", "purpose": "code"}
    | {"by_id": "number", "due_on": "day", "replaces_id": "number"},
    "disclosure": {"request_id": "number", "act": "code", "permission": "code", "permission_id": "number"}
    | {"ground": "code", "emergency": "yes or no", "released": "code", "told": "code", "by_id": "number"}
    | {"replaces_id": "number"},
    "disposed_places": {"session_id": "number", "booked": "number", "used": "number"},
    "attendance": {"booking_id": "number", "slot": "code", "at": "instant", "replaces_id": "number"}
    | {"by_id": "number", "source": "code"},
}
# What SQLite keeps each kind as. Whatever a person types in letters lies sealed, and fits on one line of a form.
KEPT_AS = {"number": "INTEGER", "yes or no": "INTEGER", "day": "TEXT", "instant": "TEXT", "time": "TEXT"}
KEPT_AS |= {"code": "TEXT", "reference": "TEXT", "days and times": "TEXT"}
KEPT_AS |= dict.fromkeys(("sealed name", "sealed contact", "sealed reference"), "BLOB")
PLACES = (
    "families", "referrers", "sessions", "bookings", "rota", "known", "register", "assessments", "statements",
    "disclosures", "permissions",
)  # fmt: skip


def test_every_column_has_a_kind_and_none_of_them_is_free_text(app: Flask) -> None:
    for table, kinds in KINDS.items():
        columns = {row[1]: row[2] for row in db.execute_sql(f"PRAGMA table_info({table})")}
        assert {name: KEPT_AS[kind] for name, kind in (OWN | kinds).items()} == columns, table


def test_no_table_about_a_family_its_bookings_or_a_session_is_left_out(app: Flask) -> None:
    tables = [name for (name,) in db.execute_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
    about = {"family", "adult", "child", "booking", "contact_session", "referral"}
    telling = {name for name in tables if about & _points_at(name)}
    assert telling - KINDS.keys() == set()


def test_no_page_about_them_has_a_box_for_several_lines() -> None:
    pages = [file for place in PLACES for file in (TEMPLATES / place).glob("*.html")]
    assert pages
    assert [file.name for file in pages if "<textarea" in file.read_text() or "f.text(" in file.read_text()] == []


def _points_at(table: str) -> set[str]:
    return {row[2] for row in db.execute_sql(f"PRAGMA foreign_key_list({table})")}
