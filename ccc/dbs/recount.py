"""New rules, and with them new days on which something waits: those lie outside the vault."""

from collections.abc import Mapping

from ccc import officers_vault
from ccc.db import writing
from ccc.dbs.check import Decision, Level, Position
from ccc.dbs.checks import DbsCheck, open_row, waits_on
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
    """Work out the next look at the Update Service: no other day that lies open follows from the rules."""
    for row in DbsCheck.select(DbsCheck, Person).join(Person):
        check = open_row(row, opened)
        if check and check.decision == Decision.MAY:
            DbsCheck.update(waits_on=waits_on(check, row.person)).where(DbsCheck.id == row.id).execute()
