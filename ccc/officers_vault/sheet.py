"""The recovery sheet: printed once for the centre's safe, it opens the vault when no officer can."""

import hmac
import secrets
from typing import NamedTuple

from ccc import people, recovery_sheet, vault
from ccc.audit import Event, record
from ccc.clock import now
from ccc.db import writing
from ccc.officers_vault.access import LOCKED
from ccc.officers_vault.records import (
    LockedError,
    Opened,
    RecoverySheet,
    VaultKey,
    current,
    exists,
    grant,
    insist_on_current,
    seal_to_sheet,
)
from ccc.people import Person, RefusedError, ref
from ccc.roles import OFFICERS
from ccc.signin import accounts, links


class Secrets(NamedTuple):
    """The two secrets of a sheet. They are shown once, and kept nowhere."""

    vault: str
    backup: str


def new_sheet(opened: Opened, seen: int | None = None) -> Secrets:
    """Make a recovery sheet that takes the place of any before it, and give its two secrets, this once.

    Raises RefusedError where the sheet that counts is not the one that was `seen`: so a page that is loaded again, or
    the other officer at the same moment, does not make void what is being printed.
    """
    made = Secrets(recovery_sheet.fresh(), recovery_sheet.fresh())
    # Drawn by itself: worked out from the secret, it would tell something about it.
    asked = 1 + secrets.randbelow(recovery_sheet.GROUPS)
    with writing():
        insist_on_current(opened)
        if seen is not None and seen != _number(sheet()):
            raise RefusedError("A sheet was made just now. If you have it on paper, go on and put it in the safe.")
        publics = [vault.public_of(recovery_sheet.key_of(secret)) for secret in made]
        made_out = RecoverySheet.create(
            vault_public=publics[0],
            backup_public=publics[1],
            by=opened.by,
            asked_group=asked,
            asked_hash=_group_hash(made.vault.split()[asked - 1]),
        )
        seal_to_sheet(current(), made_out, opened.private)
        record(Event.VAULT_SHEET_MADE, opened.by.id, "vault:1")
    return made


def sheet() -> RecoverySheet | None:
    """The sheet that counts, if there is one: it opens the vault's key of today, and nobody said that it is lost."""
    return current().sheet if exists() else None


def sheet_is_lost() -> None:
    """Count on the sheet no more, by the word of the server's own command line.

    Should it turn up it still opens the vault, until the next sheet or the next key takes its place.
    """
    with writing():
        if sheet():
            VaultKey.update(sheet=None).where(VaultKey.id == current().id).execute()
            record(Event.VAULT_SHEET_LOST, None, "vault:1")


def put_in_safe(group: str, by: Person) -> None:
    """Record that the sheet is in the safe; the group that is asked back shows that it was printed and can be read.

    Raises RefusedError for another group.
    """
    newest = sheet()
    if newest is None:
        raise RefusedError("There is no recovery sheet yet. Print one first.")
    typed = "".join(sign for sign in group.upper() if sign.isalnum())
    if not hmac.compare_digest(newest.asked_hash, _group_hash(typed)):
        raise RefusedError(f"That is not group {newest.asked_group} of the upper secret. Look at the sheet again.")
    with writing():
        RecoverySheet.update(in_safe_at=now()).where(RecoverySheet.id == newest.id).execute()
        record(Event.VAULT_SHEET_IN_SAFE, by.id, "vault:1")


def check_secret(typed: str) -> bytes:
    """The vault's private key, opened with the sheet. Raises RefusedError, naming the groups that hold a slip."""
    try:
        private = recovery_sheet.key_of(recovery_sheet.read(typed))
    except recovery_sheet.WrongGroupError as error:
        raise RefusedError(str(error)) from error
    sealed = current().for_sheet
    opened = vault.open_key(private, sealed) if sealed else None
    if opened is None:
        raise RefusedError(
            "This secret does not open the vault. Perhaps the sheet is an older one, or these are the groups of the "
            "secret for backups."
        )
    return opened


def open_with_sheet(typed: str, officer: Person) -> None:
    """Give an officer access by the sheet, when no other officer can. Raises RefusedError for a wrong secret."""
    with writing():
        private = check_secret(typed)
        account = accounts.of(officer)
        if account is None or not people.roles_of(officer) & OFFICERS:
            raise LockedError(LOCKED)
        grant(current(), account, private, None)
        record(Event.VAULT_OPENED_WITH_SHEET, officer.id, ref(officer))


def open_for_recovered(person: Person, typed: str) -> None:
    """Open the vault for somebody who fills a vacant office, as long as there is a sheet to prove that they may."""
    if sheet():
        open_with_sheet(typed, person)


links.when_recovered.append(open_for_recovered)


def _number(counts: RecoverySheet | None) -> int:
    return counts.id if counts else 0


def _group_hash(group: str) -> str:
    return vault.look_up("sheet", group)
