"""The second factor: a code from a telephone, a printed sheet of one-use codes, and codes for the day it is lost."""

import hmac
import secrets
from datetime import timedelta

import pyotp
from peewee import ForeignKeyField, TextField

from ccc import clock, kinds, mail, vault
from ccc.audit import Event, record
from ccc.db import Instant, Record, while_unchanged, writing
from ccc.people import Person, RefusedError, holders, ref
from ccc.roles import OFFICERS
from ccc.signin.accounts import OF_PERSON, Account

TELEPHONE, SHEET, RECOVERY = "telephone", "sheet", "recovery"
HOW_MANY = {SHEET: 40, RECOVERY: 10}
# Letters and digits that nobody mistakes for one another.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
STEP_SECONDS = 30
REMOVAL_TAKES = timedelta(days=1)


class OneUseCode(Record):
    """A printed code; only its keyed hash is kept, and it counts once."""

    account = ForeignKeyField(Account)
    kind = TextField()
    code_hash = TextField(unique=True)
    used_at = Instant(null=True)


def new_totp_secret() -> str:
    """A secret for a code app, not yet in use."""
    return pyotp.random_base32()


def totp_address(secret: str, account: Account, centre: str) -> str:
    """The address that a QR code carries into a code app."""
    return pyotp.TOTP(secret).provisioning_uri(name=account.sign_in_name, issuer_name=centre)


def turn_on_telephone(account: Account, secret: str, code: str) -> list[str]:
    """Use a code app from now on, once a code proves that it works. Returns ten recovery codes to print.

    Raises RefusedError when the code does not fit the secret.
    """
    step = _matching_step(secret, code)
    if step is None:
        raise RefusedError("That code does not fit. Wait for the next one and type it in.")
    with writing():
        changed = {"totp": secret, "totp_step": step, "second_factor": TELEPHONE, "second_factor_off_at": None}
        Account.update(**changed).where(Account.id == account.id).execute()
        _spend(OneUseCode.account == account)
        record(Event.SECOND_FACTOR_ON, account.person_id, ref(account.person_id), kind=TELEPHONE)
        return new_codes(account, RECOVERY)


def turn_on_sheet(account: Account, codes: list[str], typed: str) -> None:
    """Use a printed sheet from now on, once one of its codes was typed in: the sheet is in their hands.

    Raises RefusedError for a code that is not on it, and for a sheet that was in use before.
    """
    if len(set(codes)) < HOW_MANY[SHEET] or _were_used(account, codes):
        raise RefusedError("This sheet is no fresh one. Go back to “Second step” and begin again.")
    if _plain(typed) not in {_plain(code) for code in codes}:
        raise RefusedError("That code is not on the sheet. Type any one of its codes.")
    with writing():
        changed = {"totp": None, "second_factor": SHEET, "second_factor_off_at": None}
        Account.update(**changed).where(Account.id == account.id).execute()
        _spend(OneUseCode.account == account)
        _store_codes(account, SHEET, codes)
        _use_code(account, typed)
        record(Event.SECOND_FACTOR_ON, account.person_id, ref(account.person_id), kind=SHEET)


def new_codes(account: Account, kind: str) -> list[str]:
    """Make fresh one-use codes of a kind; the old ones of that kind no longer count."""
    codes = fresh_codes(HOW_MANY[kind])
    with writing():
        _spend((OneUseCode.account == account) & (OneUseCode.kind == kind))
        _store_codes(account, kind, codes)
    return codes


