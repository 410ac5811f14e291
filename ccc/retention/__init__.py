"""How long records are kept, what holds them back, and how they go for good."""

from ccc.retention.records import Disposal, DisposalItem, DisposedPlaces, Hold, RetentionRules, ref

__all__ = ["Disposal", "DisposalItem", "DisposedPlaces", "Hold", "RetentionRules", "ref"]
