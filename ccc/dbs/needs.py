"""What a check needs next, in the officers' words, and since or until when."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from ccc.clock import months_later
from ccc.dbs.check import Check, Decision, Result
from ccc.dbs.rules import DbsRules

# How long a certificate, or a decision that is made elsewhere, usually takes: after that somebody should ask.
USUALLY = timedelta(days=28)
STAGES = (30, 14, 7, 0)


class Need(StrEnum):
    """What is to be done, in the order in which it presses."""

    LOST = "cannot be opened: begin it anew"
    OVERDUE = "recheck overdue"
    IN_7 = "recheck due in 7 days or less"
    DECIDE = "decision to make"
    LOOK = "Update Service look due"
    START = "check to start"
    SEE = "original to see"
    IN_14 = "recheck due in 14 days or less"
    IN_30 = "recheck due in 30 days or less"
    ELSEWHERE = "awaiting a decision elsewhere"
    RENEWAL = "renewal in hand"
    NOTHING = "nothing to do"
    REFUSED = "may not serve"


class Next(NamedTuple):
    """What is next, and the day that goes with it.

    `waits_on` is the only part that lies open. It is counted from the day of writing, not from a day in the check, and
    is the same for whoever was refused, waits for a decision elsewhere, or waits for the certificate.
    """

    need: Need
    day: date | None
    waits_on: date | None


def next_for(check: Check, joined: date, today: date, rules: DbsRules) -> Next:
    """What a check needs. `joined` is the day from which it should have been begun."""
    if check.decision is None:
        return _before_a_decision(check, joined, today)
    if check.decision == Decision.MAY_NOT:
        return Next(Need.REFUSED, check.decided_on, today + USUALLY)
    if check.decision == Decision.ELSEWHERE:
        return Next(Need.ELSEWHERE, check.decided_on, today + USUALLY)
    return _while_serving(check, today, rules)


def _before_a_decision(check: Check, joined: date, today: date) -> Next:
    if check.seen_on:
        return Next(Need.DECIDE, check.seen_on, today)
    if check.applied_on:
        return Next(Need.SEE, check.applied_on, today + USUALLY)
    return Next(Need.START, joined, joined)


def _while_serving(check: Check, today: date, rules: DbsRules) -> Next:
    """The recheck presses more than a look, and reminders of it come from the clearance, which lies open."""
    look, look_due, due = check.last_look, _look_due(check, rules), check.recheck_due
    if look and look.result != Result.CURRENT and look.on >= (check.decided_on or look.on):
        return Next(Need.DECIDE, look.on, today)
    waits_on = look_due and max(look_due, today)
    grace = timedelta(days=rules.grace_days)
    if check.renewal_since and due and today <= due + grace:
        return Next(Need.RENEWAL, due, waits_on)
    recheck = _by_date(due, today)
    if look_due and look_due <= today and recheck not in (Need.OVERDUE, Need.IN_7):
        return Next(Need.LOOK, look_due, waits_on)
    return Next(recheck, due, waits_on)


def _look_due(check: Check, rules: DbsRules) -> date | None:
    """When the Update Service should be looked at next, to the month: only where the person agreed to it."""
    if check.consent_on is None:
        return None
    looked = check.last_look.on if check.last_look else (check.decided_on or check.consent_on)
    return months_later(looked.replace(day=1), rules.look_months)


def _by_date(due: date | None, today: date) -> Need:
    days = (due - today).days if due else None
    if days is None or days > STAGES[0]:
        return Need.NOTHING
    if days < 0:
        return Need.OVERDUE
    return Need.IN_7 if days <= 7 else Need.IN_14 if days <= 14 else Need.IN_30
