"""New rules, and with them new days on which something waits: those lie outside the vault."""

from collections.abc import Mapping

from ccc import clock, officers_vault
from ccc.db import writing
from ccc.dbs.check import Level, Position, unpack
from ccc.dbs.checks import DbsCheck, waits_on
from ccc.dbs.rules import Periods, rules, set_rules
from ccc.officers_vault import Opened
from ccc.people import Person, RefusedError


def change_rules(levels: Mapping[Position, Level], periods: Periods, opened: Opened, seen: int) -> None:
    """Set the rules, and work out for every check when something waits under them.

    `seen` is the number of the rules that the officer looked at. Raises RefusedError if the other officer changed them
    meanwhile, and for a period that makes no sense.
    """
    with writing():
        officers_vault.insist_on_current(opened)
        if (rules().id or 0) != seen:
            raise RefusedError("The other officer changed these meanwhile. Look at what stands below, and send again.")
        set_rules(levels, periods, opened.by)
        _work_out_anew(opened)


def _work_out_anew(opened: Opened) -> None:
    """What waits already goes on waiting, and nobody is reminded of it twice."""
    today = clock.today()
    for row in DbsCheck.select(DbsCheck, Person).join(Person):
        text = opened.read(row.sealed)
        on = waits_on(unpack(text), row.person) if text else row.waits_on
        waits_already = row.waits_on and on and max(row.waits_on, on) <= today
        if on != row.waits_on and not waits_already:
            DbsCheck.update(waits_on=on, reminded=None).where(DbsCheck.id == row.id).execute()
