"""What leaves the centre and what is destroyed: statements, disclosures, assessments, concerns, retention, backups."""

from ccc.db import kept_forever, kept_until_disposed, run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
PERSON = "INTEGER NOT NULL REFERENCES person (id)"
SOMEBODY = "INTEGER REFERENCES person (id)"
FAMILY = "INTEGER NOT NULL REFERENCES family (id)"
SESSION = "INTEGER NOT NULL REFERENCES contact_session (id)"
OF_BOOKING = "(SELECT family_id FROM booking WHERE id = OLD.booking_id)"
OF_REQUEST = "(SELECT family_id FROM information_request WHERE id = OLD.request_id)"
# What lies sealed beside these is sealed anew with every new key.
OF_A_REQUEST = "family_id, adult_id, asked_on, kind, verified, what, purpose, by_id, due_on, replaces_id, created_at"
OF_A_STATEMENT = (
    "family_id, referrer_id, adult_id, reason, first_day, last_day, lines, sha256, by_id, replaces_id, created_at"
)
SQL = f"""
CREATE TABLE erasing ({ROW}, kind TEXT NOT NULL, record INTEGER NOT NULL);
CREATE UNIQUE INDEX erasing_kind_record ON erasing (kind, record);

CREATE TABLE assessment (
    {ROW}, session_id {SESSION}, family_id {FAMILY}, kind TEXT NOT NULL, body BLOB NOT NULL, assessor BLOB NOT NULL,
    agreed_on TEXT NOT NULL, by_id {PERSON}, cancelled_at TEXT, cancelled_by_id {SOMEBODY});
CREATE INDEX assessment_session_id ON assessment (session_id);
CREATE INDEX assessment_family_id ON assessment (family_id);
CREATE INDEX assessment_by_id ON assessment (by_id);
CREATE INDEX assessment_cancelled_by_id ON assessment (cancelled_by_id);
CREATE UNIQUE INDEX assessment_once ON assessment (session_id, family_id) WHERE cancelled_at IS NULL;

CREATE TABLE assessment_agreement (
    {ROW}, assessment_id INTEGER NOT NULL REFERENCES assessment (id), adult_id INTEGER NOT NULL REFERENCES adult (id),
    agreed_on TEXT NOT NULL);
CREATE INDEX assessmentagreement_assessment_id ON assessment_agreement (assessment_id);
CREATE INDEX assessmentagreement_adult_id ON assessment_agreement (adult_id);
CREATE UNIQUE INDEX assessmentagreement_assessment_id_adult_id ON assessment_agreement (assessment_id, adult_id);

CREATE TABLE permission (
    {ROW}, adult_id INTEGER NOT NULL REFERENCES adult (id), whom BLOB NOT NULL, what TEXT NOT NULL,
    given_on TEXT NOT NULL, until TEXT, by_id {PERSON}, withdrawn_on TEXT, withdrawn_by_id {SOMEBODY},
    CHECK (until IS NULL OR given_on <= until));
CREATE INDEX permission_adult_id ON permission (adult_id);
CREATE INDEX permission_by_id ON permission (by_id);
CREATE INDEX permission_withdrawn_by_id ON permission (withdrawn_by_id);

CREATE TABLE information_request (
    {ROW}, family_id {FAMILY}, adult_id INTEGER REFERENCES adult (id), asked_on TEXT NOT NULL, kind TEXT NOT NULL,
    asker BLOB NOT NULL, body BLOB, verified TEXT NOT NULL, what TEXT NOT NULL, purpose TEXT NOT NULL,
    by_id {PERSON}, due_on TEXT, replaces_id INTEGER REFERENCES information_request (id));
CREATE INDEX informationrequest_family_id ON information_request (family_id);
CREATE INDEX informationrequest_adult_id ON information_request (adult_id);
CREATE INDEX informationrequest_by_id ON information_request (by_id);
CREATE UNIQUE INDEX informationrequest_replaces_id ON information_request (replaces_id);
{kept_until_disposed("information_request", "family", "OLD.family_id", OF_A_REQUEST)}

CREATE TABLE disclosure (
    {ROW}, request_id INTEGER NOT NULL REFERENCES information_request (id),
    act TEXT NOT NULL CHECK (act IN ('asked', 'released', 'refused', 'countersigned')),
    permission TEXT, permission_id INTEGER REFERENCES permission (id), ground TEXT, emergency INTEGER NOT NULL,
    released TEXT, told TEXT, by_id {PERSON}, replaces_id INTEGER REFERENCES disclosure (id));
CREATE INDEX disclosure_request_id ON disclosure (request_id);
CREATE INDEX disclosure_permission_id ON disclosure (permission_id);
CREATE INDEX disclosure_by_id ON disclosure (by_id);
CREATE UNIQUE INDEX disclosure_replaces_id ON disclosure (replaces_id);
{kept_until_disposed("disclosure", "family", OF_REQUEST)}

CREATE TABLE statement (
    {ROW}, family_id {FAMILY}, referrer_id INTEGER REFERENCES referrer (id), adult_id INTEGER REFERENCES adult (id),
    reason TEXT, case_reference BLOB, first_day TEXT NOT NULL, last_day TEXT NOT NULL, lines TEXT NOT NULL,
    sha256 TEXT NOT NULL, by_id {PERSON}, replaces_id INTEGER REFERENCES statement (id),
    CHECK (first_day <= last_day), CHECK ((referrer_id IS NULL) != (adult_id IS NULL)),
    CHECK ((adult_id IS NULL) = (reason IS NULL)));
CREATE INDEX statement_family_id ON statement (family_id);
CREATE INDEX statement_referrer_id ON statement (referrer_id);
CREATE INDEX statement_adult_id ON statement (adult_id);
CREATE INDEX statement_by_id ON statement (by_id);
CREATE UNIQUE INDEX statement_replaces_id ON statement (replaces_id);
{kept_until_disposed("statement", "family", "OLD.family_id", OF_A_STATEMENT)}

CREATE TABLE concern (
    {ROW}, raised_by_id {PERSON}, only_for_id {SOMEBODY}, read_at TEXT, read_by_id {SOMEBODY},
    ended_at TEXT, ended_by_id {SOMEBODY}, reminded_at TEXT);
CREATE INDEX concern_raised_by_id ON concern (raised_by_id);
CREATE INDEX concern_only_for_id ON concern (only_for_id);
CREATE INDEX concern_read_by_id ON concern (read_by_id);
CREATE INDEX concern_ended_by_id ON concern (ended_by_id);

CREATE TABLE concern_entry (
    {ROW}, concern_id INTEGER NOT NULL REFERENCES concern (id), by_id {PERSON}, sealed BLOB NOT NULL);
CREATE INDEX concernentry_concern_id ON concern_entry (concern_id);
CREATE INDEX concernentry_by_id ON concern_entry (by_id);

CREATE TABLE concern_entry_apart (
    {ROW}, concern_id INTEGER NOT NULL REFERENCES concern (id), by_id {PERSON}, sealed BLOB, for_sheet BLOB,
    CHECK (sealed IS NOT NULL OR for_sheet IS NOT NULL));
CREATE INDEX concernentryapart_concern_id ON concern_entry_apart (concern_id);
CREATE INDEX concernentryapart_by_id ON concern_entry_apart (by_id);

CREATE TABLE retention_rules (
    {ROW}, by_id {PERSON}, concern_years INTEGER NOT NULL CHECK (concern_years BETWEEN 1 AND 99));
CREATE INDEX retentionrules_by_id ON retention_rules (by_id);
{kept_forever("retention_rules")}

CREATE TABLE hold (
    {ROW}, kind TEXT NOT NULL, record INTEGER NOT NULL, code TEXT NOT NULL, by_id {PERSON}, until TEXT,
    ended_at TEXT, ended_by_id {SOMEBODY});
CREATE INDEX hold_kind_record ON hold (kind, record);
CREATE INDEX hold_by_id ON hold (by_id);
CREATE INDEX hold_ended_by_id ON hold (ended_by_id);

CREATE TABLE disposal (
    {ROW}, proposed_by_id {PERSON}, approved_by_id {SOMEBODY}, approved_at TEXT, withdrawn_at TEXT,
    done_at TEXT, wiped_at TEXT, shredded_on TEXT, shredded_by_id {SOMEBODY},
    CHECK (approved_by_id != proposed_by_id));
CREATE INDEX disposal_proposed_by_id ON disposal (proposed_by_id);
CREATE INDEX disposal_approved_by_id ON disposal (approved_by_id);
CREATE INDEX disposal_shredded_by_id ON disposal (shredded_by_id);

CREATE TABLE disposal_item (
    {ROW}, disposal_id INTEGER NOT NULL REFERENCES disposal (id), kind TEXT NOT NULL, record INTEGER NOT NULL,
    early TEXT, done_at TEXT, figures TEXT, kept_why TEXT);
CREATE INDEX disposalitem_disposal_id ON disposal_item (disposal_id);
CREATE UNIQUE INDEX disposalitem_disposal_id_kind_record ON disposal_item (disposal_id, kind, record);

CREATE TABLE retention_reminder ({ROW}, mails INTEGER NOT NULL);

CREATE TABLE disposed_places ({ROW}, session_id {SESSION}, booked INTEGER NOT NULL, used INTEGER NOT NULL);
CREATE UNIQUE INDEX disposedplaces_session_id ON disposed_places (session_id);

CREATE TABLE backup ({ROW}, size INTEGER, fault TEXT);

ALTER TABLE centre ADD COLUMN chair_phone TEXT;

-- From here on a draft's address is a keyed hash: nobody would find an older one again.
DELETE FROM draft;

DROP TRIGGER attendance_no_delete;
DROP TRIGGER attendance_no_update;
{kept_until_disposed("attendance", "family", OF_BOOKING)}
DROP TRIGGER attempt_stays;
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt WHEN OLD.finished_at IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM erasing WHERE kind = 'person' AND record = OLD.person_id)
    BEGIN SELECT RAISE(ABORT, 'a finished attempt stays'); END;
DROP TRIGGER acknowledgement_no_delete;
DROP TRIGGER acknowledgement_no_update;
{kept_until_disposed("acknowledgement", "person", "OLD.person_id")}
DROP TRIGGER clearance_no_delete;
DROP TRIGGER clearance_no_update;
{kept_until_disposed("clearance", "person", "OLD.person_id")}
DROP TRIGGER onboarding_date_no_delete;
DROP TRIGGER onboarding_date_no_update;
{kept_until_disposed("onboarding_date", "person", "OLD.person_id")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
