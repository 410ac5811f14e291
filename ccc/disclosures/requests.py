"""Logging that somebody asked for something, whether or not they get it."""

from dataclasses import dataclass
from datetime import date

from peewee import fn

from ccc import clock, families, referrals
from ccc.audit import Event, record
from ccc.db import writing
from ccc.disclosures.records import InformationRequest, ref
from ccc.disclosures.states import acts, history
from ccc.disclosures.words import BODIES, OWN_COPY, UNVERIFIED
from ccc.families import Adult, Family
from ccc.people import Person, RefusedError

REFERRER = "referrer"
# The kind of body, or for an adult of the family their side; the name of who asks; the name of the body.
Asker = tuple[str, str, str | None]
# Once something went out, it stays clear who got what about whom.
FIXED = ("family", "adult", "kind", "asker", "body", "what")


@dataclass(frozen=True)
class NewRequest:
    """What is known of a request. `adult` is whose details, or whose own copy; the codes are those of `words`.

    `kind` is the kind of body; for an adult of the family who asks for themselves, it is their side.
    """

    family: Family
    adult: Adult | None
    asked_on: date
    kind: str
    asker: str
    verified: str
    what: str
    purpose: str
    body: str | None = None


def log(
    new: NewRequest, by: Person, corrects: InformationRequest | None = None, seen: int | None = None
) -> InformationRequest:
    """Log a request, or a correction of one: both stay. The answer to a request for one's own copy has a month.

    With the number of the newest request that somebody had logged before, a form that is sent twice makes one.
    """
    _insist_whole(new)
    with writing():
        if seen is not None and newest_by(by) != seen:
            raise RefusedError(
                "You logged a request since you opened this page. Look whether it is in the log already."
            )
        if corrects and InformationRequest.select().where(InformationRequest.replaces == corrects).exists():
            raise RefusedError("This was corrected already. Open the log again.")
        if corrects and any(act.act == "released" for act in acts(history(corrects))):
            _insist_on_the_same(new, corrects)
        due = clock.months_later(new.asked_on, 1) if new.what == OWN_COPY else None
        request = InformationRequest.create(**vars(new), by=by, due_on=due, replaces=corrects)
        record(Event.REQUEST_LOGGED, by.id, ref(request), family=new.family.id, what=new.what)
    return request


def askers(family: Family) -> dict[str, Asker]:
    """Those of whom the record itself says who they are: the adults of a family, and its referrer of today.

    An adult who is admitted no longer may ask as before for what is kept of them.
    """
    adults = Adult.select().where(Adult.family == family).order_by(Adult.id)
    known: dict[str, Asker] = {str(one.id): (one.side, f"{one.first_name} {one.last_name}", None) for one in adults}
    referral = referrals.referral_of(family)
    if referral and (referrer := referral.referrer):
        known[REFERRER] = (referrer.kind, referrer.person, referrer.body)
    return known


def newest_by(person: Person) -> int:
    """The number of the request that somebody logged last, or 0."""
    return InformationRequest.select(fn.MAX(InformationRequest.id)).where(InformationRequest.by == person).scalar() or 0


def _insist_whole(new: NewRequest) -> None:
    families.insist_on_past(new.asked_on)
    if new.adult and new.adult.family_id != new.family.id:
        raise RefusedError("This adult belongs to another family.")
    if not new.asker:
        raise RefusedError("Type in the name of the person who asks.")
    if (new.kind in BODIES) != bool(new.body):
        raise RefusedError("Name the body that they come from. Somebody who asks for themselves comes from none.")
    if new.what == OWN_COPY and not new.adult:
        raise RefusedError("Say whose copy they ask for.")
    if new.what == "child-home" and not (new.adult and new.adult.side == "home"):
        raise RefusedError("Where the child lives is for the adult to say whom the child lives with: choose that one.")


def _insist_on_the_same(new: NewRequest, before: InformationRequest) -> None:
    """What was released to one must never look as if it had been released to another, or open a way to more."""
    weaker = new.verified == UNVERIFIED != before.verified
    if weaker or any(getattr(new, name) != getattr(before, name) for name in FIXED):
        raise RefusedError(
            "Something was released on this request, so who asked for what is no longer corrected. Log a new request."
        )
