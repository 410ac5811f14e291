"""How long records are kept, what holds them back, and how they go for good."""

from ccc.retention.disposals import (
    Early,
    Tally,
    approvable,
    approve,
    contents,
    early,
    find,
    hidden_from,
    is_stuck,
    newest,
    note_shredded,
    office_of,
    open_ones,
    open_to,
    propose,
    propose_early,
    tallies,
    went_since,
    withdraw,
)
from ccc.retention.due import KEPT, due, held, is_over, live_holds
from ccc.retention.erasing import carry_on, dispose_again, disposed, when_disposed, wipe
from ccc.retention.holds import CODES, end, put
from ccc.retention.lists import labels, lately_held
from ccc.retention.periods import WORDS, Period, set_concern_years
from ccc.retention.periods import of as period_of
from ccc.retention.records import Disposal, DisposalItem, DisposedPlaces, Hold, RetentionReminder, RetentionRules, ref
from ccc.retention.reminders import due_in_all, remind

__all__ = [
    "CODES", "KEPT", "WORDS", "Disposal", "DisposalItem", "DisposedPlaces", "Early", "Hold", "Period",
    "RetentionReminder", "RetentionRules", "Tally", "approvable", "approve", "carry_on", "contents",
    "dispose_again", "disposed", "due", "due_in_all", "early", "end", "find", "held", "hidden_from", "is_over",
    "is_stuck", "labels", "lately_held", "live_holds", "newest", "note_shredded", "office_of", "open_ones",
    "open_to", "period_of", "propose", "propose_early", "put", "ref", "remind", "set_concern_years", "tallies",
    "went_since", "when_disposed", "wipe", "withdraw",
]  # fmt: skip
