"""The review packs that the chair signed off, each kept for good as it was."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE review_pack (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL, number TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES version (id), reviewed_on TEXT NOT NULL, outcome TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id), content TEXT NOT NULL, sha256 TEXT NOT NULL,
    audit_lines INTEGER NOT NULL, audit_hash TEXT NOT NULL);
CREATE UNIQUE INDEX reviewpack_number ON review_pack (number);
CREATE UNIQUE INDEX reviewpack_sha256 ON review_pack (sha256);
CREATE INDEX reviewpack_version_id ON review_pack (version_id);
CREATE INDEX reviewpack_by_id ON review_pack (by_id);
{kept_forever("review_pack")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
