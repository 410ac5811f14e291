"""Sign-ins: rows on the server that end, whatever a browser still holds."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from peewee import BlobField, BooleanField, ForeignKeyField, OperationalError, TextField

from ccc import clock, kinds, people, roles, vault
from ccc.audit import Event, record
from ccc.db import Instant, Record, db, while_unchanged, writing
from ccc.people import Person, ref
from ccc.roles import May, Role
from ccc.signin import accounts, second_factor, throttle
from ccc.signin.accounts import OF_PERSON, Account

LONGEST = timedelta(hours=8)
IDLE_IN_OFFICE, IDLE, IDLE_SHARED = timedelta(minutes=30), timedelta(hours=2), timedelta(minutes=20)
FOR_THE_CODE = timedelta(minutes=5)
PROOF_LASTS = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
OPEN_SIGN_IN = """
SELECT s.id, s.created_at, s.seen_at, s.proved_at, s.second_at, s.shared, s.lent_key,
       a.id, a.public_key, a.second_factor, p.id, p.name, c.demo,
       (SELECT group_concat(role) FROM appointment WHERE person_id = p.id AND confirmed_at IS NOT NULL
           AND starts <= :today AND (ends IS NULL OR ends >= :today))
  FROM sign_in s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id JOIN centre c
 WHERE s.id = :id AND s.secret_hash = :hash AND s.ended_at IS NULL AND p.left_on IS NULL
"""


# What else happens when somebody gave the right password: capabilities above this one add themselves.
when_signed_in: list[Callable[[Account], object]] = []


class Stage(StrEnum):
    """How far somebody is through the door."""

    CODE = "the code is still to come"
    SET_UP = "an office holder without a second factor sets one up first"
    IN = "in"


class SignIn(Record):
    """One sign-in. The private key lies here under a secret that only the browser's cookie holds."""

    account = ForeignKeyField(Account, backref="sign_ins")
    secret_hash = TextField()
    lent_key = BlobField()
    seen_at = Instant(default=clock.now)
    proved_at = Instant(default=clock.now)
    second_at = Instant(null=True)
    shared = BooleanField(default=False)
    device = TextField(default="")
    ended_at = Instant(null=True)


@dataclass(frozen=True)
class SignedIn:
    """Who is asking, for the length of one request."""

    person: Person
    roles: frozenset[Role]
    stage: Stage
    sign_in_id: int
    account_id: int
    proved_at: datetime
    shared: bool
    public_key: bytes = field(repr=False)
    lent_key: bytes = field(repr=False)
    secret: str = field(repr=False)

    is_authenticated = is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What Flask-Login keeps in the cookie: the number of the sign-in and its secret."""
        return f"{self.sign_in_id}.{self.secret}"

    def may(self, action: May) -> bool:
        return roles.may(self.roles, action)

    @property
    def proof_is_fresh(self) -> bool:
        return self.proved_at + PROOF_LASTS > clock.now()

    def private_key(self) -> bytes:
        """The account's private key, for this request only."""
        return vault.borrow(self.lent_key, self.secret)


def prove(sign_in_name: str, password: str, address: str) -> tuple[Account, bytes] | None:
    """The account and its private key, if the password is right. Raises TooManyTriesError.

    The answer and the time it takes are the same for a wrong password, an unknown name and somebody who has left.
    """
    attempt = throttle.begin(accounts.name_index(sign_in_name), address)
    account = accounts.find(sign_in_name)
    if account is None:
        vault.waste_a_derivation(password[: accounts.LONGEST])
        return None
    private = vault.open_lock(account.lock, password[: accounts.LONGEST + 1])
    if private is None or account.person.left_on:
        return None
    throttle.was_right(attempt)
    return account, private


def begin(account: Account, private: bytes, *, shared: bool, device: str) -> SignedIn:
    """Open a sign-in after the password; the second factor, if there is one, is still to come."""
    secret = secrets.token_urlsafe(32)
    second_factor.turn_off_what_is_due()
    with writing():
        row = SignIn.create(
            account=account,
            secret_hash=_hash(secret),
            lent_key=vault.lend(private, secret),
            shared=shared,
            device=device,
        )
        record(Event.SIGNED_IN, account.person_id, ref(account.person_id))
    for act in when_signed_in:
        act(account)
    signed_in = resume(f"{row.id}.{secret}")
    if signed_in is None:
        raise RuntimeError("a sign-in that was just made cannot be found")
    return signed_in


def resume(token: str, *, unhurried: bool = False) -> SignedIn | None:
    """Who this cookie belongs to, if the sign-in is still open, and not idle for too long.

    On an `unhurried` page office holders have as long as volunteers. It does not count as use of the sign-in once it
    was idle for longer than they have elsewhere.
    """
    number, _, secret = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    row = _open_row(int(number), _hash(secret), clock.today())
    return _still_open(row, secret, unhurried=unhurried) if row else None


@while_unchanged
def _open_row(number: int, secret_hash: str, today: date) -> tuple | None:  # type: ignore[type-arg]  # columns of SQL
    asked = {"id": number, "hash": secret_hash, "today": today.isoformat()}
    row: tuple | None = db.execute_sql(OPEN_SIGN_IN, asked).fetchone()  # type: ignore[type-arg]
    return row


