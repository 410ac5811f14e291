"""Sealed copies of everything, checked when they are made, and how a centre is put back from one.

A backup holds the database and the keys that lie beside it. It opens with the lower secret of the recovery sheet alone.
"""

from ccc.backups.disposed import keep_in, note_disposed
from ccc.backups.folder import clear as clear_old
from ccc.backups.folder import clear_leftovers, files
from ccc.backups.making import FAULTS
from ccc.backups.records import Backup
from ccc.backups.restoring import Restored, restore
from ccc.backups.tries import kept_before_steps, last_good, looked_after_restore, make, make_if_due, sheet, state

__all__ = [
    "FAULTS", "Backup", "Restored", "clear_leftovers", "clear_old", "files", "keep_in", "kept_before_steps",
    "last_good", "looked_after_restore", "make", "make_if_due", "note_disposed", "restore", "sheet", "state",
]  # fmt: skip
