"""Takes the checks that a centre has in a list of its own: all of them together, or none."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from ccc import clock, people
from ccc.audit import Event, record
from ccc.clock import months_later
from ccc.db import writing
from ccc.dbs.check import Check, Decision, day_fault, number_fault
from ccc.dbs.checks import OWN, put_in, with_records
from ccc.dbs.pasted_columns import CHECKS, DAYS, MEANINGS, NO, NOT_YET, YES, Column
from ccc.dbs.rules import rules
from ccc.officers_vault import Opened
from ccc.people import ONE_DAY, Person, RefusedError
from ccc.roles import OFFICERS
from ccc.spreadsheet import Row, Sheet, plain_words, same
from ccc.written_dates import as_day

AS_TEXT = (
    "The spreadsheet has turned this number into another form, and its last figures may be lost. Choose the column, "
    "set its format to Text, and type the number in again from the certificate."
)
FORMULA = "This is a formula. Copy the column in your spreadsheet, and paste it over itself as values only."
NO_NAME = "There is no name. In cells that were merged only the first has it: undo that, and fill each in."
NO_CONTENT = (
    "Write “may serve”, “may not serve” or “not yet”. Nothing else is kept, and so it is not taken: least of all what "
    "stands on a certificate."
)


@dataclass
class PastedCheck:
    """One row: what would be taken, what is wrong, and what is left out of it. Nothing is taken without a check.

    `short` is a number whose noughts are lost; it is taken with them once somebody agreed to that.
    """

    row: Row
    person: Person | None = None
    check: Check | None = None
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    short: str = ""
    is_own: bool = False


@dataclass(frozen=True)
class _Known:
    """Who is here, for whom something is recorded, and what stands in the list more than once."""

    opened: Opened
    here: Mapping[str, list[Person]]
    left: frozenset[str]
    recorded: frozenset[int]
    officers: Mapping[str, int]
    names: Counter[str]
    numbers: Counter[str]
    months: int


def check_rows(sheet: Sheet, opened: Opened) -> list[PastedCheck]:
    """Look through a list: each row with what would be taken, and what is wrong with it."""
    known = _known(sheet, opened)
    return [_row(row, known) for row in sheet.rows]


def kept_text(sheet: Sheet, rows: Collection[PastedCheck]) -> str:
    """The list without what is not kept and without one's own row, to be sent again."""
    return replace(sheet, rows=[one.row for one in rows if not one.is_own]).kept_text()


def take(sheet: Sheet, opened: Opened, agreed: Collection[str]) -> int:
    """Take every check of a list; return how many. `agreed` holds the short numbers to be taken with their noughts.

    Raises RefusedError if anything is wrong with any, and takes none.
    """
    with writing():
        rows = check_rows(sheet, opened)
        if any(one.faults for one in rows):
            raise RefusedError("Something in the list needs a look first. Nothing was taken.")
        if asked := [str(one.row.number) for one in rows if one.short and one.short not in agreed]:
            raise RefusedError(f"Tick the number with its noughts in row {', '.join(asked)}. Nothing was taken yet.")
        taken = [(one.person, one.check) for one in rows if one.person and one.check]
        for person, check in taken:
            put_in(person, opened, check)
        record(Event.DBS_PASTED, opened.by.id, "centre:1", count=len(taken))
    return len(taken)


def _known(sheet: Sheet, opened: Opened) -> _Known:
    """Read who is here once, whatever the length of the list."""
    here: dict[str, list[Person]] = {}
    everybody = list(Person.select(Person.id, Person.created_at, Person.name, Person.left_on))
    for person in everybody:
        if person.left_on is None:
            here.setdefault(same(person.name), []).append(person)
    return _Known(
        opened=opened,
        here=here,
        left=frozenset(same(person.name) for person in everybody if person.left_on),
        recorded=frozenset(with_records(opened)),
        officers={same(officer.name): officer.id for officer in people.holders(OFFICERS)},
        names=Counter(same(row.name) for row in sheet.rows),
        numbers=Counter(_figures(row.cells.get(Column.NUMBER, "")).zfill(12) for row in sheet.rows),
        months=rules().recheck_months,
    )


