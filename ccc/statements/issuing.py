"""Making a statement: what it would tell, and issuing exactly that, with the disclosure in the same transaction."""

import hashlib
from datetime import date
from typing import NamedTuple

from ccc import clock, disclosures, families
from ccc.audit import Event, record
from ccc.db import writing
from ccc.disclosures import Disclosure, InformationRequest, NewRequest
from ccc.disclosures.words import ATTENDANCE
from ccc.families import Family
from ccc.people import Person, RefusedError
from ccc.statements.attended import places_of
from ccc.statements.content import Content
from ccc.statements.issued import content_of
from ccc.statements.lines import as_json, lines_of, wanting
from ccc.statements.recipients import Recipient, recipient, recipient_of
from ccc.statements.records import Statement, ref

# By these somebody who issues a statement knows to whom it goes: one of them may be changed meanwhile.
KNOWN_BY = ("id", "kind", "body", "person", "side", "first_name", "last_name")


class Asked(NamedTuple):
    """What a statement is asked for: a family and a period; for a parent who and why; perhaps in place of another."""

    family: Family
    first_day: date
    last_day: date
    adult: int | None = None
    reason: str | None = None
    replaces: Statement | None = None


class Asking(NamedTuple):
    """How the request for a statement reached the centre, in the codes of `disclosures.words`."""

    asked_on: date
    verified: str
    purpose: str


class Preview(NamedTuple):
    """What would be issued, for whom, and how many places of the period may lack a line for want of a time."""

    content: Content
    to: Recipient
    wanting: int

    @property
    def mark(self) -> str:
        """By this one can see whether what is issued, and for whom, is what somebody looked at."""
        whom = [getattr(self.to.referrer or self.to.adult, name, None) for name in KNOWN_BY]
        return hashlib.sha256(f"{self.content.sha256} {whom}".encode()).hexdigest()


class Seen(NamedTuple):
    """What somebody looked at before they issued it: its mark, and the newest statement of that moment."""

    mark: str
    newest: int


def preview(asked: Asked) -> Preview:
    """Work out what a statement tells. Raises RefusedError if there is none to make."""
    if asked.first_day > asked.last_day:
        raise RefusedError("The first day of the period comes after its last day.")
    if asked.last_day > clock.today():
        raise RefusedError("The period cannot reach into the future: its last day is today, or earlier.")
    to = recipient_of(asked.replaces) if asked.replaces else recipient(asked.family, asked.adult, asked.reason)
    places, period = places_of([asked.family.id]).get(asked.family.id, []), (asked.first_day, asked.last_day)
    content = Content(to.case_reference, *period, lines_of(places, *period))
    _insist_on_something(content, asked.replaces)
    return Preview(content, to, wanting(places, *period))


def look_ahead(asked: Asked, by: Person) -> Preview:
    """What a statement would tell, once it is written down who looked."""
    found = preview(asked)
    with writing():
        record(Event.STATEMENT_SEEN, by.id, families.ref(asked.family))
    return found


def in_place_of(statement: Statement) -> Asked:
    """Ask for the same once more, after the register was corrected."""
    period = statement.family, statement.first_day, statement.last_day
    return Asked(*period, statement.adult_id, statement.reason, statement)


def issue(asked: Asked, seen: Seen, how: Asking | InformationRequest | None, by: Person) -> Statement:
    """Issue what somebody looked at, and record its disclosure; or do nothing, and raise RefusedError.

    `how` is a request of the log, or how a new one came; one in place of another goes out on the request of that one.
    Pressed twice, or by two people at once, it is issued once.
    """
    with writing():
        if before := _issued_since(asked, seen):
            return before
        found = preview(asked)
        if found.mark != seen.mark:
            raise RefusedError("The register or the referral was changed since you looked at this. Look at it again.")
        statement = _add(asked, found, by)
        record(Event.STATEMENT_ISSUED, by.id, ref(statement), family=asked.family.id, sha256=statement.sha256)
        # The policy promises attendance to the referrer, so nobody's permission is asked for it.
        if asked.replaces or how is None:
            _put_right(statement, by)
        else:
            disclosures.release(_request(statement, how, by), ref(statement), by)
    return statement


def request_of(statement: Statement) -> InformationRequest:
    """The request on which a statement was released."""
    request: InformationRequest = Disclosure.get(Disclosure.released == ref(statement)).request
    return request


def _insist_on_something(content: Content, old: Statement | None) -> None:
    """An empty statement would tell that somebody did not come. Only one that takes back an older one may be empty."""
    if old is None:
        if not content.lines:
            raise RefusedError("There is nothing to state for this period.")
    elif content.sha256 == old.sha256:
        raise RefusedError(f"Nothing has changed since statement {old.id} was made.")
    elif Statement.select().where(Statement.replaces == old).exists():
        raise RefusedError(f"Another statement took the place of statement {old.id} already.")


def _issued_since(asked: Asked, seen: Seen) -> Statement | None:
    """The same statement, if it was issued since somebody looked: by their first press, or by somebody else."""
    made = Statement.select().filter(**asked._asdict(), id__gt=seen.newest)
    return next((one for one in made if Preview(content_of(one), recipient_of(one), 0).mark == seen.mark), None)


def _add(asked: Asked, found: Preview, by: Person) -> Statement:
    to, content = found.to._asdict(), vars(found.content)
    kept = to | content | {"lines": as_json(found.content.lines), "sha256": found.content.sha256}
    return Statement.create(family=asked.family, by=by, replaces=asked.replaces, **kept)


def _put_right(statement: Statement, by: Person) -> None:
    """Disclose a statement in place of another, on the request of that one: nobody asked again."""
    old = Disclosure.get(Disclosure.released == ref(statement.replaces))
    kept = {"act": old.act, "permission": old.permission, "told": old.told, "replaces": old}
    Disclosure.create(request=old.request, released=ref(statement), by=by, **kept)
    record(Event.DISCLOSURE_RECORDED, by.id, disclosures.ref(old.request), act=old.act)


def _request(statement: Statement, how: Asking | InformationRequest, by: Person) -> InformationRequest:
    """The request of the log, if it is theirs who get the statement; or a new one."""
    if isinstance(how, InformationRequest):
        if (how.family_id, how.what, how.adult_id) != (statement.family_id, ATTENDANCE, statement.adult_id):
            raise RefusedError("This request asks for something else, or is somebody else's.")
        return how
    if statement.referrer:
        who = {"kind": statement.referrer.kind, "asker": statement.referrer.person, "body": statement.referrer.body}
    else:
        who = {"kind": statement.adult.side, "asker": f"{statement.adult.first_name} {statement.adult.last_name}"}
    new = NewRequest(family=statement.family, adult=statement.adult, what=ATTENDANCE, **who, **how._asdict())
    return disclosures.log(new, by)
