"""The words of an undertaking: made from every clause of a version, and one sentence of our own."""

import hashlib
from textwrap import indent

from ccc.policies import Clause, Version, clauses

# No policy may be read as forbidding somebody to speak up inside the centre, however it is worded.
INWARD = (
    "I also know this. If I am worried that a child, or anybody else, may come to harm, I must tell the co-ordinator "
    "or the safeguarding officer. This is required of me. It is never a breach of this undertaking."
)


def wording(version: Version, centre: str) -> str:
    """What somebody signs, as plain text: shown like this, and kept like this."""
    opening = (
        f"I have read the policy of {centre} called “{version.title}”, version {version.number}. "
        "I understand it, and I will keep to it. This is what it says:"
    )
    stated = _numbered(clauses(version))
    return "\n\n".join(part for part in (opening, version.preamble, *stated, INWARD) if part)


def mark(words: str) -> str:
    """A mark of exactly these words (SHA-256), so that nobody signs others than were shown."""
    return hashlib.sha256(words.encode()).hexdigest()


def _numbered(stated: list[Clause]) -> list[str]:
    """Each clause behind its number, further in the deeper it stands."""
    depth: dict[str, int] = {}
    lines = []
    for clause in stated:
        depth[clause.label] = depth.get(clause.parent, -1) + 1
        lines.append(indent(f"{clause.label}. {clause.text}", "    " * depth[clause.label]))
    return lines
