"""The policy reader: the two real policies, invented ones of other layouts, bad input, and that no word is lost."""

import html
import json
import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccc import policy_text
from ccc.policy_text import LIMIT, Clause, Reading, UnreadableError
from ccc.provisions import PROVISIONS
from tests.policy_samples import SAMPLES, Sample

REAL = Path(__file__).resolve().parents[1].parent / "shared" / "policies"
REAL_POLICIES = sorted(REAL.glob("*.txt")) if REAL.is_dir() else []


def every_clause(clauses: tuple[Clause, ...]) -> Iterator[Clause]:
    for clause in clauses:
        yield clause
        yield from every_clause(clause.children)


def labels(reading: Reading) -> tuple[str, ...]:
    return tuple(clause.label for clause in every_clause(reading.clauses))


def words_of(reading: Reading) -> Counter[str]:
    """Count the words in all the places where one may stand."""
    places = [reading.title or "", reading.preamble, reading.review.statement or "", *reading.set_aside]
    texts = chain(places, (clause.text for clause in every_clause(reading.clauses)))
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


# --- The two real policies.


@pytest.mark.skipif(not REAL_POLICIES, reason=f"the real policies are not at {REAL}")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.name[:3])
def test_a_real_policy_comes_out_as_a_careful_person_reads_it(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    text = policy_text.decode(path.read_bytes())
    reading = policy_text.read(text)
    tags = {
        clause.label: [{"provision": tag.provision, "choices": tag.choices} for tag in clause.tags]
        for clause in every_clause(reading.clauses)
        if clause.tags
    }
    last_line = text.strip().splitlines()[-1]
    statement = expected["review"]["statement"]
    assert tags == expected["tags"]
    assert list(reading.set_aside) == expected["set_aside"]
    assert reading.review.reviewed_on == expected["review"]["reviewed_on"]
    assert reading.review.cycle == expected["review"]["cycle"]
    assert reading.review.statement == (last_line if statement == "the last line" else statement)


def without_blank_lines(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if line.strip())


def without_indentation(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())


def wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, 72) for line in text.splitlines())


def as_html(text: str) -> str:
    return "<div>" + "<br>".join(html.escape(line) for line in without_blank_lines(text).splitlines()) + "</div>"


@pytest.mark.skipif(not REAL_POLICIES, reason=f"the real policies are not at {REAL}")
@pytest.mark.parametrize("path", REAL_POLICIES, ids=lambda path: path.name[:3])
@pytest.mark.parametrize("paste", [without_blank_lines, without_indentation, wrapped, as_html])
def test_a_real_policy_reads_the_same_however_it_was_pasted(path: Path, paste: Callable[[str], str]) -> None:
    text = policy_text.decode(path.read_bytes())
    original, pasted = policy_text.read(text), policy_text.read(paste(text))
    assert labels(pasted) == labels(original)
    assert [clause.tags for clause in every_clause(pasted.clauses)] == [
        clause.tags for clause in every_clause(original.clauses)
    ]
    assert (pasted.title, pasted.preamble, pasted.review) == (original.title, original.preamble, original.review)


# --- Policies of other layouts.


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_policy_of_another_layout_is_read(sample: Sample) -> None:
    reading = policy_text.read(sample.text)
    tags = {c.label: [str(tag.provision) for tag in c.tags] for c in every_clause(reading.clauses) if c.tags}
    assert (reading.title, reading.preamble) == (sample.title, sample.preamble)
    assert labels(reading) == sample.labels
    assert tags == sample.tags
    assert (reading.review.statement, reading.review.reviewed_on, reading.review.cycle) == (
        sample.statement,
        sample.reviewed_on,
        sample.cycle,
    )
    assert reading.set_aside == sample.set_aside


def test_the_json_is_what_the_command_promises() -> None:
    reading = policy_text.read("Privacy policy\n\nWe agree that:\n1. No reports are written.\nLast reviewed May 2024")
    assert reading.as_json() == {
        "title": "Privacy policy",
        "preamble": "We agree that:",
        "clauses": [
            {
                "label": "1",
                "text": "No reports are written.",
                "tags": [{"provision": "no-reports", "choices": {"about": "anything"}, "because": "No reports"}],
                "children": [],
            }
        ],
        "review": {"statement": "Last reviewed May 2024", "reviewed_on": "2024-05", "cycle": None},
        "set_aside": [],
    }


