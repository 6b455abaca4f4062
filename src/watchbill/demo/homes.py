"""Homes: where a demo's company lives, and which of them fits the time its clock starts at.

A company is made for a time: its history ends there, its shifts begin there. Started for quite
another time, the demo makes another company beside the first, in a directory named after the day;
nothing is lost, and a start without a time finds the company that was used last.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from watchbill.errors import Misconfigured

#: What the demo must remember and the database does not keep: keys and the password.
KEPT = "seed.json"
_STOPPED = "stopped_at"
#: A clock may start this much before the company was made, and this much after.
_BEFORE, _AFTER = timedelta(days=2), timedelta(weeks=26)


class InUse(Misconfigured):
    """Another demo uses this data directory; stop it, or give another --data-dir."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A directory with a company in it, or for one."""

    path: Path
    #: What `demo.json` says of the company; None if it is still to be made.
    facts: dict[str, Any] | None
    #: When the demo's clock starts; None for now.
    start: datetime | None

    def keep(self, facts: dict[str, Any], *, made_at: datetime, is_empty: bool) -> None:
        """Remember the facts, readable by their owner alone."""
        kept = {"made_at": made_at.isoformat(), "is_empty": is_empty, "facts": facts}
        _write(self.path / KEPT, json.dumps(kept))

    def leave(self, *, stopped_at: datetime) -> None:
        """Remember when the clock stopped, so that a company of another time goes on then."""
        _write(self.path / _STOPPED, stopped_at.isoformat())


@contextlib.contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Keep other demos out of the directory; the system lets go when this process dies.

    Raises: InUse.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    lock = os.open(data_dir / "demo.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InUse(data_dir=str(data_dir)) from None
    else:
        yield
    finally:
        os.close(lock)


def choose(data_dir: Path, *, at: datetime | None, now: datetime, is_empty: bool) -> Home:
    """Return the home whose company fits, or a free directory for a new one; make nothing.

    `at` is when the clock is to start, `now` the real time. A company's clock never goes back: it
    starts where it stopped if that is later. Without `at` it is the company that was used last;
    if that one's time is another, its clock goes on where it stopped, too.
    """
    name = "empty" if is_empty else f"at-{at or now:%Y-%m-%d}"
    homes = [data_dir, data_dir / name, *sorted(data_dir.glob("at-*"))]
    if at is None:
        homes.sort(key=_left_at, reverse=True)
    for path in homes:
        kept = _kept(path, is_empty=is_empty)
        if kept is None:
            continue
        if is_empty or _fits(kept, at or now):
            start = max(at, _stopped_at(path, kept)) if at else None
            return Home(path=path, facts=kept["facts"], start=start)
        if at is None:
            return Home(path=path, facts=kept["facts"], start=_stopped_at(path, kept))
    is_taken = (data_dir / KEPT).exists()
    return Home(path=data_dir / name if is_taken else data_dir, facts=None, start=at)


def _kept(path: Path, *, is_empty: bool) -> dict[str, Any] | None:
    try:
        kept: dict[str, Any] = json.loads((path / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept if kept["is_empty"] is is_empty else None


def _fits(kept: dict[str, Any], start: datetime) -> bool:
    made_at = datetime.fromisoformat(kept["made_at"])
    return made_at - _BEFORE <= start <= made_at + _AFTER


def _stopped_at(path: Path, kept: dict[str, Any]) -> datetime:
    """Return when a company's clock stopped; the time it was made for if that is not known."""
    try:
        return datetime.fromisoformat((path / _STOPPED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return datetime.fromisoformat(kept["made_at"])


def _left_at(path: Path) -> float:
    """Return when a home was last left, by the file system's clock; 0 if never."""
    files = [path / _STOPPED, path / KEPT]
    return max((file.stat().st_mtime for file in files if file.exists()), default=0.0)


def _write(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.touch(mode=0o600)
    part.write_text(text, encoding="utf-8")
    part.rename(path)
