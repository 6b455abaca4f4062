"""Reading what strangers send: JSON, texts, instants, links and fields, whatever their shape.

Every source reads through these, so each hostile form is met in one place: too deep, not UTF-8,
NUL, numbers too big, times that are none. What is merely odd becomes unknown; only what leaves
nothing to use is a BadEvent.

Source: wire-formats §1.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec

from watchbill.core.events import (
    DEDUP_KEY_LIMIT,
    FIELD_LIMIT,
    FIELDS_LIMIT,
    SUMMARY_LIMIT,
    BadEvent,
    Link,
    Severity,
    clean,
)

T = TypeVar("T")

#: Longest key, name or other short text that is kept.
NAME_LIMIT = 255
#: Longest address of a link.
HREF_LIMIT = 2048
#: Most links that are kept of one event.
LINKS_LIMIT = 32
#: Most things one event may claim to speak for.
SIZE_LIMIT = 1_000_000
#: Objects within objects become dotted names down to here; what lies deeper is kept as JSON.
_DEPTH = 4
#: An instant outside these years is a sender's mistake, or Go's way to say "unset".
_YEARS = range(1970, 2200)
#: A number above this counts milliseconds since 1970; below it, seconds.
_MILLISECONDS = 100_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: What senders call their severities, in lower case.
_SEVERITIES = {
    "critical": Severity.CRITICAL, "crit": Severity.CRITICAL, "fatal": Severity.CRITICAL,
    "emergency": Severity.CRITICAL, "page": Severity.CRITICAL, "p1": Severity.CRITICAL,
    "error": Severity.ERROR, "err": Severity.ERROR, "high": Severity.ERROR, "p2": Severity.ERROR,
    "warning": Severity.WARNING, "warn": Severity.WARNING, "medium": Severity.WARNING,
    "p3": Severity.WARNING, "info": Severity.INFO, "informational": Severity.INFO,
    "information": Severity.INFO, "low": Severity.INFO, "debug": Severity.INFO,
    "none": Severity.INFO, "p4": Severity.INFO, "p5": Severity.INFO,
}  # fmt: skip

_ANYTHING = msgspec.json.Decoder()


class Unreadable(BadEvent):
    """The body is not JSON that can be read."""


def decode(body: bytes) -> object:
    """Return the JSON value of `body`.

    Raises: Unreadable.
    """
    return read(_ANYTHING, body)


def read(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Return `body` in the decoder's shape.

    Raises: Unreadable if it is no JSON; BadEvent naming the field that has the wrong type.
    """
    try:
        return decoder.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        raise Unreadable("the body is nested too deeply") from None
    except UnicodeDecodeError:
        raise Unreadable("the body is not UTF-8") from None
    except msgspec.ValidationError as error:
        raise _wrong_type(str(error)) from None
    except ValueError as error:
        said = clean(str(error), limit=200)
        if said == "Input data was truncated":
            said = "it ends too early, or holds half of a surrogate pair"
        raise Unreadable(f"the body is not JSON: {said}") from None


def _wrong_type(message: str) -> BadEvent:
    problem, _, path = message.partition(" - at `")
    field = path.rstrip("`").removeprefix("$").removeprefix(".").replace("[...]", ".*").lstrip(".")
    problem = problem.replace("`", "").replace(" | null", "")
    name = f"'{clean(field, limit=NAME_LIMIT)}'" if field else "the body"
    error = BadEvent if field or "out of range" in problem else Unreadable
    return error(f"{name} cannot be used: {problem[:1].lower()}{problem[1:]}")


def text(value: object, *, limit: int = FIELD_LIMIT) -> str:
    """Return any JSON value as text that can be kept; None is the empty text."""
    if isinstance(value, str):
        # What `clean` would return unchanged: nearly everything; this path is the intake's hottest.
        if value.isascii() and len(value) <= limit and "\x00" not in value:
            return value
        return clean(value, limit=limit)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        plain = str(value) if isinstance(value, int | float) else _encode(value)
    except (RecursionError, ValueError):
        return "(too large to show)"
    return clean(plain, limit=limit)


def _encode(value: object) -> str:
    try:
        return msgspec.json.encode(value).decode()
    except (OverflowError, TypeError, msgspec.MsgspecError):
        return repr(value)


def line(value: object, *, limit: int = NAME_LIMIT) -> str:
    r"""Return any JSON value as one line of text.

    >>> line("disk\r\n full ")
    'disk full'
    """
    plain = value if isinstance(value, str) else text(value)
    if plain.isascii() and plain.isprintable() and len(plain) <= limit and plain == plain.strip():
        return plain
    if not plain.isprintable() or plain[:1] == " " or plain[-1:] == " ":
        plain = " ".join(plain.replace("\x00", "").split())
    return clean(plain, limit=limit)


