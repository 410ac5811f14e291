"""Signing anew after a change: by which day, and who was reminded of it when."""

from ccc.db import run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
SQL = f"""
ALTER TABLE version ADD COLUMN sign_by TEXT;

CREATE TABLE signing_reminder (
    {ROW}, person_id INTEGER NOT NULL REFERENCES person (id), version_id INTEGER NOT NULL REFERENCES version (id),
    stage INTEGER NOT NULL);
CREATE INDEX signingreminder_person_id ON signing_reminder (person_id);
CREATE INDEX signingreminder_version_id ON signing_reminder (version_id);
CREATE UNIQUE INDEX signingreminder_person_id_version_id_stage ON signing_reminder (person_id, version_id, stage);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
