"""DBS checks: each is one sealed row, there from the day a person joins; what officers do to it, and who may not."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from peewee import BlobField, BooleanField, ForeignKeyField

from ccc import clock, officers_vault, people
from ccc.audit import Event, record
from ccc.clock import months_later
from ccc.db import Day, Record, writing
from ccc.dbs.check import Check, Decision, Level, Look, Position, Workforce, day_fault, number_fault, pack, unpack
from ccc.dbs.clearance import check_for_now, clear, end_clearance
from ccc.dbs.needs import next_for
from ccc.dbs.rules import rules
from ccc.officers_vault import Opened
from ccc.people import Person, RefusedError, ref

OWN = "Nobody handles their own check. The other officer does that."
MEANWHILE = "The other officer changed this check meanwhile. Look at what stands there now."
FOR_NOW = "cleared for now"
MOST_LOOKS = 40
Changes = dict[str, Any]
# What a new certificate, or an application after a refusal, makes an end of. The history keeps that it was.
NOTHING_SEEN: Changes = {"number": "", "issued_on": None, "seen_on": None, "seen_by": None, "looks": ()}
NOTHING_SEEN |= {"decision": None, "decided_on": None, "decided_by": None, "recheck_due": None, "renewal_since": None}


class Asked(NamedTuple):
    """What a check is asked for."""

    position: Position
    level: Level
    workforce: Workforce


class Certificate(NamedTuple):
    """What is kept of a certificate that was seen."""

    number: str
    issued_on: date
    seen_on: date


class Verdict(NamedTuple):
    """A decision, its day, and for *may serve* when the recheck is due if that is sooner than the centre's period."""

    decision: Decision
    on: date
    recheck_due: date | None = None


class DbsCheck(Record):
    """A sealed check. Without a key one reads only from which day on something waits, and whether reminders pause."""

    person = ForeignKeyField(Person, unique=True)
    sealed = BlobField()
    waits_on = Day(null=True, index=True)
    paused = BooleanField(default=False)


officers_vault.contents.append(DbsCheck)


def joined_on(person: Person) -> date:
    """The day from which a check should have been begun."""
    return clock.local(person.created_at).date()


def begin(person: Person) -> None:
    """Begin the check of somebody who joins. Without a vault it waits until there is one."""
    if officers_vault.exists():
        with writing():
            DbsCheck.create(
                person=person, sealed=officers_vault.seal(pack(Check(), person.id)), waits_on=joined_on(person)
            )


people.when_added.append(begin)


def begin_missing() -> None:
    """Begin the checks of everybody who has none: people from before there was a vault.

    Those who left have theirs begun as well, for they may come back.
    """
    with writing():
        begun = DbsCheck.select(DbsCheck.person)
        for person in Person.select().where(Person.id.not_in(begun)):
            begin(person)


officers_vault.when_made.append(begin_missing)


def look_into(person: Person, opened: Opened) -> Check | None:
    """Open somebody's check; None if it was sealed to a key that is lost. Raises RefusedError for one's own."""
    _insist_on_others(person, opened)
    row = DbsCheck.get_or_none(DbsCheck.person == person)
    return open_row(row, opened) if row else Check()


def apply(person: Person, opened: Opened, seen: str, asked: Asked, on: date) -> None:
    """Record that an application was made. For somebody who may serve already, that is a renewal in hand."""
    _insist_on_day("The day of the application", on)

    def act(check: Check) -> Changes:
        begun: Changes = asked._asdict() | {"applied_on": on}
        if check.decision == Decision.MAY_NOT:
            return begun | NOTHING_SEEN
        return begun | {"renewal_since": clock.today() if check.decision == Decision.MAY else None}

    _change(person, opened, seen, "application made", act)


