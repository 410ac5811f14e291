"""The steps of joining, for one person: computed from what was recorded, read, passed and signed; no stored ticks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ccc import centre, clock, policies, undertakings
from ccc.db import db
from ccc.onboarding.dates import TITLES, Key, newest
from ccc.people import Person, RefusedError
from ccc.policies import Version, months_after
from ccc.quizzes import attempts

POLICY = "confidentiality"
REVIEWS = {Key.FIRST_REVIEW: 3, Key.SECOND_REVIEW: 6}
NEEDED = tuple(key for key in Key if key not in (Key.ROTA, *REVIEWS))
# A policy in force that promises the check outweighs whatever was decided before it came into force.
PROMISED = """EXISTS (
    SELECT 1 FROM tag JOIN clause ON clause.id = tag.clause_id WHERE tag.provision = 'dbs' AND clause.version_id IN (
        SELECT max(id) FROM version WHERE published_at IS NOT NULL GROUP BY policy_id))"""


class State(StrEnum):
    """How it stands with a step, as the person who joins sees it."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    WITH_OTHERS = "with others"


@dataclass(frozen=True)
class Step:
    """One step: the words of its tag, the day it was done, and a line on what happens with it."""

    key: Key
    state: State
    word: str
    on: date | None = None
    note: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.key]

    @property
    def is_done(self) -> bool:
        return self.state == State.DONE


WITH_OTHERS = {
    Key.APPLICATION: "The co-ordinator writes down when it came.",
    Key.INTERVIEW: "The co-ordinator finds a day with you.",
    Key.FIRST_REFERENCE: "The co-ordinator asks the people whom you named.",
    Key.SECOND_REFERENCE: "The co-ordinator asks the people whom you named.",
    Key.CLEARANCE: "With the safeguarding officer. Nothing for you to do now.",
    Key.INDUCTION: "The co-ordinator tells you when it is.",
}


@dataclass(frozen=True)
class _Known:
    """What is known of one person: the steps done with their days, and what the other steps wait for."""

    done: Mapping[Key, date | None]
    published: bool
    quiz: str
    trial_from: date | None


def steps(person: Person) -> list[Step]:
    """List every step of joining, in order, and how it stands with it."""
    known, with_clearance = _known(person), asks_for_dbs()
    needed = [_step(key, known) for key in NEEDED if with_clearance or key != Key.CLEARANCE]
    ready = all(step.is_done for step in needed)
    return [*needed, _rota(ready=ready), *(_review(key, known) for key in REVIEWS)]


def count(listed: Iterable[Step]) -> tuple[int, int]:
    """Count the steps done, and all that are needed for the rota."""
    needed = [step for step in listed if step.key in NEEDED]
    return sum(step.is_done for step in needed), len(needed)


def may_be_on_rota(person: Person) -> bool:
    """Tell whether every step is done that is needed before somebody serves."""
    return next(step.is_done for step in steps(person) if step.key == Key.ROTA)


def is_cleared(_person: Person) -> bool:
    """Tell whether the officers have cleared somebody.

    As long as no DBS checks are kept here nobody is, and "not yet" is the only honest answer.
    """
    return False


def asks_for_dbs() -> bool:
    """Tell whether clearance is a step: unless the chair decided otherwise, and always while a policy promises it."""
    return bool(db.execute_sql(f"SELECT asks_for_dbs OR {PROMISED} FROM centre").fetchone()[0])  # noqa: S608  (no input)


def stop_asking_for_dbs(by: Person) -> None:
    """Record the chair's decision that clearance is no step here. Raises RefusedError where a policy promises it."""
    if db.execute_sql(f"SELECT {PROMISED}").fetchone()[0]:
        raise RefusedError("The centre's policy in force promises a DBS check. Change the policy first.")
    centre.stop_asking_for_dbs(by.id)


def due_on(step: Key, trial_from: date) -> date:
    """Tell when a review is due: the trial begins with the first undertaking that somebody ever signed."""
    return months_after(trial_from, REVIEWS[step])


def _known(person: Person) -> _Known:
    version = policies.in_force(POLICY)
    done = _recorded(person) | (_done_on_screen(person, version) if version else {})
    # Signing a new edition of the policy does not begin the trial anew.
    signed = [given.signed_on for given in undertakings.acknowledgements(person)]
    return _Known(done, version is not None, _how_far(person), min(signed, default=None))


def _recorded(person: Person) -> dict[Key, date | None]:
    done = {key: row.on for key, row in newest(person).items() if row.on}
    return done | ({Key.CLEARANCE: None} if is_cleared(person) else {})


def _done_on_screen(person: Person, version: Version) -> dict[Key, date | None]:
    read = undertakings.finished_reading(person, version)
    passed = attempts.passed_attempt(person, version)
    signed = undertakings.signature(person, version)
    found = {
        Key.READ: read and _day(read.finished_at),
        Key.QUIZ: passed and _day(passed.finished_at),
        Key.UNDERTAKING: signed and signed.signed_on,
    }
    return {key: day for key, day in found.items() if day}


def _day(instant: datetime) -> date:
    return clock.local(instant).date()


def _how_far(person: Person) -> str:
    attempt = attempts.open_attempt(person, POLICY)
    answered, questions = attempts.progress(attempt) if attempt else (0, 0)
    return f"Question {answered + 1} of {questions}" if answered else "Next"


def _step(key: Key, known: _Known) -> Step:
    if key in known.done:
        return Step(key, State.DONE, "Done", known.done[key])
    if key in WITH_OTHERS:
        return Step(key, State.WITH_OTHERS, "Not yet", note=WITH_OTHERS[key])
    if not known.published:
        return Step(key, State.LATER, "Not yet", note="When the centre has published its policy.")
    return _own_step(key, known)


def _own_step(key: Key, known: _Known) -> Step:
    """Tell how it stands with what people do here themselves, one thing after the other."""
    if key == Key.READ:
        return Step(key, State.NOW, "Next", note="At your own pace. We keep your place.")
    if Key.READ not in known.done:
        return Step(key, State.LATER, "After reading" if key == Key.QUIZ else "After the quiz")
    if key == Key.QUIZ:
        return Step(key, State.NOW, known.quiz, note="It takes about ten minutes, and you can stop and come back.")
    if Key.QUIZ not in known.done:
        return Step(key, State.LATER, "After the quiz")
    return Step(key, State.NOW, "Next", note="You read it once more, and type in your name.")


def _rota(*, ready: bool) -> Step:
    if ready:
        return Step(Key.ROTA, State.DONE, "Yes")
    return Step(Key.ROTA, State.LATER, "Not yet", note="When all the steps above are done.")


def _review(key: Key, known: _Known) -> Step:
    if key in known.done:
        return Step(key, State.DONE, "Done", known.done[key])
    if known.trial_from is None:
        return Step(key, State.LATER, "Later", note="The six months of trial begin when you sign.")
    due = due_on(key, known.trial_from)
    if due > clock.today():
        return Step(key, State.LATER, "Later", note=f"Due on {due.day} {due:%B %Y}.")
    return Step(key, State.WITH_OTHERS, "Due", note="The co-ordinator finds a day with you.")
