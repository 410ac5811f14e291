"""Policies, versions, clauses and their tags; an approved version no longer changes."""

from ccc.db import run_script

SQL = """
CREATE TABLE policy (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    slug TEXT NOT NULL CHECK (slug <> ''), title TEXT NOT NULL);
CREATE UNIQUE INDEX policy_slug ON policy (slug);

CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    policy_id INTEGER NOT NULL REFERENCES policy (id), number TEXT,
    title TEXT NOT NULL, preamble TEXT NOT NULL, review_statement TEXT NOT NULL, set_aside TEXT NOT NULL,
    reviewed_on TEXT, review_due TEXT,
    drafted_by_id INTEGER NOT NULL REFERENCES person (id), approved_by_id INTEGER REFERENCES person (id),
    approved_at TEXT, material INTEGER NOT NULL, change_note TEXT NOT NULL, sha256 TEXT, published_at TEXT);
CREATE INDEX version_policy_id ON version (policy_id);
CREATE INDEX version_drafted_by_id ON version (drafted_by_id);
CREATE INDEX version_approved_by_id ON version (approved_by_id);
CREATE UNIQUE INDEX version_policy_id_number ON version (policy_id, number);
-- One version in the making at a time: two who begin at once would approve past each other.
CREATE UNIQUE INDEX version_in_the_making ON version (policy_id) WHERE published_at IS NULL;

CREATE TABLE clause (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, label TEXT NOT NULL, parent TEXT NOT NULL, text TEXT NOT NULL);
CREATE INDEX clause_version_id ON clause (version_id);
CREATE UNIQUE INDEX clause_version_id_label ON clause (version_id, label);

CREATE TABLE tag (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    clause_id INTEGER NOT NULL REFERENCES clause (id) ON DELETE CASCADE,
    provision TEXT NOT NULL, choices TEXT NOT NULL, because TEXT NOT NULL);
CREATE INDEX tag_clause_id ON tag (clause_id);
CREATE UNIQUE INDEX tag_clause_id_provision ON tag (clause_id, provision);

CREATE TRIGGER version_is_fixed BEFORE UPDATE ON version WHEN OLD.approved_at IS NOT NULL AND (
    OLD.published_at IS NOT NULL OR NEW.title <> OLD.title OR NEW.preamble <> OLD.preamble
    OR NEW.review_statement <> OLD.review_statement OR NEW.sha256 <> OLD.sha256 OR NEW.policy_id <> OLD.policy_id
    OR NEW.approved_at IS NOT OLD.approved_at OR NEW.approved_by_id IS NOT OLD.approved_by_id
    OR NEW.drafted_by_id <> OLD.drafted_by_id OR NEW.reviewed_on IS NOT OLD.reviewed_on
    OR NEW.review_due IS NOT OLD.review_due)
    BEGIN SELECT RAISE(ABORT, 'an approved version does not change'); END;
CREATE TRIGGER version_stays BEFORE DELETE ON version WHEN OLD.published_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a published version stays'); END;
""" + "\n".join(
    f"""
CREATE TRIGGER {table}_is_fixed_{act.lower()} BEFORE {act} ON {table} WHEN EXISTS (
    SELECT 1 FROM {source} WHERE {row} AND version.approved_at IS NOT NULL)
    BEGIN SELECT RAISE(ABORT, 'a {table} of an approved version does not change'); END;"""
    for act in ("INSERT", "UPDATE", "DELETE")
    for table, source, row in (
        ("clause", "version", f"version.id = {'NEW' if act == 'INSERT' else 'OLD'}.version_id"),
        (
            "tag",
            "clause JOIN version ON version.id = clause.version_id",
            f"clause.id = {'NEW' if act == 'INSERT' else 'OLD'}.clause_id",
        ),
    )
)


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
