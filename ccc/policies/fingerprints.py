"""The fingerprint of a version: what its readers read and what it is taken to promise, in 64 signs."""

import hashlib
import json

from ccc.policies.lookup import clauses, tags
from ccc.policies.records import Version
from ccc.policies.reviews import fixed_due


def fingerprint(version: Version) -> str:
    """SHA-256 over the title, the words, the clauses with their promises, and the dates of review."""
    due = version.review_due or fixed_due(version)
    content = {
        "title": version.title,
        "preamble": version.preamble,
        "clauses": _clauses(version),
        "review": version.review_statement,
        "reviewed_on": version.reviewed_on and version.reviewed_on.isoformat(),
        "review_due": due and due.isoformat(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _clauses(version: Version) -> list[list[object]]:
    made = tags(version)
    return [
        [c.label, c.parent, c.text, sorted([t.provision, t.choices] for t in made.get(c.id, ()))]
        for c in clauses(version)
    ]
