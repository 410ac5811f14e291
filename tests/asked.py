"""Makers of requests for information and of permissions; each with only what a test does not care about."""

from typing import Any

from ccc import clock, disclosures
from ccc.disclosures import InformationRequest, NewPermission, NewRequest, Permission
from ccc.families import Adult, Family
from ccc.people import Person

# Unmistakable, so that one can look for them wherever they must not be.
ASKER, BODY, WHOM = "Canary-Asker (invented)", "Canary-Body & Sons (invented)", "Canary-Whom (invented)"


def adult_of(family: Family, side: str) -> Adult:
    return Adult.get(Adult.family == family, Adult.side == side)


def make_request(family: Family, by: Person, whose: str | None = "home", **changes: Any) -> InformationRequest:
    """The police ask, on the telephone, for the telephone number of the adult whom the child lives with."""
    known: dict[str, Any] = {
        "asked_on": clock.today(),
        "kind": "police",
        "asker": ASKER,
        "body": BODY,
        "verified": "rang-back",
    }
    asked: dict[str, Any] = known | {"what": "telephone", "purpose": "police"} | changes
    return disclosures.log(NewRequest(family, adult_of(family, whose) if whose else None, **asked), by)


def make_permission(family: Family, by: Person, side: str = "home", **changes: Any) -> Permission:
    """The adult whom the child lives with permits that their telephone number is passed on."""
    known: dict[str, Any] = {"whom": WHOM, "what": "telephone", "given_on": clock.today(), "until": None}
    return disclosures.permit(adult_of(family, side), NewPermission(**(known | changes)), by)
