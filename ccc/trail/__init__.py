"""The audit trail as people read it: who did what to which record, page by page, and its newest hash to write down."""

from ccc.trail.reading import AT_ONCE, Asked, export, newest_hash, own_page, page_of
from ccc.trail.records import OF_FAMILY, records_of
from ccc.trail.words import Line

__all__ = [
    "AT_ONCE", "OF_FAMILY", "Asked", "Line", "export", "newest_hash", "own_page", "page_of", "records_of",
]  # fmt: skip
