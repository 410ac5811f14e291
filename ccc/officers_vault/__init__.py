"""The officers' vault: anyone can put something in; only the safeguarding officer and the chair can open it.

It has a key pair. The private half lies in the database only sealed: to each officer who was given access (a grant),
and to the recovery sheet in the centre's safe. What it protects, and what not, is told in docs/security.md.
"""

from ccc.officers_vault.access import (
    Officer,
    begin_anew,
    change_key,
    give_access,
    has_access,
    make,
    officers,
    open_for,
    take_ended_access,
)
from ccc.officers_vault.records import (
    LockedError,
    Opened,
    RecoverySheet,
    contents,
    current,
    exists,
    insist_on_current,
    seal,
    when_made,
)
from ccc.officers_vault.sheet import (
    Secrets,
    check_secret,
    new_sheet,
    open_with_sheet,
    put_in_safe,
    sheet,
    sheet_is_lost,
)

__all__ = [
    "LockedError", "Officer", "Opened", "RecoverySheet", "Secrets", "begin_anew", "change_key", "check_secret",
    "contents", "current", "exists", "give_access", "has_access", "insist_on_current", "make", "new_sheet", "officers",
    "open_for", "open_with_sheet", "put_in_safe", "seal", "sheet", "sheet_is_lost",
    "take_ended_access", "when_made",
]  # fmt: skip
