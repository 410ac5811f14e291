"""From what a register says to the lines of a statement: dates, and when contact began and ended. Nothing is asked."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import NamedTuple

from ccc import clock
from ccc.attendance import SLOTS, Slot

HANDED = (Slot.HANDED_OUT, Slot.HANDED_BACK)
Span = tuple[datetime, datetime]


class Line(NamedTuple):
    """One contact, by the clock on the hall's wall. It ends on another day if the child came back on another."""

    day: date
    began: time
    ended_on: date
    ended: time

    @property
    def end(self) -> str:
        """When it ended; if that was on another day, that day as well."""
        return f"{self.ended:%H:%M}" + ("" if self.ended_on == self.day else f" on {said(self.ended_on)}")


class Place(NamedTuple):
    """A family's place in a session, with the times that count: none unless both sides came.

    `is_open` says that the register is not closed yet; until then it has no times either.
    """

    day: date
    service: str
    is_open: bool
    times: Mapping[Slot, datetime]


def lines_of(places: Sequence[Place], first_day: date, last_day: date) -> tuple[Line, ...]:
    """The lines of a period, its last day included. A contact belongs to the day on which it began."""
    lines = (_line(*span) for span in sorted(_spans(places)))
    return tuple(line for line in lines if first_day <= line.day <= last_day)


def wanting(places: Sequence[Place], first_day: date, last_day: date) -> int:
    """Count the places of a period that may lack a line: the register is open still, or a time is missing in it."""
    paired = {at for span in _handovers(places) for at in span}
    listed = (place for place in places if first_day <= place.day <= last_day)
    return sum(place.is_open or _lacks_a_time(place, paired) for place in listed)


def as_json(lines: Iterable[Line]) -> str:
    """The lines as they are kept: day, beginning, last day, end."""
    return json.dumps([[day.isoformat(), f"{a:%H:%M}", until.isoformat(), f"{b:%H:%M}"] for day, a, until, b in lines])


def from_json(text: str) -> tuple[Line, ...]:
    """The lines that were kept."""
    day, at = date.fromisoformat, time.fromisoformat
    return tuple(Line(day(one), at(began), day(until), at(ended)) for one, began, until, ended in json.loads(text))


def said(day: date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


def _spans(places: Sequence[Place]) -> Iterator[Span]:
    """When both sides were together. Where one left before the other came, they did not meet."""
    supported = (_together(place.times) for place in places if place.service == "supported")
    found = (*filter(None, supported), *_handovers(places))
    return (span for span in found if span[0] < span[1])


def _together(times: Mapping[Slot, datetime]) -> Span | None:
    """Contact began when the later of the two came, and ended when the earlier left."""
    if any(slot not in times for slot in SLOTS["supported"]):
        return None
    came, left = (times[Slot.CHILD_CAME], times[Slot.VISITOR_CAME]), (times[Slot.CHILD_LEFT], times[Slot.VISITOR_LEFT])
    return max(came), min(left)


def _handovers(places: Sequence[Place]) -> Iterator[Span]:
    """From handing out to handing back: the same day, or in the very next place of this family."""
    handed = [place.times for place in places if place.service == "handover"]
    # After the last place comes one of which nothing is known.
    for times, following in pairwise([*handed, {}]):
        began, ended = (times.get(slot) for slot in HANDED)
        if began and not ended and Slot.HANDED_OUT not in following:
            ended = following.get(Slot.HANDED_BACK)
        if began and ended:
            yield began, ended


def _lacks_a_time(place: Place, paired: set[datetime]) -> bool:
    if place.service == "handover":
        return any(slot in place.times and place.times[slot] not in paired for slot in HANDED)
    return bool(place.times) and _together(place.times) is None


def _line(began: datetime, ended: datetime) -> Line:
    first, last = clock.local(began), clock.local(ended)
    return Line(first.date(), _minute(first), last.date(), _minute(last))


def _minute(at: datetime) -> time:
    """Seconds are of no matter, and would stand in no statement."""
    return time(at.hour, at.minute)
