"""Everybody's progress in one list, and the trial reviews that are due: one query each, however many people there are.

The list computes in the database what `steps` computes for one person; a test holds the two together.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from ccc import clock
from ccc.db import db, while_unchanged
from ccc.dbs import CLEARED
from ccc.dbs.asked import PROMISED
from ccc.onboarding.dates import RECORDED, TITLES, Key
from ccc.onboarding.steps import NEEDED, REVIEWS, SIGNED_ANEW, SIGNED_EARLIER, due_on
from ccc.undertakings.edition import EDITIONS

AT_ONCE = 50
BITS = {key: 1 << place for place, key in enumerate(NEEDED)}
ALL = sum(BITS.values())
ANEW = sum(BITS[key] for key in SIGNED_ANEW)


class Show(StrEnum):
    """Whom the list shows."""

    HERE = "all"
    NOT_JOINED = "not-joined"
    TRAINING = "in-training"
    READY = "ready"
    LEFT = "left"


class Entry(NamedTuple):
    """One line of the list: where the person's page is, how many steps are done, and which comes next."""

    number: int
    name: str
    offices: str
    joined: bool
    progress: str
    then: str
    ready: bool


class Review(NamedTuple):
    """A review of somebody's trial that is due."""

    person: int
    name: str
    step: Key
    due: date


# A step is a bit. Each part looks up one person, so that the page's rows cost the same in a list of any length.
_RECORDED = " ".join(f"WHEN '{key}' THEN {BITS[key]}" for key in RECORDED if key in BITS)
# `instr` and not LIKE: with a parameter in a LIKE, SQLite plans the whole query anew each time, which costs the most.
LIST = f"""
WITH house AS (SELECT asks_for_dbs OR {PROMISED} AS asks FROM centre),
{EDITIONS},
begun AS (SELECT name COLLATE NOCASE AS name, id FROM person WHERE id = :after)
SELECT id, name, offices, joined, mask, asks, mask | earlier = {ALL} AS ready FROM (
    SELECT p.id, p.name, house.asks,
        (SELECT group_concat(role) FROM appointment WHERE person_id = p.id AND confirmed_at IS NOT NULL
            AND starts <= :today AND (ends IS NULL OR ends >= :today)) AS offices,
        EXISTS (SELECT 1 FROM account WHERE person_id = p.id) AS joined,
        iif(house.asks, {CLEARED}, 1) * {BITS[Key.CLEARANCE]}
        + (SELECT coalesce(sum(bit), 0) FROM (
            SELECT iif("on" IS NULL, 0, CASE step {_RECORDED} ELSE 0 END) AS bit, max(id)
              FROM onboarding_date WHERE person_id = p.id GROUP BY step))
        + {BITS[Key.READ]} * EXISTS (SELECT 1 FROM reading
            WHERE person_id = p.id AND finished_at IS NOT NULL AND version_id IN edition)
        + {BITS[Key.QUIZ]} * EXISTS (SELECT 1 FROM attempt
            WHERE person_id = p.id AND passed = 1 AND version_id IN edition)
        + {BITS[Key.UNDERTAKING]} * EXISTS (SELECT 1 FROM acknowledgement
            WHERE person_id = p.id AND version_id IN edition) AS mask,
        iif({SIGNED_EARLIER}, {ANEW}, 0) AS earlier
      FROM house, person p
     WHERE (p.left_on IS NOT NULL) = :left AND instr(lower(p.name), lower(:search)) > 0
       AND (:after = 0 OR (p.name COLLATE NOCASE, p.id) > (SELECT name, id FROM begun)))
 WHERE :show IN ('all', 'left')
    OR :show = CASE WHEN ready THEN 'ready' WHEN joined THEN 'in-training' ELSE 'not-joined' END
 ORDER BY name COLLATE NOCASE, id LIMIT :limit
"""  # noqa: S608  (made of our own constants; what people typed comes in as parameters)
UNREVIEWED = """
SELECT p.id, p.name, min(a.signed_on),
       (SELECT group_concat(step) FROM (
           SELECT step, "on", max(id) FROM onboarding_date WHERE person_id = p.id GROUP BY step) WHERE "on" IS NOT NULL)
  FROM person p JOIN acknowledgement a ON a.person_id = p.id
 WHERE p.left_on IS NULL GROUP BY p.id HAVING min(a.signed_on) < :before
 ORDER BY min(a.signed_on), p.id
"""


def people_list(show: Show, search: str = "", after: int = 0) -> tuple[list[Entry], int | None]:
    """List people by name, and the number to go on after if there are more than fit on a page."""
    asked = {"show": show, "left": show == Show.LEFT, "search": search, "after": after, "limit": AT_ONCE + 1}
    today = str(clock.today())
    rows = db.execute_sql(LIST, asked | {"today": today, "on": today}).fetchall()
    entries = [
        Entry(number, name, _offices(offices), bool(joined), *_summary(mask, bool(asks)), bool(ready))
        for number, name, offices, joined, mask, asks, ready in rows[:AT_ONCE]
    ]
    return entries, entries[-1].number if len(rows) > AT_ONCE else None


def ready_for_rota(on: date | None = None) -> Mapping[int, str]:
    """Everybody here who may be on the rota today, or on a day to come, by name: number and name."""
    return _ready_on(clock.today(), on or clock.today())


@while_unchanged
def _ready_on(today: date, on: date) -> Mapping[int, str]:
    days = {"today": str(today), "on": str(on)}
    asked = {"show": Show.READY, "left": False, "search": "", "after": 0, "limit": -1}
    return {number: name for number, name, *_ in db.execute_sql(LIST, asked | days)}


def reviews_due() -> tuple[Review, ...]:
    """List the trial reviews that are due and not recorded, the oldest first."""
    return _due_by(clock.today())


@while_unchanged
def _due_by(today: date) -> tuple[Review, ...]:
    # Two months are always shorter than the trial's first three: this only spares the recently joined.
    before = str(today - timedelta(days=60))
    due = (
        Review(number, name, step, due_on(step, date.fromisoformat(signed_on)))
        for number, name, signed_on, done in db.execute_sql(UNREVIEWED, {"before": before})
        for step in REVIEWS
        if step not in (done or "").split(",") and due_on(step, date.fromisoformat(signed_on)) <= today
    )
    return tuple(sorted(due, key=lambda review: review.due))


@cache
def _offices(joined: str | None) -> str:
    return " and ".join(sorted(joined.split(","))).capitalize() if joined else ""


@cache
def _summary(mask: int, asks: bool) -> tuple[str, str]:  # noqa: FBT001  (a column of the query above)
    """Put a person's steps into words. There are few different ones, so each is put only once."""
    needed = [key for key in NEEDED if asks or key != Key.CLEARANCE]
    missing = [key for key in needed if not mask & BITS[key]]
    # Clearance takes weeks and stands in nobody's way here: it is next only when all else is done.
    then = next((key for key in missing if key != Key.CLEARANCE), Key.CLEARANCE)
    done = f"{len(needed) - len(missing)} of {len(needed)}"
    return done, TITLES[then] if missing else ""
