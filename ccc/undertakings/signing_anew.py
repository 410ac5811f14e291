"""After a change of the policy: who has still to sign anew and by which day, and who is reminded of it."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from peewee import ForeignKeyField, IntegerField

from ccc import clock, kinds, mail, people, policies
from ccc.db import Record, db, while_unchanged, writing
from ccc.people import Person
from ccc.policies import Version
from ccc.roles import Role
from ccc.undertakings.edition import EDITIONS

# Notice is given at once, after a third and two thirds of the time, and on the last day; then the co-ordinator is told.
LAST_DAY, TOO_LATE = 3, 4
SUBJECT = "The policy of the contact centre has changed"
TEXT = (
    "The confidentiality policy has changed. Please sign in, read what is new, answer the questions on it, and sign "
    "by {by}. What you signed before counts until then.\n"
)
LATE = (
    "{count} who signed before have not signed the changed confidentiality policy in time. They may not be on the rota "
    "until they have. Sign in to see who they are.\n"
)
UNSIGNED = f"""
WITH {EDITIONS}, signed AS (SELECT person_id, max(version_id) AS newest FROM acknowledgement GROUP BY person_id)
SELECT p.id, (SELECT min(coalesce(w.sign_by, substr(w.published_at, 1, 10))) FROM version w JOIN now USING (policy_id)
               WHERE w.published_at IS NOT NULL AND w.material AND w.id > signed.newest)
  FROM signed JOIN person p ON p.id = signed.person_id
 WHERE p.left_on IS NULL AND signed.newest < (SELECT min(id) FROM edition) ORDER BY p.id
"""  # noqa: S608  (made of our own constants)


class SigningReminder(Record):
    """That somebody was given a notice about a version; the last stage says that the co-ordinator was told."""

    person = ForeignKeyField(Person)
    version = ForeignKeyField(Version)
    stage = IntegerField()

    class Meta:
        indexes = ((("person", "version", "stage"), True),)


class Unsigned(NamedTuple):
    """Somebody who signed before and not since the change; what they signed counts until the end of the day."""

    person: int
    by: date


def unsigned() -> tuple[Unsigned, ...]:
    """Everybody here who has to sign anew."""
    return _unsigned(clock.today())


def late() -> int:
    """How many have not signed anew in time."""
    return sum(1 for one in unsigned() if one.by < clock.today())


def remind() -> int:
    """Mail whoever has a notice due, and the co-ordinators once somebody is late. Gives back how many mails that is."""
    version = policies.in_force("confidentiality")
    if version is None or not _due(version, clock.today()):
        return 0
    with writing():
        due = _due(version, clock.today())
        rows = [{"person": one.person, "version": version, "stage": stage} for one, stage in due]
        SigningReminder.insert_many(rows).execute()
        in_time = [one for one, stage in due if stage != TOO_LATE]
        return sum(_notices(in_time)) + _tell(len(due) - len(in_time))


@while_unchanged
def _unsigned(today: date) -> tuple[Unsigned, ...]:
    rows = db.execute_sql(UNSIGNED, {"on": str(today)})
    return tuple(Unsigned(person, date.fromisoformat(by)) for person, by in rows)


@while_unchanged
def _due(version: Version, today: date) -> tuple[tuple[Unsigned, int], ...]:
    """The notices that nobody has given yet, each with its stage."""
    begun = clock.local(version.published_at).date()
    given = SigningReminder.select(SigningReminder.person, SigningReminder.stage)
    had = set(given.where(SigningReminder.version == version).tuples())
    staged = ((one, _stage(begun, one.by, today)) for one in _unsigned(today))
    return tuple((one, stage) for one, stage in staged if (one.person, stage) not in had)


def _stage(begun: date, by: date, today: date) -> int:
    if today > by:
        return TOO_LATE
    days = (by - begun).days
    return LAST_DAY * (today - begun).days // days if days else LAST_DAY


def _notices(due: list[Unsigned]) -> Iterator[bool]:
    found = {person.id: person for person in Person.select().where(Person.id.in_([one.person for one in due]))}
    for one in due:
        yield mail.queue(found[one.person].email, SUBJECT, TEXT.format(by=f"{one.by.day} {one.by:%B %Y}"))


def _tell(count: int) -> int:
    told = people.in_office(Role.COORDINATOR) if count else []
    who = "1 person" if count == 1 else f"{count} people"
    return sum(mail.queue(person.email, SUBJECT, LATE.format(count=who)) for person in told)


kinds.belongs_to(kinds.PERSON, "reminders to sign anew", "signing_reminder", "person_id = :record")
