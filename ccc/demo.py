"""An invented centre to look round in: it lives through its last year, so that everybody in it is at a stage of their own."""

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from ccc import centre, clock, people, policies, undertakings
from ccc.config import ROOT
from ccc.db import writing
from ccc.onboarding.dates import Key, record_dates
from ccc.people import Person
from ccc.policies import Review, Version
from ccc.quizzes import attempts, questions, selection
from ccc.roles import Role
from ccc.signin import accounts

SIGN_INS = ("volunteer", "coordinator", "safeguarding", "chair")
FIRST = "Barnaby Clementine Dorothea Erasmus Florabel Gideon Hyacinth Ichabod Jessamine Lavender Mortimer Ottoline".split()
LAST = "Teapot Thimble Buttercup Marmalade Pumpernickel Snowdrop Dumpling Bumblebee Pepperpot Cobweb".split()
# Making an account is meant to take its time, so in a large demonstration only the first have one.
WITH_ACCOUNT = 40
# How long before today each step is taken by somebody who has come all the way.
DAYS_BEFORE = {
    Key.APPLICATION: 320,
    Key.INTERVIEW: 300,
    Key.FIRST_REFERENCE: 290,
    Key.SECOND_REFERENCE: 280,
    Key.INDUCTION: 260,
    Key.READ: 250,
    Key.QUIZ: 248,
    Key.UNDERTAKING: 245,
    Key.FIRST_REVIEW: 150,
    Key.SECOND_REVIEW: 60,
}
STEPS = list(DAYS_BEFORE)


class NotADemoError(Exception):
    """The data folder holds a real centre."""


@dataclass(frozen=True)
class Cast:
    """The four people whom a visitor can be."""

    volunteer: Person
    coordinator: Person
    safeguarding: Person
    chair: Person


Act = Callable[[], object]


def welcome(people_count: int = 12, seed: int = 1, password: str | None = None) -> list[str]:
    """Make the invented centre where there is none yet, and say how to sign in; the password is new each time.

    Raises NotADemoError in a database that was not marked *demo* at its creation.
    """
    if not centre.the_centre().demo:
        raise NotADemoError("This data folder holds a real centre. The demonstration needs an empty one.")
    password = password or "-".join(secrets.choice(FIRST + LAST).lower() for _ in range(4))
    if Person.select().exists():
        for who in SIGN_INS:
            accounts.replace_forgotten_password(accounts.find(f"{who}@demo.example"), password)
    else:
        _live(people_count, seed, password)
    return [*(f"{who}@demo.example" for who in SIGN_INS), f"Password: {password}"]


def _live(count: int, seed: int, password: str) -> None:
    dice, today = random.Random(seed), clock.today()  # noqa: S311 - an invented life wants no secrets.
    # One transaction: the disk is asked once, and a demo that breaks off leaves nothing.
    with writing():
        with clock.at(today - timedelta(days=400)):
            cast = _found(password)
            version = _publish(cast)
        for day, act in sorted(_lives(cast, version, count, dice, today), key=lambda step: step[0]):
            with clock.at(day):
                act()


def _found(password: str) -> Cast:
    token = centre.new_set_up_token()
    centre.set_up(token, "Sunny Corner Contact Centre (invented)", "01632 960111", "01632 960222")
    cast = Cast(*(people.add(name, f"{who}@demo.example", None, None) for who, name in zip(SIGN_INS, _four(), strict=True)))
    people.appoint_first_chair(cast.chair)
    for person, role in ((cast.coordinator, Role.COORDINATOR), (cast.safeguarding, Role.SAFEGUARDING)):
        people.appoint(person, role, clock.today(), None, cast.chair)
    for person in (cast.volunteer, cast.coordinator, cast.safeguarding, cast.chair):
        accounts.make(person, person.email, password)
    return cast


def _four() -> tuple[str, ...]:
    return ("Violet Volunteer", "Cornelius Coordinator", "Saffron Safeguarding", "Charity Chair")


def _publish(cast: Cast) -> Version:
    """The model policies, reviewed a year ago this week."""
    for slug in ("dbs", "confidentiality"):
        version = policies.draft(slug, policies.model_text(slug) or "", cast.coordinator)
        review = Review(clock.today(), 12)
        policies.approve(version, cast.chair, seen=policies.fingerprint(version), review=review)
        version = policies.publish(version, cast.chair, material=True, change_note="The first version.")
    return version


def _lives(cast: Cast, version: Version, count: int, dice: random.Random, today: date) -> Iterator[tuple[date, Act]]:
    """What happens in the year, as (day, act); nobody acts on a day before they are there."""
    yield from _steps_of(cast.volunteer, STEPS.index(Key.READ) + 1, cast, version, today, 0)
    for person in (cast.coordinator, cast.safeguarding, cast.chair):
        yield from _steps_of(person, len(STEPS), cast, version, today, 0)
    for number in range(count - len(SIGN_INS)):
        name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // len(FIRST)) % len(LAST)]}"
        person = people.add(f"{name} {number // 120 or ''}".strip(), None, None, cast.coordinator)
        done, late = dice.randint(0, len(STEPS)), dice.randint(0, 40)
        if done > STEPS.index(Key.INDUCTION) and number < WITH_ACCOUNT:
            joined = today - timedelta(days=DAYS_BEFORE[Key.INDUCTION] - late)
            yield joined, partial(accounts.make, person, f"{name} {number}", secrets.token_urlsafe(16))
        yield from _steps_of(person, done, cast, version, today, late)


def _steps_of(
    person: Person, done: int, cast: Cast, version: Version, today: date, late: int
) -> Iterator[tuple[date, Act]]:
    for step in STEPS[:done]:
        day = today - timedelta(days=DAYS_BEFORE[step] - late)
        yield day, _act(person, step, day, cast, version)


def _act(person: Person, step: Key, day: date, cast: Cast, version: Version) -> Act:
    on_screen = {
        Key.READ: lambda: undertakings.finish(person, version),
        Key.QUIZ: lambda: _pass_quiz(person, version),
        Key.UNDERTAKING: lambda: _sign(person, version),
    }
    other = cast.chair if person.id == cast.coordinator.id else cast.coordinator
    return on_screen.get(step, lambda: record_dates(person, {step: day}, other))


def _pass_quiz(person: Person, version: Version) -> None:
    quiz = questions.load(ROOT / "quizzes" / "confidentiality.toml", ROOT / "quizzes")
    attempt = attempts.start(person, quiz, version, count=15, has_read=True)
    for index, question in enumerate(attempt.questions):
        right = [place for place, answer in enumerate(question.answers) if answer.right]
        attempts.answer(attempt, index, right, 80)


def _sign(person: Person, version: Version) -> None:
    seen = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    undertakings.sign(person, seen, person.name)
