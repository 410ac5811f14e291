"""Two versions of a policy compared: what a reader sees is all that changed, word by word."""

import re
from difflib import SequenceMatcher
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ccc import policies
from ccc.people import Person
from ccc.policies import Version
from ccc.policies.changes import Kind, Part, _pairs, _pieces, changes
from ccc.roles import Role
from tests.samples import MILLBROOK, published

COMPARED = "/policies/confidentiality/versions/2.0/changes"
EXCEPTIONS = """# Rules of silence

1. Nothing is told unless:

    a) the family agrees;

    b) a court orders it.

2. The police are never told, even if:

    a) they ask in writing.
"""
WORDS = st.lists(st.sampled_from(["keep", "tell", "nobody", "families", "three", "years", "never"]), max_size=12)


def two(cast: dict[Role, Person], text: str) -> tuple[Version, Version]:
    return published(cast[Role.CHAIR]), published(cast[Role.CHAIR], text)


def test_a_reader_without_a_sign_in_sees_which_words_changed(app: Flask, cast: dict[Role, Person]) -> None:
    two(cast, MILLBROOK.replace("for three years", "for five years"))
    client = app.test_client()
    text = client.get("/policies/confidentiality/versions/2.0/changes").text
    assert "<del>three</del>" in text
    assert "<ins>five</ins>" in text
    assert "Clause 10: changed" in text
    assert "13 parts are the same" in text or "14 parts are the same" in text or "15 parts are the same" in text
    assert "/versions/2.0/changes" in client.get("/policies/confidentiality/").text


def headings(app: Flask) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", app.test_client().get(COMPARED).text)


def test_a_clause_that_is_new_gone_or_only_moved_is_called_so(cast: dict[Role, Person]) -> None:
    without_5 = MILLBROOK.replace(
        "5. Volunteers never give their own telephone number or address to a family, and do not meet families outside "
        "the centre.\n\n",
        "",
    )
    for number in range(6, 13):
        without_5 = without_5.replace(f"\n{number}. ", f"\n{number - 1}. ")
    old, new = two(cast, without_5 + "\n12. Nobody takes photographs at the centre.\n")
    by_kind = {kind: [one for one in changes(old, new) if one.kind is kind] for kind in Kind}
    assert [one.before for one in by_kind[Kind.GONE]] == ["5"]
    assert [one.after for one in by_kind[Kind.NEW]] == ["12"]
    assert {(one.before, one.after) for one in by_kind[Kind.MOVED]} == {(str(n), str(n - 1)) for n in range(6, 13)}
    assert by_kind[Kind.CHANGED] == []


def test_the_first_version_and_one_that_is_none_have_nothing_to_compare(app: Flask, cast: dict[Role, Person]) -> None:
    published(cast[Role.CHAIR])
    client = app.test_client()
    for number in ("1.0", "9.9"):
        assert client.get(f"/policies/confidentiality/versions/{number}/changes").status_code == 404


def test_words_of_a_policy_are_never_taken_for_html(app: Flask, cast: dict[Role, Person]) -> None:
    two(cast, MILLBROOK.replace("three years", "<b>five</b> years"))
    text = app.test_client().get("/policies/confidentiality/versions/2.0/changes").text
    assert "<b>five</b>" not in text


@given(before=WORDS, after=WORDS)
def test_the_pieces_put_together_are_the_old_words_and_the_new(before: list[str], after: list[str]) -> None:
    pieces = list(_pieces(before, after))
    assert " ".join(piece.words for piece in pieces if piece.kind != "added") == " ".join(before)
    assert " ".join(piece.words for piece in pieces if piece.kind != "gone") == " ".join(after)


@given(before=st.lists(WORDS, max_size=6), after=st.lists(WORDS, max_size=6))
def test_no_clause_stands_for_two(before: list[list[str]], after: list[list[str]]) -> None:
    old = [Part(str(place), " ".join(words)) for place, words in enumerate(before)]
    new = [Part(str(place), " ".join(words)) for place, words in enumerate(after)]
    pairs = _pairs(old, new)
    assert len(set(pairs.values())) == len(pairs)
    assert all(place in pairs.values() for place, part in enumerate(old) if part in new)


def test_every_version_is_compared_with_the_one_before(cast: dict[Role, Person]) -> None:
    for years in ("three", "four", "five"):
        published(cast[Role.CHAIR], MILLBROOK.replace("three years", f"{years} years"))
    newest, middle, first = policies.published("confidentiality")
    assert [[p.words for c in changes(a, b) for p in c.pieces if p.kind == "added"] for a, b in
            ((first, middle), (middle, newest))] == [["four"], ["five"]]  # fmt: skip


def test_what_is_gone_stands_where_it_stood(app: Flask, cast: dict[Role, Person]) -> None:
    text = re.sub(r"6\. A volunteer tells.*\n", "", MILLBROOK.replace("write or give reports", "give reports"))
    two(cast, text)
    assert headings(app)[:2] == ["Clause 2: changed", "Clause 6: gone"]


