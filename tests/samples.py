"""A short policy of an invented centre that makes all thirteen promises, and ways to have it published in a test."""

from datetime import date

from ccc import clock, policies
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Person
from ccc.policies import Review, Version
from ccc.policies.drafting import Choices
from ccc.provisions import Key

MILLBROOK = """# Millbrook confidentiality policy

Families trust us with hard times. So everyone who helps at Millbrook keeps the following promises.

1. Volunteers do not discuss or disclose anything about a family to anybody.

2. Volunteers do not write or give reports about anything at the centre.

3. If the agency that referred a family asks, it is told the dates and times of attendance, and nothing else unless:

    a) a child is at risk of harm;

    b) somebody here, guest or helper, is at risk of physical violence.

4. The address and telephone number of a parent are passed to nobody without the permission of that parent.

5. Volunteers never give their own telephone number or address to a family, and do not meet families outside the centre.

6. A volunteer tells the co-ordinator if they know somebody who comes to the centre.

7. Social workers and solicitors may carry out assessments here only with the prior agreement of the centre.

8. Each volunteer has a DBS check at enhanced level. The result is seen by the safeguarding officer and the chair only.

9. Everything about families and volunteers is kept in a secure place.

10. Information that has not been used for three years is destroyed.

11. Families, volunteers and referrers can read this policy at any time on the notice board.

12. This policy is reviewed every year. It was last reviewed in September 2026.
"""
# What these clauses promise, said outright: these tests are not about how well the reader guesses.
PROMISES: dict[str, dict[Key, Choices]] = {
    "1": {Key.NOT_DISCUSSED: {"where": "at-all"}},
    "2": {Key.NO_REPORTS: {"about": "anything"}},
    "3": {Key.ATTENDANCE_ONLY: {}},
    "3a": {Key.RISK_EXCEPTIONS: {}},
    "3b": {Key.RISK_EXCEPTIONS: {}},
    "4": {Key.PERSONAL_DETAILS: {"whose": "parents"}},
    "5": {Key.OWN_BOUNDARIES: {}},
    "6": {Key.SOMEBODY_KNOWN: {}},
    "7": {Key.ASSESSMENTS: {"who": "anyone-agreed", "agreed_by": "centre"}},
    "8": {Key.DBS: {"level": "enhanced", "results_to": "safeguarding-officer-and-chair"}},
    "9": {Key.SECURE_PLACE: {}},
    "10": {Key.DISPOSAL: {"years": 3}},
    "11": {Key.ACCESS: {"how": "open"}},
    "12": {Key.REVIEW: {"cycle": "annual"}},
}
REGULAR = MILLBROOK.replace("every year. It was", "regularly. It was")


def drafted(by: Person, text: str = MILLBROOK, slug: str = "confidentiality") -> Version:
    """A draft; where it is the invented policy, its clauses promise what they should."""
    with writing():
        version = policies.draft(slug, text, by)
        suggested = policies.tags(version)
        for clause in policies.clauses(version) if text in (MILLBROOK, REGULAR) else ():
            made = dict(PROMISES[clause.label])
            if text == REGULAR and Key.REVIEW in made:
                made[Key.REVIEW] = {"cycle": "regular"}
            if made != {Key(tag.provision): tag.chosen for tag in suggested.get(clause.id, ())}:
                policies.retag(clause, made, by)
    return version


def making(slug: str = "confidentiality") -> Version:
    """What is in the making, where a test knows that there is something."""
    version = policies.making(slug)
    assert version
    return version


def published(
    by: Person,
    text: str = MILLBROOK,
    slug: str = "confidentiality",
    note: str = "New.",
    sign_by: date | None = None,
) -> Version:
    """A policy in force, without the two people whom publishing takes: for tests of what comes after.

    Where it replaces another, everybody signs anew by `sign_by`, or today; from tomorrow the old signature is none.
    """
    version = drafted(by, text, slug)
    if not version.reviewed_on:
        policies.set_review(version, Review(policies.months_after(clock.today(), 0)), by)
    version = Version.get_by_id(version.id)
    sha256, due = policies.fingerprint(version), policies.fixed_due(version)
    with writing():
        approval = {"approved_by": by, "approved_as": "chair", "approved_at": clock.now(), "sha256": sha256}
        Version.update(review_due=due, **approval).where(Version.id == version.id).execute()
        record(Event.POLICY_APPROVED, by.id, policies.ref(version), sha256=sha256)
        return policies.publish(version, by, material=True, change_note=note, sign_by=sign_by or clock.today())


publish_sample = published
