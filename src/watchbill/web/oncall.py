"""On call: `GET /api/v1/oncall`, answered from memory.

Thousands of programs may ask who is on call, so the answer is made at most once a second of the
clock, for exactly that second. The company and the tokens seen are kept until somebody says that
they changed, and looked after once a second in case nobody did. An asynchronous edge: it touches
the database in a thread, and seldom.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from watchbill import clock
from watchbill.actions import events, fields
from watchbill.actions.shell import Shell
from watchbill.core.company import Company
from watchbill.errors import NotFound, WatchbillError
from watchbill.queries import oncall
from watchbill.web import auth, problems

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH = "/api/v1/oncall"
#: Real seconds after which the company's version is looked at although nobody said anything.
_TRUST_S = 1.0
#: Tokens and answers kept at most.
_ROOM = 2_000


class NoSuchTeam(NotFound):
    """There is no team with this id or slug."""


class OnCall:
    """The endpoint. `forget` it when NOTIFY says that the company or its tokens changed."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._company: Company | None = None
        self._imagined = Company()
        self._looked_at = 0.0
        #: How often it was told to forget, so that a look that had begun before does not count.
        self._told = 0
        self._looking = asyncio.Lock()
        #: By the hash of a token: until when it is good; None for as long as it is kept.
        self._tokens: dict[str, datetime | None] = {}
        self._answers: dict[tuple[datetime, str], bytes] = {}

    def forget(self) -> None:
        """Load company and tokens again before the next answer."""
        self._told += 1
        self._looked_at = 0.0
        self._tokens = {}

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer one GET."""
        scope.setdefault("state", {})["route"] = PATH
        try:
            if self._is_stale():
                async with self._looking:
                    if self._is_stale():  # whoever waited with us may have looked
                        await asyncio.to_thread(self._look)
            await self._let_in(scope)
            content = self._answer(scope["query_string"].decode("latin-1"))
        except WatchbillError as error:
            await problems.of(error)(scope, _receive, send)
            return
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _is_stale(self) -> bool:
        return self._company is None or clock.real_monotonic() - self._looked_at > _TRUST_S

    def _look(self) -> None:
        """Take the company as it is now; when it changed, forget tokens and answers."""
        looked_at, told = clock.real_monotonic(), self._told
        with self._shell.db.transaction() as tx:
            company = self._shell.company(tx)
        if company is not self._company:
            self._imagined = oncall.imagined(company)
            self._tokens, self._answers = {}, {}
        self._company = company
        if told == self._told:
            self._looked_at = looked_at

    async def _let_in(self, scope: Scope) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in (b"authorization", b"cookie")
        }
        token = auth.token_in(headers.get("authorization", ""))
        key = events.hash_key(token) if token else ""
        if key in self._tokens:
            ends_at = self._tokens[key]
            if ends_at is None or self._shell.clock.now() < ends_at:
                return
        tokens = self._tokens
        found = await asyncio.to_thread(auth.caller, self._shell, headers, scope="read")
        if key and len(tokens) < _ROOM:
            tokens[key] = found.ends_at

    def _answer(self, query: str) -> bytes:
        asked = dict(parse_qsl(query))
        at = _instant(asked["at"]) if "at" in asked else self._shell.clock.now()
        key = (at.replace(microsecond=0), asked.get("team", ""))
        content = self._answers.get(key)
        if content is None:
            content = self._made(*key)
            if len(self._answers) >= _ROOM:
                self._answers = {}
            self._answers[key] = content
        return content

    def _made(self, at: datetime, team: str) -> bytes:
        teams = self._imagined.teams.values()
        wanted = [t for t in teams if not team or team in (t.id, t.slug)]
        if team and not wanted:
            raise NoSuchTeam(team=team)
        wanted.sort(key=lambda t: (t.name, t.id))
        rows = [oncall.row(self._imagined, t, at) for t in wanted]
        return msgspec.json.encode({"at": at, "items": rows, "next_cursor": None})


class Beside:
    """The API: who is on call from memory, everything else from the application behind."""

    def __init__(self, on_call: OnCall, rest: App) -> None:
        self._on_call = on_call
        self._rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an address with a NUL character goes no further."""
        if "\x00" in scope.get("path", "") or b"%00" in scope.get("query_string", b""):
            content = problems.body(400, "bad-request", "The address holds a NUL character.")
            await problems.response(400, content)(scope, receive, send)
        elif scope.get("path") == PATH and scope.get("method") == "GET":
            await self._on_call(scope, receive, send)
        else:
            await self._rest(scope, receive, send)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
        fields.checked({"at": fields.instant}, {"at": at})
    except ValueError as error:
        raise fields.BadFields({"at": "must be a date and time with its offset"}) from error
    return at.astimezone(UTC)
