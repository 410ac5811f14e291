"""Attempts at a quiz; a finished one no longer changes and stays."""

from ccc.db import run_script

SQL = """
CREATE TABLE attempt (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), quiz TEXT NOT NULL CHECK (quiz <> ''),
    version_id INTEGER NOT NULL REFERENCES version (id), again_of_id INTEGER REFERENCES attempt (id),
    asked TEXT NOT NULL, marks TEXT NOT NULL, answers TEXT NOT NULL,
    passed INTEGER CHECK (passed IN (0, 1)), finished_at TEXT,
    -- Which wrong answer was given is nobody's business once the attempt is over.
    CHECK (CASE WHEN finished_at IS NULL THEN passed IS NULL ELSE answers = '[]' END));
CREATE INDEX attempt_person_id ON attempt (person_id);
CREATE INDEX attempt_version_id ON attempt (version_id);
CREATE INDEX attempt_again_of_id ON attempt (again_of_id);
-- One open attempt at a time: two begun at once would each mark half of the answers.
CREATE UNIQUE INDEX attempt_open ON attempt (person_id, quiz) WHERE finished_at IS NULL;

CREATE TRIGGER attempt_is_fixed BEFORE UPDATE ON attempt WHEN OLD.finished_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a finished attempt does not change'); END;
CREATE TRIGGER attempt_as_asked BEFORE UPDATE OF person_id, quiz, version_id, again_of_id, asked ON attempt
    BEGIN SELECT RAISE(ABORT, 'what was asked of whom does not change'); END;
CREATE TRIGGER attempt_stays BEFORE DELETE ON attempt WHEN OLD.finished_at IS NOT NULL
    BEGIN SELECT RAISE(ABORT, 'a finished attempt stays'); END;
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
