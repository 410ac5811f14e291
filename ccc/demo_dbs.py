"""The DBS checks of the invented centre: its vault, which both officers open, and checks at many stages."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from itertools import cycle
from typing import Any, NamedTuple

from ccc import clock, dbs, officers_vault, people, vault
from ccc.clock import months_later
from ccc.dbs import Asked, Certificate, Check, DbsCheck, Decision, Level, Look, Position, Result, Verdict, Workforce
from ccc.officers_vault import Opened
from ccc.officers_vault.records import grants_of
from ccc.people import Person, RefusedError
from ccc.roles import OFFICERS, Role
from ccc.signin.accounts import Account

# How far a check has come, in turn: of those who join, and of those who serve, with the days until their recheck.
JOINING = ("decide", "see", "start", "elsewhere", "refused")
SERVING = {"cleared": 210, "due in 7": 5, "look": 400, "overdue": -12, "renewal": 20, "due in 30": 24}
Story = Iterator[tuple[date, Callable[[], object]]]


class Officer(NamedTuple):
    """One of the two, with the private key that the password opens."""

    account: Account
    private: bytes


def open_vault(chair: Officer, safeguarding: Officer) -> dict[int, Opened]:
    """Make the vault, give both officers access, and set the levels; by the person, the vault as they open it."""
    officers_vault.make(chair.account)
    return _opened_by_both(chair, safeguarding)


def keep(chair: Officer, safeguarding: Officer) -> None:
    """After new passwords nobody opens the vault any more: begin it and the checks anew, if they are as they were."""
    officers = chair, safeguarding
    held = all(people.roles_of(officer.account.person) & OFFICERS for officer in officers)
    with suppress(RefusedError):
        if held:
            officers_vault.begin_anew(chair.account)
            DbsCheck.delete().execute()
            dbs.begin_missing()
            opened = _opened_by_both(chair, safeguarding)
            everybody = list(Person.select().where(Person.left_on.is_null()).order_by(Person.id))
            cleared = [person for person in everybody if dbs.newest_clearance(person)]
            for _, act in stories(opened, [p for p in everybody if p not in cleared], cleared):
                act()


def stories(opened: dict[int, Opened], joining: list[Person], serving: list[Person]) -> Story:
    """What the officers wrote down about everybody, each act with its day. Nobody does their own."""
    for person, stage in zip(joining, cycle(JOINING), strict=False):
        yield from _joining(stage, person, _other(opened, person))
    for person, stage in zip(serving, cycle(SERVING), strict=False):
        yield from _serving(stage, person, _other(opened, person))


def _opened_by_both(chair: Officer, safeguarding: Officer) -> dict[int, Opened]:
    first = _open(chair)
    officers_vault.give_access(safeguarding.account.person, first)
    dbs.set_rules(dict.fromkeys(Position, Level.ENHANCED), dbs.Periods(36, 30, 12), first.by)
    return {first.by.id: first, safeguarding.account.person_id: _open(safeguarding)}


def _open(officer: Officer) -> Opened:
    grant = grants_of(officer.account.id)[0]
    private = vault.open_key(officer.private, grant.sealed) or b""
    return Opened(officers_vault.current().id, officer.account.person, private)


def _other(opened: dict[int, Opened], person: Person) -> Opened:
    """The safeguarding officer, who came second, or for that one's own check the chair."""
    return next(one for by, one in reversed(opened.items()) if by != person.id)


def _joining(stage: str, person: Person, opened: Opened) -> Story:
    act, today = partial(_act, person, opened), clock.today()
    if stage == "start":
        return
    yield today - timedelta(40), act(dbs.apply, _asked(person), today - timedelta(41))
    if stage == "see":
        return
    certificate = Certificate(_number(person), today - timedelta(12), today - timedelta(4))
    yield today - timedelta(4), act(dbs.see_original, _asked(person), certificate)
    decision = {"elsewhere": Decision.ELSEWHERE, "refused": Decision.MAY_NOT}.get(stage)
    if decision:
        yield today - timedelta(2), act(dbs.decide, Verdict(decision, today - timedelta(2)))


def _serving(stage: str, person: Person, opened: Opened) -> Story:
    """An old check, typed in when the centre began with these pages, and what came after."""
    act, today = partial(_act, person, opened), clock.today()
    typed, decided = today - timedelta(200), months_later(today + timedelta(SERVING[stage]), -36)
    certificate = Certificate(_number(person), decided - timedelta(20), decided - timedelta(6))
    yield typed, act(dbs.see_original, _asked(person), certificate)
    yield typed, act(dbs.decide, Verdict(Decision.MAY, decided))
    if stage == "look":
        looked = today - timedelta(375)
        yield typed, act(dbs.note_consent, looked)
        yield typed, act(dbs.note_look, Look(looked, Result.CURRENT))
    if stage == "renewal":
        yield today - timedelta(6), act(partial(dbs.renew, in_hand=True))


def _act(person: Person, opened: Opened, rule: Callable[..., object], *told: Any) -> Callable[[], object]:
    """One act of an officer, who looks at the check and then carries it out."""

    def carry_out() -> object:
        check = dbs.look_into(person, opened) or Check()
        return rule(person, opened, check.mark, *told)

    return carry_out


def _asked(person: Person) -> Asked:
    office = next(iter(people.roles_of(person) - {Role.VOLUNTEER}), Role.VOLUNTEER)
    return Asked(Position(office.value), Level.ENHANCED, Workforce.CHILD)


def _number(person: Person) -> str:
    return f"{person.id * 7_654_321:012}"
