"""The centre, the audit trail, people and offices, accounts and sign-ins, the outbox and drafts."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE centre (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL CHECK (id = 1), created_at TEXT NOT NULL,
    name TEXT NOT NULL, coordinator_phone TEXT NOT NULL, safeguarding_phone TEXT NOT NULL,
    demo INTEGER NOT NULL, set_up_at TEXT, set_up_hash TEXT, asks_for_dbs INTEGER NOT NULL, review_months INTEGER,
    kept_house_on TEXT);
CREATE TRIGGER centre_demo_mark BEFORE UPDATE OF demo ON centre WHEN NEW.demo <> OLD.demo
    BEGIN SELECT RAISE(ABORT, 'the demo mark is set at creation'); END;

CREATE TABLE audit_line (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    actor INTEGER, event TEXT NOT NULL, about TEXT NOT NULL, facts TEXT NOT NULL, hash TEXT NOT NULL);
CREATE UNIQUE INDEX auditline_hash ON audit_line (hash);
{kept_forever("audit_line")}

CREATE TABLE person (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''), email BLOB, phone BLOB, left_on TEXT);

CREATE TABLE appointment (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), role TEXT NOT NULL
        CHECK (role IN ('co-ordinator', 'safeguarding officer', 'chair')),
    starts TEXT NOT NULL, ends TEXT, by_id INTEGER REFERENCES person (id), confirmed_at TEXT);
CREATE INDEX appointment_person_id_role ON appointment (person_id, role);
CREATE INDEX appointment_person_id ON appointment (person_id);
CREATE INDEX appointment_by_id ON appointment (by_id);

CREATE TABLE account (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), sign_in_name BLOB NOT NULL, name_index TEXT NOT NULL,
    salt BLOB NOT NULL, public_key BLOB NOT NULL, wrapped_key BLOB NOT NULL,
    totp BLOB, totp_step INTEGER NOT NULL,
    second_factor TEXT CHECK (second_factor IN ('telephone', 'sheet')), second_factor_off_at TEXT);
CREATE UNIQUE INDEX account_person_id ON account (person_id);
CREATE UNIQUE INDEX account_name_index ON account (name_index);

CREATE TABLE one_use_code (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id), kind TEXT NOT NULL CHECK (kind IN ('sheet', 'recovery')),
    code_hash TEXT NOT NULL, used_at TEXT);
CREATE UNIQUE INDEX oneusecode_code_hash ON one_use_code (code_hash);
CREATE INDEX oneusecode_account_id ON one_use_code (account_id);

CREATE TABLE sign_in (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (id), secret_hash TEXT NOT NULL, lent_key BLOB NOT NULL,
    seen_at TEXT NOT NULL, proved_at TEXT NOT NULL, second_at TEXT, shared INTEGER NOT NULL, device TEXT NOT NULL,
    ended_at TEXT);
CREATE INDEX signin_account_id ON sign_in (account_id);

CREATE TABLE one_time_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), purpose TEXT NOT NULL CHECK (purpose IN ('join', 'password')),
    token BLOB NOT NULL, token_hash TEXT NOT NULL, made_by_id INTEGER REFERENCES person (id),
    expires_at TEXT NOT NULL, used_at TEXT, withdrawn_at TEXT);
CREATE UNIQUE INDEX onetimelink_token_hash ON one_time_link (token_hash);
CREATE INDEX onetimelink_person_id ON one_time_link (person_id);
CREATE INDEX onetimelink_made_by_id ON one_time_link (made_by_id);

CREATE TABLE try (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    account TEXT NOT NULL, address TEXT NOT NULL, wrong INTEGER NOT NULL);
CREATE INDEX try_created_at ON try (created_at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    recipient BLOB NOT NULL, subject TEXT NOT NULL, body BLOB NOT NULL, tries INTEGER NOT NULL,
    next_try_at TEXT NOT NULL);

CREATE TABLE draft (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    owner INTEGER NOT NULL, path TEXT NOT NULL, sealed BLOB NOT NULL);
CREATE UNIQUE INDEX draft_owner_path ON draft (owner, path);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