def _row(row: Row, known: _Known) -> PastedCheck:
    found = PastedCheck(row)
    found.person = _person(found, known)
    if found.person and found.person.id == known.opened.by.id:
        return PastedCheck(Row(row.number, {Column.NAME: row.name}), found.person, notes=[OWN], is_own=True)
    read = _cells(found)
    read[Column.CONSENT] = _consent(found, read.get(Column.CONSENT))
    found.check = Check(**read, number=_number(found, known), seen_by=_seen_by(found, known))
    found.faults += _order_faults(found.check)
    _settle(found, found.check, known)
    return found


def _person(found: PastedCheck, known: _Known) -> Person | None:
    """The one person on the list whom a row means."""
    name = same(found.row.name)
    here = known.here.get(name, [])
    if not any(letter.isalpha() for letter in name):
        found.faults.append(NO_NAME)
    elif name.startswith(("=", "+", "-", "@")):
        found.faults.append(f"Name: {FORMULA}")
    elif known.names[name] > 1:
        found.faults.append("This name stands in the list twice. Leave one row for each person.")
    elif len(here) > 1:
        found.faults.append("There are several people of this name here. Record these by hand, on their own pages.")
    elif not here:
        found.faults.append(
            "This person has left."
            if name in known.left
            else "Nobody of this name is here. Add them, or mend the name."
        )
    elif here[0].id in known.recorded:
        found.faults.append("Something is recorded for this person already. Take the row out.")
    return here[0] if len(here) == 1 else None


def _cells(found: PastedCheck) -> dict[str, Any]:
    """What the cells say whose words or days are all there is to them."""
    read: dict[str, Any] = {}
    for column, text in list(found.row.cells.items()):
        if column in (Column.NAME, Column.FIRST_NAME, Column.LAST_NAME):
            continue
        if text.startswith(("=", "+", "-", "@")):
            _fault(found, column, FORMULA)
        elif column in DAYS:
            read[column] = _day(found, Column(column), text)
        elif column in MEANINGS:
            read[column] = _meaning(found, Column(column), text)
    return read


def _day(found: PastedCheck, column: Column, text: str) -> date | None:
    day = as_day(text)
    # A recheck may lie in the future; whether it makes sense is seen beside the other days.
    wrong = (
        day_fault(day if column != Column.RECHECK else min(day, clock.today()), clock.today())
        if day
        else (f"“{text[:40]}” is not a date that we understand. Write it like 4/3/2024.")
    )
    if wrong:
        _fault(found, column, wrong)
    return None if wrong else day


def _meaning(found: PastedCheck, column: Column, text: str) -> StrEnum | None:
    known, said = MEANINGS[column], plain_words(text)
    if said in known:
        return known[said]
    if column != Column.DECISION:
        words = ", ".join(dict.fromkeys(known.values()))
        _fault(found, column, f"“{text[:40]}” is not one that we know. Write one of these: {words}.")
    elif said not in NOT_YET:
        _fault(found, column, NO_CONTENT)
        found.row = Row(found.row.number, {key: cell for key, cell in found.row.cells.items() if key != column})
    return None


def _figures(text: str) -> str:
    """A number without what people put between its figures, and without a spreadsheet's mark for a text."""
    return re.sub(r"[ '’-]", "", text)


