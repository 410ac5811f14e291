"""The secrets of the recovery sheet: random groups that are easy to type, each with a sign that shows a slip."""

import hashlib
import re
import secrets

# Letters and figures without I, L, O, 0 and 1. Some that look alike are left, such as B and 8, S and 5, Z and 2: the
# last sign of a group shows those. Their number is a prime, so that it shows every wrong sign, every two that changed
# places, and a group that stands in another's place.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
GROUPS, RANDOM_SIGNS = 7, 4


class WrongGroupError(Exception):
    """Some of the groups hold a slip, or are too few. The message names them."""


def fresh() -> str:
    """A new secret: seven groups of five signs, 138 bits."""
    groups = ["".join(secrets.choice(SIGNS) for _ in range(RANDOM_SIGNS)) for _ in range(GROUPS)]
    return " ".join(group + _last_sign(place, group) for place, group in enumerate(groups, 1))


def read(typed: str) -> str:
    """The secret as it stands on the sheet, from what somebody typed. Raises WrongGroupError."""
    size, groups = RANDOM_SIGNS + 1, _groups(typed)
    if len(groups) != GROUPS:
        raise WrongGroupError(f"The sheet has {GROUPS} groups of {size} signs. You typed {len(groups)}.")
    wrong = [str(place) for place, group in enumerate(groups, 1) if not _is_whole(place, group)]
    if wrong:
        raise WrongGroupError(f"Look at group {', '.join(wrong)} again: there is a slip in it.")
    return " ".join(groups)


def key_of(secret: str) -> bytes:
    """The private key that this secret is. The secret is long and random, so nothing needs to be slow here."""
    return hashlib.blake2b(secret.encode(), digest_size=32, person=b"ccc sheet").digest()


def _groups(typed: str) -> list[str]:
    """The groups as they were set apart, by blanks or hyphens or whatever; written in one go, five signs each."""
    apart = [part for part in re.split(r"[^A-Z0-9]+", typed.upper()) if part]
    if len(apart) != 1:
        return apart
    signs, size = apart[0], RANDOM_SIGNS + 1
    return [signs[start : start + size] for start in range(0, len(signs), size)]


def _is_whole(place: int, group: str) -> bool:
    known = len(group) == RANDOM_SIGNS + 1 and all(sign in SIGNS for sign in group)
    return known and group[-1] == _last_sign(place, group[:-1])


def _last_sign(place: int, group: str) -> str:
    total = place + sum((weight + 1) * SIGNS.index(sign) for weight, sign in enumerate(group, 1))
    return SIGNS[total % len(SIGNS)]
