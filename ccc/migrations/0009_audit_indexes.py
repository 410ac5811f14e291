"""Finds what the audit trail says about somebody, or of one kind, without reading all of it."""

from ccc.db import run_script

SQL = """
CREATE INDEX auditline_about ON audit_line (about);
CREATE INDEX auditline_event ON audit_line (event);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
