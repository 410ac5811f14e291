"""`docs/policy-in-software.md`: every name in its tables exists, and no clause of the two real policies is left out."""

import ast
import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from ccc import policy_text
from ccc.config import ROOT
from ccc.policy_text import Reading
from ccc.provisions import PROVISIONS, Key
from tests.test_policy_text import REAL, REAL_POLICIES, labels

DOCUMENT = ROOT / "docs" / "policy-in-software.md"
HEADINGS = ("clause", "promise", "how it is kept", "code", "test", "page")
NAMED = re.compile(r"`([^`]+)`")
CHOICE = re.compile(r", (\w+) `([^`]+)`")


class Row(NamedTuple):
    """One row of a table, with the heading that the table stands under."""

    section: str
    clause: str
    promise: str
    how: str
    code: str
    test: str
    page: str

    @property
    def key(self) -> str | None:
        """The promise by its key; None for a part of a policy that makes none."""
        found = NAMED.search(self.promise)
        return found[1] if found else None

    @property
    def choices(self) -> dict[str, str]:
        return dict(CHOICE.findall(self.promise))

    def __str__(self) -> str:
        return f"{self.section}, {self.clause}: {self.key}"


def read_rows() -> list[Row]:
    """Read every row of every table; a row with a cell too many or too few stops the tests."""
    found, section = [], ""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
        elif line.startswith("|") and not line.startswith("|---"):
            cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
            found += [Row(section, *cells)] if cells != HEADINGS else []
    return found


ROWS = read_rows()


@cache
def top_level_names(file: str) -> set[str]:
    """Every function and type at the top level of a file; an empty set where there is no such file."""
    path = ROOT / file
    body = ast.parse(path.read_text(encoding="utf-8")).body if path.is_file() else []
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def missing(cell: str, named: re.Pattern[str]) -> list[str]:
    """What a cell names in another way than it should, or although it is not there; the whole cell if it is empty."""
    names = NAMED.findall(cell)
    wrong = [name for name in names if not named.fullmatch(name)]
    parts = [name.partition("::") for name in names if name not in wrong]
    wrong += [f"{file}::{name}" for file, _, name in parts if name not in top_level_names(file)]
    return wrong if names else [cell]


def rows_of(policy: Path) -> list[Row]:
    return [row for row in ROWS if row.section == f"Policy {policy.name[:3]}"]


def parts_of(reading: Reading) -> set[str]:
    """Every part of a policy that needs a row: its clauses by their labels, and what stands around them."""
    around = {
        "title": reading.title,
        "preamble": reading.preamble,
        "review statement": reading.review.statement,
        "set aside": reading.set_aside,
    }
    return {*labels(reading), *(part for part, words in around.items() if words)}


def told(promises: Iterable[tuple[str | None, dict[str, object]]]) -> set[str]:
    """Promises with their choices, in a form that can be compared whatever their order."""
    return {f"{key} {sorted((name, str(value)) for name, value in chosen.items())}" for key, chosen in promises if key}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_code_that_a_row_names_exists(row: Row) -> None:
    assert missing(row.code, re.compile(r"ccc/[\w/]+\.py::\w+")) == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_test_that_a_row_names_exists(row: Row) -> None:
    assert missing(row.test, re.compile(r"tests/[\w/]+\.py::test_\w+")) == []


def test_every_page_that_is_named_is_a_page_of_the_app(empty_app: Flask) -> None:
    there = {rule.rule for rule in empty_app.url_map.iter_rules()}
    assert [str(row) for row in ROWS if not NAMED.findall(row.page)] == []
    assert {page for row in ROWS for page in NAMED.findall(row.page)} - there == set()


def test_promises_are_told_in_the_words_of_the_software_and_all_of_them_occur() -> None:
    told_of = {row.key: row for row in ROWS if row.key}
    assert told_of.keys() == set(Key)
    assert [str(row) for row in ROWS if row.key and not row.promise.startswith(PROVISIONS[Key(row.key)].promise)] == []
    assert [str(row) for row in ROWS if not row.how.endswith(".")] == []


def test_what_people_alone_can_keep_is_called_so() -> None:
    kept_by_people = {row.key for row in ROWS if "by people: read, quizzed, signed" in row.how}
    assert kept_by_people == {Key.NOT_DISCUSSED, Key.NO_REPORTS, Key.OWN_BOUNDARIES}


@pytest.mark.skipif(not REAL_POLICIES, reason=f"the real policies are not at {REAL}")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.name[:3])
def test_no_part_of_a_real_policy_is_left_without_a_row(path: Path) -> None:
    reading = policy_text.read(policy_text.decode(path.read_bytes()))
    assert {row.clause for row in rows_of(path)} == parts_of(reading)


@pytest.mark.skipif(not REAL_POLICIES, reason=f"the real policies are not at {REAL}")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.name[:3])
def test_the_rows_tell_of_the_promises_that_a_careful_person_reads(path: Path) -> None:
    expected = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))["tags"]
    for label in {row.clause for row in rows_of(path)} | expected.keys():
        promised = told((tag["provision"], tag["choices"]) for tag in expected.get(label, ()))
        assert told((row.key, {**row.choices}) for row in rows_of(path) if row.clause == label) == promised, label


def test_a_name_that_is_not_there_would_be_found() -> None:
    named = re.compile(r"ccc/[\w/]+\.py::\w+")
    assert missing("`ccc/roles.py::may`", named) == []
    for cell in ("`ccc/roles.py::may_not`", "`ccc/no_file.py::may`", "`roles`", "–"):
        assert missing(cell, named) != []
