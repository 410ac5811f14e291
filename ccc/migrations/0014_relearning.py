"""Signing anew after a change: by which day, and who was reminded of it when."""

from ccc.db import db, run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
SQL = f"""
ALTER TABLE version ADD COLUMN sign_by TEXT;
-- So far a change of substance counted at once. A published version is fixed, save for this column, which is new.
DROP TRIGGER version_is_fixed;
UPDATE version SET sign_by = substr(published_at, 1, 10) WHERE material AND published_at IS NOT NULL
    AND id > (SELECT min(first.id) FROM version first WHERE first.policy_id = version.policy_id);

CREATE TABLE signing_reminder (
    {ROW}, person_id INTEGER NOT NULL REFERENCES person (id), version_id INTEGER NOT NULL REFERENCES version (id),
    stage INTEGER NOT NULL);
CREATE INDEX signingreminder_person_id ON signing_reminder (person_id);
CREATE INDEX signingreminder_version_id ON signing_reminder (version_id);
CREATE UNIQUE INDEX signingreminder_person_id_version_id_stage ON signing_reminder (person_id, version_id, stage);
"""


def up(_migrator: object, _db: object) -> None:
    fixed = db.execute_sql("SELECT sql FROM sqlite_master WHERE name = 'version_is_fixed'").fetchone()[0]
    run_script(SQL)
    db.execute_sql(fixed)