def key(value: object) -> str:
    """Return a name that tells conditions apart; one too long keeps its start and its digest."""
    plain = line(value, limit=1_000_000)
    if len(plain) <= DEDUP_KEY_LIMIT:
        return plain
    digest = hashlib.sha256(plain.encode()).hexdigest()
    return f"{plain[: DEDUP_KEY_LIMIT - 65]}:{digest}"


def severity(value: object) -> Severity:
    """Return what the sender's own word for it means; an unknown word is an error."""
    return (
        _SEVERITIES.get(value.strip().lower(), Severity.ERROR)
        if isinstance(value, str)
        else (Severity.ERROR)
    )


def size(value: object) -> int:
    """Return a count that came as a number or as text; at least 1, and 1 if it is none."""
    try:
        count = int(value) if isinstance(value, int | float | str) else 1
    except (ValueError, OverflowError):
        return 1
    return min(max(count, 1), SIZE_LIMIT)


def instant(value: object) -> datetime | None:
    """Return an instant as aware UTC; None for what is no time, or none of this era.

    Takes ISO 8601 in every usual dress, Go's `time.String()`, and seconds or milliseconds since
    1970 as a number or digits. Without a zone it is UTC.

    >>> instant("2025-02-02T12:06:35.472+0000").isoformat()
    '2025-02-02T12:06:35.472000+00:00'
    >>> instant("0001-01-01T00:00:00Z") is None
    True
    """
    try:
        found = _number(value) if isinstance(value, int | float) else _written(value)
        if found is None:
            return None
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.year in _YEARS else None


def epoch(value: str) -> datetime | None:
    """Return the instant that digits give as seconds (or milliseconds) since 1970."""
    digits = value.strip()
    return (
        instant(int(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 16 else None
    )


def _number(value: float) -> datetime:
    seconds = value / 1000 if value > _MILLISECONDS else value
    return _EPOCH + timedelta(seconds=seconds)


def _written(value: object) -> datetime | None:
    if not isinstance(value, str) or not 8 <= len(value) <= 64:
        return None
    plain = value.strip()
    if len(plain) > len("20260307") and plain.isdigit():
        return epoch(plain)
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        return _odd(plain)


def _odd(plain: str) -> datetime:
    plain = plain.partition(" m=")[0].removesuffix(" UTC").replace(" +", "+").replace(" -", "-")
    return datetime.fromisoformat(plain.replace(" UTC", "+00:00"))


def link(href: object, title: object = "") -> Link | None:
    """Return a link a browser may follow; None for any other scheme, or for no address."""
    if not isinstance(href, str) or not href.lower().startswith(("https://", "http://")):
        return None
    if len(href) > HREF_LIMIT:
        return None
    return Link(href=line(href, limit=HREF_LIMIT), text=line(title))


def links(*found: Link | None) -> tuple[Link, ...]:
    """Return the links that are there, each address once, in order."""
    by_href: dict[str, Link] = {}
    for one in found:
        if one is not None:
            by_href.setdefault(one.href, one)
    return tuple(by_href.values())[:LINKS_LIMIT]


def mapping(value: object) -> Mapping[str, object]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """Return `value` if it is an array, else an empty one."""
    return value if isinstance(value, list) else []


def flat(value: Mapping[str, object], *, depth: int = _DEPTH) -> dict[str, object]:
    """Return an object's leaves by dotted name, in order; arrays and deeper objects are leaves."""
    found: dict[str, object] = {}
    for name, inner in value.items():
        if isinstance(inner, dict) and inner and depth > 1:
            for below, leaf in flat(inner, depth=depth - 1).items():
                found[f"{name}.{below}"] = leaf
        else:
            found[name] = inner
    return found


def fields(found: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Return named values as an event keeps them: the first of a name, none empty, at most 64."""
    kept: dict[str, str] = {}
    for name, value in found:
        shown = text(value) if value is not None else ""
        if shown and (named := line(name)) and named not in kept:
            kept[named] = shown
            if len(kept) == FIELDS_LIMIT:
                break
    return tuple(kept.items())


def fingerprint(given: object, labels: Mapping[str, object], *, index: int) -> str:
    """Return what tells a Prometheus alert apart: its own fingerprint, else one of its labels.

    Raises: BadEvent if it has neither.
    """
    found = key(given)
    if found:
        return found
    if not labels:
        raise BadEvent(f"'alerts[{index}]' has neither a fingerprint nor labels")
    pairs = sorted((label, text(value)) for label, value in labels.items())
    return hashlib.sha256(repr(pairs).encode("utf-8", "replace")).hexdigest()[:16]


def summary(labels: Mapping[str, object], annotations: Mapping[str, object]) -> str:
    """Return a Prometheus alert in one line: its own summary, else its name and labels."""
    for annotation in ("summary", "description", "message"):
        found = line(annotations.get(annotation), limit=SUMMARY_LIMIT)
        if found:
            return found
    rest = ", ".join(f"{name}={text(v)}" for name, v in labels.items() if name != "alertname")
    return line(f"{text(labels.get('alertname'))} {rest}", limit=SUMMARY_LIMIT)
