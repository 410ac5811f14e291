"""The booking log: sessions, the rota, families, referrals, bookings, and the register of the day."""

from ccc.db import kept_forever, run_script

ROW = "id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL"
PERSON = "INTEGER NOT NULL REFERENCES person (id)"
SOMEBODY = "INTEGER REFERENCES person (id)"
FAMILY = "INTEGER NOT NULL REFERENCES family (id)"
SESSION = "INTEGER NOT NULL REFERENCES contact_session (id)"
SQL = f"""
CREATE TABLE session_pattern (
    {ROW}, weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6), weeks TEXT NOT NULL,
    starts TEXT NOT NULL, ends TEXT NOT NULL CHECK (starts < ends),
    places INTEGER NOT NULL CHECK (places BETWEEN 1 AND 50),
    first_day TEXT NOT NULL, last_day TEXT NOT NULL CHECK (first_day <= last_day), by_id {PERSON});
CREATE INDEX sessionpattern_by_id ON session_pattern (by_id);

CREATE TABLE closure ({ROW}, day TEXT NOT NULL, by_id {PERSON});
CREATE UNIQUE INDEX closure_day ON closure (day);
CREATE INDEX closure_by_id ON closure (by_id);

CREATE TABLE contact_session (
    {ROW}, pattern_id INTEGER REFERENCES session_pattern (id), day TEXT NOT NULL,
    starts TEXT NOT NULL, ends TEXT NOT NULL CHECK (starts < ends),
    places INTEGER NOT NULL CHECK (places BETWEEN 1 AND 50), changed_alone INTEGER NOT NULL,
    cancelled_at TEXT, cancelled_by_id {SOMEBODY}, cancel_code TEXT,
    closed_at TEXT, closed_by_id {SOMEBODY}, sheet_shredded_on TEXT);
CREATE INDEX contactsession_pattern_id ON contact_session (pattern_id);
CREATE INDEX contactsession_day ON contact_session (day);
CREATE INDEX contactsession_cancelled_by_id ON contact_session (cancelled_by_id);
CREATE INDEX contactsession_closed_by_id ON contact_session (closed_by_id);
CREATE UNIQUE INDEX contactsession_pattern_id_day ON contact_session (pattern_id, day);

CREATE TABLE session_rules (
    {ROW}, by_id {PERSON}, visitor_before INTEGER NOT NULL, visitor_after INTEGER NOT NULL,
    fewest_volunteers INTEGER NOT NULL);
CREATE INDEX sessionrules_by_id ON session_rules (by_id);
{kept_forever("session_rules")}

CREATE TABLE duty (
    {ROW}, session_id {SESSION}, person_id {PERSON}, leader INTEGER NOT NULL, by_id {PERSON},
    ended_at TEXT, end_code TEXT);
CREATE INDEX duty_session_id ON duty (session_id);
CREATE INDEX duty_person_id ON duty (person_id);
CREATE INDEX duty_by_id ON duty (by_id);
CREATE UNIQUE INDEX duty_once ON duty (session_id, person_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX duty_one_leader ON duty (session_id) WHERE leader = 1 AND ended_at IS NULL;

CREATE TABLE given_reference ({ROW}, reference TEXT NOT NULL);
CREATE UNIQUE INDEX givenreference_reference ON given_reference (reference);
{kept_forever("given_reference")}

CREATE TABLE family (
    {ROW}, reference TEXT NOT NULL, service TEXT NOT NULL CHECK (service IN ('supported', 'handover')),
    separate_doors INTEGER NOT NULL, started_on TEXT NOT NULL, ended_on TEXT);
CREATE UNIQUE INDEX family_reference ON family (reference);
CREATE INDEX family_ended_on ON family (ended_on);

CREATE TABLE adult (
    {ROW}, family_id {FAMILY}, side TEXT NOT NULL CHECK (side IN ('home', 'visiting', 'admitted')),
    first_name BLOB NOT NULL, last_name BLOB NOT NULL, address BLOB, phone BLOB, email BLOB,
    address_confidential INTEGER NOT NULL, policy_given_on TEXT, home_agreed_on TEXT, visiting_agreed_on TEXT,
    withdrawn_on TEXT,
    CHECK (side != 'admitted' OR (home_agreed_on IS NOT NULL AND visiting_agreed_on IS NOT NULL)));
CREATE INDEX adult_family_id ON adult (family_id);

CREATE TABLE child (
    {ROW}, family_id {FAMILY}, first_name BLOB NOT NULL, born INTEGER NOT NULL, withdrawn_on TEXT);
CREATE INDEX child_family_id ON child (family_id);

CREATE TABLE family_need ({ROW}, family_id {FAMILY}, code TEXT NOT NULL);
CREATE INDEX familyneed_family_id ON family_need (family_id);
CREATE UNIQUE INDEX familyneed_family_id_code ON family_need (family_id, code);

CREATE TABLE kept_apart (
    {ROW}, one_id {FAMILY}, other_id {FAMILY}, by_id {PERSON}, ended_at TEXT, CHECK (one_id < other_id));
CREATE INDEX keptapart_one_id ON kept_apart (one_id);
CREATE INDEX keptapart_other_id ON kept_apart (other_id);
CREATE INDEX keptapart_by_id ON kept_apart (by_id);
CREATE UNIQUE INDEX keptapart_once ON kept_apart (one_id, other_id) WHERE ended_at IS NULL;

CREATE TABLE family_known (
    {ROW}, person_id {PERSON}, family_id INTEGER REFERENCES family (id), settled_at TEXT, settled_by_id {SOMEBODY});
CREATE INDEX familyknown_person_id ON family_known (person_id);
CREATE INDEX familyknown_family_id ON family_known (family_id);
CREATE INDEX familyknown_settled_by_id ON family_known (settled_by_id);
CREATE UNIQUE INDEX familyknown_person_id_family_id ON family_known (person_id, family_id);

CREATE TABLE referrer ({ROW}, kind TEXT NOT NULL, body BLOB NOT NULL, person BLOB NOT NULL, policy_given_on TEXT);

CREATE TABLE referral (
    {ROW}, family_id {FAMILY}, referrer_id INTEGER REFERENCES referrer (id), case_reference BLOB,
    received_on TEXT NOT NULL, by_id {PERSON});
CREATE UNIQUE INDEX referral_family_id ON referral (family_id);
CREATE INDEX referral_referrer_id ON referral (referrer_id);
CREATE INDEX referral_by_id ON referral (by_id);

CREATE TABLE booking (
    {ROW}, session_id {SESSION}, family_id {FAMILY}, day TEXT NOT NULL,
    service TEXT NOT NULL CHECK (service IN ('supported', 'handover')), place INTEGER NOT NULL CHECK (place >= 1),
    status TEXT NOT NULL CHECK (status IN ('booked', 'came', 'missed', 'cancelled')), missed_by TEXT,
    by_id {PERSON}, cancelled_at TEXT, cancelled_by_id {SOMEBODY}, cancel_side TEXT, cancel_code TEXT,
    CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)));
CREATE INDEX booking_session_id ON booking (session_id);
CREATE INDEX booking_family_id ON booking (family_id);
CREATE INDEX booking_by_id ON booking (by_id);
CREATE INDEX booking_cancelled_by_id ON booking (cancelled_by_id);
CREATE INDEX booking_day_id ON booking (day, id);
CREATE INDEX booking_family_id_day_id ON booking (family_id, day, id);
CREATE INDEX booking_status_day_id ON booking (status, day, id);
CREATE UNIQUE INDEX booking_one_family_a_place ON booking (session_id, place) WHERE status != 'cancelled';
CREATE UNIQUE INDEX booking_one_place_a_family ON booking (session_id, family_id) WHERE status != 'cancelled';

CREATE TABLE attendance (
    {ROW}, booking_id INTEGER NOT NULL REFERENCES booking (id), slot TEXT NOT NULL, at TEXT,
    replaces_id INTEGER REFERENCES attendance (id), by_id {PERSON}, source TEXT NOT NULL,
    CHECK (at IS NOT NULL OR replaces_id IS NOT NULL));
CREATE INDEX attendance_booking_id ON attendance (booking_id);
CREATE UNIQUE INDEX attendance_replaces_id ON attendance (replaces_id);
CREATE INDEX attendance_by_id ON attendance (by_id);
CREATE UNIQUE INDEX attendance_first_line ON attendance (booking_id, slot) WHERE replaces_id IS NULL;
{kept_forever("attendance")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
