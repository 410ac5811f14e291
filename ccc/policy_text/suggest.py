"""Suggests the promises that a clause makes, by the rules of `promises.toml`, with the words that made it think so."""

import re
from bisect import bisect_left
from functools import lru_cache
from itertools import product

from ccc.policy_text.choices import choices_of
from ccc.policy_text.lines import Line
from ccc.policy_text.reading import Tag
from ccc.policy_text.rules import Rule, rules, sign
from ccc.provisions import PROVISIONS, Key

_SENTENCE_END = re.compile(r"(?<=[.!?])[)\"”\u2019*_]*\s+(?=[\"“(*_]*[A-Z0-9])|\n+|(?<=;)\s+(?=[A-Z])")


def lead_in(text: str) -> str:
    """Return the last sentence of `text` where it goes on in the items below it, or else nothing."""
    return text[_ends(text)[-2] :] if Line(text).is_lead_in else ""


def promises(text: str) -> frozenset[Key]:
    return frozenset(tag.provision for tag in tags_for(text))


@lru_cache(maxsize=1024)
def tags_for(text: str, before: str = "") -> tuple[Tag, ...]:
    """Return the promises of one clause; `before` is the sentence above it that its own words go on from."""
    tags = []
    for key in Key:
        because = next(filter(None, (_because(rule, text, before) for rule in rules()[key])), None)
        choices = choices_of(key, f"{before} {text}", because) if because else {}
        # A promise whose choice the text leaves open is not suggested.
        if because and PROVISIONS[key].accepts(choices):
            tags.append(Tag(key, choices, because))
    return tuple(sorted(tags, key=lambda tag: text.find(tag.because)))


def _ends(text: str) -> list[int]:
    """Return where each sentence ends, after the place where the first one begins."""
    return [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]


def _because(rule: Rule, text: str, before: str) -> str | None:
    """Return the words of `text` that make this promise, looking at `rule.reach` sentences at a time."""
    ends = _ends(text)
    for place, reach in product(range(len(ends) - 1), range(1, rule.reach + 1)):
        start, end = ends[place], ends[min(place + reach, len(ends) - 1)]
        if sign("POINTER").match(text[start:end]):
            continue
        context = before + " " if before and start == 0 else ""
        span = _span(rule, context + text[start:end], len(context))
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
