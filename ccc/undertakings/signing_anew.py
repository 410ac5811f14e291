"""After a change of the policy: who has still to sign anew and by which day, and who is reminded of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
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
AT_ONCE, LAST_DAY, TOO_LATE = 0, 3, 4
SUBJECT = "The policy of the contact centre has changed"
TEXT = (
    "The confidentiality policy has changed. Please sign in, read what is new, answer the questions on it, and sign "
    "{until}\n"
)
IN_TIME = "by {by}. What you signed before counts until then."
OVER = "again. What you signed before counts no longer: you may not be on the rota until you have."
LATE = (
    "{count} who signed before have not signed the changed confidentiality policy in time. They may not be on the rota "
    "until they have. Sign in to see who they are.\n"
)
UNSIGNED = f"""
WITH {EDITIONS}, signed AS (SELECT person_id, max(version_id) AS newest FROM acknowledgement GROUP BY person_id)
SELECT p.id, (SELECT min(w.sign_by) FROM version w JOIN now USING (policy_id) WHERE w.id > signed.newest)
  FROM signed JOIN person p ON p.id = signed.person_id
 WHERE p.left_on IS NULL AND signed.newest < (SELECT min(id) FROM edition) ORDER BY p.id
"""  # noqa: S608  (made of our own constants)


class SigningReminder(Record):
    """That a notice was mailed about an edition, here its first version; the last stage is the co-ordinators' own."""

    person = ForeignKeyField(Person)
    version = ForeignKeyField(Version)
    stage = IntegerField()

    class Meta:
        indexes = ((("person", "version", "stage"), True),)


class Unsigned(NamedTuple):
    """Somebody who signed before and not since the change; what they signed counts until the end of the day."""

    person: int
    by: date


class Notice(NamedTuple):
    """A notice that is due to somebody; of the last stage, about them."""

    person: int
    by: date
    stage: int


def unsigned() -> tuple[Unsigned, ...]:
    """Everybody here who has to sign anew."""
    return _unsigned(clock.today())


def late() -> int:
    """How many have not signed anew in time."""
    return sum(1 for one in unsigned() if one.by < clock.today())


def unreached() -> int:
    """How many have to sign anew whom no mail reaches."""
    asked = Person.select(Person.email).where(Person.id.in_([one.person for one in unsigned()]))
    return sum(not mail.reaches(person.email) for person in asked)


def remind() -> int:
    """Mail whoever has a notice due, and the co-ordinators once somebody is late. Gives back how many mails that is."""
    version = policies.in_force(policies.SIGNED)
    asking = policies.opening(version, version.edition) if version else None
    if asking is None or not _due(asking):
        return 0
    with writing():
        due = _due(asking)
        for notice in due:
            SigningReminder.create(person=notice.person, version=asking, stage=notice.stage)
        own = [notice for notice in due if notice.stage != TOO_LATE]
        return sum(_mails(own)) + _tell(len(due) - len(own))


@while_unchanged
def _unsigned(today: date) -> tuple[Unsigned, ...]:
    rows = db.execute_sql(UNSIGNED, {"on": str(today)})
    return tuple(Unsigned(person, date.fromisoformat(by)) for person, by in rows)


def _due(asking: Version) -> list[Notice]:
    """The notices that were not given yet and that somebody can get by mail."""
    open_still = _not_given(asking, clock.today())
    emails = _emails(open_still)
    told = bool(open_still) and any(mail.reaches(one.email) for one in people.in_office(Role.COORDINATOR))
    return [one for one in open_still if (told if one.stage == TOO_LATE else mail.reaches(emails[one.person]))]


@while_unchanged
def _not_given(asking: Version, today: date) -> tuple[Notice, ...]:
    """The notices on signing this version, with which an edition began, that nobody was given yet."""
    begun, had = clock.local(asking.published_at).date(), defaultdict[int, set[int]](set)
    given = SigningReminder.select(SigningReminder.person, SigningReminder.stage)
    for person, stage in given.where(SigningReminder.version == asking).tuples():
        had[person].add(stage)
    return tuple(
        Notice(one.person, one.by, stage)
        for one in _unsigned(today)
        for stage in _stages(begun, one.by, today, had[one.person])
    )


def _stages(begun: date, by: date, today: date, had: set[int]) -> Iterator[int]:
    """What is due to somebody who was given these. Whoever is late since an earlier change hears of this one too."""
    days = (by - begun).days
    now = TOO_LATE if today > by else LAST_DAY * (today - begun).days // days if days else LAST_DAY
    if now == TOO_LATE and not had:
        yield AT_ONCE
    if now not in had:
        yield now


def _mails(due: list[Notice]) -> Iterator[bool]:
    emails = _emails(due)
    for one in due:
        until = IN_TIME.format(by=f"{one.by.day} {one.by:%B %Y}") if one.by >= clock.today() else OVER
        yield mail.queue(emails[one.person], SUBJECT, TEXT.format(until=until))


def _emails(due: Iterable[Notice]) -> dict[int, str | None]:
    return {person.id: person.email for person in Person.select().where(Person.id.in_([one.person for one in due]))}


def _tell(count: int) -> int:
    told = people.in_office(Role.COORDINATOR) if count else []
    who = "1 person" if count == 1 else f"{count} people"
    return sum(mail.queue(person.email, SUBJECT, LATE.format(count=who)) for person in told)


kinds.belongs_to(kinds.PERSON, "reminders to sign anew", "signing_reminder", "person_id = :record")
