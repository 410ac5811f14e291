"""An invented centre to look round in: it lives through a year, so that everybody is at a stage of their own."""

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, partial

from ccc import centre, clock, demo_dbs, demo_families, demo_leaving, people, policies, undertakings, vault
from ccc.config import ROOT
from ccc.db import writing
from ccc.demo_dbs import Officer
from ccc.officers_vault import Opened
from ccc.onboarding.dates import Key, record_dates
from ccc.onboarding.progress import ready_for_rota
from ccc.people import Person
from ccc.policies import Review, Version
from ccc.quizzes import attempts, questions
from ccc.quizzes.questions import Quiz
from ccc.roles import Role
from ccc.signin import accounts

SIGN_INS = ("volunteer", "coordinator", "safeguarding", "chair")
FIRST = (
    "Barnaby", "Clementine", "Dorothea", "Erasmus", "Florabel", "Gideon", "Hyacinth", "Ichabod", "Jessamine",
    "Lavender", "Mortimer", "Ottoline",
)  # fmt: skip
LAST = (
    "Teapot", "Thimble", "Buttercup", "Marmalade", "Pumpernickel", "Snowdrop", "Dumpling", "Bumblebee", "Pepperpot",
    "Cobweb",
)  # fmt: skip
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
class World:
    """The four people whom a visitor can be, the policy they keep, and the day on which the visitor comes."""

    volunteer: Person
    coordinator: Person
    safeguarding: Person
    chair: Person
    version: Version
    today: date
    opened: dict[int, Opened]

    def day_of(self, step: Key, late: int) -> date:
        return self.today - timedelta(days=DAYS_BEFORE[step] - late)


Act = Callable[[], object]
Story = Iterator[tuple[date, Act]]


def welcome(
    people_count: int = 12, seed: int = 1, password: str | None = None, *, families_count: int = 30
) -> list[str]:
    """Make the invented centre where there is none yet, and say how to sign in; the password is new each time.

    Raises NotADemoError in a database that was not marked *demo* at its creation.
    """
    if not centre.the_centre().demo:
        raise NotADemoError("This data folder holds a real centre. The demonstration needs an empty one.")
    password = password or "-".join(secrets.choice(FIRST + LAST).lower() for _ in range(4))
    if Person.select().exists():
        _set_passwords(password)
    else:
        _live(people_count, families_count, seed, password)
    return [*(f"{who}@demo.example" for who in SIGN_INS), f"Password: {password}"]


def _live(count: int, families_count: int, seed: int, password: str) -> None:
    dice, today = random.Random(seed), clock.today()  # noqa: S311 - an invented life wants no secrets.
    # One transaction: the disk is asked once, and a demo that breaks off leaves nothing.
    with writing():
        with clock.at(today - timedelta(days=340)):
            four, opened = _found(password)
            version = _publish(four[1], four[3])
        world = World(four[0], four[1], four[2], four[3], version, today, opened)
        for day, act in sorted(_lives(world, count, dice), key=lambda step: step[0]):
            with clock.at(day):
                act()
        serving = list(Person.select().where(Person.id.in_(list(ready_for_rota()))).order_by(Person.id))
        demo_families.live(families_count, world.coordinator, serving, dice)
        if families_count >= demo_leaving.FEWEST_FAMILIES:
            demo_leaving.live(world.coordinator, world.safeguarding, world.volunteer)


def _set_passwords(password: str) -> None:
    """Give the four this password. Who has it already keeps their keys, and with them the vault."""
    found = [accounts.by_name(f"{who}@demo.example") for who in SIGN_INS]
    privates = [vault.open_lock(account.lock, password) for account in found]
    for place, private in enumerate(privates):
        if private is None:
            keys = accounts.keys_for(password)
            accounts.replace_keys(found[place], keys)
            found[place], privates[place] = accounts.by_name(f"{SIGN_INS[place]}@demo.example"), keys.private
    demo_dbs.keep(*(Officer(found[place], privates[place] or b"") for place in (3, 2)))