def test_a_reader_sees_which_clauses_have_another_number_alone(app: Flask, cast: dict[Role, Person]) -> None:
    rules = "# Rules\n\n1. Nobody {}.\n\n2. Nobody {}.\n\n3. Nobody smokes.\n"
    for order in (("shouts", "runs"), ("runs", "shouts")):
        published(cast[Role.CHAIR], rules.format(*order))
    text = app.test_client().get(COMPARED).text
    assert headings(app) == ["Only the number changed"]
    assert "Clause 2 is now clause 1, clause 1 is now clause 2." in text
    assert "1 part is the same as before" in text
    assert "Every word is the same" not in text


def test_a_part_of_a_clause_that_went_under_another_sentence_is_never_called_the_same(
    app: Flask, cast: dict[Role, Person]
) -> None:
    published(cast[Role.CHAIR], EXCEPTIONS)
    moved = EXCEPTIONS.replace("agrees;\n\n    b) a court orders it.", "agrees.")
    published(cast[Role.CHAIR], moved.replace("in writing.", "in writing;\n\n    b) a court orders it."))
    assert [heading for heading in headings(app) if "b" in heading] == ["Clause 1b: gone", "Clause 2b: new"]


def test_the_same_words_below_a_changed_sentence_are_shown_too(app: Flask, cast: dict[Role, Person]) -> None:
    published(cast[Role.CHAIR], EXCEPTIONS)
    published(cast[Role.CHAIR], EXCEPTIONS.replace("told unless", "told even if"))
    otherwise = "the same words, but the sentence above them changed"
    assert headings(app) == ["Clause 1: changed", f"Clause 1a: {otherwise}", f"Clause 1b: {otherwise}"]


def test_two_clauses_that_begin_alike_are_known_by_what_stands_under_them(cast: dict[Role, Person]) -> None:
    twice = "# Rules\n\n1. It holds:\n\n    a) {};\n\n    b) {}.\n\n2. It holds:\n\n    a) {};\n\n    b) {}.\n"
    old = published(cast[Role.CHAIR], twice.format("no noise", "no dogs", "no photographs", "no running"))
    new = published(cast[Role.CHAIR], twice.format("no photographs", "no running", "no noise", "no dogs"))
    assert {change.kind for change in changes(old, new)} == {Kind.MOVED}


def test_a_new_title_is_a_change(app: Flask, cast: dict[Role, Person]) -> None:
    two(cast, MILLBROOK.replace("# Millbrook confidentiality policy", "# How we keep silence"))
    text = app.test_client().get(COMPARED).text
    assert headings(app) == ["The title: changed"]
    assert "<del>Millbrook confidentiality policy</del> <ins>How we keep silence</ins>" in text
    assert "Every word is the same" not in text


@pytest.mark.parametrize("shown", ["do not discuss\n\nor disclose", "do **not** discuss or disclose"])
def test_another_paragraph_or_emphasis_is_no_other_word(app: Flask, cast: dict[Role, Person], shown: str) -> None:
    two(cast, MILLBROOK.replace("do not discuss or disclose", shown))
    assert headings(app) == []
    assert "Every word is the same" in app.test_client().get(COMPARED).text


def test_the_comparison_shows_words_without_the_signs_around_them(app: Flask, cast: dict[Role, Person]) -> None:
    two(cast, MILLBROOK.replace("discuss or disclose", "discuss **anything**"))
    text = app.test_client().get(COMPARED).text
    assert "<ins>anything</ins>" in text


@pytest.mark.parametrize(
    ("slug", "said"), [("confidentiality", "reads and signs it anew"), ("photographs", "everybody reads it anew")]
)
def test_only_the_policy_that_is_signed_is_signed_anew(
    app: Flask, cast: dict[Role, Person], slug: str, said: str
) -> None:
    for text in ("# Rules\n\n1. Nobody runs.\n", "# Rules\n\n1. Nobody smokes.\n"):
        published(cast[Role.CHAIR], text, slug)
    assert said in app.test_client().get(f"/policies/{slug}/versions/2.0/changes").text


def test_a_long_clause_that_says_the_same_again_and_again_is_compared_at_once(
    monkeypatch: pytest.MonkeyPatch, cast: dict[Role, Person]
) -> None:
    looked_at, find = 0, SequenceMatcher.find_longest_match

    def counted(matcher: Any, *where: int) -> object:
        nonlocal looked_at
        looked_at += sum(len(matcher.b2j.get(word, ())) for word in matcher.a[where[0] : where[1]])
        return find(matcher, *where)

    monkeypatch.setattr(SequenceMatcher, "find_longest_match", counted)
    text = "# Rules\n\n1. Tell {} people, " + "tell nobody, " * 1600 + "for {} years.\n"
    old, new = (published(cast[Role.CHAIR], text.format(*how)) for how in (("three", "two"), ("four", "six")))
    pieces = changes(old, new)[0].pieces
    assert [piece.words for piece in pieces if piece.kind == "added"] == ["four", "six"]
    assert looked_at < 10_000


def test_what_was_compared_once_is_not_compared_again_after_a_write(
    monkeypatch: pytest.MonkeyPatch, cast: dict[Role, Person]
) -> None:
    old, new = two(cast, MILLBROOK.replace("three years", "eleven years"))
    found = changes(old, new)
    published(cast[Role.CHAIR], MILLBROOK, "photographs")
    monkeypatch.delattr(SequenceMatcher, "get_opcodes")
    assert changes(old, new) == found
