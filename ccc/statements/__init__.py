"""Attendance statements: frozen, numbered, dates and times only."""

from ccc.statements.records import Statement, ref

__all__ = ["Statement", "ref"]
