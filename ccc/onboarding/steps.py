"""The steps of joining, for one person: computed from what was recorded, read, passed and signed; no stored ticks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ccc import clock, dbs
from ccc.db import db, while_unchanged
from ccc.dbs.asked import asks_for_dbs
from ccc.onboarding.dates import TITLES, Key, days
from ccc.people import Person
from ccc.quizzes import attempts
from ccc.quizzes.attempts import Attempt

REVIEWS = {Key.FIRST_REVIEW: 3, Key.SECOND_REVIEW: 6}
NEEDED = tuple(key for key in Key if key not in (Key.ROTA, *REVIEWS))
# What was read, passed or signed in one version holds in every other of its edition: the number before the dot.
EDITION = """
now AS (
    SELECT policy_id, substr(number, 1, instr(number, '.')) AS edition FROM version JOIN policy ON policy.id = policy_id
     WHERE slug = 'confidentiality' AND published_at IS NOT NULL ORDER BY version.id DESC LIMIT 1),
edition AS (SELECT v.id FROM version v JOIN now ON v.policy_id = now.policy_id AND v.number LIKE now.edition || '%')"""
# Signing a new edition does not begin the trial anew, so the first signature of all counts for it.
ON_SCREEN = f"""
WITH {EDITION}
SELECT (SELECT min(finished_at) FROM reading WHERE person_id = :person AND version_id IN edition),
       (SELECT min(finished_at) FROM attempt WHERE person_id = :person AND passed = 1 AND version_id IN edition),
       (SELECT min(signed_on) FROM acknowledgement WHERE person_id = :person AND version_id IN edition),
       (SELECT min(signed_on) FROM acknowledgement WHERE person_id = :person),
       EXISTS (SELECT 1 FROM edition),
       (SELECT id FROM attempt WHERE person_id = :person AND finished_at IS NULL AND version_id IN edition)
"""  # noqa: S608  (made of our own constants; the person's number comes in as a parameter)


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


def steps(person: Person) -> tuple[Step, ...]:
    """List every step of joining, in order, and how it stands with it."""
    return _steps(person, clock.today())


@while_unchanged
def _steps(person: Person, today: date) -> tuple[Step, ...]:
    known, with_clearance = _known(person), asks_for_dbs()
    needed = [_step(key, known) for key in NEEDED if with_clearance or key != Key.CLEARANCE]
    ready = all(step.is_done for step in needed)
    return (*needed, _rota(ready=ready), *(_review(key, known, today) for key in REVIEWS))


def count(listed: Iterable[Step]) -> tuple[int, int]:
    """Count the steps done, and all that are needed for the rota."""
    needed = [step for step in listed if step.key in NEEDED]
    return sum(step.is_done for step in needed), len(needed)


def may_be_on_rota(person: Person) -> bool:
    """Tell whether every step is done that is needed before somebody serves."""
    return next(step.is_done for step in steps(person) if step.key == Key.ROTA)


def due_on(step: Key, trial_from: date) -> date:
    """Tell when a review is due: the trial begins with the first undertaking that somebody ever signed."""
    return clock.months_later(trial_from, REVIEWS[step])


def _known(person: Person) -> _Known:
    row = db.execute_sql(ON_SCREEN, {"person": person.id}).fetchone()
    read, passed, signed, first_signed, published, attempt = row
    on_screen = {Key.READ: _day(read), Key.QUIZ: _day(passed), Key.UNDERTAKING: _day(signed)}
    done = _recorded(person) | {key: day for key, day in on_screen.items() if day}
    return _Known(done, bool(published), _how_far(attempt), _day(first_signed))


def _recorded(person: Person) -> dict[Key, date | None]:
    done: dict[Key, date | None] = {key: day for key, day in days(person).items() if day}
    return done | ({Key.CLEARANCE: None} if dbs.is_cleared(person) else {})


def _day(stored: str | None) -> date | None:
    """Turn a stored instant into the day that it was here, and leave a stored day as it is."""
    if stored is None:
        return None
    if len(stored) == len("2026-11-21"):
        return date.fromisoformat(stored)
    return clock.local(datetime.fromisoformat(stored)).date()


def _how_far(attempt: int | None) -> str:
    """Say at which question of an open attempt somebody is."""
    answered, questions = attempts.progress(Attempt.get_by_id(attempt)) if attempt else (0, 0)
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


def _review(key: Key, known: _Known, today: date) -> Step:
    if key in known.done:
        return Step(key, State.DONE, "Done", known.done[key])
    if known.trial_from is None:
        return Step(key, State.LATER, "Later", note="The six months of trial begin when you sign.")
    due = due_on(key, known.trial_from)
    if due > today:
        return Step(key, State.LATER, "Later", note=f"Due on {due.day} {due:%B %Y}.")
    return Step(key, State.WITH_OTHERS, "Due", note="The co-ordinator finds a day with you.")
