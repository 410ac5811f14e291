"""Processes killed in the middle of a disposal, of issuing statements and of signing: nothing is half done."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import pytest

from ccc import clock, kinds, people, retention, statements
from ccc.attendance.records import SLOTS, Attendance
from ccc.audit import AuditLine, Event, verify
from ccc.db import db
from ccc.disclosures import Disclosure
from ccc.families import Adult, Family
from ccc.people import Person
from ccc.retention import Disposal, DisposalItem, erasing
from ccc.roles import Role
from ccc.statements import Statement
from ccc.undertakings.signing import Acknowledgement, fingerprint
from tests.booking_log import make_booking, make_family, make_session
from tests.samples import published
from tests.test_retention import old_family
from tests.undertaken import read_and_passed, signed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot fork, nor kill like this")
Cast = dict[Role, Person]
Act = Callable[[Callable[[int], object]], object]
KILLS = int(os.environ.get("CCC_KILLS", "17"))
READY = b"0"
# The moments differ with the machine anyway; these dice only keep the spread.
DICE = Random(11)  # noqa: S311 - a test wants no secrets.


def moment() -> float:
    return DICE.uniform(0.01, 0.1)


def killed_while(act: Act, seconds: float) -> list[int]:
    """Let a process of its own do something, kill it after so long, and return what it had acknowledged by then.

    The act is handed a way to acknowledge a number.
    """
    # A connection that crosses a fork corrupts the database.
    db.close()
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            db.connect()
            os.write(tell, READY)
            act(lambda number: os.write(tell, b"%d\n" % number))
        finally:
            os._exit(0)
    os.close(tell)
    said, until = os.read(hear, len(READY)).removeprefix(READY), time.monotonic() + seconds
    while select.select([hear], [], [], max(0, until - time.monotonic()))[0]:
        if not (piece := os.read(hear, 4096)):
            break
        said += piece
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while piece := os.read(hear, 4096):
        said += piece
    os.close(hear)
    return [int(line) for line in said.decode().splitlines()]


def insist_on_whole() -> None:
    assert db.execute_sql("PRAGMA quick_check").fetchone()[0] == "ok"
    assert db.execute_sql("PRAGMA foreign_key_check").fetchall() == []
    assert verify().fault is None


def test_a_disposal_that_is_killed_leaves_each_family_whole_or_gone_and_is_carried_on(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = cast[Role.COORDINATOR]
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    with db.atomic():
        whole = {(family := old_family(by)).id: kinds.count("family", [family.id]) for _ in range(6 * KILLS)}
        retention.approve(retention.propose("family", list(whole), by), cast[Role.CHAIR])
    seen = set()
    for _ in range(KILLS):
        killed_while(lambda _tell: retention.carry_on(), moment())
        gone = {item.record for item in DisposalItem.select().where(DisposalItem.done_at.is_null(is_null=False))}
        assert {number for number in whole if not any(kinds.count("family", [number]).values())} == gone
        assert all(kinds.count("family", [number]) == whole[number] for number in whole.keys() - gone)
        assert {number for _, number in retention.disposed()} == gone
        assert (kinds.Erasing.select().count(), Disposal.get().wiped_at is None or len(gone) == len(whole)) == (0, True)
        insist_on_whole()
        seen.add(len(gone))
    assert len(seen) > 2, "It was killed at different stages."
    retention.carry_on()
    assert (Family.select().count(), Disposal.get().wiped_at is None) == (0, False)
    done = AuditLine.select().where(AuditLine.event == Event.DISPOSAL_DONE)
    assert [line.facts for line in done] == [f'{{"count": {len(whole)}}}']


def test_a_statement_whose_issuing_is_killed_stands_with_its_disclosure_or_not_at_all(cast: Cast) -> None:
    by, day = cast[Role.COORDINATOR], clock.today() - timedelta(days=1)
    with db.atomic():
        families = [family_that_came(day, by) for _ in range(4 * KILLS)]

    def issue_all(tell: Callable[[int], object]) -> None:
        for family in families[Statement.select().count() :]:
            home = Adult.get(Adult.family == family)
            asked = statements.Asked(family, day, day, adult=home.id, reason="other")
            seen = statements.Seen(statements.preview(asked).mark, statements.newest())
            tell(statements.issue(asked, seen, statements.Asking(day, "known", "own"), by).id)

    told: list[int] = []
    for _ in range(KILLS):
        told += killed_while(issue_all, moment())
        issued = {f"statement:{number}" for (number,) in Statement.select(Statement.id).tuples()}
        assert {f"statement:{number}" for number in told} <= issued
        assert issued == {one.released for one in Disclosure.select().where(Disclosure.act == "released")}
        assert issued == {line.about for line in AuditLine.select().where(AuditLine.event == Event.STATEMENT_ISSUED)}
        insist_on_whole()
    assert told


def family_that_came(day: date, by: Person) -> Family:
    """A family of which both sides came on a day whose register is closed."""
    session, family = make_session(day, closed_at=clock.now(), closed_by=by), make_family(by)
    booking = make_booking(session, family, by, status="came")
    for slot in SLOTS["supported"]:
        at = session.finishes if slot.endswith("left") else session.begins
        Attendance.create(booking=booking, slot=slot, at=at, by=by, source="register")
    return family


def test_a_signature_that_was_acknowledged_stands_and_none_stands_by_half(cast: Cast) -> None:
    version = published(cast[Role.CHAIR])
    with db.atomic():
        signers = [
            read_and_passed(people.add(f"Signer {number} (invented)", None, None, None), version)
            for number in range(6 * KILLS)
        ]

    def sign_all(tell: Callable[[int], object]) -> None:
        for person in signers[Acknowledgement.select().count() :]:
            tell(signed(person, version).id)

    told: list[int] = []
    for _ in range(KILLS):
        told += killed_while(sign_all, moment())
        kept = list(Acknowledgement.select())
        assert set(told) <= {given.id for given in kept}
        lines = AuditLine.select().where(AuditLine.event == Event.UNDERTAKING_SIGNED)
        assert [line.about for line in lines] == [f"person:{given.person_id}" for given in kept]
        assert [given for given in kept if given.sha256 != fingerprint(given)] == []
        insist_on_whole()
    assert told
