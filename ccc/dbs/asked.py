"""Whether this centre asks for DBS checks at all: unless its chair decided otherwise, and no policy promises them."""

from ccc import centre
from ccc.db import db
from ccc.people import Person, RefusedError

# SQL: whether a policy in force promises the check. It outweighs what was decided before it came into force.
PROMISED = """EXISTS (
    SELECT 1 FROM tag JOIN clause ON clause.id = tag.clause_id WHERE tag.provision = 'dbs' AND clause.version_id IN (
        SELECT max(id) FROM version WHERE published_at IS NOT NULL GROUP BY policy_id))"""


def asks_for_dbs() -> bool:
    """Tell whether clearance is a step: unless the chair decided otherwise, and always while a policy promises it."""
    return bool(db.execute_sql(f"SELECT asks_for_dbs OR {PROMISED} FROM centre").fetchone()[0])  # noqa: S608  (no input)


def was_stopped() -> bool:
    """Tell whether the chair decided that clearance is no step here, whatever a policy promises."""
    return not db.execute_sql("SELECT asks_for_dbs FROM centre").fetchone()[0]


def stop_asking(by: Person) -> None:
    """Record the chair's decision that clearance is no step here. Raises RefusedError where a policy promises it."""
    if db.execute_sql(f"SELECT {PROMISED}").fetchone()[0]:
        raise RefusedError("A policy of the centre promises a DBS check. Change that policy first.")
    centre.stop_asking_for_dbs(by.id)


def ask_again(by: Person) -> None:
    """Record the chair's decision that clearance is a step here after all."""
    centre.ask_for_dbs_again(by.id)
