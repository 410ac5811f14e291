"""May this person be told? An answer for every volunteer, from a few questions; it knows of no family."""

from enum import StrEnum
from typing import NamedTuple

from ccc.provisions import Key

DANGER = {"yes": "Yes, or it may be so", "no": "No"}
ASKERS = {
    "inside": "our co-ordinator, the safeguarding officer or the chair",
    "referrer": "the body that sent the family here, such as a court or a solicitor",
    "body": "another body, such as the police, a school or a doctor",
    "parent": "a parent, or another adult of the family",
    "anybody": "anybody else",
}
THINGS = {
    "attendance": "on which days they came, and when",
    "contact-details": "an address or a telephone number, or where the child lives",
    "seen": "what was seen or said here, or what we think of it",
    "own": "what the centre keeps about one person",
}
PERMISSION = {"yes": "Yes, the person concerned permitted it", "no": "No, or we do not know"}


class Verdict(StrEnum):
    """The answer in a few words."""

    YES = "Yes"
    COORDINATOR = "Not by you: ask the co-ordinator"
    OFFICER = "Not by you: tell the safeguarding officer at once"
    NO = "No"


class Answer(NamedTuple):
    """The answer, what to do, and the promises that say so."""

    verdict: Verdict
    advice: str
    promises: tuple[Key, ...]


SAYS_SO = {
    "attendance": (Key.ATTENDANCE_ONLY, Key.NOT_DISCUSSED),
    "contact-details": (Key.PERSONAL_DETAILS, Key.NOT_DISCUSSED),
    "seen": (Key.NO_REPORTS, Key.NOT_DISCUSSED),
    "own": (Key.NOT_DISCUSSED,),
}


IN_DANGER = Answer(
    Verdict.OFFICER,
    "If it cannot wait, ring 999 now. Telling an officer is never a breach of confidence. An officer may decide that "
    "somebody outside is told; until then, tell nobody else.",
    (Key.RISK_EXCEPTIONS,),
)


def may_be_told(asker: str, thing: str, permission: str) -> Answer:
    """Whether this asker may be told this thing. Nobody but the co-ordinator or an officer ever lets anything out."""
    if asker == "inside":
        verdict, advice = _inwards(thing)
    else:
        verdict, advice = _outwards(asker, thing, permitted=permission == "yes")
    return Answer(verdict, advice, SAYS_SO[thing])


def _inwards(thing: str) -> tuple[Verdict, str]:
    if thing == "contact-details":
        return (
            Verdict.COORDINATOR,
            "The co-ordinator and the safeguarding officer look it up themselves; nobody else here needs it.",
        )
    return Verdict.YES, "Tell them what they need for their task here, where nobody else hears it, and no more."


def _outwards(asker: str, thing: str, *, permitted: bool) -> tuple[Verdict, str]:
    if thing == "seen":
        return Verdict.NO, "We give no reports and no opinions, not even with a permission."
    if thing == "attendance" and asker == "referrer":
        return Verdict.COORDINATOR, "The co-ordinator makes a statement with dates and times, and nothing else."
    if thing in ("attendance", "own") and asker == "parent":
        return Verdict.COORDINATOR, "A parent can have their own from the co-ordinator, and nothing of the other side."
    if permitted:
        return Verdict.COORDINATOR, "The co-ordinator looks at the permission: whose, to whom, for what, until when."
    return Verdict.NO, "Say that the co-ordinator will answer. Do not even say whether a family comes here."
