"""The dates of onboarding steps: added, never edited."""

from ccc.db import kept_forever, run_script

SQL = f"""
CREATE TABLE onboarding_date (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, created_at TEXT NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id), step TEXT NOT NULL CHECK (step IN (
        'application', 'interview', 'reference-1', 'reference-2', 'induction', 'review-3', 'review-6')),
    "on" TEXT CHECK ("on" >= '1950-01-01'), by_id INTEGER NOT NULL REFERENCES person (id));
CREATE INDEX onboardingdate_person_id ON onboarding_date (person_id);
CREATE INDEX onboardingdate_by_id ON onboarding_date (by_id);
CREATE INDEX onboardingdate_person_id_step ON onboarding_date (person_id, step);
{kept_forever("onboarding_date")}
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
