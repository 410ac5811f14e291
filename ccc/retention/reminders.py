"""The day's look at what is due: it reminds, and disposes of nothing by itself."""

from datetime import date, timedelta
from functools import lru_cache

from ccc import clock, mail, people
from ccc.db import db, writing
from ccc.retention import periods
from ccc.retention.disposals import known_to
from ccc.retention.due import due
from ccc.retention.records import Disposal, RetentionReminder
from ccc.roles import OFFICES

AFTER, AGAIN = timedelta(days=30), timedelta(days=7)
SUBJECT = "Records at the contact centre are due to be destroyed"
TEXT = (
    "Some records have been kept for as long as they may be, and nothing was destroyed for a month. Please sign in.\n"
)
CHANGES = """
SELECT coalesce(max(d.id), 0), count(d.approved_at), count(d.withdrawn_at), count(d.done_at),
       (SELECT count(*) FROM hold), (SELECT count(ended_at) FROM hold),
       (SELECT count(*) FROM retention_rules) FROM disposal d
"""


def remind() -> int:
    """Mail the offices once a week while something is due and nothing was disposed of for a month; how many mails.

    Not everybody may learn of concerns, or of a family whom they know: it goes to those who find something to do.
    """
    with writing():
        done = Disposal.select().where(Disposal.approved_at > clock.now() - AFTER).exists()
        told = RetentionReminder.select().where(RetentionReminder.created_at > clock.now() - AGAIN).exists()
        found = {} if done or told else due_in_all(clock.today())
        readers = [
            one for one in set(people.holders(OFFICES)) if any(known_to(one, *of_kind) for of_kind in found.items())
        ]
        if not readers:
            return 0
        mails = sum(mail.queue(person.email, SUBJECT, TEXT) for person in readers)
        RetentionReminder.create(mails=mails)
    return mails


def due_in_all(today: date) -> dict[str, frozenset[int]]:
    """What is due, by kind: looked up once a day, and after each disposal, hold and change of a period."""
    return _looked_up(str(db.database), today, db.execute_sql(CHANGES).fetchone())


@lru_cache(maxsize=8)
def _looked_up(_database: str, _today: date, _changes: tuple[int, ...]) -> dict[str, frozenset[int]]:
    return {kind: frozenset(numbers) for kind in periods.WORDS if (numbers := due(kind))}