MARKERS = [
    "1.",
    "1)",
    "(1)",
    "a)",
    "(a)",
    "A.",
    "i.",
    "(i)",
    "•",
    "-",
    "*",
    "·",
    "\u2013",
    "▪",
    "✓",
    "\uf0b7",
    "o\t",
    "➢",
]


@pytest.mark.parametrize("marker", MARKERS)
def test_a_list_may_be_marked_in_any_way(marker: str) -> None:
    following = {"1": "2", "a": "b", "A": "B", "i": "ii"}
    second = re.sub(r"[1aAi]", lambda found: following[found[0]], marker)
    reading = policy_text.read(f"We agree that:\n{marker} Doors are shut\n{second} Lights are out")
    assert [clause.text for clause in reading.clauses] == ["Doors are shut", "Lights are out"]
    assert labels(reading) == ("1", "2")


@pytest.mark.parametrize("colon", [":- ", ":-", ": - ", ":", ":• ", ": •"])
def test_a_list_may_start_on_the_line_of_its_colon(colon: str) -> None:
    bullet = "•" if "•" in colon else "-"
    reading = policy_text.read(f"We will ensure that{colon}Doors are shut.\n{bullet} Lights are out.")
    assert [clause.text for clause in reading.clauses] == ["Doors are shut.", "Lights are out."]


def test_numbers_that_are_words_stay_words() -> None:
    text = "1. Records are kept for no more than the long time of full\n3 years. They go after\n12. months or so"
    (clause,) = policy_text.read(text).clauses
    assert (
        clause.text == "Records are kept for no more than the long time of full 3 years. They go after 12. months or so"
    )


@pytest.mark.parametrize("numbers", ["1 2 2 3", "3 2 1", "1 1 1"])
def test_labels_are_places_where_the_policy_numbers_badly(numbers: str) -> None:
    text = "\n\n".join(f"{number}. The hall is clean." for number in numbers.split())
    assert labels(policy_text.read(text)) == tuple(str(n + 1) for n in range(len(numbers.split())))


def test_labels_are_the_numbers_of_the_policy_itself() -> None:
    assert labels(policy_text.read("4. Doors are shut.\n5. Lights are out.\n7. Bins are empty.")) == ("4", "5", "7")


REVIEW_LINES = [
    ("Last reviewed in March 2024", "2024-03", None),
    ("Reviewed: 03/2024", "2024-03", None),
    ("Date of last review 4th November 2024", "2024-11", None),
    ("Review date Nov 24", "2024-11", None),
    ("Adopted May 2023. Next review: May 2025.", "2023-05", None),
    ("Approved May 2023 \u2013 review date May 2025", "2023-05", None),
    ("Reviewed: March 2021, March 2022 and 12.04.23", "2023-04", None),
    ("Policy updated 2024-02-29 and reviewed yearly", "2024-02", "annual"),
    ("To be reviewed by June 2026", None, None),
    ("This policy is reviewed from time to time, most recently on 1 September 2022.", "2022-09", "regular"),
    ("Reviewed every two years; last review: January, 2020", "2020-01", "regular"),
    ("This document was last reviewed in 13/2024", None, None),
]


@pytest.mark.parametrize(("line", "reviewed_on", "cycle"), REVIEW_LINES)
def test_the_last_review_is_found_and_the_next_one_is_not(
    line: str, reviewed_on: str | None, cycle: str | None
) -> None:
    review = policy_text.read(f"Privacy policy\n\nWe agree that:\n- Doors are shut.\n\n{line}").review
    assert (review.reviewed_on, review.cycle) == (reviewed_on, cycle)


def test_page_furniture_is_set_aside_and_headings_are_not() -> None:
    text = (
        "Skip to main content\nHome\nAbout us\nContact\n\nPrivacy policy\n\nWe agree that:\n1. Doors are shut.\n"
        "Page 3 of 7\nPrivacy policy\n2. Lights are out.\nWe use cookies to make this site better.\nBack to top"
    )
    reading = policy_text.read(text)
    assert reading.title == "Privacy policy"
    assert [clause.text for clause in reading.clauses] == ["Doors are shut.", "Lights are out."]
    assert reading.set_aside == (
        *("Skip to main content", "Home", "About us", "Contact", "Page 3 of 7", "Privacy policy"),
        *("We use cookies to make this site better.", "Back to top"),
    )


