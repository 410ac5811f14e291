"""Worries raised, sealed to the officers. Whoever raised one is told that it was received, and when it was read."""

from ccc.concerns.records import Concern, ConcernEntry, ConcernEntryApart, ref

__all__ = ["Concern", "ConcernEntry", "ConcernEntryApart", "ref"]
