"""Fields: what a value people type may be. One check for screens, API and command line.

A check takes what was given and returns what is stored, or raises ValueError with a sentence for
the person who typed it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from watchbill.core import addresses
from watchbill.errors import Invalid, WatchbillError

Check = Callable[[Any], object]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: What a plan may speak of; beyond it somebody mistyped.
_FIRST, _LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadFields(Invalid):
    """Some values cannot be used."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        text = "; ".join(f"{name}: {sentence}" for name, sentence in fields.items())
        super().__init__(text, fields=dict(fields))


def checked(checks: Mapping[str, Check], values: Mapping[str, object]) -> dict[str, object]:
    """Return the values as they are stored.

    Raises: BadFields, naming every value that cannot be used.
    """
    good: dict[str, object] = {}
    bad: dict[str, str] = {}
    for name, value in values.items():
        try:
            if name not in checks:
                raise ValueError("cannot be set here")
            good[name] = checks[name](value)
        except (ValueError, WatchbillError) as error:
            bad[name] = str(error)
    if bad:
        raise BadFields(bad)
    return good


def need(values: Mapping[str, object], *names: str) -> None:
    """Refuse values in which one of `names` is missing.

    Raises: BadFields.
    """
    missing = {name: "is needed" for name in names if values.get(name) in (None, "")}
    if missing:
        raise BadFields(missing)


def text(limit: int, *, least: int = 0) -> Check:
    """Text of `least` to `limit` characters that PostgreSQL can store."""

    def check(value: Any) -> object:
        if not isinstance(value, str):
            raise ValueError("must be text")
        if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise ValueError("holds a character that cannot be stored")
        if not least <= len(value.strip() if least else value) <= limit:
            raise ValueError(f"must be {least} to {limit} characters long")
        return value.strip() if least else value

    return check


def slug(value: Any) -> object:
    """A short name for URLs and files."""
    if not isinstance(value, str) or not _SLUG.fullmatch(value) or len(value) > 60:
        raise ValueError("must be lower-case letters and digits with dashes between, at most 60")
    return value


def mail(value: Any) -> object:
    """A mail address."""
    return addresses.mail_address(str(text(320, least=3)(value)))


def zone(value: Any) -> object:
    """An IANA zone name."""
    if not isinstance(value, str) or value not in _zones():
        raise ValueError("must be an IANA time zone such as Europe/Dublin")
    ZoneInfo(value)
    return value


def _zones() -> set[str]:
    return available_timezones()


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any) -> object:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return check


def flag(value: Any) -> object:
    """Yes or no."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def number(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return value

    return check


def instant(value: Any) -> object:
    """An aware instant in a year that a plan may speak of."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("must be a date and time with its offset from UTC")
    if not _FIRST.year <= value.year < _LAST.year:
        raise ValueError("must lie between 1990 and 2200")
    return value.astimezone(UTC)


def day(value: Any) -> object:
    """A date in a year that a plan may speak of."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if not isinstance(value, date) or not _FIRST.year <= value.year < _LAST.year:
        raise ValueError("must be a date between 1990 and 2200")
    return value


def clock_time(value: Any) -> object:
    """A time of day without a zone."""
    if isinstance(value, str):
        value = time.fromisoformat(value)
    if not isinstance(value, time) or value.tzinfo is not None:
        raise ValueError("must be a time such as 09:00")
    return value


def optional(check: Check) -> Check:
    """None, or what `check` lets through."""
    return lambda value: None if value is None else check(value)


def texts(limit: int, *, each: int) -> Check:
    """A few texts, as an array."""

    def check(value: Any) -> object:
        if not isinstance(value, list | tuple) or len(value) > limit:
            raise ValueError(f"must be a list of at most {limit} texts")
        return tuple(text(each, least=1)(item) for item in value)

    return check


def week(value: Any) -> object:
    """A working week: `[{"weekday": 0, "start": "09:00", "end": "17:30"}, …]`."""
    if not isinstance(value, list | tuple) or len(value) > 50:
        raise ValueError("must be a list of at most 50 spans")
    return [_span(item) for item in value]


def _span(item: Any) -> dict[str, object]:
    if not isinstance(item, Mapping):
        raise ValueError("each span has a weekday, a start and an end")
    return {
        "weekday": number(0, 6)(item.get("weekday")),
        "start": f"{clock_time(item.get('start')):%H:%M}",
        "end": f"{clock_time(item.get('end')):%H:%M}",
    }


def web_address(value: Any) -> object:
    """An http or https URL."""
    address = str(text(2000, least=8)(value))
    if not re.match(r"https?://[^\s/]+", address):
        raise ValueError("must begin with http:// or https://")
    return address


def flat(value: Any, most: int) -> None:
    """Refuse what is nested deeper than `most`, numbers beyond eight bytes, and text we cannot store."""
    level = [value]
    for _ in range(most):
        level = [held for item in level for held in _held(item)]
    if level:
        raise ValueError(f"must not be nested deeper than {most}")


def _held(item: Any) -> Collection[Any]:
    """Return what a JSON value holds, having looked at the value itself."""
    if isinstance(item, str):
        text(len(item))(item)
    if isinstance(item, int | float) and not -(2**63) <= item < 2**63:
        raise ValueError("holds a number that is too large")
    if isinstance(item, Mapping):
        return [*item, *item.values()]
    return item if isinstance(item, list) else ()


def no_more(given: Collection[object], most: int, what: str) -> None:
    """Refuse a list that is too long."""
    if len(given) > most:
        raise ValueError(f"at most {most} {what}")
