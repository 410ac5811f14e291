"""Attendance statements: frozen, numbered, dates and times only."""

from ccc import kinds
from ccc.statements.content import Content
from ccc.statements.issued import as_text, content_of, find, list_statements, look_at, newest, replaced_by, stale
from ccc.statements.issuing import Asked, Asking, Preview, Seen, in_place_of, issue, look_ahead, preview, request_of
from ccc.statements.lines import Line
from ccc.statements.recipients import REASONS, parents_of
from ccc.statements.records import Statement, ref

__all__ = [
    "REASONS", "Asked", "Asking", "Content", "Line", "Preview", "Seen", "Statement", "as_text", "content_of", "find",
    "in_place_of", "issue", "list_statements", "look_ahead", "look_at", "newest", "parents_of", "preview", "ref",
    "replaced_by", "request_of", "stale",
]  # fmt: skip

kinds.belongs_to(kinds.FAMILY, "attendance statements", "statement", "family_id = :record")
kinds.is_needed(kinds.REFERRER, "SELECT referrer_id FROM statement")
kinds.is_used(kinds.FAMILY, "SELECT family_id, max(created_at) FROM statement GROUP BY family_id")
