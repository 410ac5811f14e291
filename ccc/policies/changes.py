"""What changed between two versions of a policy, clause by clause and word by word."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from ccc.db import while_unchanged
from ccc.policies.lookup import clauses
from ccc.policies.records import Version

# Of two clauses that share less, the one is new and the other gone, and not one the other's correction.
ALIKE = 0.5


class Kind(StrEnum):
    """What happened to a clause."""

    SAME = "the same"
    MOVED = "the same, under another number"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class Piece(NamedTuple):
    """Some words that stayed, came or went: "same", "added" or "gone"."""

    kind: str
    words: str


class Change(NamedTuple):
    """One clause of either version. A part of the policy that is no clause has no label."""

    kind: Kind
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...]


class Words(NamedTuple):
    """A clause, or the words before or after all clauses."""

    label: str
    text: str


@while_unchanged
def changes(old: Version, new: Version) -> tuple[Change, ...]:
    """Compare two versions, in the order of the new one; what is gone stands where it stood."""
    before, after = _words_of(old), _words_of(new)
    pairs = _pairs(before, after)
    found = [_change(pairs.get(place), words) for place, words in enumerate(after)]
    gone = {words for words in before if words not in pairs.values()}
    return tuple(_with_gone(found, [words for words in before if words in gone], before))


def _words_of(version: Version) -> list[Words]:
    inside = [Words(clause.label, clause.text) for clause in clauses(version)]
    return [Words("", version.preamble), *inside, Words("", version.review_statement)]


def _pairs(before: Sequence[Words], after: Sequence[Words]) -> dict[int, Words]:
    """For each place of the new version, the words of the old that stood for it: by text, by label, or much alike."""
    left, pairs = list(before), dict[int, Words]()
    for fits in (_is_same, _has_text, _has_label, _is_alike):
        for place, words in enumerate(after):
            found = next((old for old in left if place not in pairs and fits(old, words)), None)
            if found:
                pairs[place] = found
                left.remove(found)
    return pairs


def _is_same(old: Words, new: Words) -> bool:
    return old == new


def _has_text(old: Words, new: Words) -> bool:
    return bool(new.text) and old.text == new.text


def _has_label(old: Words, new: Words) -> bool:
    return bool(new.label) and old.label == new.label and _is_alike(old, new)


def _is_alike(old: Words, new: Words) -> bool:
    return bool(old.label) == bool(new.label) and _matcher(old.text, new.text).ratio() >= ALIKE


def _matcher(old: str, new: str) -> "SequenceMatcher[str]":
    return SequenceMatcher(None, old.split(), new.split(), autojunk=False)


def _change(old: Words | None, new: Words) -> Change:
    if old is None:
        return Change(Kind.NEW, None, new.label, (Piece("added", new.text),))
    if old.text == new.text:
        kind = Kind.SAME if old.label == new.label else Kind.MOVED
        return Change(kind, old.label, new.label, (Piece("same", new.text),))
    return Change(Kind.CHANGED, old.label, new.label, tuple(_pieces(old.text.split(), new.text.split())))


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for way, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if way == "equal":
            yield Piece("same", " ".join(new[c:d]))
            continue
        if b > a:
            yield Piece("gone", " ".join(old[a:b]))
        if d > c:
            yield Piece("added", " ".join(new[c:d]))


def _with_gone(found: list[Change], gone: Sequence[Words], before: Sequence[Words]) -> Iterator[Change]:
    """Put each clause that is gone behind the one before which it stood."""
    waiting = [Change(Kind.GONE, words.label, None, (Piece("gone", words.text),)) for words in gone if words.text]
    order = {words.label: place for place, words in enumerate(before)}
    for change in found:
        while waiting and change.before is not None and order[waiting[0].before or ""] < order[change.before]:
            yield waiting.pop(0)
        if any(piece.words for piece in change.pieces):
            yield change
    yield from waiting