def see_original(person: Person, opened: Opened, seen: str, asked: Asked, certificate: Certificate) -> None:
    """Record that the original was seen in person, by the officer who says so. A decision has to be made anew.

    Raises RefusedError for a number or dates that cannot be.
    """
    if fault := number_fault(certificate.number):
        raise RefusedError(fault)
    _insist_on_day("The day of issue", certificate.issued_on)
    _insist_on_day("The day on which you saw it", certificate.seen_on)
    if certificate.seen_on < certificate.issued_on:
        raise RefusedError("The certificate cannot have been seen before it was issued.")
    changes = NOTHING_SEEN | asked._asdict() | certificate._asdict() | {"seen_by": opened.by.id}
    _change(person, opened, seen, "original seen", lambda _: changes)


def note_consent(person: Person, opened: Opened, seen: str, on: date | None) -> None:
    """Record the day on which the person agreed to looks at the Update Service; None takes it back."""
    if on:
        _insist_on_day("The day of the agreement", on)
    what = "agreed to the Update Service" if on else "agreement to the Update Service taken back"
    _change(person, opened, seen, what, lambda _: {"consent_on": on})


def note_look(person: Person, opened: Opened, seen: str, look: Look) -> None:
    """Record a look at the Update Service. Raises RefusedError without the person's agreement and an original seen."""
    _insist_on_day("The day of the look", look.on)

    def act(check: Check) -> Changes:
        if check.consent_on is None or check.seen_on is None:
            raise RefusedError("A look needs the person's agreement, and the original seen before.")
        if look.on < max(check.consent_on, check.issued_on or look.on):
            raise RefusedError("The look cannot lie before the agreement or before the certificate was issued.")
        return {"looks": tuple(sorted((*check.looks, look), key=lambda one: one.on))[-MOST_LOOKS:]}

    _change(person, opened, seen, f"Update Service: {look.result}", act)


def decide(person: Person, opened: Opened, seen: str, verdict: Verdict) -> None:
    """Record a decision. *May serve* clears the person, until the recheck is due and the grace is over.

    Raises RefusedError without an original seen, and for dates that run backwards.
    """
    decision, on, asked = verdict
    _insist_on_day("The day of the decision", on)

    def act(check: Check) -> Changes:
        if check.seen_on is None or check.issued_on is None:
            raise RefusedError("First the original is seen in person. Only then is there something to decide on.")
        if on < check.seen_on:
            raise RefusedError("The decision cannot lie before the day on which the original was seen.")
        due = _recheck_due(check, on, asked) if decision == Decision.MAY else None
        _keep_clearance(person, opened.by, due)
        decided: Changes = {"decision": decision, "decided_on": on, "decided_by": opened.by.id}
        return decided | {"recheck_due": due, "renewal_since": None}

    _change(person, opened, seen, f"decision: {decision}", act)


def renew(person: Person, opened: Opened, seen: str, *, in_hand: bool) -> None:
    """Mark that the renewal is in hand, which pauses the reminders, or that it is not."""

    def act(check: Check) -> Changes:
        if check.decision != Decision.MAY:
            raise RefusedError("There is no decision yet that could be renewed.")
        return {"renewal_since": clock.today() if in_hand else None}

    _change(person, opened, seen, "renewal in hand" if in_hand else "renewal not in hand", act)


def begin_anew(person: Person, opened: Opened) -> None:
    """Begin a check anew that was sealed to a key which is lost. Raises RefusedError for one that can be opened."""
    with writing():
        officers_vault.insist_on_current(opened)
        if look_into(person, opened) is not None:
            raise RefusedError("This check can be opened. Nothing has to be begun anew.")
        DbsCheck.delete().where(DbsCheck.person == person).execute()
        begin(person)
        record(Event.DBS_CHANGED, opened.by.id, ref(person))


def clear_for_now(everybody: Sequence[Person], until: date, opened: Opened) -> None:
    """Clear people who serve already, until their checks are typed in; for three months at most, and once."""
    with writing():
        check_for_now(everybody, until, opened.by)
        for person in everybody:
            check = look_into(person, opened)
            if check is None:
                raise RefusedError(f"The check of {person.name} cannot be opened. Begin it anew first.")
            if check.decision:
                raise RefusedError(f"A decision on {person.name} is recorded already. Take that tick away.")
            _change(person, opened, check.mark, f"{FOR_NOW}, until {until.isoformat()}", lambda _: {})
            clear(person, clock.today(), until, opened.by)


