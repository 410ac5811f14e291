"""Reads a date as people in the United Kingdom write it: the day first."""

import re
from datetime import date

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "sept")  # fmt: skip
# [0-9] and not \d: int() takes digits of other scripts, and a superscript two looks like a digit and is none.
ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
NUMBERS = re.compile(r"([0-9]{1,2})([/.-]) ?([0-9]{1,2})\2 ?([0-9]{4}|[0-9]{2})")
WORDS = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[ -]+(?:of )?([a-z]+)\.?,?[ -]+([0-9]{4}|[0-9]{2})")
WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?\.?,? ")
MIDNIGHT = re.compile(r"[ t]00:00(:00)?$")


def as_day(text: str) -> date | None:
    """Read the day that a text names, such as 4/3/2024, 4.3.24, 4 March 2024 or 2024-03-04."""
    year, month, day = _parts(text) or ("", 0, "")
    try:
        return date(int(year) if len(year) == 4 else _this_century(int(year)), month, int(day))
    except ValueError:
        return None


def looks_like_a_day(text: str) -> bool:
    """Tell whether a text is written as a date, even if there is no such day."""
    return _parts(text) is not None


def _parts(text: str) -> tuple[str, int, str] | None:
    plain = MIDNIGHT.sub("", WEEKDAY.sub("", " ".join(text.split()).casefold()))
    if found := ISO.fullmatch(plain):
        return found[1], int(found[2]), found[3]
    if found := NUMBERS.fullmatch(plain):
        return found[4], int(found[3]), found[1]
    if (found := WORDS.fullmatch(plain)) and (month := _month(found[2])):
        return found[3], month, found[1]
    return None


def _month(name: str) -> int:
    known = name in MONTHS or name in FULL
    return MONTHS.index(name[:3]) + 1 if known else 0


def _this_century(year: int) -> int:
    """Take a year in two figures as one of this century up to 49, and of the last from 50."""
    return 2000 + year if year < 50 else 1900 + year
