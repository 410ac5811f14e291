"""A disposal: proposed by one person, approved by an officer who is somebody else, and certified without a name."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from peewee import fn

from ccc import clock, families, kinds, people
from ccc.audit import Event, record
from ccc.concerns.records import Concern
from ccc.db import writing
from ccc.people import Person, RefusedError
from ccc.retention.due import due, held
from ccc.retention.records import Disposal, DisposalItem, ref
from ccc.roles import OFFICERS, OFFICES, Role

MOST, NEWEST = 1_000, 25
SELDOM = "Look at the list again: something in it has changed."


class Tally(NamedTuple):
    """One kind in a disposal: how many records, how many rows of each part, and why how many stayed after all."""

    kind: str
    records: int
    rows: dict[str, int]
    kept: dict[str, int]


def propose(kind: str, numbers: Collection[int], by: Person) -> Disposal:
    """Propose that records go which are due."""
    if not 0 < len(numbers) <= MOST:
        raise RefusedError(f"Choose at least one, and at most {MOST}.")
    with writing():
        if not set(numbers) <= due(kind).keys() - hidden_from(by, kind):
            raise RefusedError(SELDOM)
        return _propose(kind, numbers, by, None)


def propose_early(kind: str, number: int, by: Person) -> Disposal:
    """Propose that a record goes before its time, because somebody whom it is about asked for it (UK GDPR, art. 17)."""
    with writing():
        if number in held(kind):
            raise RefusedError("This is on hold. While the reason for it lasts, it is kept.")
        if number in kinds.needed(kind):
            raise RefusedError("This is still needed here. End that first.")
        day = kinds.last_use(kind, number)
        if day is None or number in hidden_from(by, kind):
            raise RefusedError("There is no such record, or it is gone already.")
        if day > clock.today():
            raise RefusedError("Something is booked for days to come. Cancel that first.")
        return _propose(kind, [number], by, "asked")


def withdraw(disposal: Disposal, by: Person) -> None:
    """Take a proposal back, or turn it down: nothing goes."""
    with writing():
        _open(disposal)
        Disposal.update(withdrawn_at=clock.now()).where(Disposal.id == disposal.id).execute()
        record(Event.DISPOSAL_WITHDRAWN, by.id, ref(disposal))


def approve(disposal: Disposal, by: Person) -> None:
    """Approve what somebody else proposed. From here on it is carried out, whatever happens in between."""
    with writing():
        fresh = _open(disposal)
        if fresh.proposed_by_id == by.id:
            raise RefusedError("You proposed this yourself. The other officer approves it, or turns it down.")
        if not people.roles_of(by) & OFFICERS:
            raise RefusedError("Only an officer approves this.")
        if any(hidden_from(by, kind) & numbers for kind, numbers in contents(fresh).items()):
            raise RefusedError("The other officer has to see to this.")
        Disposal.update(approved_by=by, approved_at=clock.now()).where(Disposal.id == disposal.id).execute()
        record(Event.DISPOSAL_APPROVED, by.id, ref(disposal))


def note_shredded(disposal: Disposal, on: date, by: Person) -> None:
    """Note when the paper files were shredded as well, and by whom."""
    with writing():
        fresh = Disposal.get_by_id(disposal.id)
        if not fresh.done_at:
            raise RefusedError("This is not done yet.")
        if fresh.shredded_on:
            raise RefusedError("This is noted already.")
        if not clock.local(fresh.approved_at).date() <= on <= clock.today():
            raise RefusedError("The day lies between the approval and today.")
        Disposal.update(shredded_on=on, shredded_by=by).where(Disposal.id == fresh.id).execute()
        record(Event.PAPER_SHREDDED, by.id, ref(fresh), on=on)


def contents(disposal: Disposal) -> dict[str, set[int]]:
    """The numbers of the records in a disposal, by kind."""
    found: dict[str, set[int]] = {}
    for item in DisposalItem.select().where(DisposalItem.disposal == disposal):
        found.setdefault(item.kind, set()).add(item.record)
    return found


def tallies(disposal: Disposal) -> list[Tally]:
    """What goes, in figures; of what is done, what went."""
    found = []
    items = list(DisposalItem.select().where(DisposalItem.disposal == disposal).order_by(DisposalItem.id))
    for kind in dict.fromkeys(item.kind for item in items):
        mine = [item for item in items if item.kind == kind]
        rows = kinds.count(kind, (item.record for item in mine if not item.done_at))
        for item in mine:
            for words, count in json.loads(item.figures or "{}").items():
                rows[words] = rows.get(words, 0) + count
        kept = [item.kept_why for item in mine if item.kept_why]
        why = {code: kept.count(code) for code in dict.fromkeys(kept)}
        found.append(Tally(kind, len(mine) - len(kept), {words: n for words, n in rows.items() if n}, why))
    return found


def newest(shown: Collection[str]) -> list[Disposal]:
    """The newest disposals without those that hold a kind of which whoever asks does not know."""
    other = DisposalItem.select().where(DisposalItem.disposal == Disposal.id, DisposalItem.kind.not_in(list(shown)))
    return list(Disposal.select().where(~fn.EXISTS(other)).order_by(Disposal.id.desc()).limit(NEWEST))


def open_ones() -> list[Disposal]:
    """The disposals that wait for an officer, oldest first."""
    waits = Disposal.approved_at.is_null() & Disposal.withdrawn_at.is_null()
    return list(Disposal.select().where(waits).order_by(Disposal.id))


def office_of(person: int | None, on: date) -> str:
    """The office in which somebody acted on a day, for a certificate that names nobody."""
    held_then = (role for role in OFFICES if people.in_office(role, on).where(Person.id == person).exists())
    return str(next(held_then, Role.VOLUNTEER))


def hidden_from(person: Person, kind: str) -> frozenset[int]:
    """The records of a kind that somebody must not learn of: families that they know, and concerns about them."""
    if kind == kinds.CONCERN:
        apart = Concern.select(Concern.id).where(Concern.only_for.is_null(is_null=False), Concern.only_for != person)
        return frozenset(number for (number,) in apart.tuples()) & kinds.needed(kind)
    return families.hidden_from(person) if kind == kinds.FAMILY else frozenset()


def _propose(kind: str, numbers: Iterable[int], by: Person, early: str | None) -> Disposal:
    disposal = Disposal.create(proposed_by=by)
    for number in sorted(set(numbers)):
        if early and _is_listed(kind, number):
            raise RefusedError("This is proposed already.")
        DisposalItem.create(disposal=disposal, kind=kind, record=number, early=early)
    record(Event.DISPOSAL_PROPOSED, by.id, ref(disposal), count=len(set(numbers)))
    return disposal


def _is_listed(kind: str, number: int) -> bool:
    listed = DisposalItem.select().join(Disposal).where(Disposal.withdrawn_at.is_null(), DisposalItem.done_at.is_null())
    return bool(listed.where(DisposalItem.kind == kind, DisposalItem.record == number).exists())


def _open(disposal: Disposal) -> Disposal:
    fresh: Disposal = Disposal.get_by_id(disposal.id)
    if fresh.withdrawn_at:
        raise RefusedError("This proposal was withdrawn.")
    if fresh.approved_at:
        raise RefusedError("This was approved already.")
    return fresh
