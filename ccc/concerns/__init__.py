"""Worries raised, sealed to the officers. Whoever raised one is told that it was received, and when it was read."""

from ccc.concerns.raising import Own, can_mail, count_of, known_to, raise_worry, raised_by, remind
from ccc.concerns.reading import count_waiting, find, look_into, may_lie_in_safe, open_with_sheet, raised, write_down
from ccc.concerns.records import Concern, ConcernEntry, ConcernEntryApart, ref
from ccc.concerns.told import LONGEST, LONGEST_WHOM, Told

__all__ = [
    "LONGEST", "LONGEST_WHOM", "Concern", "ConcernEntry", "ConcernEntryApart", "Own", "Told", "can_mail",
    "count_of", "count_waiting", "find", "known_to", "look_into", "may_lie_in_safe", "open_with_sheet",
    "raise_worry", "raised", "raised_by", "ref", "remind", "write_down",
]  # fmt: skip
