"""Which choice a clause makes, where policies differ: level of DBS check, years, who must agree, and the like."""

import re
from collections.abc import Mapping

from ccc.policy_text import review
from ccc.policy_text.rules import sign
from ccc.provisions import Key

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)} | {"a": 1, "fifteen": 15, "twenty": 20}
_NUMBERS |= {"twenty-four": 24, "twenty-five": 25, "thirty": 30, "thirty-six": 36, "sixty": 60}
_NUMBER = rf"\b([0-9]{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?: \(?[0-9]{{1,2}}\)?)?[ -]"
_YEARS = re.compile(rf"{_NUMBER}(?:full |whole |complete |calendar )?years?\b", re.IGNORECASE)
_MONTHS = re.compile(rf"{_NUMBER}months\b", re.IGNORECASE)


def choices_of(key: Key, text: str, because: str) -> Mapping[str, str | int]:
    """Return what `text` chooses for a promise; the words `because` show that it makes it."""
    sentence = _sentence(text, because)
    found: Mapping[str, str | int | None] = {}
    match key:
        case Key.NOT_DISCUSSED:
            outside = _shows("OUTSIDE", sentence) and not _shows("ANYWHERE", sentence)
            found = {"where": "outside-centre" if outside else "at-all"}
        case Key.NO_REPORTS:
            found = {"about": "family-proceedings" if _court_only(sentence) else "anything"}
        case Key.PERSONAL_DETAILS:
            found = {"whose": _owner(sentence)}
        case Key.ASSESSMENTS:
            found = {"who": _assessors(text), "agreed_by": _agreed_by(text)}
        case Key.DBS:
            levels = (level for level in ("enhanced", "standard", "basic") if _shows(level.upper(), text))
            found = {"level": next(levels, "unstated"), "results_to": _seen_by(text)}
        case Key.DISPOSAL:
            found = {"years": _years(because) or _years(text)}
        case Key.ACCESS:
            found = {"how": "on-request" if _shows("ASKED", text) and not _shows("SHOWN", text) else "open"}
        case Key.REVIEW:
            found = {"cycle": review.cycle_of(sentence) or review.cycle_of(text) or "regular"}
    return {name: choice for name, choice in found.items() if choice is not None}


def _sentence(text: str, because: str) -> str:
    """Return the sentence, or sentences, from which `because` was taken, with the words that led into them."""
    place = text.find(because)
    start = max((found.end() for found in re.finditer(r"[.!?]\s+(?=[A-Z])", text[:place])), default=0)
    end = re.search(r"[.!?](?=\s|$)", text[place + len(because) - 1 :])
    return text[start : place + len(because) + end.start()] if end else text[start:]


def _shows(name: str, text: str) -> bool:
    return bool(sign(name).search(text))


def _court_only(sentence: str) -> bool:
    named = _shows("FOR_PROCEEDINGS", sentence) or not _shows("REPORTS_OF_ALL_KINDS", sentence)
    return named and _shows("PROCEEDINGS", sentence)


def _owner(sentence: str) -> str:
    """Take the one whose details they plainly are, or else the one who is named first."""
    for whose, owner in (("parents", "PARENT_OWNS"), ("clients", "CLIENT_OWNS")):
        if _shows(owner, sentence):
            return whose
    parent, client = sign("PARENT").search(sentence), sign("CLIENT").search(sentence)
    return "parents" if parent and (client is None or parent.start() < client.start()) else "clients"


def _assessors(text: str) -> str:
    only_named = _shows("ONLY_NAMED_ASSESSORS", text) or not _shows("OTHER_ASSESSORS", text)
    return "cafcass-or-social-services" if _shows("NAMED_ASSESSORS", text) and only_named else "anyone-agreed"


def _agreed_by(text: str) -> str:
    family = _shows("FAMILY_AGREES", sign("FAMILY_AS_OBJECT").sub("", text))
    return "family-and-coordinator" if family else "centre"


def _seen_by(text: str) -> str:
    sentences = re.split(r"(?<=[.!?;])\s+|\n", text)
    results = " ".join(sentence for sentence in sentences if _shows("RESULTS_SEEN", sentence))
    if _shows("OFFICER", results) and not _shows("COORDINATOR", results):
        return "safeguarding-officer-and-chair"
    return "coordinator-or-chair" if _shows("COORDINATOR", results) or _shows("CHAIR", results) else "unstated"


def _years(text: str) -> int | None:
    """Count the years; a period that is not whole years is left to the person who drafts."""
    for pattern, per_year in ((_YEARS, 1), (_MONTHS, 12)):
        found = pattern.search(text)
        number = int(found[1]) if found and found[1].isdigit() else _NUMBERS[found[1].lower()] if found else None
        if number is not None and number % per_year == 0:
            return number // per_year
    return None
