"""Sealed copies of everything, checked when they are made, and how a centre is put back from one."""

from ccc.backups.records import Backup

__all__ = ["Backup"]
