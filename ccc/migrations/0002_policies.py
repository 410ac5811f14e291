"""Policies, versions, clauses and their tags; an approved version no longer changes."""

from ccc.db import run_script

# Publishing still gives an approved version its number, its note and its day; all else is fixed with the approval.
FIXED = (
    "id", "created_at", "policy_id", "title", "preamble", "review_statement", "set_aside", "left_out", "reviewed_on",
    "review_months", "review_due", "approved_by_id", "approved_as", "approved_at", "sha256",
)  # fmt: skip

SQL = """
CREATE TABLE policy (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    slug TEXT NOT NULL CHECK (slug <> ''), title TEXT NOT NULL);
CREATE UNIQUE INDEX policy_slug ON policy (slug);

CREATE TABLE version (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    policy_id INTEGER NOT NULL REFERENCES policy (id), number TEXT,
    title TEXT NOT NULL CHECK (title <> ''), preamble TEXT NOT NULL, review_statement TEXT NOT NULL,
    set_aside TEXT NOT NULL, left_out TEXT NOT NULL,
    reviewed_on TEXT, review_months INTEGER CHECK (review_months > 0), review_due TEXT,
    approved_by_id INTEGER REFERENCES person (id), approved_as TEXT, approved_at TEXT,
    material INTEGER NOT NULL, change_note TEXT NOT NULL, sha256 TEXT, published_at TEXT,
    CHECK ((approved_at IS NULL) = (sha256 IS NULL) AND (approved_at IS NULL) = (approved_by_id IS NULL)),
    CHECK (published_at IS NULL OR (approved_at IS NOT NULL AND number IS NOT NULL)));
CREATE INDEX version_policy_id ON version (policy_id);
CREATE INDEX version_approved_by_id ON version (approved_by_id);
CREATE UNIQUE INDEX version_policy_id_number ON version (policy_id, number);
-- One version in the making at a time: two who begin at once would approve past each other.
CREATE UNIQUE INDEX version_in_the_making ON version (policy_id) WHERE published_at IS NULL;

CREATE TABLE drafter (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES version (id) ON DELETE CASCADE,
    person_id INTEGER NOT NULL REFERENCES person (id));
CREATE INDEX drafter_version_id ON drafter (version_id);
CREATE INDEX drafter_person_id ON drafter (person_id);
CREATE UNIQUE INDEX drafter_version_id_person_id ON drafter (version_id, person_id);

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
    OLD.published_at IS NOT NULL OR {fixed})
    BEGIN SELECT RAISE(ABORT, 'an approved version does not change'); END;
CREATE TRIGGER version_stays BEFORE DELETE ON version WHEN OLD.published_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a published version stays'); END;
""".format(fixed=" OR ".join(f"NEW.{column} IS NOT OLD.{column}" for column in FIXED))

# The rows of a version are fixed with it; an UPDATE must not move a row into an approved version either.
ROWS = {"INSERT": "= NEW.{key}", "UPDATE": "IN (OLD.{key}, NEW.{key})", "DELETE": "= OLD.{key}"}
OWNERS = {
    "drafter": ("version_id", "version WHERE version.id"),
    "clause": ("version_id", "version WHERE version.id"),
    "tag": ("clause_id", "clause JOIN version ON version.id = clause.version_id WHERE clause.id"),
}


def fixed_rows(table: str, act: str) -> str:
    """SQL of the trigger that refuses to add, change or take away a row of an approved version."""
    key, owner = OWNERS[table]
    fixed = f"EXISTS (SELECT 1 FROM {owner} {ROWS[act].format(key=key)} AND version.approved_at IS NOT NULL)"
    return f"""
CREATE TRIGGER {table}_is_fixed_{act.lower()} BEFORE {act} ON {table} WHEN {fixed}
    BEGIN SELECT RAISE(ABORT, 'a {table} of an approved version does not change'); END;
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL + "".join(fixed_rows(table, act) for table in OWNERS for act in ROWS))
