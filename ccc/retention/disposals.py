"""A disposal: proposed by one person, approved by an officer who is somebody else, and certified without a name."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from peewee import ModelSelect, fn

from ccc import clock, concerns, families, kinds, people
from ccc.audit import Event, record
from ccc.concerns.records import Concern
from ccc.db import writing
from ccc.disclosures.words import UNVERIFIED, VERIFIED
from ccc.people import Person, RefusedError
from ccc.retention.due import due, held, would_stay
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


class Early(NamedTuple):
    """Why a record goes before its time: somebody asked for it on a day, and how we know that it was them."""

    last_use: date | None
    how: str
    asked_on: date


def propose(kind: str, numbers: Collection[int], by: Person) -> Disposal:
    """Propose that records go which are due."""
    if not 0 < len(numbers) <= MOST:
        raise RefusedError(f"Choose at least one, and at most {MOST}.")
    with writing():
        if not set(numbers) <= open_to(by, kind, due(kind)):
            raise RefusedError(SELDOM)
        return _propose(kind, numbers, by, None)


def propose_early(kind: str, number: int, how: str, on: date, by: Person) -> Disposal:
    """Propose that a record goes before its time, because somebody whom it is about asked for it (UK GDPR, art. 17).

    `how` says as a code how we know that it was them who asked, and `on` is the day on which they did.
    """
    if how not in VERIFIED.keys() - {UNVERIFIED}:
        raise RefusedError("First make sure that it is them who ask.")
    if on > clock.today():
        raise RefusedError("The day on which they asked lies in the future.")
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
        return _propose(kind, [number], by, f"{how}:{on}")


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
        if not approvable(by, [fresh]):
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


def early(disposal: Disposal) -> Early | None:
    """Why a disposal goes before its time, if it does. Such a one holds one record alone."""
    item = DisposalItem.get_or_none(DisposalItem.disposal == disposal, DisposalItem.early.is_null(is_null=False))
    if item is None:
        return None
    how, _, asked_on = item.early.partition(":")
    return Early(kinds.last_use(item.kind, item.record), VERIFIED[how], date.fromisoformat(asked_on))


def contents(disposal: Disposal) -> dict[str, set[int]]:
    """The numbers of the records in a disposal, by kind."""
    found: dict[str, set[int]] = {}
    for item in DisposalItem.select().where(DisposalItem.disposal == disposal):
        found.setdefault(item.kind, set()).add(item.record)
    return found


def tallies(disposal: Disposal) -> list[Tally]:
    """What goes, and what would stay as things stand now, in figures; of what is done, what went."""
    found = []
    items = list(DisposalItem.select().where(DisposalItem.disposal == disposal).order_by(DisposalItem.id))
    for kind in dict.fromkeys(item.kind for item in items):
        mine = [item for item in items if item.kind == kind]
        stays = {item.id: item.kept_why for item in mine if item.kept_why} | would_stay(kind, mine)
        rows = kinds.count(kind, (item.record for item in mine if not item.done_at and item.id not in stays))
        for item in mine:
            for words, count in json.loads(item.figures or "{}").items():
                rows[words] = rows.get(words, 0) + count
        kept = list(stays.values())
        why = {code: kept.count(code) for code in dict.fromkeys(kept)}
        found.append(Tally(kind, len(mine) - len(kept), {words: n for words, n in rows.items() if n}, why))
    return found


def went_since(day: date) -> dict[str, int]:
    """How many records of each kind went from a day on. Of worries, not even the number is told."""
    went = DisposalItem.kept_why.is_null() & (fn.DATE(DisposalItem.done_at) >= str(day))
    told = DisposalItem.select(DisposalItem.kind, fn.COUNT(DisposalItem.id)).where(DisposalItem.kind != kinds.CONCERN)
    return dict(told.where(went).group_by(DisposalItem.kind).order_by(DisposalItem.kind).tuples())


def find(key: str, to: Person) -> Disposal | None:
    """The disposal at an address, if this person may know of it."""
    return next((one for one in _visible_to(to) if one.key == key), None)


def newest(to: Person) -> list[Disposal]:
    """The newest disposals of which this person may know."""
    return list(_visible_to(to).order_by(Disposal.id.desc()).limit(NEWEST))


def open_ones(to: Person) -> list[Disposal]:
    """Those of them that wait for an officer, oldest first."""
    waits = Disposal.approved_at.is_null() & Disposal.withdrawn_at.is_null()
    return list(_visible_to(to).where(waits).order_by(Disposal.id))


def approvable(officer: Person, disposals: Iterable[Disposal]) -> list[Disposal]:
    """Those that an officer may approve: proposed by somebody else, and with nothing in it that is hidden from them."""
    others = [one for one in disposals if one.proposed_by_id != officer.id]
    items = list(DisposalItem.select().where(DisposalItem.disposal.in_(others)))
    hidden = {kind: hidden_from(officer, kind) for kind in {item.kind for item in items}}
    barred = {item.disposal_id for item in items if item.record in hidden[item.kind]}
    return [one for one in others if one.id not in barred]


def is_stuck(disposal: Disposal) -> bool:
    """Whether no officer of today may approve this."""
    return not any(approvable(officer, [disposal]) for officer in people.holders(OFFICERS))


def office_of(person: int | None, on: date) -> str:
    """The office in which somebody acted on a day, for a certificate that names nobody."""
    held_then = (role for role in OFFICES if people.in_office(role, on).where(Person.id == person).exists())
    return str(next(held_then, Role.VOLUNTEER))


def hidden_from(person: Person, kind: str) -> frozenset[int]:
    """The records of a kind that somebody must not learn of: families that they know, and concerns about them."""
    if kind == kinds.CONCERN:
        known = concerns.known_to(person).select(Concern.id)
        others = Concern.select(Concern.id).where(Concern.id.not_in(known))
        # Once nobody is left whom it can be about, both officers of that day see to it.
        return frozenset(number for (number,) in others.tuples()) & kinds.needed(kind)
    return families.hidden_from(person) if kind == kinds.FAMILY else frozenset()


def known_to(person: Person, kind: str, numbers: Iterable[int]) -> set[int]:
    """Which of these records somebody may learn of."""
    is_told = kind != kinds.CONCERN or people.roles_of(person) & OFFICERS
    return set(numbers) - hidden_from(person, kind) if is_told else set()


def open_to(by: Person, kind: str, numbers: Iterable[int]) -> set[int]:
    """Which of these are somebody's to propose. An officer proposes concerns, and what no co-ordinator may see."""
    found = known_to(by, kind, numbers)
    if kind != kinds.CONCERN and Role.COORDINATOR not in people.roles_of(by):
        for other in people.in_office(Role.COORDINATOR):
            found &= hidden_from(other, kind)
    return found


def _visible_to(person: Person) -> ModelSelect:
    """The disposals without those of concerns, of which an officer sees those that are not hidden from them."""
    hidden = DisposalItem.select().where(DisposalItem.disposal == Disposal.id, DisposalItem.kind == kinds.CONCERN)
    if people.roles_of(person) & OFFICERS:
        hidden = hidden.where(DisposalItem.record.in_(hidden_from(person, kinds.CONCERN)))
    return Disposal.select().where(~fn.EXISTS(hidden))


def _propose(kind: str, numbers: Iterable[int], by: Person, early: str | None) -> Disposal:
    disposal = Disposal.create(proposed_by=by)
    for number in sorted(set(numbers)):
        if early and _is_listed(kind, number):
            raise RefusedError("This is proposed already.")
        DisposalItem.create(disposal=disposal, kind=kind, record=number, early=early)
    record(Event.DISPOSAL_PROPOSED, by.id, ref(disposal), count=len(set(numbers)), early=early)
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
