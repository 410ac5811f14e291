"""Locks on files: the system lets go of one when the process that holds it ends, however it ends."""

import sys
from typing import IO


def take(file: IO[bytes]) -> None:
    """Hold the lock of an open file for as long as it is open. Raises OSError where somebody else holds it."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - only Windows has it.

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415 - Windows does not have it.

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
