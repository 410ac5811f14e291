"""The register of a session: who came and left when, line by line."""

from ccc.attendance.cards import Card, Row, cards, counted, sealed_cards
from ccc.attendance.closing import SheetRefusedError, close, print_sheet, type_in
from ccc.attendance.day import HERE, OUT, WORDS, expected, may_lead, opens, shuts, why_shut
from ccc.attendance.lines import Line, correct, counting, history, note, outcome
from ccc.attendance.records import SLOTS, Attendance, Slot
from ccc.attendance.waiting import unclosed

__all__ = [
    "HERE", "OUT", "SLOTS", "WORDS", "Attendance", "Card", "Line", "Row", "SheetRefusedError", "Slot", "cards",
    "close", "correct", "counted", "counting", "expected", "history", "may_lead", "note", "opens",
    "outcome", "print_sheet", "sealed_cards", "shuts", "type_in", "unclosed", "why_shut",
]  # fmt: skip
