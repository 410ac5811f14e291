"""Two versions of a policy compared: what a reader sees is all that changed, word by word."""

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from ccc import policies
from ccc.people import Person
from ccc.policies import Version
from ccc.policies.changes import Kind, Words, _change, _pairs, changes
from ccc.roles import Role
from tests.samples import MILLBROOK, published

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
    old, new = Words("1", " ".join(before)), Words("1", " ".join(after))
    pieces = _change(old, new).pieces
    assert " ".join(p.words for p in pieces if p.kind != "added" and p.words) == old.text
    assert " ".join(p.words for p in pieces if p.kind != "gone" and p.words) == new.text


@given(before=st.lists(WORDS, max_size=6), after=st.lists(WORDS, max_size=6))
def test_no_clause_stands_for_two(before: list[list[str]], after: list[list[str]]) -> None:
    old = [Words(str(place), " ".join(words)) for place, words in enumerate(before)]
    new = [Words(str(place), " ".join(words)) for place, words in enumerate(after)]
    pairs = _pairs(old, new)
    assert len(set(pairs.values())) == len(pairs)
    assert all(words in pairs.values() for words in old if words.text and words in new)


def test_every_version_is_compared_with_the_one_before(cast: dict[Role, Person]) -> None:
    for years in ("three", "four", "five"):
        published(cast[Role.CHAIR], MILLBROOK.replace("three years", f"{years} years"))
    newest, middle, first = policies.published("confidentiality")
    assert [[p.words for c in changes(a, b) for p in c.pieces if p.kind == "added"] for a, b in
            ((first, middle), (middle, newest))] == [["four"], ["five"]]  # fmt: skip
