"""The centre itself: its name, the numbers to ring, and the one-time link that sets it up."""

import hmac
import secrets
from hashlib import sha256
from typing import NamedTuple

from peewee import BooleanField, IntegerField, TextField

from ccc import clock
from ccc.audit import Event, record
from ccc.db import Day, Instant, Record, db, while_unchanged, writing

SHOWN = "SELECT name, coordinator_phone, safeguarding_phone, chair_phone, demo FROM centre"


class Centre(Record):
    """The only row of its table. `demo` is marked at creation and never later."""

    name = TextField(default="")
    coordinator_phone = TextField(default="")
    safeguarding_phone = TextField(default="")
    chair_phone = TextField(null=True)
    demo = BooleanField(default=False)
    set_up_at = Instant(null=True)
    set_up_hash = TextField(null=True)
    asks_for_dbs = BooleanField(default=True)
    review_months = IntegerField(null=True)
    kept_house_on = Day(null=True)


class AlreadySetUpError(Exception):
    """The centre has its chair; a set-up link no longer opens anything."""


def found(*, demo: bool = False) -> None:
    """Make the centre's row in an empty database; in any other, do nothing."""
    with writing():
        if not Centre.select().exists():
            Centre.create(id=1, demo=demo)


def the_centre() -> Centre:
    """Read the centre's row."""
    return Centre.get_by_id(1)


class Shown(NamedTuple):
    """What every page shows of the centre."""

    name: str
    coordinator_phone: str
    safeguarding_phone: str
    chair_phone: str | None
    demo: bool


@while_unchanged
def shown() -> Shown:
    """Read what every page shows; plainly, since every page asks."""
    return Shown(*db.execute_sql(SHOWN).fetchone())


def new_set_up_token() -> str:
    """Make a set-up token that takes the place of any before it. Raises AlreadySetUpError."""
    token = secrets.token_urlsafe(24)
    with writing():
        if the_centre().set_up_at:
            raise AlreadySetUpError
        Centre.update(set_up_hash=_hash(token)).execute()
    return token


def opens_set_up(token: str) -> bool:
    """Tell whether this is the set-up token in force, and not used yet."""
    centre = the_centre()
    return not centre.set_up_at and hmac.compare_digest(centre.set_up_hash or "", _hash(token))


def set_up(
    token: str, name: str, coordinator_phone: str, safeguarding_phone: str, chair_phone: str | None = None
) -> None:
    """Give the centre its name and numbers, and use the token up. Raises AlreadySetUpError."""
    with writing():
        if not opens_set_up(token):
            raise AlreadySetUpError
        Centre.update(set_up_at=clock.now(), set_up_hash=None).execute()
        _change(name, coordinator_phone, safeguarding_phone, chair_phone=chair_phone or None)
        record(Event.CENTRE_SET_UP, None, "centre:1")


def change(name: str, coordinator_phone: str, safeguarding_phone: str, by: int, **more: str | int | None) -> None:
    """Change the centre's name and numbers; `more` is the chair's number, and the months from review to review."""
    with writing():
        _change(name, coordinator_phone, safeguarding_phone, **more)
        record(Event.CENTRE_CHANGED, by, "centre:1")


def stop_asking_for_dbs(by: int) -> None:
    """Record the chair's decision that this centre does not ask for DBS checks."""
    with writing():
        Centre.update(asks_for_dbs=False).execute()
        record(Event.DBS_NOT_ASKED, by, "centre:1")


def ask_for_dbs_again(by: int) -> None:
    """Record the chair's decision that this centre asks for DBS checks after all."""
    with writing():
        Centre.update(asks_for_dbs=True).execute()
        record(Event.DBS_ASKED_AGAIN, by, "centre:1")


def is_first_today() -> bool:
    """Tell one caller a day, of all processes, that the day's work is theirs."""
    with writing():
        not_yet = Centre.kept_house_on.is_null() | (Centre.kept_house_on < clock.today())
        return bool(Centre.update(kept_house_on=clock.today()).where(not_yet).execute())


def _change(name: str, coordinator_phone: str, safeguarding_phone: str, **more: str | int | None) -> None:
    phones = {"coordinator_phone": coordinator_phone, "safeguarding_phone": safeguarding_phone}
    Centre.update(name=name, **phones, **more).execute()


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
