"""Prometheus durations: `1h30m`, in the order of the units, each at most once.

Source: github.com/prometheus/common model.ParseDuration.
"""

from __future__ import annotations

import re

_DURATION = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?", re.ASCII
)
_MINUTES = (525_600.0, 10_080.0, 1_440.0, 60.0, 1.0, 1 / 60, 1 / 60_000)
#: Go counts durations in nanoseconds of 63 bits: about 292 years.
_MOST_MINUTES = 2**63 / 60e9


def minutes(text: str) -> float | None:
    """Return a duration in minutes, or None if it is none.

    >>> minutes("1h30m"), minutes("90s"), minutes("0"), minutes("5")
    (90.0, 1.5, 0.0, None)
    """
    if text == "0":
        return 0.0
    found = _DURATION.fullmatch(text)
    if not text or found is None or len(text) > 40:
        return None
    total = sum(int(n) * unit for n, unit in zip(found.groups(), _MINUTES, strict=True) if n)
    return round(total, 9) if total < _MOST_MINUTES else None