def owner_of_ended(token: str) -> Account | None:
    """The account of a sign-in that ended, for keeping what its owner was typing; it opens no door."""
    number, _, secret = token.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 16):
        return None
    row = SignIn.get_or_none(SignIn.id == int(number), SignIn.secret_hash == _hash(secret))
    return row.account if row and not row.account.person.left_on else None


def give_code(signed_in: SignedIn, typed: str, address: str) -> bool:
    """Take the second factor's code. Raises TooManyTriesError."""
    attempt = throttle.begin(f"code:{signed_in.account_id}", address)
    if not second_factor.accepts(Account.get_by_id(signed_in.account_id), typed):
        return False
    throttle.was_right(attempt)
    pass_second_factor(signed_in)
    return True


def pass_second_factor(signed_in: SignedIn) -> None:
    """Let this sign-in in: its second factor was given, or just set up."""
    SignIn.update(second_at=clock.now(), seen_at=clock.now()).where(SignIn.id == signed_in.sign_in_id).execute()


def prove_again(signed_in: SignedIn, password: str, address: str) -> bool:
    """Take the password once more, for a sensitive act. Raises TooManyTriesError."""
    account = Account.get_by_id(signed_in.account_id)
    if prove(account.sign_in_name, password, address) is None:
        return False
    SignIn.update(proved_at=clock.now()).where(SignIn.id == signed_in.sign_in_id).execute()
    return True


def end(sign_in_id: int) -> None:
    """End one sign-in."""
    _end(SignIn.id == sign_in_id)


def end_all(account: Account | int, why: str, but: int | None = None) -> int:
    """End every sign-in of an account, save one. `why` is a code for the audit trail."""
    number = account if isinstance(account, int) else account.id
    with writing():
        ended = _end((SignIn.account == number) & (SignIn.id != (but or 0)))
        person = Account.get_by_id(number).person_id
        record(Event.SIGN_INS_ENDED, person, ref(person), why=why)
    return ended


def end_for(person: Person) -> None:
    """End every sign-in of a person who leaves, so that coming back opens no browser of bygone days."""
    account = accounts.of(person)
    if account:
        end_all(account, "left")


people.when_leaving.append(end_for)


@while_unchanged
def recent(person: Person, count: int = 10) -> tuple[SignIn, ...]:
    """A person's own latest sign-ins, newest first, without their keys."""
    shown = SignIn.select(SignIn.id, SignIn.created_at, SignIn.device, SignIn.shared, SignIn.ended_at)
    own = shown.join(Account).where(Account.person == person)
    return tuple(own.order_by(SignIn.id.desc()).limit(count))


def purge(kept_for: timedelta = timedelta(days=90)) -> int:
    """Delete sign-ins that began long ago; the audit trail keeps that they were."""
    deleted: int = SignIn.delete().where(SignIn.created_at <= clock.now() - kept_for).execute()
    return deleted


def _still_open(row: tuple, secret: str, *, unhurried: bool) -> SignedIn | None:  # type: ignore[type-arg]  # columns of SQL
    (number, begun, seen, proved, second, shared, lent, account, public, factor, person, name, demo, offices) = row
    held = frozenset({Role.VOLUNTEER, *(Role(office) for office in (offices or "").split(",") if office)})
    stage = _stage(factor, second, in_office=len(held) > 1, relaxed=bool(demo))
    begun, seen, now = datetime.fromisoformat(begun), datetime.fromisoformat(seen), clock.now()
    usual = _idle(held, shared)
    longest = IDLE if unhurried and not shared else usual
    if now - begun > (FOR_THE_CODE if stage == Stage.CODE else LONGEST) or now - seen > longest:
        return None
    if SEEN_EVERY < now - seen <= usual:
        _note_seen(number, now)
    who = Person(id=person, name=name)
    return SignedIn(
        who, held, stage, number, account, datetime.fromisoformat(proved), bool(shared), public, lent, secret
    )


def _note_seen(number: int, now: datetime) -> None:
    """Keep when a sign-in was last used; reading goes on where that cannot be written just now."""
    with suppress(OperationalError):
        SignIn.update(seen_at=now).where(SignIn.id == number).execute()


def _stage(factor: str | None, second_at: str | None, *, in_office: bool, relaxed: bool) -> Stage:
    if factor and not second_at:
        return Stage.CODE
    return Stage.SET_UP if in_office and not factor and not relaxed else Stage.IN


def _idle(held: frozenset[Role], shared: int) -> timedelta:
    if shared:
        return IDLE_SHARED
    return IDLE_IN_OFFICE if len(held) > 1 else IDLE


def _end(which) -> int:  # type: ignore[no-untyped-def]  # noqa: ANN001  (peewee's expressions have no type)
    ended: int = SignIn.update(ended_at=clock.now(), lent_key=b"").where(which, SignIn.ended_at.is_null()).execute()
    return ended


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


kinds.belongs_to(kinds.PERSON, "sign-ins", "sign_in", f"account_id {OF_PERSON}")
