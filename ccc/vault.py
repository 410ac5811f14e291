"""Sealing: the field key for contact details, the secret key for look-ups, and the key pair of each account."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.pwhash import argon2id
from nacl.secret import SecretBox
from peewee import BlobField

KEY_BYTES = 32
KEY_FILES = ("field.key", "field.next", "secret.key")
# The cost of one password guess: 64 MiB, two passes (libsodium's setting for interactive use).
OPSLIMIT, MEMLIMIT = argon2id.OPSLIMIT_INTERACTIVE, argon2id.MEMLIMIT_INTERACTIVE


class DamagedKeyError(Exception):
    """A key file does not hold a key. Going on would seal things that nobody can open."""


@dataclass
class _Keys:
    """`following` is there only while the field key is being replaced."""

    field: bytes = b""
    following: bytes = b""
    secret: bytes = b""


_keys = _Keys()


def unlock(folder: Path, field_key: bytes | None = None) -> bool:
    """Read the keys that live outside the database, and tell whether they were there.

    `field_key` from the settings takes the place of the file.
    """
    _keys.field = field_key or _read_key(folder / "field.key")
    _keys.following = _read_key(folder / "field.next")
    _keys.secret = _read_key(folder / "secret.key")
    return bool(_keys.field and _keys.secret)


def make_keys(folder: Path, field_key: bytes | None = None) -> None:
    """Make the keys that are not there yet, and unlock."""
    for name, given in (("field.key", field_key), ("secret.key", None)):
        if not given and not (folder / name).exists():
            _write_key(folder / name, secrets.token_bytes(KEY_BYTES))
    unlock(folder, field_key)


def copy_keys(folder: Path, field_key: bytes | None = None) -> dict[str, str]:
    """The keys that live outside the database, by the names of their files, for a backup."""
    found = {name: _read_key(folder / name).hex() for name in KEY_FILES}
    given = {"field.key": field_key.hex()} if field_key else {}
    return {name: key for name, key in (found | given).items() if key}


def put_keys_back(folder: Path, keys: Mapping[str, str]) -> None:
    """Write the keys of a backup into an empty folder."""
    for name, key in keys.items():
        if name in KEY_FILES:
            _write_key(folder / name, bytes.fromhex(key))


def secret_key() -> bytes:
    """The key that signs cookies, derived so that no other use shares it."""
    return _derived("cookies")


def look_up(purpose: str, text: str) -> str:
    """A keyed hash that finds a sealed text again without opening it."""
    return hmac.new(_derived(purpose), text.encode(), hashlib.sha256).hexdigest()


def key_of(kind: str, number: int) -> str:
    """What stands in addresses for a number: a gap between numbers would tell of something that is hidden."""
    return look_up(kind, str(number))[:16]


def seal_field(text: str) -> bytes:
    """Seal a text with the field key."""
    return bytes(SecretBox(_keys.following or _keys.field).encrypt(text.encode()))


def open_field(sealed: bytes) -> str:
    """Open what `seal_field` sealed. Raises CryptoError under another key."""
    if _keys.following:
        try:
            return SecretBox(_keys.following).decrypt(bytes(sealed)).decode()
        except CryptoError:
            pass  # Not yet sealed with the new key: the old one opens it.
    return SecretBox(_keys.field).decrypt(bytes(sealed)).decode()


class SealedText(BlobField):
    """A text that lies sealed in the database and is open in the program."""

    def db_value(self, value: str | None) -> object:
        return None if value is None else super().db_value(seal_field(value))

    def python_value(self, value: bytes | None) -> str | None:
        return None if value is None else open_field(value)


def make_next_key(folder: Path) -> None:
    """Make the field key that takes the place of this one, unless a rotation that broke off left it there."""
    if not _keys.following:
        _write_key(folder / "field.next", secrets.token_bytes(KEY_BYTES))
        _keys.following = _read_key(folder / "field.next")


def take_next_key(folder: Path) -> None:
    """Forget the old field key: nothing is sealed with it any more."""
    (folder / "field.next").replace(folder / "field.key")
    _keys.field, _keys.following = _keys.following, b""


@dataclass(frozen=True)
class Lock:
    """An account's key pair: the public half, and the private half wrapped under the password."""

    salt: bytes
    public: bytes
    wrapped: bytes


