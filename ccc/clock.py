"""The only clock: instants in UTC, days as the centre counts them, and a way for tests to move both."""

import datetime as dt
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_stopped_at: dt.datetime | None = None


def now() -> dt.datetime:
    return _stopped_at or dt.datetime.now(dt.UTC)


def today() -> dt.date:
    return local(now()).date()


def local(instant: dt.datetime) -> dt.datetime:
    """Show `instant` as the clock on the hall's wall does."""
    return instant.astimezone(LONDON)


@contextmanager
def at(moment: dt.datetime | dt.date) -> Iterator[None]:
    """Stop the clock of the whole process at `moment`; a bare date means noon of that day."""
    global _stopped_at  # noqa: PLW0603 - one clock for all threads is the point: a server under test has its own.
    before, _stopped_at = _stopped_at, _instant(moment)
    try:
        yield
    finally:
        _stopped_at = before


def advance(step: dt.timedelta) -> None:
    """Move the stopped clock on."""
    global _stopped_at  # noqa: PLW0603 - as above.
    if _stopped_at is None:
        raise RuntimeError("only a stopped clock can be moved: use this inside `with clock.at(...)`")
    _stopped_at += step


def _instant(moment: dt.datetime | dt.date) -> dt.datetime:
    if not isinstance(moment, dt.datetime):
        return dt.datetime.combine(moment, dt.time(12), LONDON).astimezone(dt.UTC)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(dt.UTC)


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