def with_records(opened: Opened) -> set[int]:
    """Everybody else for whom something is recorded already, or whose check cannot be opened."""
    rows = DbsCheck.select().where(DbsCheck.person != opened.by)
    return {row.person_id for row in rows if (check := open_row(row, opened)) is None or not _is_blank(check)}


def put_in(person: Person, opened: Opened, pasted: Check) -> None:
    """Take what the centre had before: only where nothing was recorded yet. Its decision clears, as any."""
    check = look_into(person, opened)
    if check is None or not _is_blank(check):
        raise RefusedError(f"Something is recorded for {person.name} already. Take their row out.")

    def act(_check: Check) -> Changes:
        decision, on = pasted.decision, pasted.decided_on or clock.today()
        due = _recheck_due(pasted, on, pasted.recheck_due) if decision == Decision.MAY else None
        if decision:
            _keep_clearance(person, opened.by, due)
        fields = ("position", "level", "workforce", "applied_on", "number", "issued_on", "seen_on", "seen_by")
        more = ("consent_on", "decision", "decided_on", "decided_by")
        return {name: getattr(pasted, name) for name in (*fields, *more)} | {"recheck_due": due}

    _change(person, opened, check.mark, "taken from the centre's list", act)


def _change(person: Person, opened: Opened, seen: str, what: str, act: Callable[[Check], Changes]) -> None:
    """Change a sealed check: one officer at a time, never one's own, and nothing that was not looked at."""
    _insist_on_others(person, opened)
    with writing():
        officers_vault.insist_on_current(opened)
        check = look_into(person, opened)
        if check is None or check.mark != seen:
            raise RefusedError(MEANWHILE)
        changed = check.noted(clock.today(), opened.by.id, what, **act(check))
        stored = {
            "sealed": officers_vault.seal(pack(changed, person.id)),
            "waits_on": waits_on(changed, person),
            "paused": changed.renewal_since is not None,
        }
        if not DbsCheck.update(stored).where(DbsCheck.person == person).execute():
            DbsCheck.create(person=person, **stored)
        record(Event.DBS_CHANGED, opened.by.id, ref(person))


def waits_on(check: Check, person: Person) -> date | None:
    """The day from which on something waits, which lies open."""
    return next_for(check, joined_on(person), clock.today(), rules()).waits_on


def _keep_clearance(person: Person, by: Person, recheck_due: date | None) -> None:
    ends = recheck_due and recheck_due + timedelta(days=rules().grace_days)
    if ends and ends >= clock.today():
        clear(person, clock.today(), ends, by)
    else:
        end_clearance(person, by)


def _recheck_due(check: Check, decided_on: date, asked: date | None) -> date:
    latest = months_later(decided_on, rules().recheck_months)
    due = asked or latest
    if check.issued_on and due <= check.issued_on:
        raise RefusedError("The recheck cannot be due before the certificate was issued.")
    if due <= decided_on:
        raise RefusedError("The recheck cannot be due before the decision.")
    if due > latest:
        raise RefusedError(f"The centre rechecks after {rules().recheck_months} months at the latest.")
    return due


def _is_blank(check: Check) -> bool:
    """Tell whether nothing is recorded yet. Being cleared for now says nothing about a check."""
    return all(line.what.startswith(FOR_NOW) for line in check.history)


def open_row(row: DbsCheck, opened: Opened) -> Check | None:
    """The check of a row; None if it was sealed to a key that is lost, or is that of somebody else."""
    text = opened.read(row.sealed)
    return unpack(text, row.person_id) if text else None


def _insist_on_others(person: Person, opened: Opened) -> None:
    if person.id == opened.by.id:
        raise RefusedError(OWN)


def _insist_on_day(what: str, day: date) -> None:
    if fault := day_fault(day, clock.today()):
        raise RefusedError(f"{what}: {fault}")
