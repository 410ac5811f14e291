"""DBS checks, kept by two officers and sealed from everyone else; `is_cleared` is the only thing that leaves."""

from ccc import kinds
from ccc.dbs.check import Check, Decision, Entry, Level, Look, Position, Result, Workforce, day_fault, number_fault
from ccc.dbs.checks import (
    MEANWHILE,
    OWN,
    Asked,
    Certificate,
    DbsCheck,
    Verdict,
    apply,
    begin_anew,
    begin_missing,
    clear_for_now,
    decide,
    joined_on,
    look_into,
    note_consent,
    note_look,
    put_in,
    renew,
    see_original,
)
from ccc.dbs.clearance import CLEARED, LONGEST_FOR_NOW, Clearance, is_cleared, never_cleared, newest_clearance
from ccc.dbs.lists import Line, coming_months, count_waiting, list_checks
from ccc.dbs.needs import Need, Next, next_for
from ccc.dbs.recount import change_rules
from ccc.dbs.reminders import DbsReminder
from ccc.dbs.rules import DbsRules, Periods, earlier_rules, level_set_by, rules, set_rules

__all__ = [
    "CLEARED", "LONGEST_FOR_NOW", "MEANWHILE", "OWN", "Asked", "Certificate", "Check", "Clearance", "DbsCheck",
    "DbsReminder", "DbsRules", "Decision", "Entry", "Level", "Line", "Look", "Need", "Next", "Periods", "Position",
    "Result", "Verdict", "Workforce", "apply", "begin_anew", "begin_missing", "change_rules", "clear_for_now",
    "coming_months", "count_waiting", "day_fault", "decide", "earlier_rules", "is_cleared", "joined_on", "level_set_by",
    "list_checks", "look_into", "never_cleared", "newest_clearance", "next_for", "note_consent", "note_look",
    "number_fault", "put_in", "renew", "rules", "see_original", "set_rules",
]  # fmt: skip

kinds.belongs_to(kinds.PERSON, "DBS checks", "dbs_check", "person_id = :record")
kinds.belongs_to(kinds.PERSON, "reminders of DBS checks", "dbs_reminder", "person_id = :record")
kinds.belongs_to(kinds.PERSON, "times of clearance", "clearance", "person_id = :record")
