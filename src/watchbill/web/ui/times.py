"""Times as people read them: instants in a zone, how long ago, and durations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def clock(at: datetime, zone: str) -> Markup:
    """Return the time of day in `zone`: `03:00`."""
    return _tag(at, at.astimezone(ZoneInfo(zone)).strftime("%H:%M"))


def moment(at: datetime, zone: str) -> Markup:
    """Return weekday, day and time in `zone`: `Sat 7 Mar 03:00`."""
    local = at.astimezone(ZoneInfo(zone))
    return _tag(at, f"{local:%a} {local.day} {local:%b} {local:%H:%M}")


def day(on: date | datetime, zone: str = "UTC") -> str:
    """Return the day in words: `Saturday 7 March`."""
    local = on.astimezone(ZoneInfo(zone)) if isinstance(on, datetime) else on
    return f"{local:%A} {local.day} {local:%B}"


def dated(on: date | datetime, zone: str = "UTC") -> str:
    """Return the day with its year, for what lies months apart: `7 Mar 2026`."""
    local = on.astimezone(ZoneInfo(zone)) if isinstance(on, datetime) else on
    return f"{local.day} {local:%b %Y}"


def month(on: date) -> str:
    """Return the month's name."""
    return f"{on:%B}"


def soon(at: datetime, now: datetime, zone: str) -> Markup:
    """Return the time of day, with the day when it is another one than today's in `zone`."""
    info = ZoneInfo(zone)
    same = at.astimezone(info).date() == now.astimezone(info).date()
    return clock(at, zone) if same else moment(at, zone)


def there(at: datetime, now: datetime, zone: str, other: str) -> Markup:
    """Return what an instant shown by `zone` is by another's clock, or "" if they agree.

    It stands behind `soon`: `Mon 9 Mar 09:00 your time, 01:00 in Los Angeles`.
    """
    if at.astimezone(ZoneInfo(zone)).utcoffset() == at.astimezone(ZoneInfo(other)).utcoffset():
        return Markup()
    city = other.rsplit("/", 1)[-1].replace("_", " ")
    return Markup(" your time, {} in {}").format(soon(at, now, other), city)


def ago(at: datetime, now: datetime) -> Markup:
    """Return how long ago, in words a script keeps fresh: `4 min ago`."""
    words = f"{span(now - at)} ago" if now - at >= timedelta(minutes=1) else "just now"
    return Markup("<time-ago>{}</time-ago>").format(_tag(at, words))


def span(length: timedelta) -> str:
    """Return a duration in its two largest units.

    >>> span(timedelta(hours=2, minutes=10)), span(timedelta(days=3)), span(timedelta(seconds=30))
    ('2 h 10 min', '3 d', '30 s')
    """
    seconds = max(0, int(length.total_seconds()))
    if seconds < _MINUTE:
        return f"{seconds} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE} min"
    if seconds < _DAY:
        return _two(seconds // _HOUR, "h", seconds % _HOUR // _MINUTE, "min")
    return _two(seconds // _DAY, "d", seconds % _DAY // _HOUR, "h")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def _tag(at: datetime, words: str) -> Markup:
    stamp = at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(stamp, words)


FILTERS = {
    "clock": clock,
    "moment": moment,
    "day": day,
    "dated": dated,
    "month": month,
    "soon": soon,
    "there": there,
    "ago": ago,
    "span": span,
}
