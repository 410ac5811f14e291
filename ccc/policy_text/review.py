"""When a policy was last reviewed and how often it is, from its review statement or from its clauses."""

import re
from collections.abc import Iterable

from ccc.policy_text.lines import Line

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b"
)
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_NAME}\.?,?\s+(?:[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s+)?(?P<year>(?:19|20)[0-9]{{2}})\b",
        rf"\b{_NAME}\.?,?[\s-]*['\u2018\u2019]?(?P<year>[0-9]{{2}})\b(?!\s*(?:st|nd|rd|th)\b|[,\s]+(?:19|20)[0-9]{{2}})",
        rf"\b{_NAME}-(?P<year>(?:19|20)[0-9]{{2}})\b",
        r"(?<![0-9./-])(?P<year>20[0-9]{2})-(?P<month>[0-9]{1,2})(?:-[0-9]{1,2})?(?![0-9./-])",
        r"(?<![0-9./-])(?:[0-9]{1,2}[./-])?(?P<month>[0-9]{1,2})[./-](?P<year>(?:20)?[0-9]{2})(?![0-9]|[./-][0-9])",
    )
)
_NEXT = re.compile(
    r"\b(?:next|due|until|before|future)\b|\b(?:will|shall|should|must|to) be re(?:viewed|visited|newed)\b"
    r"|\breview(?:ed)? (?:again )?by\b(?! the)",
    re.IGNORECASE,
)
# The first that fits says what a date is; the smaller its place here, the better the evidence.
_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"last\s+(?:policy\s+)?(?:review|updated|revis|amend)|(?:date|reviewed?) of last|latest review|most recent",
        r"\breviewed\b|\breview:|\breview (?:was )?(?:held|took place|completed|carried out)",
        r"\brevis|\bupdated?\b|\bamended\b",
        r"\breview\b",
        r"\b(?:adopt|approv|agreed|ratified|accepted|issue|published|effective|dated?\b|signed|created|written)",
    )
)
_PLAIN_DATE = len(_KINDS)
_DUE_WITHIN_MONTHS = 36

_REVIEWED = re.compile(
    r"\breview\w*|\bup-?dat\w+|\brevis(?:e|ed|it|ited|ion)\b|\bre-?examin\w+|\bkept under|\bchecked\b"
    r"|\blook(?:ed|s)? (?:at )?(?:[\w'\u2019]+ ){0,4}again|\blook(?:ed|s)? at (?:it|this)\b",
    re.IGNORECASE,
)
_ANNUAL = re.compile(
    r"\bannual(?:ly)?\b(?! general)|\byearly\b|\b(?:every|each|once an?) (?:calendar )?year\b"
    r"|\b(?:every (?:12|twelve) months|12[- ]monthly|(?:each|every) (?:AGM|annual general meeting))\b",
    re.IGNORECASE,
)
_REGULAR = re.compile(
    r"\b(?:regular(?:ly)?|periodic(?:al|ally)?|from time to time|every|biennial(?:ly)?|triennial(?:ly)?|frequently"
    r"|under review|intervals|monthly|quarterly|as (?:and when )?necessary"
    r"|(?:as|when|where|if) (?:needed|required|appropriate))\b",
    re.IGNORECASE,
)
_ONLY_DATE = re.compile(r"(?:\W|[0-9]|\b(?:version|v|date|as|at|on|in|of|the|st|nd|rd|th)\b)*", re.IGNORECASE)
_SHORT = 20
_POLICY = re.compile(
    r"\bpolic(?:y|ies)\b|\bprocedures?\b|\bdocument\b|\bstatement\b|\bguidelines\b|\bguidance\b|\bcode\b", re.IGNORECASE
)
_LABEL = re.compile(
    r"\W*(?:(?:policy|document|date|last|next|to be|first)\b[\s-]*)*(?:of\s+(?:last|next|policy)?\s*)?"
    r"(?:review\w*|updated?|revised?|revision|amended|adopted|approved|agreed|ratified|issued?|effective|dated?|signed"
    r"|adoption|approval)\b",
    re.IGNORECASE,
)


def is_statement(line: Line) -> bool:
    """Tell whether an unmarked line speaks of the policy's review or date, and of nothing else."""
    words = len(line.text.split())
    if line.marker or line.level or line.is_lead_in or words > 2 * _SHORT:
        return False
    rest = _without_dates(line.text)
    dated = rest != line.text
    if dated and words <= _SHORT and (_LABEL.match(line.text) or _ONLY_DATE.fullmatch(rest)):
        return True
    said = _REVIEWED.search(line.text) or (dated and _KINDS[-1].search(line.text))
    about_policy = _POLICY.search(line.text) or _LABEL.match(line.text)
    return bool(said and about_policy) and (dated or cycle_of(line.text) is not None)


def _without_dates(text: str) -> str:
    for pattern in _DATES:
        text = pattern.sub("", text)
    return text


def cycle_of(text: str) -> str | None:
    """Return `annual` or `regular` where a sentence says how often the policy is reviewed."""
    for sentence in re.split(r"(?<=[.!?;])\s+|\n", text):
        if _REVIEWED.search(sentence):
            if _ANNUAL.search(sentence):
                return "annual"
            if _REGULAR.search(sentence):
                return "regular"
    return None


def reviewed_on(statement: str, clauses: Iterable[str]) -> str | None:
    """Return the month of the last review: the best evidence there is, and of equally good evidence the latest."""
    dates = _dated(statement)
    for text in clauses:
        dates += [
            (kind, month) for kind, month in _dated(text) if kind == 0 or (kind < _PLAIN_DATE and _POLICY.search(text))
        ]
    best: dict[int, str] = {}
    for kind, month in dates:
        best[kind] = max(month, best.get(kind, ""))
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
        if kind == _PLAIN_DATE and not _NEXT.search(context):
            kind = _kind(re.split(r"[.!?]\s|\n", text[end : end + 50])[0])
        if not _NEXT.search(context):
            result.append((kind, month))
    return result


def _kind(context: str) -> int:
    return next((place for place, pattern in enumerate(_KINDS) if pattern.search(context)), _PLAIN_DATE)


def _months(text: str) -> list[tuple[int, int, str]]:
    """Return each date as (start, end, month); what one form of date has taken is no other's."""
    found = []
    for pattern in _DATES:
        found += [(match.start(), match.end(), month) for match in pattern.finditer(text) if (month := _month(match))]
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return sorted(found)


def _month(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    number = _MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["month"])
    year = int(parts["year"]) % 100 + 2000 if len(parts["year"]) == len("24") else int(parts["year"])
    return f"{year}-{number:02}" if 1 <= number <= len(_MONTHS) and year < 2100 else None
