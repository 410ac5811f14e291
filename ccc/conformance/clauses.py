"""Clause by clause, which promises the policy in force makes, and how it stands with each."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from ccc import backups, clock, dbs, kinds, policies, retention
from ccc.centre import the_centre
from ccc.conformance.registry import Asked, Evidence, evidence_of
from ccc.conformance.trail_checks import newest_check
from ccc.db import Record, while_unchanged
from ccc.dbs.asked import asks_for_dbs, was_stopped
from ccc.dbs.check import Level, Position
from ccc.policies import Version
from ccc.provisions import PROVISIONS, Key

SLUG, OLD = policies.SIGNED, timedelta(days=2)
# The clause speaks of those who help in sessions.
IN_SESSIONS = (Position.VOLUNTEER, Position.LEADER, Position.COORDINATOR)
LEVELS = {Level.BASIC: 0, Level.STANDARD: 1, Level.ENHANCED: 2, Level.BARRED: 2}


class State(StrEnum):
    """How it stands with a promise."""

    KEPT = "Kept"
    BROKEN = "Not kept"
    SILENT = "The policy is silent"
    DECIDED = "Decided by the chair"


class Promise(NamedTuple):
    """A promise in our words, how it stands with it, and what shows that."""

    key: Key
    words: str
    state: State
    facts: tuple[str, ...]
    faults: tuple[str, ...]


class Line(NamedTuple):
    """A clause, and the promises that it makes; with none it is kept by people."""

    label: str
    text: str
    promises: tuple[Promise, ...]


class Conformance(NamedTuple):
    """The clauses of a version in their order, and the promises of the thirteen that none of them makes."""

    version: Version
    lines: tuple[Line, ...]
    silent: tuple[Promise, ...]

    def count(self, state: State) -> int:
        """How many promises stand like this."""
        every = [promise for line in self.lines for promise in line.promises] + list(self.silent)
        return sum(1 for promise in every if promise.state == state)


def conformance() -> Conformance | None:
    """How it stands with the confidentiality policy in force, or None as long as there is none."""
    version = policies.in_force(SLUG)
    if version is None:
        return None
    # A new centre's trail has two days' time to be read for the first time.
    read = newest_check() or the_centre()
    return _of(Asked(version, clock.today(), _is_fresh(backups.last_good()), _is_fresh(read)))


def _is_fresh(kept: Record | None) -> bool:
    return kept is not None and clock.now() - kept.created_at <= OLD


@while_unchanged
def _of(asked: Asked) -> Conformance:
    shown, clauses = evidence_of(asked), policies.promising_clauses(asked.version)
    lines = tuple(
        Line(clause.label, clause.text, tuple(_promise(*made, shown) for made in clause.makes.items()))
        for clause in clauses
    )
    promised = {key for clause in clauses for key in clause.makes}
    return Conformance(asked.version, lines, tuple(_silent(key, shown[key]) for key in Key if key not in promised))


def disagreements(key: Key, chosen: Mapping[str, str | int]) -> Iterator[str]:
    """Where what a clause says differs from how this centre is set."""
    if key == Key.DBS:
        if chosen["results_to"] == "coordinator-or-chair":
            yield "The clause shows results to the co-ordinator or the chair; here the officers alone see them."
        for position in IN_SESSIONS:
            level = dbs.rules().level_of(position)
            if level and chosen["level"] in LEVELS and LEVELS[level] != LEVELS[Level(chosen["level"])]:
                asked = f"The clause asks for a check at {chosen['level']} level"
                yield f"{asked}; the officers' rules say {level} for a {position}."
        if was_stopped():
            yield "It is set that this centre does not ask for DBS checks, and the clause asks for them."
    if key == Key.DISPOSAL and chosen["years"] != (years := retention.period_of(kinds.FAMILY).years):
        yield f"The clause says {chosen['years']} years; records go after {years}."


def _promise(key: Key, chosen: Mapping[str, str | int], shown: Mapping[Key, Evidence]) -> Promise:
    faults = (*disagreements(key, chosen), *shown[key].faults)
    state = State.BROKEN if faults else State.SILENT if shown[key].open else State.KEPT
    return Promise(key, PROVISIONS[key].promise, state, shown[key].facts, faults)


def _silent(key: Key, shown: Evidence) -> Promise:
    """What is out of order is so without a clause too, but for DBS: there the policy, or the chair, has to decide."""
    words = PROVISIONS[key].promise
    if key == Key.DBS and not asks_for_dbs():
        return Promise(key, words, State.DECIDED, ("It is recorded that this centre does not ask for DBS checks.",), ())
    state = State.BROKEN if shown.faults and key != Key.DBS else State.SILENT
    return Promise(key, words, state, shown.facts, shown.faults)
