"""Doors: which integration a key belongs to, kept in memory and loaded again when told.

NOTIFY tells of every change; what nobody knows is looked for once more in the database.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from watchbill.actions import events as events_actions
from watchbill.actions.events import Door
from watchbill.actions.shell import Shell
from watchbill.clock import real_monotonic
from watchbill.errors import WatchbillError
from watchbill.web.groups import PATIENCE_S, Away

#: Seconds between two looks for keys nobody knows; NOTIFY tells of new ones anyway.
RELOAD_S = 1.0


@dataclass(slots=True)
class Doors:
    """Every door that takes events, by its key."""

    shell: Shell
    _by_hash: dict[str, Door] = field(default_factory=dict)
    _known: dict[str, Door] = field(default_factory=dict)
    _is_stale: bool = True
    _loaded_at: float = 0.0
    _loading: asyncio.Future[None] | None = None

    def forget(self) -> None:
        """Load the doors again before the next request: one was opened, closed or changed."""
        self._is_stale = True

    def known(self, key: str) -> Door | None:
        """Return the door of a key that was found before, at once; None says nothing."""
        return None if self._is_stale else self._known.get(key)

    async def find(self, key: str) -> Door | None:
        """Return the door of `key`; what is not known is looked for once more in the database.

        Raises: Away.
        """
        while self._is_stale:
            await self._load()
        door = self._look(key)
        is_old = real_monotonic() > self._loaded_at + RELOAD_S
        if door is None and (is_old or self._loading is not None):
            await self._load()
            door = self._look(key)
        return door

    def _look(self, key: str) -> Door | None:
        door = self._known.get(key) or self._by_hash.get(events_actions.hash_key(key))
        if door is not None:
            self._known[key] = door
        return door

    async def _load(self) -> None:
        """Load the doors; whoever needs them meanwhile waits for the same load.

        Raises: Away.
        """
        if self._loading is None:
            self._loading = asyncio.ensure_future(self._load_doors())
        try:
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.shield(self._loading)
        except TimeoutError as error:
            raise Away from error

    async def _load_doors(self) -> None:
        self._is_stale = False
        try:
            self._by_hash = await asyncio.to_thread(events_actions.doors, self.shell)
            self._known = {}
        except WatchbillError as error:
            self._is_stale = True
            raise Away from error
        finally:
            self._loading = None
            self._loaded_at = real_monotonic()
