"""The codes of requests and of what became of them, and what each means in words."""

from collections.abc import Mapping

from ccc import families, referrals

# Those who ask for themselves. To them nothing goes but their own, or what the person concerned permitted.
PRIVATE = dict(families.SIDES) | {"private": "anybody else who asks for themselves"}
BODIES = dict(referrals.KINDS) | {
    "police": "the police",
    "health": "a doctor, a hospital or an ambulance",
    "school": "a school or nursery",
}
KINDS = BODIES | PRIVATE

VERIFIED = {
    "rang-back": "we rang back on a number that we had before",
    "known": "we know them in person",
    "document": "they showed a document with their photograph",
    "known-address": "it came from a postal or email address that we had before",
    "not": "not checked",
}
UNVERIFIED = "not"

ATTENDANCE, OWN_COPY = "attendance", "own-copy"
# What an adult can permit, each for itself. Dates leave as a statement alone, and a copy goes to its own adult alone.
PERMITTED = {
    "contact-details": "an adult's address, telephone or email",
    "telephone": "an adult's telephone number alone",
    "child-home": "where the child lives or goes to school",
}
WHAT = PERMITTED | {
    ATTENDANCE: "dates and times of attendance",
    OWN_COPY: "a copy of everything that is kept about one person",
    "report": "a report, an opinion, or what was seen or said",
    "other": "something else",
}

PURPOSES = {
    "court": "proceedings in a court",
    "welfare": "to keep a child or somebody else safe",
    "police": "an inquiry by the police",
    "legal-aid": "legal aid",
    "own": "for themselves",
    "other": "something else, or they did not say",
}

IN_POLICY = {
    "child-inside": "a child is at risk of harm, inside the centre",
    "child-outside": "a child is at risk of harm, outside the centre",
    "violence": "someone is at risk of physical violence",
}
OUTSIDE_POLICY = {
    "court-order": "outside the policy: a court ordered it",
    "law": "outside the policy: the law requires it",
}
GROUNDS = IN_POLICY | OUTSIDE_POLICY

WHY_NOT = {
    "refused": "the person concerned did not permit it",
    "not-sought": "the person concerned was not asked",
    "decided": "we decided not to share it",
}
PERMISSION = {"obtained": "the person concerned permitted it"} | WHY_NOT

TOLD = {
    "told": "the person concerned was told",
    "danger": "the person concerned was not told: it would put somebody in danger",
    "forbidden": "the person concerned was not told: the law or a court forbids it",
    "not-reached": "the person concerned was not told yet: they could not be reached",
}
NOTHING = "nothing"
TOLD_OF_REFUSAL = TOLD | {NOTHING: "nothing was released, so there was nothing to tell"}
WAS_TOLD = TOLD_OF_REFUSAL | {
    "own": "the person concerned asked for it themselves",
    "policy": "the centre's policy tells them that the referrer gets dates and times",
}

ACTS = {
    "asked": "An officer was asked to decide",
    "released": "Released",
    "refused": "Refused",
    "countersigned": "Countersigned",
}


def plain(name: str | None) -> str:
    """A name as it is compared with another: capitals and blanks do not matter."""
    return " ".join((name or "").casefold().split())


def capital(labels: Mapping[str, str]) -> dict[str, str]:
    """The same codes, their words with a capital letter in front, as the choices of a form begin."""
    return {code: words[0].upper() + words[1:] for code, words in labels.items()}
