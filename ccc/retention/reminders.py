"""The day's look at what is due: it reminds, and disposes of nothing by itself."""

from datetime import date, timedelta
from functools import lru_cache

from ccc import clock, kinds, mail, people
from ccc.db import db, writing
from ccc.retention import periods
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
       (SELECT count(*) FROM hold), (SELECT count(ended_at) FROM hold) FROM disposal d
"""


def remind() -> int:
    """Mail the offices once a week while something is due and nothing was disposed of for a month; how many mails.

    Concerns are due to nobody but the officers, and count for them alone: nobody else is told of their number.
    """
    with writing():
        done = Disposal.select().where(Disposal.approved_at > clock.now() - AFTER).exists()
        told = RetentionReminder.select().where(RetentionReminder.created_at > clock.now() - AGAIN).exists()
        if done or told or not due_in_all(clock.today()):
            return 0
        mails = sum(mail.queue(person.email, SUBJECT, TEXT) for person in set(people.holders(OFFICES)))
        RetentionReminder.create(mails=mails)
    return mails


def due_in_all(today: date) -> int:
    """How many records of other kinds than concerns are due: counted once a day, and after each disposal and hold."""
    return _counted(str(db.database), today, db.execute_sql(CHANGES).fetchone())


@lru_cache(maxsize=8)
def _counted(_database: str, _today: date, _changes: tuple[int, ...]) -> int:
    return sum(len(due(kind)) for kind in periods.WORDS if kind != kinds.CONCERN)
