"""Reads a centre's policy into title, preamble, clauses and review statement, and suggests its promises."""

from ccc.policy_text.reader import read
from ccc.policy_text.reading import Clause, Reading, Review, Tag
from ccc.policy_text.upload import LIMIT, UnreadableError, decode

__all__ = ["LIMIT", "Clause", "Reading", "Review", "Tag", "UnreadableError", "decode", "read"]
