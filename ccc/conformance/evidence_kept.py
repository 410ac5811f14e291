"""What shows that records are kept as promised: no notes, in a secure place, no longer than needed, open to read."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from ccc import backups, kinds, retention
from ccc.conformance.registry import Asked, Evidence, counted, said, shows, tell
from ccc.conformance.trail_checks import newest_check
from ccc.db import Record, db
from ccc.provisions import Key

# What SQLite and the steps of the schema keep for themselves.
NOT_OURS = ("schema_migration", "sqlite_sequence")
COLUMNS = f"""
SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
 WHERE m.type = 'table' AND m.name NOT IN {NOT_OURS}
"""  # noqa: S608 - made of our own constants.
HOLDERS = """
SELECT count(DISTINCT a.person_id), count(DISTINCT a.person_id) FILTER (WHERE c.second_factor IS NULL)
  FROM appointment a JOIN account c ON c.person_id = a.person_id JOIN person p ON p.id = a.person_id
 WHERE a.confirmed_at IS NOT NULL AND p.left_on IS NULL AND a.starts <= :today AND (a.ends IS NULL OR a.ends >= :today)
"""
# Worded like the index of the adults in the clear, which is all that is read of them.
SEALED = """
SELECT (SELECT count(*) FROM adult),
       (SELECT count(*) FROM adult WHERE 'text' IN (typeof(address), typeof(phone), typeof(email))),
       (SELECT count(*) FROM person WHERE 'text' IN (typeof(phone), typeof(email)))
"""
# Of worries that went, nobody but the officers learns anything.
LAST_DISPOSAL = """
SELECT max(done_at) FROM disposal d WHERE EXISTS (
   SELECT 1 FROM disposal_item i WHERE i.disposal_id = d.id AND i.kind != 'concern')
"""
# Whoever came a month ago has been given it by now.
GIVEN = """
SELECT max(policy_given_on), (SELECT count(DISTINCT r.referrer_id) FROM referral r
         JOIN referrer g ON g.id = r.referrer_id JOIN family f ON f.id = r.family_id
        WHERE g.policy_given_on IS NULL AND f.ended_on IS NULL AND r.received_on < :month_ago),
       (SELECT count(*) FROM family f JOIN adult a ON a.family_id = f.id
         WHERE f.ended_on IS NULL AND f.started_on < :month_ago AND a.withdrawn_on IS NULL
           AND a.policy_given_on IS NULL AND substr(a.created_at, 1, 10) < :month_ago) FROM referrer
"""
MONTH = timedelta(days=30)


@shows(Key.NO_REPORTS)
def no_free_text(_asked: Asked) -> Evidence:
    """Columns that are none of this program's, since in its own nobody can write freely about a family or a session."""
    found = places_for_notes()
    fact = {"Places for free text on families, bookings and sessions": found}
    return tell(fact, {"Places in the records that have room for a report": found})


def places_for_notes() -> int:
    """How many columns there are that no model has. SQLite numbers every change of the shape of its tables."""
    return _places_for_notes(str(db.database), *counted("PRAGMA schema_version"))


@lru_cache(maxsize=1)
def _places_for_notes(_database: str, _shape: int) -> int:
    return len(set(db.execute_sql(COLUMNS)) - set(_columns(Record)))


def _columns(base: type[Record]) -> Iterator[tuple[str, str]]:
    """Every column of every model below one, with its table."""
    for model in base.__subclasses__():
        yield from ((model._meta.table_name, column) for column in model._meta.columns)  # noqa: SLF001 - peewee's way in.
        yield from _columns(model)


@shows(Key.SECURE_PLACE)
def secure_place(asked: Asked) -> Evidence:
    """The second step of office holders, sealed details, the age of the backup, and the whole trail."""
    holders, without = counted(HOLDERS, today=str(asked.today))
    adults, adults_clear, people_clear = counted(SEALED)
    good, read = backups.last_good(), newest_check()
    trail_read = f"on {said(read.created_at)}" if read else "not yet"
    facts = {
        "Office holders who sign in with a second step": f"{holders - without} of {holders}",
        "Adults whose contact details lie sealed": adults - adults_clear,
        "The last good backup": said(good.created_at) if good else "none yet",
        f"The audit trail was read through {trail_read}": ("not whole" if read.fault else "whole") if read else True,
    }
    faults = {
        "In office without a second step": without,
        "Contact details that do not lie sealed": adults_clear + people_clear,
        "The last good backup is more than two days old, or there is none": not asked.backed_up,
        "The audit trail, or what it tells of, was changed or is gone": read is not None and read.fault is not None,
        "The audit trail was last read through more than two days ago, or never": not asked.trail_read,
    }
    return tell(facts, faults)


@shows(Key.DISPOSAL)
def disposals(asked: Asked) -> Evidence:
    """How much is past due, and when something was last disposed of."""
    # Of worries that are due, not even the number is told here.
    found = retention.due_in_all(asked.today)
    due = sum(len(numbers) for kind, numbers in found.items() if kind != kinds.CONCERN)
    (last,) = counted(LAST_DISPOSAL)
    facts = {
        "Years after the last use": retention.period_of(kinds.FAMILY).years,
        "Records past due": due,
        "The last disposal": said(datetime.fromisoformat(last)) if last else "none yet",
    }
    return tell(facts, {"Past due and not disposed of": due})


@shows(Key.ACCESS)
def access(asked: Asked) -> Evidence:
    """That everybody can read the policy, and who was given it."""
    last, referrers, adults = counted(GIVEN, month_ago=str(asked.today - MONTH))
    given = said(date.fromisoformat(last)) if last else "not yet"
    facts = {"Anybody can read the policy without signing in, on paper, and by its QR code": True}
    faults = {
        "Referrers of a month and more to whom it was not given": referrers,
        "Adults of families here for a month and more to whom it was not given": adults,
    }
    return tell(facts | {"Last given to a referrer": given}, faults)
