"""To whom a statement may go: the family's recorded referrer; where there is none, a parent who asks for their own."""

from typing import NamedTuple

from ccc import referrals
from ccc.families import Adult, Family
from ccc.people import RefusedError
from ccc.referrals import Referrer
from ccc.statements.records import Statement

# Why the co-ordinator gives a parent of a self-referred family their own attendance.
REASONS = {
    "court-asks": "a court asks the parent for it",
    "legal-aid": "the parent needs it for legal aid",
    "school-or-work": "a school or an employer asks the parent for it",
    "other": "another reason",
}


class Recipient(NamedTuple):
    """The recorded referrer with their own case reference, or a parent with the reason."""

    referrer: Referrer | None
    adult: Adult | None = None
    reason: str | None = None
    case_reference: str | None = None


def parents_of(family: Family) -> list[Adult]:
    """The adults of the two sides: of them alone is attendance kept."""
    return list(Adult.select().where(Adult.family == family, Adult.side != "admitted").order_by(Adult.id))


def recipient_of(statement: Statement) -> Recipient:
    """Who got a statement. Where it is wrong, it is put right with them, whoever is recorded by now."""
    return Recipient(statement.referrer, statement.adult, statement.reason, statement.case_reference)


def recipient(family: Family, adult: int | None, reason: str | None) -> Recipient:
    """Who gets a statement. A parent does only where no referrer is recorded; anything else raises RefusedError."""
    referral = referrals.referral_of(family)
    if referral is None:
        raise RefusedError("How this family came is not recorded yet. Record that first.")
    if referral.referrer:
        if adult:
            raise RefusedError("A statement goes to the referrer who is recorded for this family, and to nobody else.")
        if not referral.case_reference:
            raise RefusedError("The referrer's own case reference is not recorded. Add it to how the family came.")
        return Recipient(referral.referrer, case_reference=referral.case_reference)
    parent = next((one for one in parents_of(family) if one.id == adult), None)
    if parent is None or reason not in REASONS:
        raise RefusedError("Choose an adult of one of the two sides of this family, and the reason why they get it.")
    return Recipient(None, parent, reason)
