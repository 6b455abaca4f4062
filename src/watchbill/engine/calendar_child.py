"""Calendar child: reads one calendar in a process of its own, with little memory and time.

A calendar comes from anywhere, and a rule of a few bytes can unfold for hours. This process is
started for one calendar, runs behind everything else, and is ended when it takes too much.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from datetime import datetime

from watchbill.definitions import busy_times
from watchbill.definitions.busy_times import BadCalendar, BusyTime

#: Seconds altogether, seconds of the processor, and bytes.
_WALL_S, _CPU_S, _MEMORY = 30.0, 10, 1 << 30


class TooMuch(BadCalendar):
    """It takes too long to read: it repeats too often, or holds too many events."""


def read(
    body: bytes,
    *,
    start: datetime,
    end: datetime,
    zone: str,
    is_all: bool,
    within_s: float = _WALL_S,
) -> list[BusyTime]:
    """Return the times away, as `busy_times.read` does. Raises: BadCalendar, TooMuch."""
    asked = [start.isoformat(), end.isoformat(), zone, str(int(is_all))]
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the calendar goes through its input
            [sys.executable, "-m", "watchbill.engine.calendar_child", *asked],
            input=body,
            capture_output=True,
            timeout=within_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if done.returncode < 0:
        raise TooMuch
    if done.returncode != 0:
        raise BadCalendar
    return [
        BusyTime(start=datetime.fromisoformat(s), end=datetime.fromisoformat(e), uid=uid)
        for s, e, uid in json.loads(done.stdout)
    ]


def _main(start: str, end: str, zone: str, is_all: str) -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_S, _CPU_S))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    times = busy_times.read(
        sys.stdin.buffer.read(),
        start=datetime.fromisoformat(start),
        end=datetime.fromisoformat(end),
        zone=zone,
        is_all=is_all == "1",
    )
    json.dump([(t.start.isoformat(), t.end.isoformat(), t.uid) for t in times], sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
