"""The audit trail: append-only, chained, and honest about what was done to it."""

import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from peewee import IntegrityError

from ccc import audit, people
from ccc.audit import AuditLine, Event
from ccc.config import Settings
from ccc.db import db, writing


@pytest.fixture
def trail(app: Flask) -> list[AuditLine]:
    """Six lines of an ordinary day, after the one of the set-up."""
    for number in range(6):
        people.add(f"Person {number} (invented)", None, None, None)
    return list(AuditLine.select().order_by(AuditLine.id))


def by_hand(settings: Settings, statement: str) -> None:
    """Somebody with the file and no respect: another program, without our triggers."""
    db.close()
    with sqlite3.connect(settings.database) as other:
        other.executescript(f"DROP TRIGGER audit_line_no_update; DROP TRIGGER audit_line_no_delete; {statement};")
    other.close()


def test_an_untouched_trail_is_whole(trail: list[AuditLine]) -> None:
    verdict = audit.verify()
    assert (verdict.fault, verdict.lines, verdict.newest) == (None, len(trail), trail[-1].hash)


def test_one_byte_changed_by_hand_is_found_with_its_row(trail: list[AuditLine], settings: Settings) -> None:
    changed = trail[3].id
    by_hand(settings, f"UPDATE audit_line SET about = about || '1' WHERE id = {changed}")
    assert f"line {changed} " in str(audit.verify().fault)


@pytest.mark.parametrize("column", ["created_at", "actor", "event", "about", "facts", "hash"])
def test_every_column_is_under_the_hash(trail: list[AuditLine], settings: Settings, column: str) -> None:
    by_hand(settings, f"UPDATE audit_line SET {column} = '7' WHERE id = {trail[2].id}")
    assert f"line {trail[2].id} " in str(audit.verify().fault)


@pytest.mark.parametrize("byte", ["x'ff'", "CAST(x'fe' AS TEXT)", "NULL || facts"])
def test_a_byte_that_is_no_text_is_found_with_its_row(trail: list[AuditLine], settings: Settings, byte: str) -> None:
    by_hand(settings, f"UPDATE audit_line SET facts = coalesce({byte}, '') WHERE id = {trail[2].id}")
    assert f"line {trail[2].id} " in str(audit.verify().fault)


def test_a_line_taken_out_of_the_middle_is_found(trail: list[AuditLine], settings: Settings) -> None:
    by_hand(settings, f"DELETE FROM audit_line WHERE id = {trail[2].id}")
    assert f"line {trail[3].id} " in str(audit.verify().fault)


def test_the_last_line_cut_off_is_found_with_the_hash_written_down(trail: list[AuditLine], settings: Settings) -> None:
    written_down = trail[-1].hash
    by_hand(settings, f"DELETE FROM audit_line WHERE id = {trail[-1].id}")
    assert audit.verify().fault is None
    assert "lines at its end are gone" in str(audit.verify(written_down).fault)


def test_a_hash_written_down_earlier_stays_good_as_the_trail_grows(trail: list[AuditLine]) -> None:
    assert audit.verify(trail[2].hash).fault is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_line SET actor = 1",
        "DELETE FROM audit_line",
        "INSERT OR REPLACE INTO audit_line SELECT id, created_at, 9, event, about, facts, hash FROM audit_line LIMIT 1",
    ],
)
def test_the_program_itself_cannot_change_the_trail(trail: list[AuditLine], statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        db.execute_sql(statement)


def test_a_name_is_no_fact(app: Flask) -> None:
    with writing(), pytest.raises(ValueError, match="a code or a date"):
        audit.record(Event.SIGN_INS_ENDED, 1, "account:1", why="Vera Volunteer")


def test_an_event_carries_its_own_facts_and_no_others(app: Flask) -> None:
    with writing(), pytest.raises(ValueError, match="carries"):
        audit.record(Event.LEFT, 1, "person:1", why="moved")


def test_nothing_is_recorded_outside_the_change_it_tells_of(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        audit.record(Event.LEFT, 1, "person:1")


def test_a_change_that_fails_leaves_no_line(app: Flask) -> None:
    before = audit.verify().lines
    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    assert audit.verify().lines == before


def test_no_line_holds_a_name_or_an_address(trail: list[AuditLine], settings: Settings) -> None:
    everything = "".join(f"{line.about}{line.facts}" for line in trail)
    assert "invented" not in everything
    assert Path(settings.database).exists()


def record_and_fail() -> None:
    with writing():
        audit.record(Event.LEFT, 1, "person:1")
        raise ZeroDivisionError
