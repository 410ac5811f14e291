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
from ccc.undertakings.edition import EDITIONS

REVIEWS = {Key.FIRST_REVIEW: 3, Key.SECOND_REVIEW: 6}
# What is done once more after a change of the policy.
SIGNED_ANEW = {Key.READ, Key.QUIZ, Key.UNDERTAKING}
NEEDED = tuple(key for key in Key if key not in (Key.ROTA, *REVIEWS))
# SQL: the person `p` read, passed and signed an earlier edition, and that counts still.
SIGNED_EARLIER = """(EXISTS (SELECT 1 FROM acknowledgement WHERE person_id = p.id AND version_id IN earlier)
    AND EXISTS (SELECT 1 FROM reading WHERE person_id = p.id AND finished_at IS NOT NULL AND version_id IN earlier)
    AND EXISTS (SELECT 1 FROM attempt WHERE person_id = p.id AND passed = 1 AND version_id IN earlier))"""
# Signing a new edition does not begin the trial anew, so the first signature of all counts for it.
ON_SCREEN = f"""
WITH {EDITIONS}
SELECT (SELECT min(finished_at) FROM reading WHERE person_id = :person AND version_id IN edition),
       (SELECT min(finished_at) FROM attempt WHERE person_id = :person AND passed = 1 AND version_id IN edition),
       (SELECT min(signed_on) FROM acknowledgement WHERE person_id = :person AND version_id IN edition),
       (SELECT min(signed_on) FROM acknowledgement WHERE person_id = :person),
       EXISTS (SELECT 1 FROM edition),
       (SELECT id FROM attempt WHERE person_id = :person AND finished_at IS NULL AND version_id IN edition),
       {SIGNED_EARLIER},
       (SELECT min(w.sign_by) FROM version w JOIN now ON w.policy_id = now.policy_id WHERE w.id > (
           SELECT max(version_id) FROM acknowledgement WHERE person_id = :person))
  FROM person p WHERE p.id = :person
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
    """What is known of one person: the steps done with their days, and what the other steps wait for.

    After a change of the policy, `signs_by` is the day until which what they signed before counts, if it does.
    """

    done: Mapping[Key, date | None]
    published: bool
    quiz: str
    trial_from: date | None
    signed_earlier: bool
    signs_by: date | None


def steps(person: Person) -> tuple[Step, ...]:
    """List every step of joining, in order, and how it stands with it."""
    return _steps(person, clock.today())


@while_unchanged
def _steps(person: Person, today: date) -> tuple[Step, ...]:
    known, with_clearance = _known(person, today), asks_for_dbs()
    needed = [_step(key, known) for key in NEEDED if with_clearance or key != Key.CLEARANCE]
    return (*needed, _rota(needed, known), *(_review(key, known, today) for key in REVIEWS))


def count(listed: Iterable[Step]) -> tuple[int, int]:
    """Count the steps done, and all that are needed for the rota."""
    needed = [step for step in listed if step.key in NEEDED]
    return sum(step.is_done for step in needed), len(needed)


def may_be_on_rota(person: Person, on: date | None = None) -> bool:
    """Tell whether every step is done that is needed before somebody serves: today, or on a day to come."""
    return next(step.is_done for step in _steps(person, on or clock.today()) if step.key == Key.ROTA)


def due_on(step: Key, trial_from: date) -> date:
    """Tell when a review is due: the trial begins with the first undertaking that somebody ever signed."""
    return clock.months_later(trial_from, REVIEWS[step])


def _known(person: Person, on: date) -> _Known:
    row = db.execute_sql(ON_SCREEN, {"person": person.id, "on": str(on)}).fetchone()
    read, passed, signed, first_signed, published, attempt, earlier, signs_by = row
    on_screen = {Key.READ: _day(read), Key.QUIZ: _day(passed), Key.UNDERTAKING: _day(signed)}
    done = _recorded(person) | {key: day for key, day in on_screen.items() if day}
    return _Known(done, bool(published), _how_far(attempt), _day(first_signed), bool(earlier), _day(signs_by))


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
    anew = f"The policy has changed. {_until(known)}" if known.signs_by else ""
    if key == Key.READ:
        return Step(key, State.NOW, "Next", note=anew or "At your own pace. We keep your place.")
    if Key.READ not in known.done:
        return Step(key, State.LATER, "After reading" if key == Key.QUIZ else "After the quiz")
    if key == Key.QUIZ:
        note = anew or "It takes about ten minutes, and you can stop and come back."
        return Step(key, State.NOW, known.quiz, note=note)
    if Key.QUIZ not in known.done:
        return Step(key, State.LATER, "After the quiz")
    return Step(key, State.NOW, "Next", note=anew or "You read it once more, and type in your name.")


def _until(known: _Known) -> str:
    """Say until when what was signed before counts, or that it counts no more."""
    if not (known.signed_earlier and known.signs_by):
        return "You may serve again when you have read what is new and signed."
    return f"Please read what is new and sign by {known.signs_by.day} {known.signs_by:%B %Y}."


def _rota(needed: Iterable[Step], known: _Known) -> Step:
    missing = {step.key for step in needed if not step.is_done}
    if not missing:
        return Step(Key.ROTA, State.DONE, "Yes")
    if known.signed_earlier and missing <= SIGNED_ANEW:
        return Step(Key.ROTA, State.DONE, "Yes", note=f"The policy has changed. {_until(known)}")
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
