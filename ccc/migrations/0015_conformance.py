"""Finds what the page on conformance counts, and what one person did with one record, however much there is."""

from ccc.db import run_script

# The first holds no row at all as long as every contact detail lies sealed.
SQL = """
CREATE INDEX adult_in_the_clear ON adult (id) WHERE 'text' IN (typeof(address), typeof(phone), typeof(email));

DROP INDEX auditline_event;
CREATE INDEX auditline_event_created_at ON audit_line (event, created_at);
CREATE INDEX auditline_about_actor ON audit_line (about, actor);
"""


def up(_migrator: object, _db: object) -> None:
    run_script(SQL)
