"""Send: claim what is due, hand it to its channel, record what became of it.

One thread claims and records; each channel has its own bounded pool, so a slow provider delays
nobody else's call. A claim is committed before the channel is called and recorded after: should
the process die in between, the claim runs out and the message is sent again (at least once; the
provider gets the same idempotency key).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from watchbill.actions import notifications
from watchbill.actions.notifications import Job
from watchbill.actions.shell import Shell
from watchbill.core.messages import Channel, PermanentFailure, Receipt, TemporaryFailure
from watchbill.errors import Unavailable

log = structlog.get_logger()

#: Messages in hand for each place in a channel's pool: enough to keep it busy over a claim.
_IN_HAND = 8
_REST = timedelta(seconds=1)

Result = Receipt | TemporaryFailure | PermanentFailure


class Sender(threading.Thread):
    """Runs until told to stop. `channels` by lane: a contact method's channel, or `hook`."""

    def __init__(self, shell: Shell, channels: Mapping[str, Channel]) -> None:
        super().__init__(name="sender", daemon=True)
        self._shell = shell
        self._channels = channels
        self._pools = {
            lane: ThreadPoolExecutor(channel.concurrency, thread_name_prefix=f"send-{lane}")
            for lane, channel in channels.items()
        }
        self._in_hand = dict.fromkeys(channels, 0)
        self._results: queue.SimpleQueue[tuple[Job, Result]] = queue.SimpleQueue()
        self._stopping = False

    def run(self) -> None:
        """Claim, send, record, wait; a database that goes away is waited for."""
        while not self._stopping:
            self._shell.sender_bell.clear()
            until = self.turn()
            if not self._stopping:
                self._shell.clock.wait(self._shell.sender_bell, until=until)

    def stop(self) -> None:
        """Let what is being sent finish, record it, and return; unsent claims run out."""
        self._stopping = True
        self._shell.sender_bell.set()
        if self.is_alive():
            self.join()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        self._turn_quietly()

    def turn(self) -> datetime | None:
        """Record and claim until neither finds work; return when the next message is due."""
        try:
            while not self._stopping and (self._record() + self._claim()):
                pass
            return notifications.next_due(self._shell) if self._has_room() else None
        except Unavailable as error:
            log.warning("sender.database_away", error=repr(error))
            return self._shell.clock.now() + _REST

    def _turn_quietly(self) -> None:
        try:
            self._record()
        except Unavailable as error:
            log.warning("sender.not_recorded", error=repr(error))

    @property
    def in_hand(self) -> int:
        """How many messages are claimed and not yet recorded."""
        return sum(self._in_hand.values())

    def _has_room(self) -> bool:
        return all(self._room(lane) > 0 for lane in self._channels)

    def _room(self, lane: str) -> int:
        return self._channels[lane].concurrency * _IN_HAND - self._in_hand[lane]

    def _claim(self) -> int:
        claimed = 0
        for lane, channel in self._channels.items():
            room = self._room(lane)
            if room < max(1, channel.concurrency * _IN_HAND // 4):
                continue
            lease = timedelta(seconds=channel.deadline_s * (_IN_HAND + 2))
            jobs = notifications.claim_due(self._shell, lane=lane, limit=room, lease=lease)
            self._in_hand[lane] += len(jobs)
            for job in jobs:
                self._pools[lane].submit(self._send, channel, job)
            claimed += len(jobs)
        return claimed

    def _send(self, channel: Channel, job: Job) -> None:
        self._results.put((job, _attempt(channel, job)))
        self._shell.sender_bell.set()

    def _record(self) -> int:
        """Write all results at hand in one transaction; they are kept if that fails."""
        results = []
        while not self._results.empty():
            results.append(self._results.get())
        if not results:
            return 0
        try:
            notifications.record(self._shell, results)
        except Unavailable:
            for kept in results:
                self._results.put(kept)
            raise
        for job, result in results:
            self._in_hand[job.lane] -= 1
            if not isinstance(result, Receipt):
                log.warning(
                    "notification.not_sent",
                    notification=job.message.idempotency_key,
                    lane=job.lane,
                    error=str(result),
                )
        return len(results)


def _attempt(channel: Channel, job: Job) -> Result:
    try:
        return channel.send(job.message)
    except (TemporaryFailure, PermanentFailure) as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - a channel's bug must not stop other messages
        log.error("channel.crashed", lane=job.lane, error=type(error).__name__)
        return TemporaryFailure(f"the channel failed: {type(error).__name__}")
