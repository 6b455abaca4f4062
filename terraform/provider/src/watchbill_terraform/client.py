"""Client: Watchbill's REST API over the standard library. Safe to share between threads.

A call that may be repeated without harm is tried again when the server has no time (429, 503) or
does not answer. The token goes to the one address it was given for: redirects are not followed.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from watchbill_terraform.framework.servicer import Telling

_TIMEOUT_S = 30
_TRIES = 4
_LONGEST_PAUSE_S = 10.0
_AGAIN = (429, 502, 503, 504)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Exception):
    """What the server answered instead of what was asked for (RFC 9457)."""

    status: int
    code: str
    title: str
    detail: str = ""
    #: Field to sentence, as far as the server named fields.
    fields: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.title} {self.detail}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the server answered, and the version of it."""

    data: Any
    etag: str


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token must not travel."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Client:
    """One server, and the token for it."""

    def __init__(self, endpoint: str, token: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._token = token
        self._opener = urllib.request.build_opener(_Stay)
        self._lock = threading.Lock()
        self._base_url = ""

    def __repr__(self) -> str:
        return f"Client({self.endpoint!r})"

    def base_url(self) -> str:
        """Return the address at which the server says people and events reach it."""
        with self._lock:
            if not self._base_url:
                said = self.ask("GET", "organization").data.get("base_url") or ""
                self._base_url = said.rstrip("/") or self.endpoint
            return self._base_url

    def every(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        """Go through a list, part by part."""
        cursor: str | None = ""
        while cursor is not None:
            more = {"cursor": cursor} if cursor else {}
            part = self.ask("GET", path, query={"limit": "200", **query, **more}).data
            yield from part["items"]
            cursor = part["next_cursor"]

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        etag: str = "",
        again: bool | None = None,
    ) -> Reply:
        """Ask once, or several times if that does no harm (`again`; by the method if None).

        Raises: Problem; Telling if nobody answers.
        """
        request = self._request(method, path, body, query or {}, etag)
        may_repeat = method != "POST" if again is None else again
        pause, tries = threading.Event(), _TRIES if may_repeat else 1
        for attempt in range(1, tries + 1):
            try:
                return self._once(request)
            except urllib.error.HTTPError as error:
                with error:
                    if error.code not in _AGAIN or attempt == tries:
                        raise _problem(error) from None
                    pause.wait(_pause_s(error.headers, attempt))
            except OSError as error:
                if attempt == tries:
                    raise self._silent(error) from None
                pause.wait(_pause_s(None, attempt))
        raise AssertionError

    def _request(
        self, method: str, path: str, body: Any, query: Mapping[str, str], etag: str
    ) -> urllib.request.Request:
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if etag:
            headers["If-Match"] = etag
        data = None if body is None else json.dumps(body).encode()
        url = f"{self.endpoint}/api/v1/{path}{asked}"
        return urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - checked

    def _once(self, request: urllib.request.Request) -> Reply:
        with self._opener.open(request, timeout=_TIMEOUT_S) as answer:
            text = answer.read()
            etag = answer.headers.get("ETag", "")
        return Reply(data=json.loads(text) if text else None, etag=etag)

    def _silent(self, error: OSError) -> Telling:
        reason = getattr(error, "reason", error)
        return Telling(
            f"Watchbill does not answer at {self.endpoint}.",
            f"{reason}. Check `endpoint` (or WATCHBILL_URL), and that the server runs.",
        )


def _pause_s(headers: Message | None, attempt: int) -> float:
    said = headers.get("Retry-After", "") if headers else ""
    wanted = float(said) if said.isdigit() else 0.25 * 2**attempt
    return min(wanted, _LONGEST_PAUSE_S)


def _problem(error: urllib.error.HTTPError) -> Problem:
    try:
        said = json.loads(error.read() or b"{}")
    except ValueError:
        said = {}
    if not isinstance(said, dict):
        said = {}
    details = said.get("details") or {}
    fields = dict(details.get("fields") or {})
    for one in details.get("errors") or ():
        fields.setdefault(_field(str(one.get("where", ""))), str(one.get("what", "")))
    return Problem(
        status=error.code,
        code=str(said.get("code", "")),
        title=str(said.get("title") or f"The server answered {error.code}."),
        detail=str(said.get("detail") or ""),
        fields=fields,
    )


def _field(where: str) -> str:
    """Return the field's name of `body.title` or `body.match.env`."""
    parts = where.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "body" else where
