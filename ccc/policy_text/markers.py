"""List markers: numbers, letters, roman numerals and bullets of any kind at the beginning of a line."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a list counts with."""

    NUMBER = "number"
    DECIMAL = "decimal"
    LETTER = "letter"
    ROMAN = "roman"
    BULLET = "bullet"


@dataclass(frozen=True)
class Marker:
    """A marker as it stood (`raw`); markers of one list share kind and shape."""

    raw: str
    kind: Kind
    shape: str
    value: tuple[int, ...] = ()

    @property
    def style(self) -> tuple[Kind, str]:
        return (self.kind, self.shape)

    @property
    def is_first(self) -> bool:
        return self.value in {(), (1,)}

    @property
    def is_bare(self) -> bool:
        """Tell whether this is a number without a full stop or bracket, which may as well be a word."""
        return self.kind == Kind.NUMBER and not self.shape

    def follows(self, other: "Marker") -> bool:
        """Tell whether this is the marker that comes next after `other` in one list."""
        if self.style != other.style:
            return False
        return self.value == () or self.value == (*other.value[:-1], other.value[-1] + 1)


_ENUMERATED = re.compile(
    r"(?P<open>[(\[]?)(?P<body>[0-9]{1,3}|[A-Za-z]|[ivxlcIVXLC]{2,6})\\?(?P<close>[.)\]]|\.\))(?:\s+|(?<=[)\]])(?=\w)|(?<=[0-9]\.)(?=[A-Z“\"*])|$)"
)
_DECIMAL = re.compile(r"(?P<body>[0-9]{1,2}(?:\.[0-9]{1,2}){1,3})[.):]?\s+(?!(?:am|pm|a\.m|p\.m|million|per)\b)(?=\S)")
_BARE = re.compile(r"(?P<body>[0-9]{1,2})(?:\t\s*| {1,}(?=[A-Z]))(?=\S)")
_STEP = re.compile(r"(?:clause|section|point|step|rule)\s+(?P<body>[0-9]{1,2})\s*[:.)\u2013-]\s+", re.IGNORECASE)
_WORD_BULLET = re.compile(r"(?:o|[§ØüvqnlØ])\t\s*|o\s+(?=\S)|[§Øü]\s+(?=[A-Z])")
_TIGHT_BULLETS = "•●▪■◦○‣\u2043∙·✓✔☑☐❖➢➤►▶◆★"
_NO_BULLETS = "\"'“\u2018(<[{#&@%/\\|…!?.,;:_=£$€~`^°©®™"
_ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
# No list is longer than these roman numerals reach.
_ROMAN = {"x" * tens + ones: 10 * tens + place for tens in range(4) for place, ones in enumerate(_ONES)}


def find_marker(text: str) -> tuple[Marker | None, str]:
    """Take the marker off the beginning of `text`; a number that looks like none stays a word."""
    bullet = _bullet(text)
    rest = re.sub(r"^\[[ xX]\]\s+", "", text[len(bullet.raw) :]) if bullet else text
    marker = _enumerated(rest)
    return (marker, rest[len(marker.raw) :]) if marker else (bullet, rest)


def _bullet(text: str) -> Marker | None:
    worded = _WORD_BULLET.match(text)
    if worded:
        return Marker(worded[0], Kind.BULLET, text[0])
    sign = text[:1]
    if not sign or sign.isalnum() or sign in _NO_BULLETS or unicodedata.category(sign)[0] not in "PSC":
        return None
    tight = sign in _TIGHT_BULLETS or unicodedata.category(sign) == "Co" or (sign in "-\u2013—" and text[1:2].isalpha())
    raw = text[: len(text) - len(text[1:].lstrip())]
    return Marker(raw, Kind.BULLET, sign) if tight or len(raw) > 1 or len(text) == 1 else None


def _enumerated(text: str) -> Marker | None:
    found = _DECIMAL.match(text)
    if found:
        value = tuple(int(part) for part in found["body"].split("."))
        if value[-1] == 0:
            return Marker(found[0], Kind.NUMBER, ".", value[:1])
        return Marker(found[0], Kind.DECIMAL, "." * len(value), value)
    for pattern, shape in ((_BARE, ""), (_STEP, "named")):
        found = pattern.match(text)
        if found:
            return Marker(found[0], Kind.NUMBER, shape, (int(found["body"]),))
    found = _ENUMERATED.match(text)
    return _counted(found) if found else None


def _counted(found: re.Match[str]) -> Marker | None:
    body, shape = found["body"], found["open"] + found["close"]
    if body.isdigit():
        return Marker(found[0], Kind.NUMBER, shape, (int(body),))
    shape += "A" if body.isupper() else "a"
    if len(body) > 1:
        value = _ROMAN.get(body.lower())
        return Marker(found[0], Kind.ROMAN, shape, (value,)) if value else None
    return Marker(found[0], Kind.LETTER, shape, (ord(body.lower()) - 96,))
