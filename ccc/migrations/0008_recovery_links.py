"""One-time links that fill a vacant office: the office begins when the link is used."""

from ccc.db import run_script

SQL = """
ALTER TABLE one_time_link ADD COLUMN office TEXT CHECK (office IN ('safeguarding officer', 'chair'));
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
