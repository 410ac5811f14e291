"""The rules of the day: who comes how long before and after, how few volunteers are too few. Added, never edited."""

from ccc.audit import Event, record
from ccc.contact_sessions.records import SessionRules
from ccc.db import while_unchanged, writing
from ccc.people import Person, RefusedError

LONGEST_MINUTES, MOST_VOLUNTEERS = 60, 20


@while_unchanged
def rules() -> SessionRules:
    """The rules in force; until somebody set any, the usual ones."""
    newest: SessionRules | None = SessionRules.select().order_by(SessionRules.id.desc()).first()
    return newest or SessionRules()


def set_rules(visitor_before: int, visitor_after: int, fewest_volunteers: int, by: Person) -> None:
    """Set the rules for every session from now on. Raises RefusedError for a number that makes no sense."""
    if not (0 <= visitor_before <= LONGEST_MINUTES and 0 <= visitor_after <= LONGEST_MINUTES):
        raise RefusedError(f"The minutes can be 0 to {LONGEST_MINUTES}.")
    if not 1 <= fewest_volunteers <= MOST_VOLUNTEERS:
        raise RefusedError(f"A session needs 1 to {MOST_VOLUNTEERS} volunteers.")
    kept = {"visitor_before": visitor_before, "visitor_after": visitor_after, "fewest_volunteers": fewest_volunteers}
    with writing():
        SessionRules.create(by=by, **kept)
        record(Event.SESSION_RULES_CHANGED, by.id, "centre:1")
