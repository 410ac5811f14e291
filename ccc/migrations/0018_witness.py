"""The name of whoever saw somebody sign on paper, as it was on that day."""

from ccc.db import run_script


def up(_migrator: object, _db: object) -> None:
    run_script("ALTER TABLE acknowledgement ADD COLUMN witness TEXT;")
