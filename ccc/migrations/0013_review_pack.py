"""The review packs that the committee had before it, and what it decided; both kept for good as they were."""

from ccc.db import kept_forever, run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
SQL = f"""
CREATE TABLE review_pack (
    {ROW}, number TEXT NOT NULL, version_id INTEGER NOT NULL REFERENCES version (id),
    by_id INTEGER NOT NULL REFERENCES person (id), content TEXT NOT NULL, sha256 TEXT NOT NULL,
    audit_hash TEXT NOT NULL);
CREATE UNIQUE INDEX reviewpack_number ON review_pack (number);
CREATE INDEX reviewpack_version_id ON review_pack (version_id);
CREATE INDEX reviewpack_by_id ON review_pack (by_id);
{kept_forever("review_pack")}

CREATE TABLE pack_sign_off (
    {ROW}, pack_id INTEGER NOT NULL REFERENCES review_pack (id), reviewed_on TEXT NOT NULL, outcome TEXT NOT NULL,
    by_id INTEGER NOT NULL REFERENCES person (id));
CREATE UNIQUE INDEX packsignoff_pack_id ON pack_sign_off (pack_id);
CREATE INDEX packsignoff_by_id ON pack_sign_off (by_id);
{kept_forever("pack_sign_off")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
