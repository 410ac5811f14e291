"""The days and times that a pattern means, in words and as dates; no database, and no day of today."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from ccc.clock import LONDON, months_later
from ccc.contact_sessions.records import ContactSession, SessionPattern
from ccc.people import RefusedError

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKS = {
    "every": "Every",
    "second": "Every second",
    "1": "1st",
    "2": "2nd",
    "3": "3rd",
    "4": "4th",
    "last": "Last",
    "1,3": "1st and 3rd",
    "2,4": "2nd and 4th",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
LONGEST_MONTHS, MOST_PLACES, MOST_NAMED = 24, 50, 5
ONE_WEEK = timedelta(days=7)


class Plan(NamedTuple):
    """What a pattern shall be. `weeks` is one of WEEKS; a second week is counted from the first day."""

    weekday: int
    weeks: str
    starts: str
    ends: str
    places: int
    first_day: date
    last_day: date


def plan_of(pattern: SessionPattern) -> Plan:
    """What a pattern is now."""
    return Plan(*(getattr(pattern, name) for name in Plan._fields))


def days_of(plan: Plan) -> list[date]:
    """Every day of a plan, whether it is over or still to come."""
    first = plan.first_day + timedelta(days=(plan.weekday - plan.first_day.weekday()) % 7)
    weeks = range(max((plan.last_day - first).days // 7 + 1, 0))
    return [day for number in weeks if _is_in(plan.weeks, number, day := first + number * ONE_WEEK)]


def _is_in(weeks: str, number: int, day: date) -> bool:
    if weeks in ("every", "second"):
        return weeks == "every" or number % 2 == 0
    last = (day + ONE_WEEK).month != day.month
    return any(last if week == "last" else (day.day - 1) // 7 + 1 == int(week) for week in weeks.split(","))


def in_words(plan: Plan | SessionPattern) -> str:
    """A pattern as people say it: "1st and 3rd Saturday, 10:30–12:30, six places"."""
    places = "one place" if plan.places == 1 else f"{_number(plan.places)} places"
    return f"{WEEKS[plan.weeks]} {WEEKDAYS[plan.weekday]}, {plan.starts}–{plan.ends}, {places}"


def _number(count: int) -> str:
    return NUMBERS[count] if count < len(NUMBERS) else str(count)


def named(days: Iterable[date]) -> str:
    """Dates in a sentence; of many, the first few and how many more there are."""
    said = [f"{day.day} {day:%B %Y}" for day in sorted(days)]
    more = [f"{len(said) - MOST_NAMED} more days"] if len(said) > MOST_NAMED + 1 else []
    shown = said[:MOST_NAMED] + more if more else said
    return " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))


def insist_on_plan(plan: Plan) -> None:
    """Refuse a plan that can be nobody's: its times, its places, its first and last day."""
    insist_on_times(plan.starts, plan.ends, plan.places)
    if plan.last_day < plan.first_day:
        raise RefusedError("The last day lies before the first day.")
    if plan.last_day > months_later(plan.first_day, LONGEST_MONTHS):
        raise RefusedError("The last day can be at most two years after the first day.")


def insist_on_times(starts: str, ends: str, places: int) -> None:
    """Refuse a session that ends before it starts or on another day, and one with no places or with very many."""
    if starts >= ends:
        raise RefusedError("A session ends after it starts, and before midnight. Look at the two times.")
    if not 1 <= places <= MOST_PLACES:
        raise RefusedError(f"A session has 1 to {MOST_PLACES} places.")


def insist_on_clock(days: Iterable[date], starts: str, ends: str) -> None:
    """Refuse times that the clock on the wall does not show on one of these days, or shows twice."""
    for day in days:
        for wall_clock in (starts, ends):
            early = datetime.combine(day, time.fromisoformat(wall_clock), LONDON)
            gained = early.replace(fold=0).utcoffset(), early.replace(fold=1).utcoffset()
            if gained[0] != gained[1]:
                fault = "stands twice" if gained > gained[::-1] else "does not exist"
                raise RefusedError(f"On {named([day])} the clocks change, and {wall_clock} {fault}. Take another time.")


def insist_on_room(days: Iterable[date], starts: str, ends: str, others: Sequence[ContactSession]) -> None:
    """Refuse a session that would be open at the same time as another one of these."""
    wanted = set(days)
    meet = {one.day for one in others if one.day in wanted and one.starts < ends and starts < one.ends}
    if meet:
        raise RefusedError(f"There is another session at that time on {named(meet)}.")
