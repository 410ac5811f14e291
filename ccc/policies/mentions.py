"""The names by which one policy speaks of another, so that a mention becomes a link."""

from ccc.db import while_unchanged
from ccc.policies.lookup import all_in_force

# What people write, whatever the policy's own title says.
USUAL_NAMES = {
    "dbs": (
        "Disclosure and Barring Service (DBS) Policy",
        "Disclosure and Barring Service Policy",
        "Disclosure and Barring Policy",
        "DBS Policy",
        "policy on DBS checks",
    ),
    "confidentiality": ("Confidentiality Policy", "policy on confidentiality"),
    "safeguarding": ("Safeguarding Policy", "Safeguarding and Child Protection Policy", "Child Protection Policy"),
}


@while_unchanged
def names_of_others(slug: str) -> dict[str, str]:
    """The names of every other policy in force, each with the short name of its policy. A single word is no name."""
    found: dict[str, str] = {}
    for version in all_in_force():
        other = version.policy.slug
        if other != slug:
            found |= {name: other for name in (*USUAL_NAMES.get(other, ()), version.title) if " " in name.strip()}
    return found
