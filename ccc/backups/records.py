"""What is kept of a backup: when it was tried, how large it is, or what was wrong."""

from peewee import IntegerField, TextField

from ccc.db import Record


class Backup(Record):
    """One try to make a backup; `fault` is a code where it failed."""

    size = IntegerField(null=True)
    fault = TextField(null=True)
