"""What came of each daily reading of the audit trail; and finds a year's looks of one person."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE trail_check (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL, fault TEXT);
{kept_forever("trail_check")}

DROP INDEX auditline_event_created_at;
CREATE INDEX auditline_event_actor_created_at ON audit_line (event, actor, created_at);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
