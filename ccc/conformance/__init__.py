"""Each clause in force beside how it is kept: what the records show, and what is wrong."""

from ccc.conformance import evidence, evidence_kept
from ccc.conformance.clauses import SLUG, Conformance, Line, Promise, State, conformance
from ccc.conformance.evidence import let_out
from ccc.conformance.registry import said
from ccc.conformance.trail_checks import TrailCheck

# The two modules of evidence are found through the registry; they are named here so that they are imported.
__all__ = [
    "SLUG", "Conformance", "Line", "Promise", "State", "TrailCheck", "conformance", "evidence", "evidence_kept",
    "let_out", "said",
]  # fmt: skip
