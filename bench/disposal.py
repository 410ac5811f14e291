"""Measures a disposal of a thousand families: how long it takes, and how long others wait meanwhile.

It runs on its own demo in a folder of its own, years later by the clock.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import ccc
from ccc import clock, demo, people, retention
from ccc.audit import Event as Happened
from ccc.audit import record
from ccc.config import Settings
from ccc.db import db, writing
from ccc.families.records import Family
from ccc.people import Person
from ccc.roles import Role

FAMILIES, YEARS = 1_000, 4
GOAL_SECONDS, GOAL_WAIT = 60, 1


class Visitor(Thread):
    """Somebody who reads a list and writes a line, again and again, and remembers the longest wait for either."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over, self.read, self.written = Event(), 0.0, 0.0

    def run(self) -> None:
        while not self.over.wait(0.01):
            self.read = max(self.read, self._seconds_to_read())
            self.written = max(self.written, self._seconds_to_write())
        db.close()

    def _seconds_to_read(self) -> float:
        began = time.monotonic()
        db.execute_sql(
            "SELECT * FROM family f JOIN adult a ON a.family_id = f.id ORDER BY f.id DESC LIMIT 50"
        ).fetchall()
        return time.monotonic() - began

    def _seconds_to_write(self) -> float:
        began = time.monotonic()
        with writing():
            record(Happened.LOG_EXPORTED, None, "bookings:log")
        return time.monotonic() - began


def main() -> None:
    with _centre_of_long_ago():
        approved = _approve()
        visitor = Visitor()
        visitor.start()
        began = time.monotonic()
        gone = retention.carry_on()
        seconds = time.monotonic() - began
        visitor.over.set()
        visitor.join()
        if (left := Family.select().where(Family.id.in_(approved)).count()) or gone != len(approved):
            raise SystemExit(f"{left} families are still there, {gone} were disposed of")
    print(f"a disposal of {gone} families: {seconds:.1f} s; goal: under {GOAL_SECONDS} s")
    waits = f"reading {visitor.read:.2f} s, writing {visitor.written:.2f} s"
    print(f"longest wait meanwhile: {waits}; goal: under {GOAL_WAIT} s\n")


@contextmanager
def _centre_of_long_ago() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment(os.environ | {"CCC_DATA": str(Path(folder) / "demo")})
        ccc.prepare(settings, demo=True)
        ccc.create_app(settings)
        demo.welcome(families_count=FAMILIES)
        with clock.at(clock.now() + timedelta(days=366 * YEARS)):
            yield
        db.close()


def _approve() -> list[int]:
    coordinator, officer = (people.in_office(role).first() for role in (Role.COORDINATOR, Role.SAFEGUARDING))
    due = list(retention.due("family"))[:FAMILIES]
    made = retention.propose("family", due, _sure(coordinator))
    retention.approve(made, _sure(officer))
    return due


def _sure(person: Person | None) -> Person:
    if person is None:
        raise SystemExit("the demo has nobody in this office")
    return person


if __name__ == "__main__":
    main()