def fresh_codes(count: int) -> list[str]:
    """Random codes in two groups of five, easy to read aloud."""
    return ["-".join("".join(secrets.choice(ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(count)]


@while_unchanged
def codes_left(account: Account) -> int:
    """How many one-use codes the account still has."""
    left: int = OneUseCode.select().where(OneUseCode.account == account, OneUseCode.used_at.is_null()).count()
    return left


def accepts(account: Account, typed: str) -> bool:
    """Tell whether this code is right, and use it up: no code counts twice."""
    with writing():
        kind = _use_totp(account, typed) or _use_code(account, typed)
        if kind:
            record(Event.SECOND_FACTOR_CODE_USED, account.person_id, ref(account.person_id), kind=kind)
    return kind is not None


def ask_to_turn_off(account: Account, by: Person) -> None:
    """Take a lost second factor off, in a day's time; every officer is told and can stop it."""
    with writing():
        off_at = clock.now() + REMOVAL_TAKES
        Account.update(second_factor_off_at=off_at).where(Account.id == account.id).execute()
        record(Event.SECOND_FACTOR_OFF_ASKED, by.id, ref(account.person_id))
        text = "Somebody's second step is to be taken off in 24 hours. If that is wrong, sign in and stop it."
        for person in {*holders(OFFICERS), account.person}:
            mail.queue(person.email, "A second step of signing in is to be taken off", text)


def stop_turning_off(account: Account, by: Person) -> None:
    """Leave the second factor on after all."""
    with writing():
        Account.update(second_factor_off_at=None).where(Account.id == account.id).execute()
        record(Event.SECOND_FACTOR_OFF_STOPPED, by.id, ref(account.person_id))


def turn_off_what_is_due() -> int:
    """Take off the second factors whose day of waiting is over, and return how many."""
    due = list(Account.select().where(Account.second_factor_off_at <= clock.now()))
    for account in due:
        with writing():
            cleared = {"totp": None, "second_factor": None, "second_factor_off_at": None}
            Account.update(**cleared).where(Account.id == account.id).execute()
            _spend(OneUseCode.account == account)
            record(Event.SECOND_FACTOR_OFF, None, ref(account.person_id))
    return len(due)


def removals_waiting() -> list[Account]:
    """Accounts whose second factor is about to be taken off."""
    return list(Account.select(Account, Person).join(Person).where(Account.second_factor_off_at.is_null(is_null=False)))


def _spend(which) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001  (peewee's expressions have no type)
    """Codes that are replaced are not deleted: their hashes stay, so that no code ever counts again."""
    OneUseCode.update(used_at=clock.now()).where(which, OneUseCode.used_at.is_null()).execute()


def _were_used(account: Account, codes: list[str]) -> bool:
    hashes = [_code_hash(account, code) for code in codes]
    return bool(OneUseCode.select().where(OneUseCode.code_hash.in_(hashes)).exists())


def _store_codes(account: Account, kind: str, codes: list[str]) -> None:
    OneUseCode.insert_many(
        [(account.id, kind, _code_hash(account, code), clock.now()) for code in codes],
        fields=[OneUseCode.account, OneUseCode.kind, OneUseCode.code_hash, OneUseCode.created_at],
    ).execute()


def _use_totp(account: Account, typed: str) -> str | None:
    stored = Account.get_by_id(account.id)
    step = _matching_step(stored.totp, typed) if stored.totp else None
    if step is None or step <= stored.totp_step:
        return None
    Account.update(totp_step=step).where(Account.id == account.id).execute()
    return TELEPHONE


def _use_code(account: Account, typed: str) -> str | None:
    unused = (OneUseCode.code_hash == _code_hash(account, typed)) & OneUseCode.used_at.is_null()
    code = OneUseCode.get_or_none((OneUseCode.account == account) & unused)
    if code is None:
        return None
    OneUseCode.update(used_at=clock.now()).where(OneUseCode.id == code.id).execute()
    return str(code.kind)


def _matching_step(secret: str, typed: str) -> int | None:
    """The time step a code belongs to: now, or one to either side for a clock that is a little off."""
    now, code = int(clock.now().timestamp()) // STEP_SECONDS, "".join(typed.split()).encode()
    totp = pyotp.TOTP(secret)
    fits = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), code)]
    return fits[-1] if fits else None


def _code_hash(account: Account, code: str) -> str:
    return vault.look_up("one-use-code", f"{account.id}:{_plain(code)}")


def _plain(code: str) -> str:
    return "".join(c for c in code.upper() if c in ALPHABET)


kinds.belongs_to(kinds.PERSON, "codes to use once", "one_use_code", f"account_id {OF_PERSON}")
