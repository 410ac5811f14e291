"""What came of the daily readings of the audit trail and of all that it vouches for."""

from peewee import TextField

from ccc.db import Record, while_unchanged


class TrailCheck(Record):
    """One reading, kept for good; without a `fault` all was whole."""

    fault = TextField(null=True)


@while_unchanged
def newest_check() -> TrailCheck | None:
    """The last reading, or None as long as there was none."""
    return TrailCheck.select().order_by(TrailCheck.id.desc()).first()
