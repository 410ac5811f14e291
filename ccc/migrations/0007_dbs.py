"""DBS checks: one sealed row per person, the dates on which something waits, and who is cleared until when."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE dbs_check (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), sealed BLOB NOT NULL, waits_on TEXT,
    paused INTEGER NOT NULL);
CREATE UNIQUE INDEX dbscheck_person_id ON dbs_check (person_id);
CREATE INDEX dbscheck_waits_on ON dbs_check (waits_on);

CREATE TABLE dbs_reminder (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), day TEXT NOT NULL, stage INTEGER NOT NULL);
CREATE INDEX dbsreminder_person_id ON dbs_reminder (person_id);
CREATE UNIQUE INDEX dbsreminder_person_id_day_stage ON dbs_reminder (person_id, day, stage);

CREATE TABLE clearance (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), starts TEXT NOT NULL, ends TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id));
CREATE INDEX clearance_person_id ON clearance (person_id);
CREATE INDEX clearance_by_id ON clearance (by_id);
{kept_forever("clearance")}

CREATE TABLE dbs_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id), levels TEXT NOT NULL,
    recheck_months INTEGER NOT NULL, grace_days INTEGER NOT NULL, look_months INTEGER NOT NULL);
CREATE INDEX dbsrules_by_id ON dbs_rules (by_id);
{kept_forever("dbs_rules")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
