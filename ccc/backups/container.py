"""The file of a backup: sealed piece by piece, so that it is never in memory as a whole, and opened by the sheet."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from ccc import vault
from ccc.people import RefusedError

BEGINS = b"ccc backup 1\n"
PIECE = 1 << 20
LENGTH = struct.Struct(">I")
KEY = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
SEALED_KEY = KEY + bindings.crypto_box_SEALBYTES
HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
LONGEST = PIECE + bindings.crypto_secretstream_xchacha20poly1305_ABYTES

FOREIGN = "This file is no backup of this program."
DOES_NOT_OPEN = (
    "This secret does not open this backup. Perhaps these are the groups of the upper secret, or the backup was made "
    "with another recovery sheet, or the file is damaged."
)
DAMAGED = "This backup is damaged, or a part of it is missing. Nothing was restored. Take another one."


def sealed(pieces: Iterable[bytes], public: bytes) -> Iterator[bytes]:
    """The blocks of a file that holds these pieces, sealed with a key of its own; the sheet's key seals that."""
    key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
    stream = bindings.crypto_secretstream_xchacha20poly1305_state()
    yield BEGINS + vault.seal_key(public, key)
    yield bindings.crypto_secretstream_xchacha20poly1305_init_push(stream, key)
    for piece in pieces:
        yield _framed(bindings.crypto_secretstream_xchacha20poly1305_push(stream, piece))
    # The last piece says that it is the last: a file that was cut off does not end with it.
    yield _framed(bindings.crypto_secretstream_xchacha20poly1305_push(stream, b"", tag=LAST))


def opened(file: Path, private: bytes) -> Iterator[bytes]:
    """The pieces in a file. Raises RefusedError for a foreign or damaged file, and for another sheet's secret."""
    with file.open("rb") as source:
        if source.read(len(BEGINS)) != BEGINS:
            raise RefusedError(FOREIGN)
        key = _key(source, private)
        try:
            yield from _pieces(source, key)
        except (CryptoError, ValueError, struct.error) as error:
            raise RefusedError(DAMAGED) from error


def _framed(block: bytes) -> bytes:
    return LENGTH.pack(len(block)) + block


def _key(source: BinaryIO, private: bytes) -> bytes:
    try:
        return SealedBox(PrivateKey(private)).decrypt(source.read(SEALED_KEY))
    except (CryptoError, ValueError) as error:
        raise RefusedError(DOES_NOT_OPEN) from error


def _pieces(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    stream, tag = bindings.crypto_secretstream_xchacha20poly1305_state(), None
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(stream, source.read(HEADER), key)
    while tag != LAST:
        [length] = LENGTH.unpack(source.read(LENGTH.size))
        if length > LONGEST:
            raise ValueError("longer than any piece")
        piece, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(stream, source.read(length))
        yield piece
    if source.read(1):
        raise ValueError("something stands behind the end")
