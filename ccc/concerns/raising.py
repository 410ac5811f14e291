"""Raising a worry: it is sealed, whoever may read it is told that something waits, and told again after a day."""

from datetime import datetime, timedelta
from typing import NamedTuple

from peewee import ModelSelect

from ccc import clock, mail, officers_vault, people, vault
from ccc.audit import Event, record
from ccc.concerns.records import Concern, ConcernEntry, ConcernEntryApart, ref
from ccc.concerns.told import Told, pack
from ccc.db import Instant, db, writing
from ccc.people import Person, RefusedError
from ccc.roles import OFFICERS, Role
from ccc.signin import accounts

A_DAY = timedelta(hours=24)
SUBJECT = "Something waits for you at the contact centre"
TEXT = (
    "Something new waits for you in the officers' part of the contact centre's pages. Please sign in and look today.\n"
)
# Each officer's other: the one who reads what concerns the first.
OTHER = {Role.SAFEGUARDING: Role.CHAIR, Role.CHAIR: Role.SAFEGUARDING}
NO_VAULT = (
    "Nothing could be kept: the locked place for this is made when the chair signs in for the first time. "
    "Please ring, or tell the safeguarding officer face to face."
)
NOBODY = (
    "Nothing was kept, because nobody else at the centre could read it. "
    "Please turn to one of those outside the centre who are named below."
)
AGAIN = "What you sent a moment ago has arrived. If this is something else, send it again."
UNREAD = (Concern.read_at.is_null()) & (Concern.ended_at.is_null())
OWN = """
WITH own AS (
    SELECT id, created_at, coalesce(read_at, ended_at) IS NOT NULL AS is_read, only_for_id IS NULL AS without_reader,
           NOT EXISTS (SELECT 1 FROM concern_entry WHERE concern_id = concern.id) AS apart
      FROM concern WHERE raised_by_id = ?)
SELECT created_at, is_read, NOT is_read AND created_at <= ?, apart, apart AND without_reader FROM own ORDER BY id DESC
"""


class Own(NamedTuple):
    """A worry as the one who raised it sees it. The words are sealed, to them as well."""

    raised_at: datetime
    is_read: bool
    is_late: bool
    about_officer: bool
    # Only the recovery sheet opens it: no officer is told, and nobody reads it by themselves.
    in_the_safe: bool


def raise_worry(text: str, about: Role | None, by: Person, seen: int) -> Concern:
    """Seal a worry to the officers' vault; one about an officer to the other alone. Mail its readers at once.

    Raises RefusedError where nobody could open it, and where this person raised more than the number that was `seen`:
    a second press of the button makes no second worry.
    """
    with writing():
        if seen != count_of(by):
            raise RefusedError(AGAIN)
        reader = _with_account(OTHER[about]) if about else None
        concern = Concern.create(raised_by=by, only_for=reader)
        meant = [person.id for person in people.in_office(about)] if about else []
        put_in(concern, Told(text, about=tuple(meant)), by, apart=about is not None)
        record(Event.CONCERN_RAISED, by.id, ref(concern))
        _mail_about([concern.id])
    return concern


def put_in(concern: Concern, told: Told, by: Person, *, apart: bool) -> None:
    """Seal an entry: to the vault, or apart from it to the one officer and the sheet. Raises RefusedError."""
    text = pack(told, concern.id)
    if not apart:
        if not officers_vault.exists():
            raise RefusedError(NO_VAULT)
        ConcernEntry.create(concern=concern, by=by, sealed=officers_vault.seal(text))
        return
    account = concern.only_for and accounts.of(concern.only_for)
    sheet = officers_vault.sheet()
    if account is None and sheet is None:
        raise RefusedError(NOBODY)
    sealed = account and vault.seal_to(account.public_key, text)
    for_sheet = sheet and vault.seal_to(sheet.vault_public, text)
    ConcernEntryApart.create(concern=concern, by=by, sealed=sealed, for_sheet=for_sheet)


def known_to(officer: Person) -> ModelSelect:
    """The worries that an officer may know of. One that concerns them stands in no list, no count and no mail."""
    for_both = Concern.id.in_(ConcernEntry.select(ConcernEntry.concern))
    return Concern.select().where(for_both | (Concern.only_for == officer))


def can_mail(about: Role | None, by: Person) -> bool:
    """Whether an officer who is told of a worry has a mail of it. If not, nobody knows before they sign in."""
    readers = people.holders(OFFICERS - {about})
    return any(mail.reaches(officer.email) for officer in readers if officer != by)


def remind() -> int:
    """Mail each officer again, once, about what nobody has read for a day; return how many mails."""
    before = clock.now() - A_DAY
    not_told = Concern.reminded_at.is_null() & (Concern.created_at <= before)
    due = UNREAD & (not_told | (Concern.reminded_at <= before))
    if not Concern.select().where(due).exists():
        return 0
    with writing():
        numbers = [worry.id for worry in Concern.select().where(due)]
        Concern.update(reminded_at=clock.now()).where(Concern.id.in_(numbers)).execute()
        return _mail_about(numbers)


def count_of(person: Person) -> int:
    """How many worries somebody raised. No form shows the number of one: it would tell how many others raised."""
    count: int = Concern.select().where(Concern.raised_by == person).count()
    return count


def raised_by(person: Person) -> list[Own]:
    """What somebody raised, newest first, and whether it was read."""
    rows = db.execute_sql(OWN, [person.id, str(Instant().db_value(clock.now() - A_DAY))]).fetchall()
    return [Own(datetime.fromisoformat(at), *map(bool, rest)) for at, *rest in rows]


def _with_account(role: Role) -> Person | None:
    return next((person for person in people.in_office(role) if accounts.of(person)), None)


def _mail_about(worries: list[int]) -> int:
    """Say to each officer who may know of these that something waits, and nothing of what; not of their own."""
    return sum(
        mail.queue(officer.email, SUBJECT, TEXT)
        for officer in people.holders(OFFICERS)
        if known_to(officer).where(Concern.id.in_(worries), Concern.raised_by != officer).exists()
    )
