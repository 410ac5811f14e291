"""What is kept of the centre's opening hours: patterns, closures, sessions, and the rules of the day."""

from datetime import UTC, date, datetime, time

from peewee import BooleanField, ForeignKeyField, IntegerField, TextField

from ccc.clock import LONDON
from ccc.db import Day, Instant, Record
from ccc.people import Person


class SessionPattern(Record):
    """When the centre opens, as people say it. `weeks` is "every", "second", or weeks of the month: "1,3", "last".

    Times are those of the clock on the hall's wall, as "10:30".
    """

    weekday = IntegerField()
    weeks = TextField()
    starts = TextField()
    ends = TextField()
    places = IntegerField()
    first_day = Day()
    last_day = Day()
    by = ForeignKeyField(Person)


class Closure(Record):
    """A day on which the centre stays closed."""

    day = Day(unique=True)
    by = ForeignKeyField(Person)


class ContactSession(Record):
    """One opening of the hall. It outlives its pattern; `changed_alone` keeps it as it is when the pattern changes."""

    pattern = ForeignKeyField(SessionPattern, null=True)
    day = Day(index=True)
    starts = TextField()
    ends = TextField()
    places = IntegerField()
    changed_alone = BooleanField(default=False)
    cancelled_at = Instant(null=True)
    cancelled_by = ForeignKeyField(Person, null=True)
    cancel_code = TextField(null=True)
    closed_at = Instant(null=True)
    closed_by = ForeignKeyField(Person, null=True)
    sheet_shredded_on = Day(null=True)

    class Meta:
        indexes = ((("pattern", "day"), True),)

    @property
    def begins(self) -> datetime:
        """The instant at which it starts."""
        return instant(self.day, self.starts)

    @property
    def finishes(self) -> datetime:
        """The instant at which it ends."""
        return instant(self.day, self.ends)


class SessionRules(Record):
    """One state of the rules of the day; the newest counts. Minutes are counted from the session's start and end."""

    by = ForeignKeyField(Person)
    visitor_before = IntegerField(default=15)
    visitor_after = IntegerField(default=10)
    fewest_volunteers = IntegerField(default=3)


def instant(day: date, wall_clock: str) -> datetime:
    """The instant at which the hall's clock shows this time on this day.

    It is in UTC: an hour before or after one in local time is an hour off when the clocks change in between.
    """
    return datetime.combine(day, time.fromisoformat(wall_clock), LONDON).astimezone(UTC)


def ref(session: "ContactSession | int") -> str:
    """The reference to a session that the audit trail uses."""
    return f"session:{session if isinstance(session, int) else session.id}"
