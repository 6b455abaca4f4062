"""The bench's side of the receiver: start it, ask what came, wait for it."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Collection
from dataclasses import dataclass

import processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came: instants of messages, and of messages by key, in seconds of the shared clock."""

    messages: list[float]
    by_key: dict[str, list[float]]


class Receiver:
    """The receiver's process, on the load's core."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.port = processes.free_port()
        script = pathlib.Path(__file__).with_name("receiver.py")
        argv = [sys.executable, str(script), str(self.port)]
        self._process = processes.start(argv, core=processes.LOAD_CORE, log=folder / "receiver.log")
        try:
            processes.wait_until(self._ready, within_s=20, what="the receiver's start")
        except TimeoutError:
            self.stop()
            raise

    def _ready(self) -> bool:
        """Tell whether it answers."""
        return processes.ask(self.port, "/count")[0] == 200

    def forget(self) -> None:
        """Forget what came so far."""
        processes.ask(self.port, "/", method="DELETE")

    def count(self) -> tuple[int, int]:
        """Return how many messages and how many distinct keys came."""
        said = json.loads(processes.ask(self.port, "/count")[1])
        return said["messages"], said["keys"]

    def seen(self) -> Seen:
        """Return everything that came."""
        said = json.loads(processes.ask(self.port, "/arrivals")[1])
        by_key = {key: [at / 1e9 for at in each] for key, each in said["by_key"].items()}
        return Seen(messages=[at / 1e9 for at in said["messages"]], by_key=by_key)

    def wait_for(self, keys: int, *, within_s: float) -> bool:
        """Return whether so many distinct keys came in time."""
        try:
            processes.wait_until(
                lambda: self.count()[1] >= keys, within_s=within_s, what="messages", every_s=0.05
            )
        except TimeoutError:
            return False
        return True

    def wait_for_keys(self, keys: Collection[str], *, within_s: float) -> bool:
        """Return whether a message for each of these keys came in time."""
        try:
            processes.wait_until(
                lambda: self.seen().by_key.keys() >= set(keys), within_s=within_s, what="messages"
            )
        except TimeoutError:
            return False
        return True

    def stop(self) -> None:
        """End the receiver."""
        processes.stop(self._process)
