"""How far a request has come, from the rows that tell what became of it; and the log that lists requests."""

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from ccc.db import db, while_unchanged
from ccc.disclosures.records import Disclosure, InformationRequest
from ccc.families import hidden_from
from ccc.people import Person

AT_ONCE = 25
# A corrected request takes over what became of those it replaces, except that an officer was asked about them.
NEWEST = """
WITH RECURSIVE chain (newest, id) AS (
  SELECT id, id FROM information_request AS one
   WHERE NOT EXISTS (SELECT 1 FROM information_request WHERE replaces_id = one.id)
  UNION ALL SELECT newest, replaces_id FROM chain JOIN information_request USING (id) WHERE replaces_id IS NOT NULL),
came AS (
  SELECT newest, max(disclosure.id) AS last FROM chain LEFT JOIN disclosure
      ON request_id = chain.id AND (act != 'asked' OR request_id = newest)
     AND NOT EXISTS (SELECT 1 FROM disclosure AS later WHERE later.replaces_id = disclosure.id)
   GROUP BY newest)
SELECT request.id, asked_on, family_id, family.reference, kind, what, due_on, act, emergency, last,
       disclosure.by_id
  FROM came JOIN information_request AS request ON request.id = newest JOIN family ON family.id = family_id
  LEFT JOIN disclosure ON disclosure.id = last
"""
# One page of those that are not hidden from the reader.
OF_PAGE = """
 WHERE family_id NOT IN (SELECT value FROM json_each(:hidden)) AND (:after = 0 OR request.id < :after)
 ORDER BY request.id DESC LIMIT :most
"""
UNDONE = "WHERE act IS NULL OR act = 'asked' OR act = 'released' AND emergency ORDER BY request.id"
ONE = "WHERE request.id = :number"


class State(StrEnum):
    """How far a request has come, in words."""

    OPEN = "not answered yet"
    ASKED = "an officer is to decide"
    COUNTERSIGN = "released in an emergency: an officer is to countersign"
    RELEASED = "released"
    REFUSED = "refused"


class Line(NamedTuple):
    """One line of the log, without names. `last` is the row that tells what became of it, `by` who wrote that."""

    number: int
    asked_on: date
    family: int
    reference: str
    kind: str
    what: str
    due_on: date | None
    state: State
    last: int | None
    by: int | None


def state_of(request: InformationRequest) -> Line | None:
    """How far a request has come; None for one that a correction took the place of."""
    return next(_lines(ONE, number=request.id), None)


def page_of_log(to: Person, after: int) -> tuple[list[Line], int | None]:
    """One page of the log, newest first, without families hidden from the reader; and where to go on."""
    hidden = json.dumps(sorted(hidden_from(to)))
    lines = list(_lines(OF_PAGE, hidden=hidden, after=after, most=AT_ONCE + 1))
    return lines[:AT_ONCE], lines[AT_ONCE - 1].number if len(lines) > AT_ONCE else None


@while_unchanged
def undone() -> tuple[Line, ...]:
    """Every request that waits for somebody, oldest first."""
    return tuple(_lines(UNDONE))


def history(request: InformationRequest) -> list[InformationRequest]:
    """A request and those that it corrects, newest first."""
    found = [request]
    while found[-1].replaces_id:
        found.append(InformationRequest.get_by_id(found[-1].replaces_id))
    return found


def acts(requests: list[InformationRequest]) -> list[Disclosure]:
    """Everything that became of these requests and by whom, oldest first; what was corrected as well."""
    made = Disclosure.select(Disclosure, Person).join(Person, on=(Disclosure.by == Person.id))
    return list(made.where(Disclosure.request.in_(requests)).order_by(Disclosure.id))


def last_act(request: InformationRequest) -> Disclosure | None:
    """The last thing that became of a request and still stands, countersignatures aside."""
    made = acts(history(request))
    replaced = {one.replaces_id for one in made}
    standing = (one for one in reversed(made) if one.id not in replaced and one.act != "countersigned")
    return next(standing, None)


def _lines(which: str, **asked: object) -> Iterator[Line]:
    for *known, due_on, act, emergency, last, by in db.execute_sql(NEWEST + which, asked):
        number, asked_on, family, reference, kind, what = known
        due, state = due_on and date.fromisoformat(due_on), _state(act, emergency=bool(emergency))
        yield Line(number, date.fromisoformat(asked_on), family, reference, kind, what, due, state, last, by)


def _state(act: str | None, *, emergency: bool) -> State:
    if act is None:
        return State.OPEN
    if act == "released":
        return State.COUNTERSIGN if emergency else State.RELEASED
    return {"asked": State.ASKED, "refused": State.REFUSED, "countersigned": State.RELEASED}[act]
