"""Write the table of problems: every error Watchbill raises on purpose, with its HTTP status."""

from __future__ import annotations

import importlib
import pkgutil

import watchbill
from watchbill import errors
from watchbill.errors import WatchbillError
from watchbill.web import problems

#: Answered by the frame of the API itself: code, status, sentence.
FRAME = {
    ("not-json", 400, "The body is not JSON."),
    ("bad-request", 400, "The request cannot be read."),
    ("no-such-address", 404, "There is no such address."),
    ("wrong-method", 405, "This address does not take that method."),
    ("invalid-request", 422, "Something in the request has the wrong shape."),
    ("unforeseen", 500, "Something went wrong that nobody foresaw."),
}
#: Whose errors reach the API's callers; screens, sources and channels speak for themselves.
_ANSWERING = (
    "watchbill.core.",
    "watchbill.store.",
    "watchbill.queries.",
    "watchbill.actions.",
    "watchbill.web.api.",
    "watchbill.web.auth",
    "watchbill.web.oncall",
)
_HEAD = """# Problems

Written by `make docs` from the errors in the code. Whatever goes wrong is answered as
`application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`, and perhaps `detail`
and `details`. `code` is stable; programs look at nothing else.

| code | status | what it says |
|---|---|---|
"""


def text() -> str:
    """Return the page."""
    _import_all()
    kinds = [
        kind
        for kind in _below(WatchbillError)
        if not issubclass(kind, errors.DeliveryFailed | errors.Misconfigured)
        and kind.__module__.startswith(_ANSWERING)
    ]
    found: dict[str, tuple[int, str]] = {}
    for kind in kinds:
        told = (problems.status_of(kind), kind.title())
        if found.setdefault(problems.code_of(kind), told) != told:
            raise ValueError(f"two problems share the code {problems.code_of(kind)}")
    found |= {code: (status, title) for code, status, title in FRAME}
    lines = (
        f"| `{code}` | {status} | {title} |" for code, (status, title) in sorted(found.items())
    )
    return _HEAD + "\n".join(lines) + "\n"


def _below(kind: type[WatchbillError]) -> list[type[WatchbillError]]:
    """Return the classes derived from `kind`, the kinds in `errors` themselves left out."""
    found: list[type[WatchbillError]] = []
    for child in kind.__subclasses__():
        if child.__module__ != errors.__name__:
            found.append(child)
        found += _below(child)
    return found


def _import_all() -> None:
    for part in ("core", "store", "queries", "actions", "web"):
        package = importlib.import_module(f"{watchbill.__name__}.{part}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in module.name:
                importlib.import_module(module.name)
