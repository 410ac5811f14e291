"""Which choice a clause makes, where policies differ: level of DBS check, years, who must agree, and the like."""

import re
from collections.abc import Callable, Mapping

from ccc.policy_text import review
from ccc.policy_text.rules import rules
from ccc.provisions import Key

_Choices = Mapping[str, str | int]

_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_WORDS, 1)} | {"a": 1, "fifteen": 15, "twenty": 20}
_NUMBERS |= {"twenty-four": 24, "twenty-five": 25, "thirty": 30, "thirty-six": 36, "sixty": 60}
_NUMBER = rf"\b(?P<number>[0-9]{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})(?: \(?[0-9]{{1,2}}\)?)?[ -]"
_YEARS = re.compile(rf"{_NUMBER}(?:full |whole |complete |calendar )?years?\b", re.IGNORECASE)
_MONTHS = re.compile(rf"{_NUMBER}months\b", re.IGNORECASE)


def _shows(sign: str, text: str) -> bool:
    return bool(rules().signs[sign].search(text))


def _not_discussed(text: str, because: str) -> _Choices:
    sentence = _sentence(text, because)
    outside = _shows("OUTSIDE", sentence) and not _shows("ANYWHERE", sentence)
    return {"where": "outside-centre" if outside else "at-all"}


def _no_reports(text: str, because: str) -> _Choices:
    sentence = _sentence(text, because)
    court_only = _shows("FOR_PROCEEDINGS", sentence) or not _shows("REPORTS_OF_ALL_KINDS", sentence)
    return {"about": "family-proceedings" if court_only and _shows("PROCEEDINGS", sentence) else "anything"}


def _personal_details(text: str, because: str) -> _Choices:
    """Take the one whose details they plainly are, or else the one who is named first."""
    sentence = _sentence(text, because)
    for whose, owner in (("parents", "PARENT_OWNS"), ("clients", "CLIENT_OWNS")):
        if _shows(owner, sentence):
            return {"whose": whose}
    parent, client = rules().signs["PARENT"].search(sentence), rules().signs["CLIENT"].search(sentence)
    parents = parent is not None and (client is None or parent.start() < client.start())
    return {"whose": "parents" if parents else "clients"}


def _assessments(text: str, because: str) -> _Choices:
    del because
    named = _shows("NAMED_ASSESSORS", text)
    only_named = _shows("ONLY_NAMED_ASSESSORS", text) or not _shows("OTHER_ASSESSORS", text)
    family = _shows("FAMILY_AGREES", rules().signs["FAMILY_AS_OBJECT"].sub("", text))
    return {
        "who": "cafcass-or-social-services" if named and only_named else "anyone-agreed",
        "agreed_by": "family-and-coordinator" if family else "centre",
    }


def _dbs(text: str, because: str) -> _Choices:
    del because
    level = next((level for level in ("enhanced", "standard", "basic") if _shows(level.upper(), text)), "unstated")
    sentences = re.split(r"(?<=[.!?;])\s+|\n", text)
    return {"level": level, "results_to": _seen_by(" ".join(s for s in sentences if _shows("RESULTS_SEEN", s)))}


def _seen_by(results: str) -> str:
    if _shows("COORDINATOR", results):
        return "coordinator-or-chair"
    if _shows("OFFICER", results):
        return "safeguarding-officer-and-chair"
    return "coordinator-or-chair" if _shows("CHAIR", results) else "unstated"


def _disposal(text: str, because: str) -> _Choices:
    """Count the years; a period that is not whole years is left to the person who drafts."""
    for where in (because, text):
        years, months = _YEARS.search(where), _MONTHS.search(where)
        if years:
            return {"years": _number(years["number"])}
        if months and _number(months["number"]) % 12 == 0:
            return {"years": _number(months["number"]) // 12}
    return {}


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _access(text: str, because: str) -> _Choices:
    del because
    return {"how": "on-request" if _shows("ASKED", text) and not _shows("SHOWN", text) else "open"}


def _review(text: str, because: str) -> _Choices:
    return {"cycle": review.cycle_of(_sentence(text, because)) or review.cycle_of(text) or "regular"}


def _sentence(text: str, because: str) -> str:
    """Return the sentence, or sentences, from which `because` was taken, with the words that led into them."""
    place = text.find(because)
    start = max((found.end() for found in re.finditer(r"[.!?]\s+(?=[A-Z])", text[:place])), default=0)
    end = re.search(r"[.!?](?=\s|$)", text[place + len(because) - 1 :])
    return text[start : place + len(because) + end.start()] if end else text[start:]


CHOICES: Mapping[Key, Callable[[str, str], _Choices]] = {
    Key.NOT_DISCUSSED: _not_discussed,
    Key.NO_REPORTS: _no_reports,
    Key.PERSONAL_DETAILS: _personal_details,
    Key.ASSESSMENTS: _assessments,
    Key.DBS: _dbs,
    Key.DISPOSAL: _disposal,
    Key.ACCESS: _access,
    Key.REVIEW: _review,
}
