"""Ids: a noun's prefix and 25 characters that sort by the time they were made.

`inc_01KB…`: the instant in milliseconds, a count within the process, and randomness, in
Crockford's base 32. Ids made by one process sort in the order they were made.
"""

from __future__ import annotations

import itertools
import secrets

from watchbill.clock import Clock, real_now

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(a + b for a in _DIGITS for b in _DIGITS)
#: The same for every id of this process, so that two processes never make the same one.
_PROCESS = "".join(secrets.choice(_DIGITS) for _ in range(8))
_count = itertools.count()


def new(prefix: str) -> str:
    """Return a fresh id such as `inc_01KB3V6D2E0000A7Q2M9XK4T1C`."""
    return at(prefix, int(real_now().timestamp() * 1000))


def at(prefix: str, milliseconds: int) -> str:
    """Return a fresh id that sorts as if made `milliseconds` after 1970."""
    n = milliseconds
    high, mid, low = n >> 30 & 0xFFFFF, n >> 10 & 0xFFFFF, n & 0x3FF
    time = _PAIRS[high >> 10] + _PAIRS[high & 1023] + _PAIRS[mid >> 10] + _PAIRS[mid & 1023]
    count = next(_count) & 0x3FFFFFFF
    order = _PAIRS[count >> 20] + _PAIRS[count >> 10 & 1023] + _PAIRS[count & 1023]
    return f"{prefix}_{time}{_PAIRS[low]}{order}{_PROCESS}{_DIGITS[n & 31]}"


class Maker:
    """Makes ids that sort by a clock which need not be the real one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self, prefix: str) -> str:
        """Return a fresh id that sorts by the clock's present instant."""
        return at(prefix, int(self._clock.now().timestamp() * 1000))
