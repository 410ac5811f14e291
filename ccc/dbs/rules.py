"""What this centre asks for: the level of check for each position, and the periods. Added, never edited."""

import json
from collections.abc import Mapping
from itertools import takewhile
from typing import NamedTuple

from peewee import ForeignKeyField, IntegerField, TextField

from ccc.audit import Event, record
from ccc.db import Record, while_unchanged, writing
from ccc.dbs.check import Level, Position
from ccc.people import Person, RefusedError


class Periods(NamedTuple):
    """Months until the recheck, days of grace after it, months between two looks at the Update Service."""

    recheck_months: int = 36
    grace_days: int = 30
    look_months: int = 12


USUAL = Periods()


class DbsRules(Record):
    """One state of the rules; the newest counts. A level is there only for the positions that have one."""

    by = ForeignKeyField(Person)
    levels = TextField(default="{}")
    recheck_months = IntegerField(default=USUAL.recheck_months)
    grace_days = IntegerField(default=USUAL.grace_days)
    look_months = IntegerField(default=USUAL.look_months)

    def level_of(self, position: Position) -> Level | None:
        """The level that was set for a position, if one was."""
        return self.level_by_position.get(position)

    @property
    def level_by_position(self) -> dict[Position, Level]:
        return {Position(position): Level(level) for position, level in json.loads(self.levels).items()}


@while_unchanged
def rules() -> DbsRules:
    """The rules in force; until an officer set any, the usual periods and no level."""
    newest = DbsRules.select().order_by(DbsRules.id.desc()).first()
    return newest or DbsRules()


def earlier_rules() -> list[DbsRules]:
    """Every state of the rules, newest first, with who set it."""
    return list(DbsRules.select(DbsRules, Person).join(Person).order_by(DbsRules.id.desc()))


def level_set_by(position: Position) -> DbsRules | None:
    """The state of the rules in which a position got the level that it has now; None where it has none."""
    level = rules().level_of(position)
    same = takewhile(lambda state: state.level_of(position) == level, earlier_rules()) if level else ()
    return min(same, key=lambda state: state.id, default=None)


def set_rules(levels: Mapping[Position, Level], periods: Periods, by: Person) -> None:
    """Set the rules for what comes after. Raises RefusedError for a period that makes no sense."""
    if not (1 <= periods.recheck_months <= 60 and 0 <= periods.grace_days <= 90 and 1 <= periods.look_months <= 24):
        raise RefusedError("A recheck is due after 1 to 60 months, a look after 1 to 24; the grace is at most 90 days.")
    kept = json.dumps({str(position): str(level) for position, level in levels.items()}, sort_keys=True)
    with writing():
        DbsRules.create(by=by, levels=kept, **periods._asdict())
        record(Event.DBS_RULES_CHANGED, by.id, "centre:1")
