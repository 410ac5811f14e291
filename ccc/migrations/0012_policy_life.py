"""The life of policies: reviews that changed nothing, and reminders of the next; the audit trail page by page."""

from ccc.db import kept_forever, run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
VERSION = "INTEGER NOT NULL REFERENCES version (id)"
SQL = f"""
CREATE INDEX auditline_actor_id ON audit_line (actor, id);
CREATE INDEX auditline_created_at_id ON audit_line (created_at, id);

CREATE TABLE policy_review (
    {ROW}, version_id {VERSION}, reviewed_on TEXT NOT NULL, due_on TEXT, by_id INTEGER NOT NULL REFERENCES person (id));
CREATE INDEX policyreview_version_id ON policy_review (version_id);
CREATE INDEX policyreview_by_id ON policy_review (by_id);
{kept_forever("policy_review")}

CREATE TABLE review_reminder ({ROW}, version_id {VERSION}, due_on TEXT NOT NULL, stage INTEGER NOT NULL);
CREATE INDEX reviewreminder_version_id ON review_reminder (version_id);
CREATE UNIQUE INDEX reviewreminder_version_id_due_on_stage ON review_reminder (version_id, due_on, stage);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
