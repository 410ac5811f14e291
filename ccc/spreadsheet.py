"""Reads a list of people as it was copied out of a spreadsheet, or saved as CSV; nothing here touches the database."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ccc.written_dates import as_day

MOST_ROWS = 500
MOST_CELLS = 60
# What people put where there is nothing: a dash of any length, or a word.
EMPTY = {"", "-", "\N{EN DASH}", "\N{EM DASH}", "n/a", "none"}


class Column(StrEnum):
    """What a column of a list of people can hold. The last seven are steps of joining, by the same names."""

    NAME = "name"
    FIRST_NAME = "first name"
    LAST_NAME = "last name"
    EMAIL = "email"
    PHONE = "telephone"
    APPLICATION = "application"
    INTERVIEW = "interview"
    FIRST_REFERENCE = "reference-1"
    SECOND_REFERENCE = "reference-2"
    INDUCTION = "induction"
    FIRST_REVIEW = "review-3"
    SECOND_REVIEW = "review-6"


DATES = tuple(Column)[5:]
HEADINGS: dict[str, str] = {
    Column.NAME: "name/full name/volunteer/volunteers/volunteer name/name of volunteer/person/who",
    Column.FIRST_NAME: "first name/first names/forename/forenames/given name/christian name/first",
    Column.LAST_NAME: "last name/surname/family name/second name/last",
    Column.EMAIL: "email/e mail/email address/e mail address/mail/emails/email addresses",
    Column.PHONE: "phone/telephone/tel/mobile/mob/landline/home phone/contact number/phone no/tel no/mobile no/"
    "phone number/telephone number/telephone no/mobile number/mobile phone/home telephone/cell",
    Column.APPLICATION: "application/applied/application date/date applied/date of application/application form/"
    "application received/application form received",
    Column.INTERVIEW: "interview/interviewed/interview date/date of interview/met the co ordinator",
    Column.FIRST_REFERENCE: "reference/reference 1/ref 1/ref1/first reference/1st reference/reference one/referee 1",
    Column.SECOND_REFERENCE: "reference 2/ref 2/ref2/second reference/2nd reference/reference two/referee 2",
    Column.INDUCTION: "induction/inducted/induction date/date of induction/induction training/training/started/start/"
    "start date/date started/first day/joined/date joined",
    Column.FIRST_REVIEW: "3 month review/three month review/3 months review/review 3 months/review at three months/"
    "first review/review 1",
    Column.SECOND_REVIEW: "6 month review/six month review/6 months review/review 6 months/review at six months/"
    "second review/review 2",
}
# These are about a person and are not kept with their name: the check's result belongs to two officers alone.
NOT_KEPT = re.compile(
    r"\b(dbs|crb|disclosure|certificate|barred|dob|d o b|birth|birthday|born|age|address|street|town|postcode|"
    r"post code|notes?|comments?|remarks?|health|medical|religion|ethnicity|gender|sex|next of kin|emergency)\b"
)


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of list: the headings each is known by, and headings of what must not be kept.

    A strict list needs its headings, and has no two columns for the same thing. Names are called as in `Column`.
    """

    headings: Mapping[str, str]
    not_kept: re.Pattern[str]
    example: str
    strict: bool = False

    @cached_property
    def by_heading(self) -> dict[str, str]:
        return {
            heading.casefold(): column for column, headings in self.headings.items() for heading in headings.split("/")
        }

    def named(self, heading: str) -> str | None:
        """The column that a heading names, if it is known."""
        plain = plain_words(heading)
        return self.by_heading.get(plain) or self.by_heading.get(re.sub(r" date$|^date of ", "", plain))

    def label(self, column: str) -> str:
        """What a column is called: the first of its headings."""
        return self.headings[column].partition("/")[0]

    def title(self, column: str) -> str:
        """The same, at the beginning of a line."""
        label = self.label(column)
        return label[:1].upper() + label[1:]


PEOPLE = Columns(HEADINGS, NOT_KEPT, example="Name, Email, Telephone")


class UnreadableError(Exception):
    """The text is no list of people. The message is one plain sentence for the person who pasted it."""


@dataclass(frozen=True)
class Row:
    """One line of the spreadsheet: its number there, and the cells that are kept."""

    number: int
    cells: dict[str, str]

    @property
    def name(self) -> str:
        """The name, in one cell or in two."""
        halves = (self.cells.get(Column.FIRST_NAME, ""), self.cells.get(Column.LAST_NAME, ""))
        return self.cells.get(Column.NAME) or " ".join(half for half in halves if half)


@dataclass(frozen=True)
class Sheet:
    """The people, and which columns were taken, are not kept here, or were not understood, by their headings."""

    rows: list[Row]
    taken: dict[str, str]
    not_kept: list[str]
    unknown: list[str]
    columns: Columns = PEOPLE

    def kept_text(self) -> str:
        """Write the columns that are kept as text again, so that what is not kept leaves the page at once."""
        written = io.StringIO()
        out = csv.writer(written, "excel-tab", lineterminator="\n")
        # The empty last column puts a tab into each line: a comma in a name is then never taken for a separator.
        out.writerow([*(self.columns.label(column) for column in self.taken), ""])
        out.writerows([*(row.cells.get(column, "") for column in self.taken), ""] for row in self.rows)
        return written.getvalue()


def read(text: str, kind: Columns = PEOPLE) -> Sheet:
    """Read a pasted list, with a row of headings or, where it is not strict, without. Raises UnreadableError."""
    lines = [(number, cells) for number, cells in enumerate(_cells(text), 1) if any(cells)]
    if not lines:
        raise UnreadableError("There is nothing here yet. Copy the rows in your spreadsheet, and paste them.")
    headings = lines[0][1] if _are_headings(lines[0][1], kind) else []
    people = lines[1:] if headings else lines
    if not people:
        raise UnreadableError("There are headings here, but nobody below them.")
    if len(people) > MOST_ROWS:
        raise UnreadableError(f"These are {len(people)} rows. Paste at most {MOST_ROWS} at a time.")
    columns = [kind.named(heading) for heading in headings]
    if not headings and not kind.strict:
        columns = _guessed([cells for _, cells in people])
    return _sheet(people, headings, columns, kind)


