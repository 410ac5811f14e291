"""What each adult of a family permitted: to whom, for what, from when, until when, and whether it was taken back."""

from dataclasses import dataclass
from datetime import date

from ccc import clock, families
from ccc.audit import Event, record
from ccc.db import writing
from ccc.disclosures.records import InformationRequest, Permission
from ccc.disclosures.words import PERMITTED, PRIVATE, plain
from ccc.families import Adult
from ccc.people import Person, RefusedError


@dataclass(frozen=True)
class NewPermission:
    """What an adult permits. `what` is one of `words.PERMITTED`; without a last day it holds until it is taken back."""

    whom: str
    what: str
    given_on: date
    until: date | None


def permit(adult: Adult, new: NewPermission, by: Person) -> Permission:
    """Write down that an adult permits something."""
    families.insist_on_past(new.given_on)
    if new.until and new.until < new.given_on:
        raise RefusedError("The last day lies before the day on which the permission was given.")
    if new.what == "child-home" and adult.side != "home":
        raise RefusedError("Where the child lives is for the adult to permit whom the child lives with.")
    with writing():
        if any(is_valid(one) and (one.what, one.whom) == (new.what, new.whom) for one in permissions_of(adult)):
            raise RefusedError("This permission is written down already.")
        permission = Permission.create(adult=adult, **vars(new), by=by)
        record(Event.PERMISSION_GIVEN, by.id, ref(permission), what=new.what)
    return permission


def take_back(permission: Permission, by: Person) -> None:
    """Write down that a permission was taken back today. What was released on it before stays as it was."""
    with writing():
        standing = (Permission.id == permission.id) & Permission.withdrawn_on.is_null()
        if not Permission.update(withdrawn_on=clock.today(), withdrawn_by=by).where(standing).execute():
            raise RefusedError("This permission was taken back already.")
        record(Event.PERMISSION_WITHDRAWN, by.id, ref(permission))


def permissions_of(adult: Adult) -> list[Permission]:
    """Everything that an adult ever permitted, newest first."""
    return list(Permission.select().where(Permission.adult == adult).order_by(Permission.id.desc()))


def is_valid(permission: Permission) -> bool:
    """Tell whether a permission holds today, its last day included."""
    return not permission.withdrawn_on and (permission.until or clock.today()) >= clock.today()


def valid_for(request: InformationRequest) -> list[Permission]:
    """The permissions of the adult concerned on which a request can be granted today.

    For somebody who asks for themselves it must name them; whom a body sends, its name alone may not tell.
    """
    if request.what not in PERMITTED:
        return []
    asked = (Permission.adult == request.adult_id) & (Permission.what == request.what)
    held = [one for one in Permission.select().where(asked).order_by(Permission.id.desc()) if is_valid(one)]
    return [one for one in held if request.kind not in PRIVATE or plain(one.whom) == plain(request.asker)]


def insist_on_valid(permission: Permission, request: InformationRequest) -> None:
    """Refuse a permission of somebody else, for something else, or that does not hold today."""
    if permission.id not in {one.id for one in valid_for(request)}:
        raise RefusedError("This permission is of somebody else, for something else, or does not hold today.")


def ref(permission: Permission) -> str:
    """The reference to a permission that the audit trail uses."""
    return f"permission:{permission.id}"
