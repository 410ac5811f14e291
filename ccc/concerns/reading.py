"""What officers do with a worry: read it, write down what they did, end it, and open one with the recovery sheet."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from nacl.public import PrivateKey, SealedBox

from ccc import clock, officers_vault, people, recovery_sheet, vault
from ccc.audit import Event, record
from ccc.concerns.raising import A_DAY, known_to, put_in
from ccc.concerns.records import Concern, ConcernEntry, ConcernEntryApart, ref
from ccc.concerns.told import Told, pack, unpack
from ccc.db import while_unchanged, writing
from ccc.people import Person, RefusedError
from ccc.recovery_sheet import WrongGroupError
from ccc.roles import OFFICERS
from ccc.signin.sign_ins import SignedIn

MEANWHILE = "Something was written down here meanwhile. Look at it; if yours is something else, send it again."
LOST = "The worry itself cannot be opened, so nothing was written down."
FUTURE = "This day has not come yet."


class Entry(NamedTuple):
    """One entry of an opened worry; None for what was sealed to a key that is lost."""

    number: int
    at: datetime
    by: str
    told: Told | None


def find(key: str, officer: Person) -> Concern | None:
    """The worry at an address, if this officer may know of it."""
    return next((one for one in known_to(officer) if one.key == key), None)


def raised(officer: Person) -> list[Concern]:
    """Every worry that an officer may know of, newest first, each with the person who raised it."""
    named = known_to(officer).select(Concern, Person).join(Person, on=Concern.raised_by)
    return list(named.order_by(Concern.id.desc()))


@while_unchanged
def count_waiting(officer: Person) -> tuple[int, int]:
    """How many worries an officer has to read, and how many more are not dealt with. The vault stays closed."""
    to_do = list(known_to(officer).where(Concern.ended_at.is_null()))
    unread = sum(one.read_at is None and one.raised_by_id != officer.id for one in to_do)
    return unread, len(to_do) - unread


def may_lie_in_safe(officer: Person) -> bool:
    """Whether the sheet may open a worry for an officer who came after it was raised, and nobody in office reads it.

    An officer of that moment is never told: it may be about them, and about whom it is does not stand in the open.
    """
    gone = Concern.only_for.is_null() | Concern.only_for.not_in(people.holders(OFFICERS))
    apart = Concern.select().join(ConcernEntryApart).where(ConcernEntryApart.for_sheet.is_null(is_null=False))
    left = apart.where(Concern.ended_at.is_null(), gone)
    return not all(_was_officer(officer, worry.created_at) for worry in left)


def look_into(concern: Concern, who: SignedIn) -> list[Entry]:
    """Open a worry. That it was read is written down, and its raiser is told so. Raises LockedError."""
    entries = _opened(concern, who)
    with writing():
        record(Event.CONCERN_READ, who.person.id, ref(concern))
        if entries[0].told and concern.raised_by_id != who.person.id:
            first = Concern.update(read_at=clock.now(), read_by=who.person.id)
            first.where(Concern.id == concern.id, Concern.read_at.is_null()).execute()
        if concern.is_apart:
            _seal_to_newer_sheet(concern, entries)
    return entries


def write_down(concern: Concern, told: Told, who: SignedIn, seen: int, *, ends: bool) -> None:
    """Add what an officer did about a worry, and when; with `ends` it is dealt with.

    Raises RefusedError for a day to come, and where more was written down than the entries that were `seen`.
    """
    if told.on and told.on > clock.today():
        raise RefusedError(FUTURE)
    with writing():
        entries = _opened(concern, who)
        first = entries[0].told
        if first is None:
            raise RefusedError(LOST)
        if len(entries) != seen:
            raise RefusedError(MEANWHILE)
        put_in(concern, Told(told.text, told.on, told.passed_on, first.about), who.person, apart=concern.is_apart)
        record(Event.CONCERN_ADDED_TO, who.person.id, ref(concern))
        ended = Concern.update(ended_at=clock.now(), ended_by=who.person.id)
        if ends and ended.where(Concern.id == concern.id, Concern.ended_at.is_null()).execute():
            record(Event.CONCERN_ENDED, who.person.id, ref(concern))


def open_with_sheet(typed: str, who: SignedIn) -> int:
    """Take over the worries about an officer that the sheet opens and nobody in office can read; return how many.

    Whoever such a worry is about gets the same answer as if there were none. Raises RefusedError for a slip.
    """
    try:
        sheet = vault.opener_of(recovery_sheet.key_of(recovery_sheet.read(typed)))
    except WrongGroupError as error:
        raise RefusedError(str(error)) from error
    with writing():
        taken = set()
        for row, text in _left_behind(sheet, who.person):
            sealed = vault.seal_to(who.public_key, text)
            ConcernEntryApart.update(sealed=sealed).where(ConcernEntryApart.id == row.id).execute()
            taken.add(row.concern_id)
        Concern.update(only_for=who.person.id).where(Concern.id.in_(taken)).execute()
        for number in taken:
            record(Event.VAULT_OPENED_WITH_SHEET, who.person.id, ref(number))
    return len(taken)


def _seal_to_newer_sheet(concern: Concern, entries: list[Entry]) -> None:
    """Let a sheet that was printed since open what lies apart: only somebody who can read it can see to that."""
    sheet = officers_vault.sheet()
    for entry in entries:
        if sheet and entry.told and sheet.created_at > entry.at:
            sealed = vault.seal_to(sheet.vault_public, pack(entry.told, concern.id))
            ConcernEntryApart.update(for_sheet=sealed).where(ConcernEntryApart.id == entry.number).execute()


def _was_officer(person: Person, at: datetime) -> bool:
    """Tell whether somebody was an officer. One that is ended at once has the day before for its last."""
    day = clock.local(at).date()
    held = (one for one in people.appointments(person) if one.role in OFFICERS and one.confirmed_at)
    return any(one.confirmed_at <= at and one.starts <= day and day - A_DAY <= (one.ends or day) for one in held)


def _left_behind(sheet: "SealedBox[PrivateKey]", officer: Person) -> Iterator[tuple[ConcernEntryApart, str]]:
    served = {other.id for other in people.holders(OFFICERS)} - {officer.id}
    for row in list(ConcernEntryApart.select(ConcernEntryApart, Concern).join(Concern)):
        text = vault.open_with(sheet, row.for_sheet) if row.for_sheet else None
        told = unpack(text, row.concern_id)
        if text and told and officer.id not in told.about and row.concern.only_for_id not in served:
            yield row, text


def _opened(concern: Concern, who: SignedIn) -> list[Entry]:
    """Open every entry: with the vault's key, or what lies apart with the officer's own."""
    table, key = ConcernEntryApart, who.private_key()
    if not concern.is_apart:
        opened = officers_vault.open_for(who)
        officers_vault.insist_on_current(opened)
        table, key = ConcernEntry, opened.private
    opener = vault.opener_of(key)
    rows = table.select(table, Person).join(Person, on=table.by).where(table.concern == concern).order_by(table.id)
    opening = ((row, row.sealed and vault.open_with(opener, row.sealed)) for row in rows)
    return [Entry(row.id, row.created_at, row.by.name, unpack(text, concern.id)) for row, text in opening]
