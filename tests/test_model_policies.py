"""The model policies in `policies/` are read whole, and each clause makes the promise it was written for."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ccc.policy_text import Clause, Reading, read
from ccc.provisions import PROVISIONS, Key

ROOT = Path(__file__).resolve().parent.parent
MODELS = ("confidentiality", "confidentiality-short", "dbs")
REAL_POLICIES = ROOT.parent / "shared" / "policies"
RUN = 8

Promises = Mapping[Key, Mapping[str, str | int]]

OFFICERS = "safeguarding-officer-and-chair"
MERE_MENTION = {"level": "unstated", "results_to": "unstated"}
RISK: Promises = {Key.RISK_EXCEPTIONS: {}}

# What a careful person reads in each clause. A clause that is not listed promises none of the thirteen: people keep it.
FULL: dict[str, Promises] = {
    "1": {Key.NOT_DISCUSSED: {"where": "at-all"}},
    "3": {Key.NO_REPORTS: {"about": "anything"}},
    "4": {Key.ATTENDANCE_ONLY: {}},
    "4a": RISK,
    "4b": RISK,
    "5": RISK,
    "6": {Key.PERSONAL_DETAILS: {"whose": "clients"}},
    "6a": RISK,
    "6b": RISK,
    "7": {Key.OWN_BOUNDARIES: {}},
    "8": {Key.SOMEBODY_KNOWN: {}},
    "9": {Key.ASSESSMENTS: {"who": "cafcass-or-social-services", "agreed_by": "family-and-coordinator"}},
    "10": {Key.DBS: {"level": "enhanced", "results_to": OFFICERS}},
    "11": {Key.SECURE_PLACE: {}},
    "12": {Key.DISPOSAL: {"years": 3}},
    "13": {Key.ACCESS: {"how": "open"}},
    "14": {Key.REVIEW: {"cycle": "annual"}},
}
SHORT: dict[str, Promises] = {
    "1": {Key.NOT_DISCUSSED: {"where": "outside-centre"}},
    "3": {Key.NO_REPORTS: {"about": "family-proceedings"}},
    "4": {Key.ATTENDANCE_ONLY: {}},
    "4a": RISK,
    "4b": RISK,
    "5": {Key.PERSONAL_DETAILS: {"whose": "parents"}, Key.RISK_EXCEPTIONS: {}},
    "6": {Key.OWN_BOUNDARIES: {}},
    "7": {Key.SOMEBODY_KNOWN: {}},
    "8": {Key.ASSESSMENTS: {"who": "anyone-agreed", "agreed_by": "centre"}},
    "9": {Key.DBS: {"level": "unstated", "results_to": OFFICERS}},
    "10": {Key.SECURE_PLACE: {}, Key.DISPOSAL: {"years": 2}},
    "11": {Key.ACCESS: {"how": "on-request"}, Key.REVIEW: {"cycle": "regular"}},
}
DBS: dict[str, Promises] = {
    "1a": {Key.DBS: {"level": "enhanced", "results_to": "unstated"}},
    "4": {Key.DBS: {"level": "unstated", "results_to": OFFICERS}},
    "13": {Key.SECURE_PLACE: {}},
    "14": {Key.DISPOSAL: {"years": 3}},
    "15": {Key.ACCESS: {"how": "open"}},
    "16": {Key.REVIEW: {"cycle": "annual"}},
}
EXPECTED = {"confidentiality": FULL, "confidentiality-short": SHORT, "dbs": DBS}


def source(name: str) -> str:
    return (ROOT / "policies" / f"{name}.md").read_text(encoding="utf-8")


def every_clause(clauses: tuple[Clause, ...]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from every_clause(clause.children)


def promises(reading: Reading) -> dict[str, Promises]:
    """Say what each clause promises; a clause that only mentions the DBS chooses nothing and is left out."""
    found = {
        clause.label: {tag.provision: dict(tag.choices) for tag in clause.tags if tag.choices != MERE_MENTION}
        for clause in every_clause(reading.clauses)
    }
    return {label: tags for label, tags in found.items() if tags}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def runs(text: str) -> set[tuple[str, ...]]:
    said = words(text)
    return {tuple(said[i : i + RUN]) for i in range(len(said) - RUN + 1)}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_clause_is_read_as_the_promise_it_was_written_for(name: str) -> None:
    assert promises(read(source(name))) == EXPECTED[name]


@pytest.mark.parametrize(
    ("name", "title", "count", "letters"),
    [
        ("confidentiality", "Confidentiality policy", 14, {"2": "abc", "4": "ab", "6": "ab"}),
        ("confidentiality-short", "Our confidentiality policy", 11, {"4": "ab"}),
        ("dbs", "Disclosure and Barring Service (DBS) policy", 16, {"1": "ab", "6": "ab"}),
    ],
)
def test_title_preamble_and_clauses_are_found(name: str, title: str, count: int, letters: dict[str, str]) -> None:
    reading = read(source(name))
    assert reading.title == title
    assert len(reading.preamble.split()) > 30
    assert [clause.label for clause in reading.clauses] == [str(number) for number in range(1, count + 1)]
    assert {c.label: "".join(s.label[-1] for s in c.children) for c in reading.clauses if c.children} == letters


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_set_aside_and_the_review_is_a_clause_of_its_own(name: str) -> None:
    reading = read(source(name))
    assert reading.set_aside == ()
    assert reading.review.statement is None
    assert reading.review.reviewed_on is None, "a centre's own date is set when it publishes"
    assert reading.review.cycle == ("regular" if name == "confidentiality-short" else "annual")


@pytest.mark.parametrize("name", MODELS)
def test_every_suggested_choice_is_one_that_the_promise_knows(name: str) -> None:
    for clause in every_clause(read(source(name)).clauses):
        for tag in clause.tags:
            assert PROVISIONS[tag.provision].accepts(tag.choices), f"{name} {clause.label}: {tag}"


def test_between_them_the_models_make_all_thirteen_promises() -> None:
    made = {key for name in MODELS for tags in promises(read(source(name))).values() for key in tags}
    assert made == set(Key)


def test_each_confidentiality_model_alone_makes_all_thirteen_promises() -> None:
    for name in ("confidentiality", "confidentiality-short"):
        assert {key for tags in promises(read(source(name))).values() for key in tags} == set(Key), name


@pytest.mark.parametrize("name", ["confidentiality", "confidentiality-short"])
def test_a_volunteer_reads_that_telling_of_a_worry_is_a_duty_and_no_breach(name: str) -> None:
    second = next(clause for clause in read(source(name)).clauses if clause.label == "2")
    said = " ".join([second.text, *(child.text for child in second.children)])
    for phrase in ("worr", "same day", "duty", "never", "999", "offence"):
        assert phrase in said, phrase


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_ready_to_publish_without_gaps_to_fill(name: str) -> None:
    text = source(name)
    assert text.startswith("# ")
    assert not re.search(r"[\[\]<>{}_]|\.\.\.|…|\bXX+\b|\b(19|20)\d\d\b", text), "no placeholder and no date"


@pytest.mark.parametrize("name", MODELS)
def test_a_model_borrows_no_run_of_words_from_the_real_policies(name: str) -> None:
    texts = sorted(REAL_POLICIES.glob("*.txt"))
    if not texts:
        pytest.skip(f"the real policies are not at hand: {REAL_POLICIES} is missing")
    for text in texts:
        shared = runs(text.read_text(encoding="utf-8")) & runs(source(name))
        assert not shared, f"{text.name}: {' | '.join(' '.join(run) for run in sorted(shared))}"
