"""When a policy was last reviewed and how often it is, from its review statement or from its clauses."""

import re
from collections.abc import Iterable

from ccc.policy_text.lines import Line
from ccc.policy_text.rules import sign

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATES = ("DATE_IN_WORDS", "DATE_WITH_SHORT_YEAR", "DATE_WITH_DASH", "DATE_YEAR_FIRST", "DATE_IN_NUMBERS")
# The first that fits says what a date is; the smaller its place here, the better the evidence.
_KINDS = ("LAST_REVIEW", "REVIEW_HELD", "AMENDED", "REVIEW_DATE", "ADOPTED")
_PLAIN_DATE = len(_KINDS)
_DUE_WITHIN_MONTHS = 36
_ONLY_DATE = re.compile(r"(?:\W|[0-9]|\b(?:version|v|date|as|at|on|in|of|the|st|nd|rd|th)\b)*", re.IGNORECASE)
_SHORT = 20


def is_statement(line: Line) -> bool:
    """Tell whether an unmarked line speaks of the policy's review or date, and of nothing else."""
    words = len(line.text.split())
    if line.marker or line.level or line.is_lead_in or words > 2 * _SHORT:
        return False
    rest = _without_dates(line.text)
    dated = rest != line.text
    if dated and words <= _SHORT and (sign("LABEL").match(line.text) or _ONLY_DATE.fullmatch(rest)):
        return True
    said = sign("REVIEWED").search(line.text) or (dated and sign("ADOPTED").search(line.text))
    about_policy = sign("DOCUMENT").search(line.text) or sign("LABEL").match(line.text)
    return bool(said and about_policy) and (dated or cycle_of(line.text) is not None)


def _without_dates(text: str) -> str:
    for name in _DATES:
        text = sign(name).sub("", text)
    return text


def cycle_of(text: str) -> str | None:
    """Return `annual` or `regular` where a sentence says how often the policy is reviewed."""
    for sentence in re.split(r"(?<=[.!?;])\s+|\n", text):
        reviewed = sign("REVIEWED").search(sentence)
        if reviewed and sign("ANNUAL").search(sentence):
            return "annual"
        if reviewed and sign("REGULAR").search(sentence):
            return "regular"
    return None


def reviewed_on(statement: str, clauses: Iterable[str]) -> str | None:
    """Return the month of the last review: the best evidence there is, and of equally good evidence the latest."""
    dates = _dated(statement)
    for text in clauses:
        dates += [
            (kind, month)
            for kind, month in _dated(text)
            if kind == 0 or (kind < _PLAIN_DATE and sign("DOCUMENT").search(text))
        ]
    best = dict(sorted(dates))
    adopted, review = best.get(_PLAIN_DATE - 1), best.get(_PLAIN_DATE - 2)
    if adopted and review and 0 < _months_between(adopted, review) <= _DUE_WITHIN_MONTHS:
        # "Approved May 2023, review date May 2025" names the next review.
        del best[_PLAIN_DATE - 2]
    return best[min(best)] if best else None


def _months_between(first: str, second: str) -> int:
    return (int(second[:4]) - int(first[:4])) * 12 + int(second[5:]) - int(first[5:])


def _dated(text: str) -> list[tuple[int, str]]:
    """Return each date of a text that may be a review's, as (kind, month)."""
    found = _months(text)
    result: list[tuple[int, str]] = []
    for (start, end, month), (_, before, _) in zip(found, [(0, 0, ""), *found], strict=False):
        context = re.split(r"[.!?]\s+(?=[A-Z])|\n", text[max(before, start - 90) : start])[-1]
        # "Reviewed May 2021, May 2022 and May 2023" is a list: each date is of the first one's kind.
        listed = result and re.fullmatch(r"[\s,;&/]*(?:and\s+)?", text[before:start])
        kind = result[-1][0] if listed else _kind(context)
        if kind == _PLAIN_DATE and not sign("NEXT_REVIEW").search(context):
            kind = _kind(re.split(r"[.!?]\s|\n", text[end : end + 50])[0])
        if not sign("NEXT_REVIEW").search(context):
            result.append((kind, month))
    return result


def _kind(context: str) -> int:
    return next((place for place, name in enumerate(_KINDS) if sign(name).search(context)), _PLAIN_DATE)


def _months(text: str) -> list[tuple[int, int, str]]:
    """Return each date as (start, end, month); what one form of date has taken is no other's."""
    found = []
    for name in _DATES:
        dates = sign(name).finditer(text)
        found += [(match.start(), match.end(), month) for match in dates if (month := _month(match))]
        text = sign(name).sub(lambda match: " " * len(match[0]), text)
    return sorted(found)


def _month(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    number = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])
    year = int(parts["year"]) % 100 + 2000 if len(parts["year"]) == len("24") else int(parts["year"])
    return f"{year}-{number:02}" if 1 <= number <= len(_MONTHS) and year < 2100 else None
