"""What the policies in force say on letting something out: their clauses, and the grounds that they give."""

from collections.abc import Iterable, Mapping

from ccc import policies
from ccc.disclosures.words import GROUNDS, OUTSIDE_POLICY
from ccc.policies import Clause, Version
from ccc.provisions import Key
from ccc.quizzes.clauses import clauses_about


def grounds() -> Mapping[str, str]:
    """The grounds on which something may leave without permission: the policy's own two, where it makes them."""
    makes_them = any(Key.RISK_EXCEPTIONS in policies.promises(version) for version in policies.all_in_force())
    return GROUNDS if makes_them else OUTSIDE_POLICY


def clauses_on(keys: Iterable[Key]) -> list[tuple[Version, list[Clause]]]:
    """The clauses in force that make these promises, by policy, each clause once and in its order."""
    wanted, found = list(keys), []
    for version in policies.all_in_force():
        about = clauses_about(version)
        clauses = {clause.id: clause for key in wanted for clause in about.get(key, ())}
        if clauses:
            found.append((version, sorted(clauses.values(), key=lambda clause: int(clause.position))))
    return found
