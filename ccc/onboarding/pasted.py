"""Takes the centre's existing volunteers from a pasted list: all of them together, or nobody."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ccc import people
from ccc.audit import Event, record
from ccc.db import writing
from ccc.onboarding.dates import TITLES, Key, fault_of, record_dates
from ccc.people import Person, RefusedError
from ccc.spreadsheet import DATES, Column, Row, Sheet, same
from ccc.written_dates import as_day

LONGEST_NAME, LONGEST_PHONE = 100, 40


@dataclass(frozen=True)
class Newcomer:
    """What would be taken of one row, and what is wrong with it."""

    number: int
    name: str
    email: str
    phone: str
    dates: Mapping[Key, date]
    faults: list[str]


@dataclass(frozen=True)
class _Known:
    """Who is here already, and what stands in the list more than once. Case and blanks do not count."""

    here: Mapping[str, bool]
    emails: frozenset[str]
    names_in_list: Counter[str]
    emails_in_list: Counter[str]


def check(sheet: Sheet) -> list[Newcomer]:
    """Look through a list: each row with what would be taken, and what is wrong with it."""
    known = _known(sheet)
    return [_newcomer(row, known) for row in sheet.rows]


def take(sheet: Sheet, by: Person) -> list[Person]:
    """Add everybody in a list, with the dates of their steps.

    Raises RefusedError if anything is wrong with anybody, and adds nobody.
    """
    with writing():
        newcomers = check(sheet)
        if any(newcomer.faults for newcomer in newcomers):
            raise RefusedError("Something in the list needs a look first. Nobody was added.")
        added = [_add(newcomer, by) for newcomer in newcomers]
        record(Event.PEOPLE_PASTED, by.id, "centre:1", count=len(added))
    return added


def _add(newcomer: Newcomer, by: Person) -> Person:
    person = people.add(newcomer.name, newcomer.email, newcomer.phone, by)
    record_dates(person, newcomer.dates, by)
    return person


def _known(sheet: Sheet) -> _Known:
    """Read who is here once, whatever the length of the list."""
    rows = list(Person.select(Person.name, Person.email, Person.left_on))
    return _Known(
        here={same(row.name): row.left_on is None for row in rows},
        emails=frozenset(same(row.email) for row in rows if row.email and not row.left_on),
        names_in_list=Counter(same(row.name) for row in sheet.rows),
        emails_in_list=Counter(same(row.cells.get(Column.EMAIL, "")) for row in sheet.rows),
    )


def _newcomer(row: Row, known: _Known) -> Newcomer:
    email, phone = row.cells.get(Column.EMAIL, ""), row.cells.get(Column.PHONE, "")
    written = {Key(column): row.cells[column] for column in DATES if column in row.cells}
    days = {key: as_day(text) for key, text in written.items()}
    faults = [*_name_faults(row.name, known), *_contact_faults(email, phone, known), *_date_faults(written, days)]
    return Newcomer(row.number, row.name, email, phone, {key: day for key, day in days.items() if day}, faults)


def _name_faults(name: str, known: _Known) -> list[str]:
    found = same(name)
    if not any(letter.isalpha() for letter in name):
        return ["There is no name."]
    if len(name) > LONGEST_NAME:
        return [f"The name has more than {LONGEST_NAME} letters."]
    if known.names_in_list[found] > 1:
        return ["This name stands in the list twice. If they are two people, add what tells them apart."]
    if found in known.here:
        return [_already(is_here=known.here[found])]
    return []


def _already(*, is_here: bool) -> str:
    if is_here:
        return "Somebody of this name is here already. If this is another person, add what tells them apart."
    return "Somebody of this name has left. If they are back, find them in the list of those who left."


def _contact_faults(email: str, phone: str, known: _Known) -> list[str]:
    faults = []
    if email and not people.looks_like_email(email):
        faults.append("The email address does not look like one.")
    elif email and (known.emails_in_list[same(email)] > 1 or same(email) in known.emails):
        faults.append(
            "Somebody else has this email address. Leave it empty for one of them: a sign-in name does as well."
        )
    if len(phone) > LONGEST_PHONE:
        faults.append(f"The telephone number has more than {LONGEST_PHONE} letters.")
    return faults


def _date_faults(written: Mapping[Key, str], days: Mapping[Key, date | None]) -> list[str]:
    faults = []
    for key, day in days.items():
        wrong = (
            fault_of(day) if day else f"“{written[key][:40]}” is not a date that we understand. Write it like 4/3/2024."
        )
        if wrong:
            faults.append(f"{TITLES[key]}: {wrong}")
    return faults
