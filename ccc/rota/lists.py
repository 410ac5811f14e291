"""The rota of many sessions at once: who serves, what is missing, and what was given back and not filled."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from ccc import clock, undertakings
from ccc.contact_sessions import SessionRules, instant
from ccc.db import db, while_unchanged
from ccc.onboarding import progress
from ccc.rota.duties import GIVEN_BACK, Crew, crew

AT_ONCE = 25
# So long before a session somebody has to be told that its rota has a gap.
GAPS_AHEAD = timedelta(days=14)


class Line(NamedTuple):
    """One session's rota in the list.

    `unfilled` counts the duties that were given back and not filled since, `unready` those on it who may not be on a
    rota any more, for whatever reason, or whose signature will not count on that day.
    """

    session: int
    day: date
    starts: str
    ends: str
    names: str | None
    crew: Crew
    unfilled: int
    unready: int

    @property
    def lacks(self) -> str:
        """What is missing, in words."""
        given = "1 duty was given back" if self.unfilled == 1 else f"{self.unfilled} duties were given back"
        unready = f"{self.unready} of those on it may not serve that day" if self.unready else ""
        return ", ".join(filter(None, (given if self.unfilled else "", unready, self.crew.lacks)))


# Whoever was put on after the first duty was given back fills a gap, unless they were taken off again.
_GIVEN = f"FROM duty g WHERE g.session_id = s.id AND g.end_code = '{GIVEN_BACK}'"
_FILLED = f"""FROM duty n WHERE n.session_id = s.id AND (n.end_code IS NULL OR n.end_code = '{GIVEN_BACK}')
    AND n.created_at > (SELECT min(g.ended_at) {_GIVEN})"""
LIST = f"""
SELECT s.id, s.day, s.starts, s.ends,
    (SELECT group_concat(name, ', ') FROM (
        SELECT p.name || iif(d.leader, ' (leads)', '') AS name FROM duty d JOIN person p ON p.id = d.person_id
         WHERE d.session_id = s.id AND d.ended_at IS NULL ORDER BY d.leader DESC, p.name, d.id)),
    (SELECT group_concat(person_id) FROM duty d WHERE d.session_id = s.id AND d.ended_at IS NULL),
    EXISTS (SELECT 1 FROM duty d WHERE d.session_id = s.id AND d.ended_at IS NULL AND d.leader),
    max(0, (SELECT count(*) {_GIVEN}) - (SELECT count(*) {_FILLED})), coalesce(
    (SELECT fewest_volunteers FROM session_rules ORDER BY id DESC LIMIT 1), {SessionRules.fewest_volunteers.default})
  FROM contact_session s WHERE s.cancelled_at IS NULL AND s.day >= :day
 ORDER BY s.day, s.id LIMIT :limit
"""  # noqa: S608  (made of our own constants; what people typed comes in as parameters)


def coming(from_day: date) -> tuple[list[Line], date | None]:
    """List the rotas from a day on, and the day to go on with if there are more."""
    lines = list(_lines(from_day, AT_ONCE + 1))
    return lines[:AT_ONCE], lines[AT_ONCE].day if len(lines) > AT_ONCE else None


def lacking() -> list[Line]:
    """List the sessions, not over, on whose rota something is missing: soon, or because a duty was given back."""
    now = clock.now()
    return [line for line in _lacking(clock.today()) if instant(line.day, line.ends) > now]


@while_unchanged
def _lacking(today: date) -> tuple[Line, ...]:
    soon = today + GAPS_AHEAD
    return tuple(line for line in _lines(today, -1) if line.unfilled or (line.day <= soon and line.lacks))


def _lines(from_day: date, limit: int) -> Iterator[Line]:
    rows = db.execute_sql(LIST, {"day": str(from_day), "limit": limit})
    ready = _ready()
    for session, day, starts, ends, names, serving, led, unfilled, fewest in rows:
        people = [int(number) for number in serving.split(",")] if serving else []
        then = ready[max(end for end in ready if str(end) < day)]
        unready = sum(number not in then for number in people)
        held = crew(len(people), bool(led), fewest)
        yield Line(session, date.fromisoformat(day), starts, ends, names, held, unfilled, unready)


def _ready() -> Mapping[date, Mapping[int, str]]:
    """Who may be on the rota after each day with whose end some signatures count no more; from today, at first."""
    ends = {one.by for one in undertakings.unsigned() if one.by >= clock.today()}
    return {date.min: progress.ready_for_rota()} | {
        end: progress.ready_for_rota(end + timedelta(days=1)) for end in ends
    }
