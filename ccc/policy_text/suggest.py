"""Suggests the promises that a clause makes, by the rules of `promises.toml`, with the words that made it think so."""

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import product

from ccc.policy_text.choices import CHOICES
from ccc.policy_text.lines import Line
from ccc.policy_text.reading import Tag
from ccc.policy_text.rules import Rule, rules
from ccc.provisions import PROVISIONS, Key

_SENTENCE_END = re.compile(r"(?<=[.!?])[)\"”\u2019*_]*\s+(?=[\"“(*_]*[A-Z0-9])|\n+|(?<=;)\s+(?=[A-Z])")
# A pointer to another text makes no promise of its own.
_POINTER = re.compile(
    r"\W*(?:please |also |for (?:more|further) [\w ]{1,40}[, ]+)*(?:see|refer to|read|consult|look at)\b"
    r"|\W*for (?:more|further) ",
    re.IGNORECASE,
)


def lead_in(text: str) -> str:
    """Return the last sentence of `text` where it goes on in the items below it, or else nothing."""
    if not Line(text).is_lead_in:
        return ""
    start = max((found.end() for found in _SENTENCE_END.finditer(text)), default=0)
    return text[start:]


def promises(text: str) -> frozenset[Key]:
    return frozenset(tag.provision for tag in tags_for(text))


@lru_cache(maxsize=1024)
def tags_for(text: str, before: str = "") -> tuple[Tag, ...]:
    """Return the promises of one clause; `before` is the sentence above it that its own words go on from."""
    tags = []
    for key in Key:
        found = next((because for rule in rules().of[key] if (because := _because(rule, text, before))), None)
        if found:
            tags.append(_tag(key, text, before, found))
    return tuple(sorted((tag for tag in tags if tag), key=lambda tag: text.find(tag.because)))


def _tag(key: Key, text: str, before: str, because: str) -> Tag | None:
    """Fill in the choices; a promise whose choice the text leaves open is not suggested."""
    choices = CHOICES[key](f"{before} {text}", because) if key in CHOICES else {}
    return Tag(key, choices, because) if PROVISIONS[key].accepts(choices) else None


def _because(rule: Rule, text: str, before: str) -> str | None:
    """Return the words of `text` that make this promise, looking at `rule.reach` sentences at a time."""
    ends = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    for place, reach in product(range(len(ends) - 1), range(1, rule.reach + 1)):
        start, end = ends[place], ends[min(place + reach, len(ends) - 1)]
        sentence = text[start:end]
        if _POINTER.match(sentence):
            continue
        context = before + " " if before and (start == 0) else ""
        span = _span(rule, context + sentence, len(context))
        if span:
            return text[start + span[0] : start + span[1]].strip()
    return None


@lru_cache(maxsize=8)
def _plain(words: str) -> tuple[str, list[int]]:
    """Return the words without Markdown's signs of emphasis, and the place that each character had."""
    places = [place for place, character in enumerate(words) if character not in "*_`"]
    return "".join(words[place] for place in places).replace("\n", " "), places


def _span(rule: Rule, words: str, own: int) -> tuple[int, int] | None:
    """Match a rule in `words`, the first `own` characters of which belong to the sentence above the clause."""
    plain, places = _plain(words)
    own_in_plain = bisect_left(places, own)
    first = rule.all_of[0].search(plain, own_in_plain)
    if not first or any(veto.search(plain) for veto in rule.none_of):
        return None
    found = [first, *(pattern.search(plain) for pattern in rule.all_of[1:])]
    if not all(found):
        return None
    within = [match.span() for match in found if match and match.start() >= own_in_plain]
    start, end = min(start for start, _ in within), max(end for _, end in within)
    return places[start] - own, places[end - 1] + 1 - own
