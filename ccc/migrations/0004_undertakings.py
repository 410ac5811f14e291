"""Readings, and signatures that never change."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE reading (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), version_id INTEGER NOT NULL REFERENCES version (id),
    way TEXT NOT NULL CHECK (way IN ('one', 'all')), place INTEGER NOT NULL, finished_at TEXT);
CREATE INDEX reading_person_id ON reading (person_id);
CREATE INDEX reading_version_id ON reading (version_id);
CREATE UNIQUE INDEX reading_person_id_version_id ON reading (person_id, version_id);
-- Reading on is free, but when somebody first came to the end stays what it was.
CREATE TRIGGER reading_was_finished BEFORE UPDATE ON reading
    WHEN OLD.finished_at IS NOT NULL AND (NEW.finished_at IS NOT OLD.finished_at
    OR NEW.person_id <> OLD.person_id OR NEW.version_id <> OLD.version_id)
    BEGIN SELECT RAISE(ABORT, 'a finished reading stays finished'); END;

CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), version_id INTEGER NOT NULL REFERENCES version (id),
    attempt_id INTEGER REFERENCES attempt (id), centre TEXT NOT NULL, name TEXT NOT NULL, typed_name TEXT,
    wording TEXT NOT NULL CHECK (wording <> ''), version_sha256 TEXT NOT NULL, signed_on TEXT NOT NULL,
    on_paper_seen_by_id INTEGER REFERENCES person (id), recorded_by_id INTEGER REFERENCES person (id),
    sha256 TEXT NOT NULL,
    -- On screen somebody types their name; on paper somebody else saw them sign, and somebody else records it.
    CHECK ((typed_name IS NULL) = (on_paper_seen_by_id IS NOT NULL)),
    CHECK ((on_paper_seen_by_id IS NULL) = (recorded_by_id IS NULL)),
    CHECK (on_paper_seen_by_id <> person_id AND recorded_by_id <> person_id OR recorded_by_id IS NULL));
CREATE INDEX acknowledgement_person_id ON acknowledgement (person_id);
CREATE INDEX acknowledgement_version_id ON acknowledgement (version_id);
CREATE INDEX acknowledgement_attempt_id ON acknowledgement (attempt_id);
CREATE INDEX acknowledgement_on_paper_seen_by_id ON acknowledgement (on_paper_seen_by_id);
CREATE INDEX acknowledgement_recorded_by_id ON acknowledgement (recorded_by_id);
CREATE UNIQUE INDEX acknowledgement_person_id_version_id ON acknowledgement (person_id, version_id);
{kept_forever("acknowledgement")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