def _number(found: PastedCheck, known: _Known) -> str:
    text = found.row.cells.get(Column.NUMBER, "")
    figures = _figures(text)
    if not text or text.startswith(("=", "+", "-", "@")):
        return ""
    if re.fullmatch("[0-9]{1,11}", figures):
        found.short, figures = figures, figures.zfill(12)
    if re.fullmatch(r"[0-9]*[.,][0-9.,]*(e\+?[0-9]+)?|[0-9]+e\+?[0-9]+", figures, re.IGNORECASE):
        _fault(found, Column.NUMBER, AS_TEXT)
    elif wrong := number_fault(figures):
        _fault(found, Column.NUMBER, wrong)
    elif known.numbers[figures] > 1:
        _fault(found, Column.NUMBER, "This number stands in the list twice.")
    return figures


def _seen_by(found: PastedCheck, known: _Known) -> int | None:
    """The officer who saw the original. Anybody else stays out, and so does who only types it in."""
    cells = found.row.cells
    officer = known.officers.get(same(cells.get(Column.SEEN_BY, "")))
    seen_by = officer if found.person is None or officer != found.person.id else None
    if seen_by is None and Column.SEEN in cells:
        found.notes.append("Who saw the original is left open: that is kept for the two officers of today only.")
    return seen_by


def _consent(found: PastedCheck, day: date | None) -> date | None:
    """The day on which somebody agreed to the Update Service. A mere yes has no day, and none is made up."""
    text = found.row.cells.get(Column.UPDATE_SERVICE, "")
    said = plain_words(text)
    if not text or text.startswith(("=", "+", "-", "@")):
        return day
    if said in YES and day is None:
        found.notes.append("Update Service: left out, as the day on which they agreed is missing.")
    if said in YES | NO:
        return day if said in YES else None
    return _day(found, Column.UPDATE_SERVICE, text)


def _order_faults(check: Check) -> list[str]:
    """What is wrong with days that are each right, but run backwards."""
    issued, seen, decided, due = check.issued_on, check.seen_on, check.decided_on, check.recheck_due
    pairs = (
        (issued, seen, "The original cannot have been seen before it was issued."),
        (seen, decided, "The decision cannot lie before the day on which the original was seen."),
        (decided and decided + ONE_DAY, due, "The recheck cannot be due before the decision."),
        (issued and issued + ONE_DAY, due, "The recheck cannot be due before the certificate was issued."),
    )
    return [said for first, then, said in pairs if first and then and then < first]


def _settle(found: PastedCheck, check: Check, known: _Known) -> None:
    """Make up what follows from the rest: whether the decision can be taken, and when the recheck is due."""
    if found.faults:
        return
    if check == Check():
        found.check = None
        found.notes.append("There is nothing in this row to take.")
    elif check.decision in (Decision.MAY_NOT, Decision.ELSEWHERE) and check.decided_on is None:
        _fault(found, Column.DECIDED, "Write the day of this decision.")
    elif check.decision == Decision.MAY:
        found.check = _cleared(found, check, known)
    else:
        found.check = replace(check, recheck_due=None, decided_on=check.decided_on if check.decision else None)


def _cleared(found: PastedCheck, check: Check, known: _Known) -> Check:
    """A check with *may serve*: as with one that is typed in, only with all that has to be there before."""
    needed = (Column.NUMBER, Column.ISSUED, Column.SEEN, Column.DECIDED)
    missing = [CHECKS.label(column) for column in needed if not getattr(check, column)]
    if missing or check.decided_on is None:
        found.notes.append(f"Taken without the decision: {', '.join(missing)} is missing.")
        return replace(check, decision=None, decided_on=None, recheck_due=None)
    latest = months_later(check.decided_on, known.months)
    if check.recheck_due and check.recheck_due > latest:
        found.notes.append(f"The recheck is due sooner: the centre rechecks after {known.months} months at the latest.")
    due = min(check.recheck_due or latest, latest)
    if due < clock.today():
        found.notes.append("The recheck is overdue. Once the centre's days of grace are over, they are not cleared.")
    return replace(check, recheck_due=due)


def _fault(found: PastedCheck, column: str, wrong: str) -> None:
    found.faults.append(f"{CHECKS.title(column)}: {wrong}")
