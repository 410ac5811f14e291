"""What shows that records are kept as promised: no notes, in a secure place, no longer than needed, open to read."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from ccc import backups, kinds, retention
from ccc.conformance.registry import Asked, Evidence, counted, said, shows, tell
from ccc.db import db
from ccc.provisions import Key

# What may stand in a column of words about a family, a booking or a session: codes, references, days and times, and
# names and ways to reach somebody, sealed. In any other, people could write a report.
CODES = re.compile(
    "reference|service|side|code|status|missed_by|cancel_side|cancel_code|end_code|weeks|kind|slot|source|reason|lines"
    "|sha256|what|verified|purpose|act|permission|ground|released|told|day|starts|ends|first_day|last_day|at|until"
    "|first_name|last_name|address|phone|email|body|person|case_reference|assessor|whom|asker|.+_on|.+_at"
)
ABOUT = ("family", "adult", "child", "booking", "contact_session", "referral", "information_request")
COLUMNS = f"""
SELECT c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
 WHERE m.type = 'table' AND c.type != 'INTEGER'
   AND (m.name IN {ABOUT} OR EXISTS (SELECT 1 FROM pragma_foreign_key_list(m.name) f WHERE f."table" IN {ABOUT}))
"""  # noqa: S608 - made of our own constants.
HOLDERS = """
SELECT count(DISTINCT a.person_id), count(DISTINCT a.person_id) FILTER (WHERE c.second_factor IS NULL)
  FROM appointment a JOIN account c ON c.person_id = a.person_id JOIN person p ON p.id = a.person_id
 WHERE a.confirmed_at IS NOT NULL AND p.left_on IS NULL AND a.starts <= :today AND (a.ends IS NULL OR a.ends >= :today)
"""
# Worded like the index of the adults in the clear, which is all that is read of them.
SEALED = """
SELECT (SELECT count(*) FROM adult),
       (SELECT count(*) FROM adult WHERE 'text' IN (typeof(address), typeof(phone), typeof(email)))
     + (SELECT count(*) FROM person WHERE 'text' IN (typeof(phone), typeof(email)))
"""
NEWEST_LINE = "SELECT coalesce(max(id), 0), (SELECT hash FROM audit_line ORDER BY id DESC LIMIT 1) FROM audit_line"
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
    """Columns in which somebody could write freely about a family, a booking or a session."""
    found = _places_for_notes(str(db.database), *counted("PRAGMA schema_version"))
    fact = {"Places for free text on families, bookings and sessions": found}
    return tell(fact, {"Places in the records that have room for a report": found})


# SQLite numbers every change of the shape of its tables.
@lru_cache(maxsize=1)
def _places_for_notes(_database: str, _shape: int) -> int:
    return sum(1 for (name,) in db.execute_sql(COLUMNS) if not CODES.fullmatch(name))


@shows(Key.SECURE_PLACE)
def secure_place(asked: Asked) -> Evidence:
    """The second step of office holders, sealed details, the age of the backup, and the newest hash of the trail."""
    holders, without = counted(HOLDERS, today=str(asked.today))
    adults, in_the_clear = counted(SEALED)
    lines, newest = counted(NEWEST_LINE)
    good = backups.last_good()
    facts = {
        "Office holders who sign in with a second step": f"{holders - without} of {holders}",
        "Adults whose contact details lie sealed": adults,
        "The last good backup": said(good.created_at) if good else "none yet",
    }
    trail = {"Lines of the audit trail": lines, "Its newest hash begins with": (newest or "-")[:8]}
    faults = {
        "In office without a second step": without,
        "Contact details that do not lie sealed": in_the_clear,
        "The last good backup is more than two days old, or there is none": not asked.backed_up,
    }
    return tell(facts, faults)._replace(passing=tell(trail, {}).facts)


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
