"""Who has not joined yet, and the invitations made for all of them at once."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from ccc import clock
from ccc.audit import AuditLine, Event
from ccc.db import Instant, db, writing
from ccc.people import Person, RefusedError, ref
from ccc.roles import Role
from ccc.signin import links
from ccc.signin.links import Details, OneTimeLink, Purpose

A_MOMENT = timedelta(minutes=10)

NOT_JOINED = """
SELECT p.id, p.name, (
    SELECT max(id) FROM one_time_link WHERE person_id = p.id AND purpose = 'join' AND office IS NULL
       AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > :now) AS link
  FROM person p LEFT JOIN account a ON a.person_id = p.id
 WHERE p.left_on IS NULL AND a.id IS NULL AND (:anyone OR NOT EXISTS (
    SELECT 1 FROM appointment WHERE person_id = p.id AND starts <= :today AND (ends IS NULL OR ends >= :today)
       AND confirmed_at IS NOT NULL))
 ORDER BY p.name COLLATE NOCASE, p.id
"""


class Outside(NamedTuple):
    """Somebody who has not joined, and the number of the link that is open for them."""

    number: int
    name: str
    link: int | None


def invite(details: Details, role: Role | None, by: Person, base_url: str) -> Person:
    """Add a person and make their link.

    Raises RefusedError when the same form is sent twice, as by the Back button or a double click.
    """
    with writing():
        if just_added(details.name, by):
            raise RefusedError(
                f"{details.name} was added a moment ago. Is this the same person? Their invitation is on their page. "
                "If this is another person, add what tells them apart."
            )
        return links.invite(details, role, by, base_url)


def just_added(name: str, by: Person) -> bool:
    """Tell whether somebody of this name was added by the same person in the last ten minutes."""
    fresh = Person.select(Person.id, Person.name).where(
        Person.created_at > clock.now() - A_MOMENT, Person.left_on.is_null()
    )
    alike = [ref(person) for person in fresh if _same(person.name) == _same(name)]
    added = (AuditLine.event == Event.PERSON_ADDED) & (AuditLine.actor == by.id) & AuditLine.about.in_(alike)
    return bool(AuditLine.select().where(added).exists())


def not_joined(*, anyone: bool) -> list[Outside]:
    """List those who have no account yet; holders of an office only for one who may invite `anyone`."""
    asked = {"now": Instant().db_value(clock.now()), "today": str(clock.today()), "anyone": anyone}
    return [Outside(*row) for row in db.execute_sql(NOT_JOINED, asked)]


def invite_all(by: Person, base_url: str, *, anyone: bool) -> int:
    """Make an invitation for each who has none. What was handed out already keeps working."""
    with writing():
        waiting = [person.number for person in not_joined(anyone=anyone) if person.link is None]
        for person in Person.select().where(Person.id.in_(waiting)):
            links.make(person, Purpose.JOIN, by, base_url)
    return len(waiting)


def open_links(people: Iterable[Outside]) -> list[OneTimeLink]:
    """Fetch the open links of these people, in their order."""
    numbers = [person.link for person in people if person.link]
    rows = OneTimeLink.select(OneTimeLink, Person).join(Person, on=OneTimeLink.person)
    found = {link.id: link for link in rows.where(OneTimeLink.id.in_(numbers))}
    return [found[number] for number in numbers]


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()
