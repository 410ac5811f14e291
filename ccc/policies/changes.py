"""What changed between two versions of a policy, clause by clause and word by word."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from ccc.db import while_unchanged
from ccc.policies.lookup import Branch, tree
from ccc.policies.records import Version

# Of two clauses that share less, the one is new and the other gone, and not one the other's correction.
ALIKE = 0.5
EMPHASIS = re.compile(r"(?<![*\w])(\*{1,3})(?=\S)([^*]+)(?<=\S)\1(?![*\w])")


class Kind(StrEnum):
    """What happened to a clause."""

    SAME = "the same"
    MOVED = "the same, under another number"
    LED_IN_ANEW = "the same words, but the sentence above them changed"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


class Piece(NamedTuple):
    """Some words that stayed, came or went: "same", "added" or "gone"."""

    kind: str
    words: str


class Change(NamedTuple):
    """One clause of either version. The words before and after all clauses have the label ""."""

    kind: Kind
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...]


class Part(NamedTuple):
    """The words of a clause, or of those before or after all clauses, without line breaks and signs of emphasis."""

    label: str
    words: str
    under: tuple["Part", ...] = ()


@while_unchanged
def changes(old: Version, new: Version) -> tuple[Change, ...]:
    """Compare two versions, in the order of the new one; what is gone stands where it stood."""
    return _compared(_parts(old), _parts(new))


def _parts(version: Version) -> tuple[Part, ...]:
    inside = (_part(branch) for branch in tree(version))
    return Part("", _plain(version.preamble)), *inside, Part("", _plain(version.review_statement))


def _part(branch: Branch) -> Part:
    return Part(branch.clause.label, _plain(branch.clause.text), tuple(_part(under) for under in branch.under))


def _plain(text: str) -> str:
    return " ".join(EMPHASIS.sub(r"\2", text).split())


# Words compared once need not be compared again, whatever was written to the database meanwhile.
@lru_cache(maxsize=32)
def _compared(before: tuple[Part, ...], after: tuple[Part, ...]) -> tuple[Change, ...]:
    (opening, *old, closing), (new_opening, *new, new_closing) = before, after
    found = (*_both(opening, new_opening), *_each(old, new), *_both(closing, new_closing))
    return tuple(change for change in found if change.pieces)


def _each(before: Sequence[Part], after: Sequence[Part], *, led_in_anew: bool = False) -> Iterator[Change]:
    """Compare the clauses of one level: one that went under another sentence is gone here, and new there."""
    for old, new in _side_by_side(before, after):
        yield from _both(old, new, led_in_anew=led_in_anew)


def _both(old: Part | None, new: Part | None, *, led_in_anew: bool = False) -> Iterator[Change]:
    """Compare two clauses, each with those under it."""
    kind = _kind(old, new, led_in_anew=led_in_anew)
    words = [part.words.split() if part else [] for part in (old, new)]
    yield Change(kind, old and old.label, new and new.label, tuple(_pieces(*words)))
    led_in_anew = kind in (Kind.CHANGED, Kind.LED_IN_ANEW)
    yield from _each(old.under if old else (), new.under if new else (), led_in_anew=led_in_anew)


def _kind(old: Part | None, new: Part | None, *, led_in_anew: bool) -> Kind:
    if not old or not new:
        return Kind.GONE if old else Kind.NEW
    if old.words != new.words:
        return Kind.CHANGED
    if led_in_anew:
        return Kind.LED_IN_ANEW
    return Kind.SAME if old.label == new.label else Kind.MOVED


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    # In a long clause words that come again and again anchor no comparison: looking at each pair of them takes minutes.
    for way, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if way == "equal":
            yield Piece("same", " ".join(new[c:d]))
            continue
        if b > a:
            yield Piece("gone", " ".join(old[a:b]))
        if d > c:
            yield Piece("added", " ".join(new[c:d]))


def _side_by_side(before: Sequence[Part], after: Sequence[Part]) -> Iterator[tuple[Part | None, Part | None]]:
    """The clauses of the new version, each beside what it was; behind them what stood behind that and is gone."""
    pairs = _pairs(before, after)
    behind, last = defaultdict[int | None, list[Part]](list), -1
    for place, part in enumerate(before):
        if place in pairs.values():
            last = place
        else:
            behind[last].append(part)
    yield from ((gone, None) for gone in behind[-1])
    for place, part in enumerate(after):
        stood = pairs.get(place)
        yield None if stood is None else before[stood], part
        yield from ((gone, None) for gone in behind[stood])


def _pairs(before: Sequence[Part], after: Sequence[Part]) -> dict[int, int]:
    """For each place of the new version, the one of the old that it came from: by its words, or much alike."""
    pairs = dict[int, int]()
    for key in (_labelled, _whole, _words):
        pairs |= _with_equal(key, *_unpaired(before, after, pairs))
    return pairs | _alike(*_unpaired(before, after, pairs))


def _unpaired(
    before: Sequence[Part], after: Sequence[Part], pairs: dict[int, int]
) -> tuple[dict[int, Part], dict[int, Part]]:
    used = set(pairs.values())
    old = {place: part for place, part in enumerate(before) if place not in used}
    return old, {place: part for place, part in enumerate(after) if place not in pairs}


def _with_equal(key: Callable[[Part], Hashable], before: dict[int, Part], after: dict[int, Part]) -> dict[int, int]:
    left = defaultdict[Hashable, list[int]](list)
    for place in reversed(before):
        left[key(before[place])].append(place)
    return {place: left[key(part)].pop() for place, part in after.items() if left[key(part)]}


def _labelled(part: Part) -> Hashable:
    return part.label, _whole(part)


def _whole(part: Part) -> Hashable:
    return part.words, tuple(_whole(under) for under in part.under)


def _words(part: Part) -> Hashable:
    return part.words


def _alike(before: dict[int, Part], after: dict[int, Part]) -> dict[int, int]:
    """Pair what shares enough words: first what stands under the same label, then what shares the most."""
    old, new = ({place: Counter(part.words.split()) for place, part in parts.items()} for parts in (before, after))
    shares = [(before[o].label == after[n].label, _share(old[o], new[n]), o, n) for n in new for o in old]
    pairs = dict[int, int]()
    for _, share, o, n in sorted(shares, key=lambda found: found[:2], reverse=True):
        if share >= ALIKE and n not in pairs and o not in pairs.values():
            pairs[n] = o
    return pairs


def _share(old: Counter[str], new: Counter[str]) -> float:
    return 2 * (old & new).total() / max(1, old.total() + new.total())
