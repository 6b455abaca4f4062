"""Passwords: hashed with argon2id; checking an unknown person takes as long as a known one."""

from __future__ import annotations

import threading
from functools import cache

import argon2

from watchbill.errors import Invalid, Unavailable

#: RFC 9106's second choice, a little lighter: about 40 ms and 46 MiB; at most two at once.
_HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)
_ROOM = threading.Semaphore(2)
#: How many more may wait for their turn: whoever floods us leaves threads to everybody else.
_QUEUE = threading.Semaphore(8)

LEAST, MOST = 10, 500


class WeakPassword(Invalid):
    """A password is 10 to 500 characters long."""


class Busy(Unavailable):
    """Too many people sign in at this moment; try again at once."""


def hashed(password: str) -> str:
    """Return what is stored of a password.

    Raises: WeakPassword.
    """
    if not LEAST <= len(password) <= MOST:
        raise WeakPassword
    with _ROOM:
        return _HASHER.hash(password.encode("utf-8", "surrogatepass"))


def is_right(password: str, stored: str | None) -> bool:
    """True if `password` is the stored one; without a stored one the same work is done in vain.

    Raises: Busy.
    """
    if not _QUEUE.acquire(blocking=False):
        raise Busy
    try:
        with _ROOM:
            return _verified(password, stored or _decoy()) and stored is not None
    finally:
        _QUEUE.release()


def _verified(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, password[:MOST].encode("utf-8", "surrogatepass"))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False


@cache
def _decoy() -> str:
    return _HASHER.hash(b"nobody's password")
