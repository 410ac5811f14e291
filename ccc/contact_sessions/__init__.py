"""Sessions: the patterns they follow, the days on which the centre is closed, and single changes."""

from ccc.contact_sessions.closures import add_closure, closures, held_on, remove_closure
from ccc.contact_sessions.days import WEEKDAYS, WEEKS, Plan, days_of, in_words, named, plan_of
from ccc.contact_sessions.patterns import (
    Ahead,
    add_pattern,
    change_pattern,
    end_pattern,
    look_ahead,
    look_at_end,
    patterns,
)
from ccc.contact_sessions.records import Closure, ContactSession, SessionPattern, SessionRules, instant, ref
from ccc.contact_sessions.rules import rules, set_rules
from ccc.contact_sessions.sessions import (
    CLOSED,
    CODES,
    add_session,
    cancel_session,
    change_session,
    coming,
    get,
    in_use,
    places_taken,
    refuses_moving,
    relied_on,
    when_cancelled,
)

__all__ = [
    "CLOSED", "CODES", "WEEKDAYS", "WEEKS", "Ahead", "Closure", "ContactSession", "Plan", "SessionPattern",
    "SessionRules", "add_closure", "add_pattern", "add_session", "cancel_session", "change_pattern", "change_session",
    "closures", "coming", "days_of", "end_pattern", "get", "held_on", "in_use", "in_words", "instant", "look_ahead",
    "look_at_end", "named", "patterns", "places_taken", "plan_of", "ref", "refuses_moving", "relied_on",
    "remove_closure", "rules", "set_rules", "when_cancelled",
]  # fmt: skip
