"""The officers' vault: its keys, the grants, the recovery sheet."""

from ccc.db import run_script

SQL = """
CREATE TABLE recovery_sheet (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    vault_public BLOB NOT NULL, backup_public BLOB NOT NULL, by_id INTEGER NOT NULL REFERENCES person (id),
    asked_group INTEGER NOT NULL, asked_hash TEXT NOT NULL, in_safe_at TEXT);
CREATE INDEX recoverysheet_by_id ON recovery_sheet (by_id);

CREATE TABLE vault_key (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    public BLOB NOT NULL, sheet_id INTEGER REFERENCES recovery_sheet (id), for_sheet BLOB,
    to_replace INTEGER NOT NULL);
CREATE INDEX vaultkey_sheet_id ON vault_key (sheet_id);

CREATE TABLE "grant" (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    key_id INTEGER NOT NULL REFERENCES vault_key (id), account_id INTEGER NOT NULL REFERENCES account (id),
    account_public BLOB NOT NULL, sealed BLOB NOT NULL, by_id INTEGER REFERENCES person (id));
CREATE INDEX grant_key_id ON "grant" (key_id);
CREATE INDEX grant_account_id ON "grant" (account_id);
CREATE INDEX grant_by_id ON "grant" (by_id);
CREATE UNIQUE INDEX grant_key_id_account_id ON "grant" (key_id, account_id);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