def _sheet(people: list[tuple[int, list[str]]], headings: list[str], columns: list[str | None], kind: Columns) -> Sheet:
    width = max(len(cells) for _, cells in people)
    columns = columns + [None] * (width - len(columns))
    taken = _taken(columns, headings, kind)
    if not taken.keys() & {Column.NAME, Column.FIRST_NAME, Column.LAST_NAME}:
        raise UnreadableError(
            "There is no column of names here. Put a first row above the people that says what each column holds: "
            f"{kind.example}."
        )
    left = [_heading(headings, place) for place in range(width) if not columns[place] and _is_used(people, place)]
    not_kept = [heading for heading in left if kind.not_kept.search(plain_words(heading))]
    rows = [Row(number, _kept(cells, columns)) for number, cells in people]
    return Sheet(rows, taken, not_kept, [heading for heading in left if heading not in not_kept], kind)


def _cells(text: str) -> Iterable[list[str]]:
    """Split a text into tidy cells. A quotation mark that is never closed is only a quotation mark."""
    text = unicodedata.normalize("NFC", text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    separator = _separator(text)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=separator, strict=True))
    except csv.Error:
        rows = [line.split(separator) for line in text.split("\n")]
    if any(len(row) > MOST_CELLS for row in rows):
        raise UnreadableError(f"There are more than {MOST_CELLS} columns here. Copy only those with people's details.")
    return [[_tidy(cell) for cell in row] for row in rows]


def _separator(text: str) -> str:
    """Find a tab, as spreadsheets copy; else whichever of semicolon and comma the first line has more of."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    if "\t" in text:
        return "\t"
    return ";" if first.count(";") > first.count(",") else ","


def _tidy(cell: str) -> str:
    """One blank between words, and none of the marks that cannot be seen: two names must not only look the same."""
    seen = "".join(c for c in cell if unicodedata.category(c) != "Cf")
    words = " ".join(seen.split())
    return "" if words.casefold() in EMPTY else words


def same(text: str) -> str:
    """A name as it is compared: case and the number of blanks do not count."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def plain_words(heading: str) -> str:
    """A heading, or a word from a list of words, without case and signs."""
    return " ".join(re.findall(r"[^\W_]+", heading.casefold()))


def _are_headings(cells: Sequence[str], kind: Columns) -> bool:
    """Tell whether a row names columns. One of our own headings must stand there: "Street" may be a surname."""
    about_somebody = any(re.search(r"@|[0-9]{5}", cell) or as_day(cell) for cell in cells)
    return any(kind.named(cell) for cell in cells) and not about_somebody


def _heading(headings: Sequence[str], place: int) -> str:
    said = headings[place] if place < len(headings) else ""
    return said[:60] or f"column {place + 1}"


def _taken(columns: Sequence[str | None], headings: Sequence[str], kind: Columns) -> dict[str, str]:
    """Each column that is kept, with the headings it stands under, in our order."""
    places: dict[str, list[str]] = {}
    for place, column in enumerate(columns):
        if column:
            places.setdefault(column, []).append(_heading(headings, place))
    twice = [" and ".join(f"“{heading}”" for heading in found) for found in places.values() if len(found) > 1]
    if kind.strict and twice:
        raise UnreadableError(f"These columns seem to hold the same: {twice[0]}. Leave one of them out.")
    return {column: ", ".join(places[column]) for column in kind.headings if column in places}


def _kept(cells: Sequence[str], columns: Sequence[str | None]) -> dict[str, str]:
    """Take what a row holds; of two columns for the same thing (mobile, landline), the first that is filled in."""
    kept: dict[str, str] = {}
    for cell, column in zip(cells, columns, strict=False):
        if column and cell:
            kept.setdefault(column, cell)
    return kept


def _is_used(people: Iterable[tuple[int, Sequence[str]]], place: int) -> bool:
    return any(place < len(cells) and cells[place] for _, cells in people)


def _guessed(people: Sequence[Sequence[str]]) -> list[str | None]:
    """Without headings, tell columns by what is in them. Dates stay out: which step they mean cannot be seen."""
    width = max(len(cells) for cells in people)
    columns: list[str | None] = [
        _guess([row[place] for row in people if place < len(row) and row[place]]) for place in range(width)
    ]
    names = [place for place, column in enumerate(columns) if column == Column.NAME]
    for place in names[1:]:
        columns[place] = None
    if _are_two_halves(people, names[:2]):
        columns[names[0]], columns[names[1]] = Column.FIRST_NAME, Column.LAST_NAME
    return columns


def _guess(cells: Sequence[str]) -> Column | None:
    if cells and all("@" in cell for cell in cells):
        return Column.EMAIL
    if cells and all(re.fullmatch(r"\+?[0-9 ()/-]{7,}", cell) and not as_day(cell) for cell in cells):
        return Column.PHONE
    looks_like_names = cells and all(not re.search(r"[0-9@]", cell) for cell in cells)
    return Column.NAME if looks_like_names else None


def _are_two_halves(people: Sequence[Sequence[str]], places: Sequence[int]) -> bool:
    """Tell first and last name, side by side: the first of them never holds more than one word."""
    side_by_side = len(places) == 2 and places[1] == places[0] + 1
    return side_by_side and not any(" " in cells[places[0]] for cells in people if places[0] < len(cells))
