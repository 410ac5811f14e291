"""What is due to go: unused for longer than its period, on no hold, needed by nothing, and in no open disposal."""

from collections.abc import Collection, Iterable
from datetime import date

from ccc import clock, kinds
from ccc.db import db
from ccc.retention import periods
from ccc.retention.records import DisposalItem, Hold

HELD = """
SELECT record FROM hold WHERE kind = ? AND ended_at IS NULL AND (until IS NULL OR until >= ?)
"""
# What somebody proposed already. And a person's number outlives what was kept of them: it must not be due again.
LISTED = """
SELECT i.record FROM disposal_item i JOIN disposal d ON d.id = i.disposal_id
 WHERE i.kind = :kind AND i.done_at IS NULL AND d.withdrawn_at IS NULL
UNION ALL SELECT CAST(substr(about, length(:kind) + 2) AS INTEGER) FROM audit_line
 WHERE event = 'disposed' AND about LIKE :kind || ':%'
"""
# A concern about an officer, which lies apart from the vault, goes only when no officer of that time is left who could
# learn of it by that. A day more on both sides: an office can begin at midnight by our clock, and be ended at once.
ABOUT_OFFICERS = """
SELECT c.id FROM concern c JOIN appointment a ON a.person_id IS NOT c.only_for_id AND a.role != 'co-ordinator'
   AND a.confirmed_at IS NOT NULL AND a.starts <= date(c.created_at, '+1 day')
   AND (a.ends IS NULL OR a.ends >= date(c.created_at, '-1 day'))
  JOIN appointment n ON n.person_id = a.person_id AND n.role != 'co-ordinator' AND (n.ends IS NULL OR n.ends >= :today)
 WHERE c.id NOT IN (SELECT concern_id FROM concern_entry)
"""
# Why a record stayed after all, as on the page of its disposal.
KEPT = {
    "held": "put on hold",
    "used": "used again",
    "needed": "still needed by other records",
}


def due(kind: str) -> dict[int, date]:
    """The records of a kind that are due, each with the day of its last use; the oldest first.

    A record is due on the day after its period's last day. One that was used on 29 February is due on 1 March.
    """
    years, stays = periods.of(kind).years, held(kind) | kinds.needed(kind) | _listed(kind)
    found = [
        (day, number) for number, day in kinds.last_used(kind).items() if number not in stays and is_over(day, years)
    ]
    return {number: day for day, number in sorted(found)}


def is_over(last_use: date, years: int) -> bool:
    """Tell whether a period of so many years after the last use is over: its last day is part of it."""
    return clock.months_later(last_use, 12 * years) < clock.today()


def held(kind: str) -> set[int]:
    """The records of a kind that are on hold today; the last day of a hold is part of it."""
    return {number for (number,) in db.execute_sql(HELD, (kind, str(clock.today())))}


def why_kept(item: DisposalItem) -> str | None:
    """Say as a code why a record of an approved disposal must stay after all, as things stand at this moment.

    What goes early, because somebody asked for it, stays only if it was used since.
    """
    return _why(item, held(item.kind), kinds.needed(item.kind), kinds.last_use(item.kind, item.record))


def would_stay(kind: str, items: Iterable[DisposalItem]) -> dict[int, str]:
    """The same for many of a kind that are not done yet: the code, by the item's number."""
    on_hold, needed, used = held(kind), kinds.needed(kind), kinds.last_used(kind)
    found = ((item.id, _why(item, on_hold, needed, used.get(item.record))) for item in items if not item.done_at)
    return {number: why for number, why in found if why}


def live_holds() -> list[Hold]:
    """The holds that nobody ended, oldest first."""
    return list(Hold.select().where(Hold.ended_at.is_null()).order_by(Hold.id))


def _why(item: DisposalItem, on_hold: Collection[int], needed: Collection[int], last_use: date | None) -> str | None:
    if item.record in on_hold:
        return "held"
    if item.record in needed:
        return "needed"
    if item.early:
        proposed_on = clock.local(item.created_at).date()
        return "used" if last_use and last_use > proposed_on else None
    return None if last_use and is_over(last_use, periods.of(item.kind).years) else "used"


def _listed(kind: str) -> set[int]:
    return {number for (number,) in db.execute_sql(LISTED, {"kind": kind})}


kinds.is_needed(kinds.CONCERN, ABOUT_OFFICERS)
