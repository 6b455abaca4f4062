"""Links of alarms: looking whether runbooks and dashboards answer, on allowed hosts only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from watchbill.core.addresses import IPNetwork
from watchbill.core.bar import runbooks
from watchbill.core.definitions import Definition
from watchbill.errors import WatchbillError

_DEADLINE_S = 5.0
_AT_ONCE = 16
_NOT_ALLOWED, _NO_ANSWER, _GOOD = -1, 0, 200
_READABLE = ("text/markdown", "text/plain", "text/x-markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What an address answered: a status as `Facts.links` has it, and a text it holds."""

    status: int
    text: str | None = None


def look(
    definitions: Iterable[Definition], hosts: Collection[str], networks: Sequence[IPNetwork]
) -> dict[str, Seen]:
    """GET every address that runbooks are at or name, each once; redirects are not followed."""
    from watchbill import outgoing

    calls = outgoing.Outgoing(allowed=networks)

    def seen(url: str) -> Seen:
        try:
            if urlsplit(url).hostname not in hosts:
                return Seen(status=_NOT_ALLOWED)
            reply = calls.fetch(url, deadline_s=_DEADLINE_S, limit=runbooks.RUNBOOK_LIMIT)
        except (WatchbillError, ValueError):
            return Seen(status=_NO_ANSWER)
        kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
        is_text = reply.status == _GOOD and kind in _READABLE
        return Seen(
            status=reply.status, text=reply.body.decode("utf-8", "replace") if is_text else None
        )

    urls = list(dict.fromkeys(url for each in definitions for url in _addresses(each)))
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return dict(zip(urls, pool.map(seen, urls), strict=True))
    finally:
        calls.close()


def _addresses(definition: Definition) -> Iterator[str]:
    if definition.runbook_url.strip():
        yield definition.runbook_url.strip()
    for link in runbooks.parse(definition.runbook).links:
        yield link.url
