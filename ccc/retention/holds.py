"""Holds: what keeps a record from going, for a reason from a fixed list."""

from datetime import date

from ccc import clock, kinds, people
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Person, RefusedError
from ccc.retention.due import held
from ccc.retention.records import Hold
from ccc.roles import OFFICERS

CODES = {
    "safeguarding": "a safeguarding matter",
    "complaint": "a complaint",
    "police": "the police ask for it",
    "court": "a court may ask for it",
    "other": "another reason, which the officers know",
}


def put(kind: str, number: int, code: str, until: date | None, by: Person) -> Hold:
    """Put a record on hold, until a day (included) or until somebody ends it. It helps even while a disposal runs."""
    if until and until < clock.today():
        raise RefusedError("The last day of a hold lies in the past.")
    with writing():
        if not any(kinds.count(kind, [number]).values()) and kinds.last_use(kind, number) is None:
            raise RefusedError("There is no such record, or it is gone already.")
        if number in held(kind):
            raise RefusedError("This is on hold already.")
        hold = Hold.create(kind=kind, record=number, code=code, until=until, by=by)
        record(Event.HOLD_PUT, by.id, f"{kind}:{number}", code=code)
    return hold


def end(hold: Hold, by: Person) -> None:
    """End a hold: the record goes when its time is over. Nobody but an officer ends what somebody else put."""
    with writing():
        if hold.by_id != by.id and not people.roles_of(by) & OFFICERS:
            raise RefusedError("Somebody else put this on hold. An officer ends it.")
        live = (Hold.id == hold.id) & Hold.ended_at.is_null()
        if not Hold.update(ended_at=clock.now(), ended_by=by).where(live).execute():
            raise RefusedError("This hold has ended already.")
        record(Event.HOLD_ENDED, by.id, f"{hold.kind}:{hold.record}", code=hold.code)
