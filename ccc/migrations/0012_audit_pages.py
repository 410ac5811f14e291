"""The audit trail is read page by page: by whom, and by when, however long it is."""

from ccc.db import run_script

SQL = """
CREATE INDEX auditline_actor_id ON audit_line (actor, id);
CREATE INDEX auditline_created_at_id ON audit_line (created_at, id);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
