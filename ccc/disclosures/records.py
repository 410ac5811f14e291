"""What is kept of permissions, requests for information and what became of them: rows are added, never edited."""

from peewee import BooleanField, ForeignKeyField, TextField

from ccc.db import Day, Record
from ccc.families.records import Adult, Family
from ccc.people import Person
from ccc.vault import SealedText


class Permission(Record):
    """One adult's permission: to whom, for what, from when, until when. It can be withdrawn, and says so then."""

    adult = ForeignKeyField(Adult)
    whom = SealedText()
    what = TextField()
    given_on = Day()
    until = Day(null=True)
    by = ForeignKeyField(Person)
    withdrawn_on = Day(null=True)
    withdrawn_by = ForeignKeyField(Person, null=True)


class InformationRequest(Record):
    """Somebody asked for something about a family. `adult` is whose details, or whose own copy, they ask for.

    `kind` is the kind of body, `verified` how we know that it is them, `what` and `purpose` are codes as well.
    """

    family = ForeignKeyField(Family)
    adult = ForeignKeyField(Adult, null=True)
    asked_on = Day()
    kind = TextField()
    asker = SealedText()
    body = SealedText(null=True)
    verified = TextField()
    what = TextField()
    purpose = TextField()
    by = ForeignKeyField(Person)
    due_on = Day(null=True)
    replaces = ForeignKeyField("self", null=True, unique=True)


class Disclosure(Record):
    """One thing that became of a request. `released` is the reference of what was let out, never a copy of it.

    `act` is "asked" (an officer is to decide), "released", "refused" or "countersigned".
    """

    request = ForeignKeyField(InformationRequest)
    act = TextField()
    permission = TextField(null=True)
    on_permission = ForeignKeyField(Permission, null=True, column_name="permission_id")
    ground = TextField(null=True)
    emergency = BooleanField(default=False)
    released = TextField(null=True)
    told = TextField(null=True)
    by = ForeignKeyField(Person)
    replaces = ForeignKeyField("self", null=True, unique=True)


def ref(request: InformationRequest | int) -> str:
    """The reference to a request that the audit trail uses."""
    return f"request:{request if isinstance(request, int) else request.id}"
