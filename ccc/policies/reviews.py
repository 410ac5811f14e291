"""When a policy was last reviewed, and when it is due again."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from peewee import ForeignKeyField

from ccc import centre, clock
from ccc.audit import Event, record
from ccc.db import Day, Record, while_unchanged, writing
from ccc.people import Person, RefusedError
from ccc.policies.lookup import Promises, in_force, promises, promises_of_each
from ccc.policies.records import Version, ref
from ccc.provisions import Key

ANNUAL_MONTHS = 12
MOST_MONTHS = 120


class PolicyReview(Record):
    """The committee looked at a version and left it as it is; `due_on` is the next, where the policy says when."""

    version = ForeignKeyField(Version)
    reviewed_on = Day()
    due_on = Day(null=True)
    by = ForeignKeyField(Person)


@dataclass(frozen=True)
class Review:
    """The month of the last review, as its last day, and after how many months the next is due."""

    month: date
    months: int | None = None


def month_end(year_and_month: str) -> date:
    """The last day of a month such as "2024-03": a policy says in which month it was reviewed, not on which day."""
    year, month = (int(part) for part in year_and_month.split("-"))
    return date(year, month, monthrange(year, month)[1])


def months_after(day: date, months: int) -> date:
    """The last day of the month that comes so many months after that of `day`."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return month_end(f"{year}-{month + 1}")


def set_review(version: Version, review: Review, by: Person) -> None:
    """Say when a draft was last reviewed. It tells of the committee's meeting, so it is no part in drafting.

    Raises RefusedError for a month to come, and for a version that is a draft no longer.
    """
    with writing():
        fresh = Version.get_or_none(Version.id == version.id)
        if fresh is None or fresh.approved_at:
            raise RefusedError("This version is a draft no longer. Look at the policy again.")
        if review.month > months_after(clock.today(), 0):
            raise RefusedError("The month of the last review has not come yet.")
        if review.months is not None and not 1 <= review.months <= MOST_MONTHS:
            raise RefusedError(f"The months between two reviews are a number from 1 to {MOST_MONTHS}.")
        dates = {"reviewed_on": review.month, "review_months": review.months}
        Version.update(**dates).where(Version.id == version.id).execute()
        record(Event.POLICY_DRAFT_CHANGED, by.id, ref(version))


def cycle(version: Version) -> str | None:
    """How often the policy promises to be reviewed: "annual", "regular", or None for no promise."""
    return _cycle(promises(version))


def fixed_due(version: Version) -> date | None:
    """When the next review of a version is due, from its own words and months alone."""
    return due_after(version, version.reviewed_on) if version.reviewed_on else None


def due_after(version: Version, reviewed_on: date) -> date | None:
    """When the next review is due after one on this day; None where the policy names no months of its own."""
    often = cycle(version)
    months = ANNUAL_MONTHS if often == "annual" else version.review_months if often else None
    return months_after(reviewed_on, months) if months else None


def next_review(version: Version) -> date | None:
    """When the next review is due. *Regularly* without months of its own takes the centre's, once it has any."""
    return next_reviews([version])[version.id]


def last_review(version: Version) -> date | None:
    """When a version was last reviewed: by a review that was recorded, or as the version itself says."""
    kept = _kept((version,)).get(version.id)
    return kept.reviewed_on if kept else version.reviewed_on


def known_review(draft: Version) -> date | None:
    """The newest review that a draft knows of: as it says itself, or of the version that it is to replace."""
    before = in_force(draft.policy.slug)
    days: list[date | None] = [draft.reviewed_on, last_review(before) if before else None]
    return max((day for day in days if day), default=None)


def review_is_overdue(version: Version) -> bool:
    """Tell whether the day of the next review has passed."""
    return bool(overdue([version]))


def overdue(versions: Iterable[Version]) -> list[Version]:
    """Those whose next review should have been before today; it costs the same for many as for one."""
    asked = list(versions)
    due = next_reviews(asked)
    return [version for version in asked if (day := due[version.id]) is not None and day < clock.today()]


def next_reviews(versions: Iterable[Version]) -> dict[int, date | None]:
    """When the next review of each of these versions is due."""
    asked = tuple(versions)
    due: dict[int, date | None] = {version.id: version.review_due for version in asked}
    last: dict[int, date | None] = {version.id: version.reviewed_on for version in asked}
    for number, kept in _kept(asked).items():
        due[number], last[number] = kept.due_on, kept.reviewed_on
    undated = [version for version in asked if not due[version.id] and last[version.id]]
    months: int | None = centre.the_centre().review_months if undated else None
    if months:
        makes = promises_of_each(undated)
        regular = [version for version in undated if _cycle(makes[version.id]) == "regular"]
        due |= {version.id: months_after(day, months) for version in regular if (day := last[version.id])}
    return due


@while_unchanged
def _kept(versions: tuple[Version, ...]) -> dict[int, "PolicyReview"]:
    """The newest recorded review of the edition of each version, where it is newer than what the version says."""
    rows = PolicyReview.select(PolicyReview, Version).join(Version)
    rows = rows.where(Version.policy.in_({version.policy_id for version in versions}))
    newest = {_edition(row.version): row for row in rows.order_by(PolicyReview.reviewed_on, PolicyReview.id)}
    found = {version: newest[_edition(version)] for version in versions if _edition(version) in newest}
    return {
        version.id: review
        for version, review in found.items()
        if not version.reviewed_on or review.reviewed_on > version.reviewed_on
    }


def _edition(version: Version) -> tuple[int, int]:
    return version.policy_id, version.edition


def _cycle(made: Promises) -> str | None:
    cycles = {str(choices["cycle"]) for choices in made.get(Key.REVIEW, [])}
    return "annual" if "annual" in cycles else "regular" if cycles else None
