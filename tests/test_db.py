"""What is remembered of the database is forgotten with the first change, whoever makes it."""

import sqlite3

import pytest
from flask import Flask

from ccc import centre
from ccc.centre import Centre
from ccc.db import db, while_unchanged, writing


@while_unchanged
def name_of_the_centre() -> list[str]:
    return [centre.the_centre().name]


@pytest.fixture(autouse=True)
def _a_centre(app: Flask) -> None:
    Centre.update(name="Elm Hall").execute()


def test_an_answer_is_remembered_while_nothing_changes() -> None:
    assert name_of_the_centre() is name_of_the_centre()


def test_a_change_of_our_own_is_seen_at_once() -> None:
    assert name_of_the_centre() == ["Elm Hall"]
    Centre.update(name="Oak Hall").execute()
    assert name_of_the_centre() == ["Oak Hall"]


def test_a_change_by_another_process_is_seen_at_once() -> None:
    assert name_of_the_centre() == ["Elm Hall"]
    with sqlite3.connect(db.database) as other:
        other.execute("UPDATE centre SET name = 'Ash Hall'")
    other.close()
    assert name_of_the_centre() == ["Ash Hall"]


def test_what_a_transaction_took_back_was_never_remembered() -> None:
    with writing(), db.savepoint() as undone:
        Centre.update(name="Never Hall").execute()
        assert name_of_the_centre() == ["Never Hall"]
        undone.rollback()
    assert name_of_the_centre() == ["Elm Hall"]


def test_each_argument_has_an_answer_of_its_own() -> None:
    @while_unchanged
    def doubled(number: int, *, plus: int = 0) -> int:
        return number * 2 + plus

    assert (doubled(2), doubled(3), doubled(2, plus=1), doubled(2)) == (4, 6, 5, 4)


def test_the_memory_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccc.db.MOST_REMEMBERED", 10)
    asked: list[int] = []

    @while_unchanged
    def noted(number: int) -> int:
        asked.append(number)
        return number

    for number in range(12):
        noted(number)
    noted(0)
    assert asked == [*range(12), 0]