# --- Bad input.


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"%PDF-1.7 \x00", "PDF file"),
        (b"PK\x03\x04 \x00", "Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Word file"),
        (b"policy\x00policy", "not a text file"),
        (b"\x81\x8d\x8f", "not a text file"),
        (b"a" * (LIMIT + 1), "larger than 100 kB"),
        (b"%PDF" + b"a" * 5_000_000, "PDF file"),
    ],
)
def test_a_file_that_is_no_text_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        policy_text.decode(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_may_be_written_in_any_usual_encoding(encoding: str) -> None:
    assert policy_text.decode("A “safe” café \u2013 naïve".encode(encoding)) == "A “safe” café \u2013 naïve"


@pytest.mark.parametrize("text", ["", " \n", "- * •\n---", "a\x00b", "word " * 1_000_000])
def test_text_that_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        policy_text.read(text)


def test_line_ends_and_characters_nobody_sees_change_nothing() -> None:
    plain = "Privacy policy\n\nWe agree that:\n- Doors are shut.\n- Lights are out."
    odd = (
        "\ufeffPrivacy\u00a0policy\u200b\r\n\r\nWe\u200f agree that:\r-\u00a0Doors are shut.\u2028-"
        " Lights\u00ad are out."
    )
    assert policy_text.read(odd) == policy_text.read(plain)


def test_only_furniture_is_all_set_aside() -> None:
    reading = policy_text.read("top of page\nPage 1 of 1\nbottom of page")
    assert (reading.title, reading.preamble, reading.clauses) == (None, "", ())
    assert reading.set_aside == ("top of page", "Page 1 of 1", "bottom of page")


def test_a_single_paragraph_is_one_clause() -> None:
    reading = policy_text.read("We never talk about a family.")
    assert [(clause.label, clause.text) for clause in reading.clauses] == [("1", "We never talk about a family.")]


HEAVY = {
    "nested tags": "<div>" * 10_000 + "word" + "</div>" * 5_000,
    "nested lists": "<ul><li>word " * 3_000,
    "open comments": "<p>word</p>" + "<!--" * 10_000,
    "open tags": "<p>word</p>" + "<a " * 10_000,
    "many slashes": "<p>word</p><a x=" + "/" * 30_000 + '"">',
    "many attributes": "<p>word</p><a" + " x=y" * 20_000 + " !>",
    "open brackets": "word " + "[" * 30_000,
    "many bullets": "We agree that:\n" + "- the hall is clean\n" * 4_900,
    "deep lists": "\n".join(" " * depth + "- word" for depth in range(430)),
    "one long word": "a" * 30_000,
    "blank lines": "word" + "\n" * 90_000 + "word",
}


@pytest.mark.parametrize("text", HEAVY.values(), ids=HEAVY)
def test_heavy_input_is_read_without_losing_a_word(text: str) -> None:
    reading = policy_text.read(text)
    assert words_of(reading).total() == len(re.findall(r"\w+", re.sub(r"<!?/?(?:div|ul|li|p)>", "", text)))


def test_words_in_angle_brackets_are_words() -> None:
    text = "<p>The <b>leader</b> of <name of centre> has 3 < 4 keys, see <a href='x > y'>here</a> &lt;script&gt;</p>"
    (clause,) = policy_text.read(text).clauses
    assert clause.text == "The leader of <name of centre> has 3 < 4 keys, see here <script>"


IN_BRACKETS = [
    "Tell <a member of the committee> at once.",
    "See <form A, kept in the office> for this.",
    "Ask <title of officer> first.",
    "Ask <title> first.",
    "Ask <b of John's and Ann's> first.",
    "See <table of fees> and <!important note> and <?unsure about this> and <form required>.",
]


@pytest.mark.parametrize("sentence", IN_BRACKETS)
def test_words_in_brackets_are_no_tag_even_if_they_begin_like_one(sentence: str) -> None:
    reading = policy_text.read(f"1. {sentence}\n2. Papers are <b>locked</b> away.\n3. Be kind.")
    assert [clause.text for clause in reading.clauses] == [sentence, "Papers are locked away.", "Be kind."]
    assert reading.set_aside == ()


TAGS_WITH_ATTRIBUTES = [
    '<p class=x style="a: b" hidden>One <input type="checkbox" checked required/>word.</p>',
    "<details open><summary data-hook>One</summary> word.</details>",
    "<ol reversed start='3'><li>One <a href=/x/>word.</a></ol>",
    '<!DOCTYPE html><?xml version="1.0"?><p id="x"class="y"\nlang="en">One word.<br/></p >',
]


@pytest.mark.parametrize("text", TAGS_WITH_ATTRIBUTES)
def test_tags_with_attributes_are_no_words(text: str) -> None:
    assert words_of(policy_text.read(text)) == Counter({"One": 1, "word": 1})


# --- No word is lost or doubled.

# Each word is unmistakable, so that a lost one shows; none is a marker or page furniture by itself.
WORDS = st.integers(0, 999).map(lambda number: f"wörd{number}x")
SENTENCES = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
ENDS = st.sampled_from([".", ":", ":-", "", ";", " unless", ", and"])
PREFIXES = st.sampled_from(
    ["", "", "1. ", "2. ", "3) ", "(4) ", "1.1 ", "a) ", "(b) ", "ii. ", "- ", "* ", "• ", "o ", "· ", "✓ ", "# ", "> "]
)
INDENTS = st.sampled_from(["", "", "  ", "    ", "\t", "        "])
OTHERS = st.sampled_from(
    [
        *(
            "",
            "",
            "",
            "---",
            "top of page",
            "Page 3 of 7",
            "Home | Contact",
            "We use cookies.",
            "Last reviewed May 2024",
        ),
        *("Confidentiality policy", "Reviewed annually", "A child is at risk of harm.", "•", "Signed: ______"),
    ]
)
TAGS = st.sampled_from(["p", "li", "ul", "ol", "div", "h1", "h2", "b", "script", "nav", "td", "title", "unknown"])
BRACKETED = st.tuples(SENTENCES, TAGS, SENTENCES, SENTENCES).map("{0[0]} <{0[1]} {0[2]}> {0[3]}".format)
LINES = st.one_of(st.tuples(INDENTS, PREFIXES, st.one_of(SENTENCES, BRACKETED), ENDS).map("".join), OTHERS)
TEXTS = st.lists(LINES, min_size=1, max_size=25).map("\n".join)


@st.composite
def pages(draw: st.DrawFn) -> str:
    """Draw HTML with tags opened and closed in any order."""
    parts = draw(
        st.lists(st.one_of(TAGS.map("<{}>".format), TAGS.map("</{}>".format), SENTENCES, BRACKETED), max_size=30)
    )
    return f"<p>{' '.join(parts)} wörd1000x</p>"


def known_words(text: str) -> Counter[str]:
    return Counter(re.findall(r"wörd\d+x", text))


@settings(max_examples=100, deadline=None)
@given(st.one_of(TEXTS, pages()))
def test_no_word_is_lost_or_doubled(text: str) -> None:
    try:
        reading = policy_text.read(text)
    except UnreadableError:
        assert not re.search(r"\w", text)
        return
    assert Counter({word: n for word, n in words_of(reading).items() if word.startswith("wörd")}) == known_words(text)


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_is_read_or_refused_and_keeps_its_letters(text: str) -> None:
    try:
        reading = policy_text.read(text)
    except UnreadableError:
        return
    left = Counter("".join(words_of(reading)))
    assert not left - Counter(text)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_labels_are_unique_and_suggestions_are_sound(text: str) -> None:
    try:
        reading = policy_text.read(text)
    except UnreadableError:
        return
    assert len(set(labels(reading))) == len(labels(reading))
    for clause in every_clause(reading.clauses):
        assert clause.text.strip()
        for tag in clause.tags:
            assert PROVISIONS[tag.provision].accepts(tag.choices)
            assert tag.because in clause.text
