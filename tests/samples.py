"""A short policy of an invented centre that makes all thirteen promises, and ways to have it published in a test."""

from ccc import clock, policies
from ccc.audit import Event, record
from ccc.db import writing
from ccc.people import Person
from ccc.policies import Review, Version

MILLBROOK = """# Millbrook confidentiality policy

Families trust us with hard times. So everyone who helps at Millbrook keeps the following promises.

1. Volunteers do not discuss a family with anybody, at home or elsewhere.

2. Volunteers do not write or give reports about anything at the centre.

3. If the agency that referred a family asks, it is told the dates and times of attendance. Nothing else is released unless:

    a) a child is at risk of harm;

    b) somebody who uses the centre, or a volunteer, is at risk of physical violence.

4. The address and telephone number of a parent are passed to nobody without the permission of that parent.

5. Volunteers never give their own telephone number or address to a family, and do not meet families outside the centre.

6. A volunteer tells the co-ordinator if they know somebody who comes to the centre.

7. Social workers and solicitors may carry out assessments here only with the prior agreement of the centre.

8. Each volunteer has a DBS check at enhanced level. The result is seen by the safeguarding officer and the chair only.

9. Everything about families and volunteers is kept in a secure place.

10. Whatever has not been used for three years is destroyed as confidential waste.

11. Families, volunteers and referrers can read this policy at any time on the notice board.

12. This policy is reviewed every year. It was last reviewed in September 2026.
"""
REGULAR = MILLBROOK.replace("every year. It was", "regularly. It was")


def drafted(by: Person, text: str = MILLBROOK, slug: str = "confidentiality") -> Version:
    """A draft of the invented policy."""
    return policies.draft(slug, text, by)


def published(
    by: Person, text: str = MILLBROOK, slug: str = "confidentiality", *, material: bool = True, note: str = "The centre began anew."
) -> Version:
    """The invented policy in force, without the two people whom publishing takes: for tests of what comes after."""
    version = policies.draft(slug, text, by)
    if policies.cycle(version) and not version.reviewed_on:
        policies.set_review(version, Review(policies.months_after(clock.today(), 0)), by)
        version = Version.get_by_id(version.id)
    with writing():
        fixed = {"sha256": policies.fingerprint(version), "approved_as": "chair", "approved_at": clock.now()}
        due = policies.fixed_due(version)
        Version.update(approved_by=by, review_due=due, **fixed).where(Version.id == version.id).execute()
        record(Event.POLICY_APPROVED, by.id, policies.ref(version), sha256=fixed["sha256"])
        return policies.publish(version, by, material=material, change_note=note)


publish_sample = published