def new_private_key() -> bytes:
    """The private half of a fresh key pair."""
    return bytes(PrivateKey.generate())


def wrap(private: bytes, password: str) -> Lock:
    """Wrap a private key under a password, with a new salt."""
    salt = secrets.token_bytes(argon2id.SALTBYTES)
    box = SecretBox(_stretched(password, salt))
    return Lock(salt, bytes(PrivateKey(private).public_key), bytes(box.encrypt(private)))


def open_lock(lock: Lock, password: str) -> bytes | None:
    """The private key, if this is the password. One derivation proves the password and opens the key."""
    try:
        return SecretBox(_stretched(password, bytes(lock.salt))).decrypt(bytes(lock.wrapped))
    except CryptoError:
        return None


def waste_a_derivation(password: str) -> None:
    """Take as long as a real password would, so that the answer's timing does not tell who has an account."""
    _stretched(password, b"\0" * argon2id.SALTBYTES)


def lend(private: bytes, secret: str) -> bytes:
    """Seal a private key under the secret in a cookie, for the length of one sign-in."""
    return bytes(SecretBox(_cookie_key(secret)).encrypt(private))


def borrow(lent: bytes, secret: str) -> bytes:
    """Open what `lend` sealed."""
    return SecretBox(_cookie_key(secret)).decrypt(bytes(lent))


def public_of(private: bytes) -> bytes:
    """The public half of a key pair."""
    return bytes(PrivateKey(private).public_key)


def seal_key(public: bytes, private: bytes) -> bytes:
    """Seal a private key to another key pair."""
    return bytes(SealedBox(PublicKey(bytes(public))).encrypt(private))


def opener_of(own: bytes) -> "SealedBox[PrivateKey]":
    """What opens many texts that were sealed to one key pair: to make it takes about as long as to open one."""
    return SealedBox(PrivateKey(own))


def open_key(own: "bytes | SealedBox[PrivateKey]", sealed: bytes) -> bytes | None:
    """Open what `seal_key` sealed to this key pair; None if it was sealed to another."""
    try:
        return (own if isinstance(own, SealedBox) else opener_of(own)).decrypt(bytes(sealed))
    except CryptoError:
        return None


def seal_to(public: bytes, text: str) -> bytes:
    """Seal a text so that only the holder of the private key can read it."""
    return seal_key(public, text.encode())


def open_with(private: "bytes | SealedBox[PrivateKey]", sealed: bytes) -> str | None:
    """Open what was sealed to this key pair; None if it was sealed to another."""
    opened = open_key(private, sealed)
    return None if opened is None else opened.decode()


def _stretched(password: str, salt: bytes) -> bytes:
    return argon2id.kdf(KEY_BYTES, password.encode(), salt, opslimit=OPSLIMIT, memlimit=MEMLIMIT)


def _cookie_key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=KEY_BYTES, person=b"ccc sign-in").digest()


def _derived(purpose: str) -> bytes:
    if not _keys.secret:
        raise RuntimeError("the keys are not unlocked")
    return hmac.new(_keys.secret, purpose.encode(), hashlib.sha256).digest()


def _read_key(file: Path) -> bytes:
    try:
        key = bytes.fromhex(file.read_text().strip()) if file.exists() else b""
    except ValueError as error:
        raise DamagedKeyError(f"The key in {file} is damaged. Put a copy of it back.") from error
    if key and len(key) != KEY_BYTES:
        raise DamagedKeyError(f"The key in {file} is damaged. Put a copy of it back.")
    return key


def _write_key(file: Path, key: bytes) -> None:
    """Write beside the file and move into place: a key is whole or not there, and never readable by others."""
    new = file.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(key.hex() + "\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