def _found(password: str) -> tuple[list[Person], dict[int, Opened]]:
    phones = ("01632 960111", "01632 960222", "01632 960333")
    centre.set_up(centre.new_set_up_token(), "Sunny Corner Contact Centre (invented)", *phones)
    names = ("Violet Volunteer", "Cornelius Coordinator", "Saffron Safeguarding", "Charity Chair")
    four = [people.add(name, f"{who}@demo.example", None, None) for who, name in zip(SIGN_INS, names, strict=True)]
    made = [Officer(*accounts.make(person, person.email, password)) for person in four]
    people.appoint_first_chair(four[3])
    for person, role in ((four[1], Role.COORDINATOR), (four[2], Role.SAFEGUARDING)):
        people.appoint(person, role, clock.today(), None, four[3])
    return four, demo_dbs.open_vault(made[3], made[2])


def _publish(drafter: Person, chair: Person) -> Version:
    """The model policies, published eleven months ago, and soon due for review."""
    for slug in ("dbs", "confidentiality"):
        version = policies.draft(slug, policies.model_text(slug) or "", drafter)
        policies.approve(version, chair, seen=policies.fingerprint(version), review=Review(clock.today(), 12))
        version = policies.publish(version, chair, material=True, change_note="The first version.")
    return version


def _lives(world: World, count: int, dice: random.Random) -> Story:
    """What happens in the year, as (day, act); nobody acts on a day before they are there."""
    yield from _steps_of(world.volunteer, STEPS.index(Key.READ) + 1, world)
    joining, serving = [world.volunteer], [world.safeguarding, world.coordinator, world.chair]
    for person in serving:
        yield from _steps_of(person, len(STEPS), world)
    for number in range(count - len(SIGN_INS)):
        name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // len(FIRST)) % len(LAST)]}"
        done, late = min(dice.randint(0, len(STEPS) + 4 * (number < WITH_ACCOUNT)), len(STEPS)), dice.randint(0, 40)
        with clock.at(world.day_of(Key.APPLICATION, late)):
            person = people.add(f"{name} {number // 120 or ''}".strip(), None, None, world.coordinator)
        (serving if done > STEPS.index(Key.UNDERTAKING) else joining).append(person)
        if done > STEPS.index(Key.INDUCTION) and number < WITH_ACCOUNT:
            account = partial(accounts.make, person, f"{name} {number}", secrets.token_urlsafe(16))
            yield world.day_of(Key.INDUCTION, late), account
        yield from _steps_of(person, done, world, late)
    yield from demo_dbs.stories(world.opened, joining, serving)


def _steps_of(person: Person, done: int, world: World, late: int = 0) -> Story:
    for step in STEPS[:done]:
        yield world.day_of(step, late), _act(person, step, world.day_of(step, late), world)


def _act(person: Person, step: Key, day: date, world: World) -> Act:
    on_screen = {
        Key.READ: lambda: undertakings.finish(person, world.version),
        Key.QUIZ: lambda: _pass_quiz(person, world.version),
        Key.UNDERTAKING: lambda: _sign(person, world.version),
    }
    # Nobody records their own interview or references; here a second co-ordinator of bygone days did.
    other = world.chair if person.id == world.coordinator.id else world.coordinator
    return on_screen.get(step, lambda: record_dates(person, {step: day}, other))


def _pass_quiz(person: Person, version: Version) -> None:
    attempt = attempts.start(person, _quiz(), version, count=15, has_read=True)
    for index, question in enumerate(attempt.questions):
        right = [place for place, answer in enumerate(question.answers) if answer.right]
        attempts.answer(attempt, index, right, 80)


@cache
def _quiz() -> Quiz:
    return questions.load(ROOT / "quizzes" / "confidentiality.toml", ROOT / "quizzes")


def _sign(person: Person, version: Version) -> None:
    seen = undertakings.mark(undertakings.wording(version, centre.the_centre().name))
    undertakings.sign(person, seen, person.name)
