"""Send: claim what is due, hand it to its channel, record what became of it.

One thread claims and records; each channel has its own bounded pool, so a slow provider delays
nobody else's call. A claim is committed before the channel is called and recorded after: should
the process die in between, the claim runs out and the message is sent again (at least once; the
provider gets the same idempotency key). A message that cannot be written is set aside, visibly.
"""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog

from watchbill.actions import notifications
from watchbill.actions.notifications import Job, Result
from watchbill.actions.shell import Shell
from watchbill.core.messages import Channel, PermanentFailure, Receipt, TemporaryFailure
from watchbill.errors import Unavailable

log = structlog.get_logger()

#: Messages in hand for each place in a channel's pool: enough to keep it busy over a claim.
_IN_HAND = 8
_REST = timedelta(seconds=1)
#: How long a claim lasts, in real time, unless renewed: so late is a page whose process died.
LEASE = timedelta(seconds=20)


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
        self._hands: dict[str, dict[str, Job]] = {lane: {} for lane in channels}
        self._lease = LEASE * shell.clock.speed
        self._renew_at: datetime | None = None
        self._results: queue.SimpleQueue[tuple[Job, Result]] = queue.SimpleQueue()
        self._stopping = False
        self._is_away = False

    def run(self) -> None:
        """Claim, send, record, wait; a database that goes away is waited for."""
        while not self._stopping:
            self._shell.sender_bell.clear()
            until = self.turn()
            if not self._stopping:
                self._shell.clock.wait(self._shell.sender_bell, until=until)

    def stop(self) -> None:
        """Let what is being sent finish, record it, give back what was not begun, and return."""
        self._stopping = True
        self._shell.sender_bell.set()
        if self.is_alive():
            self.join()
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
        try:
            self._record()
            if self.in_hand:
                notifications.release(self._shell, self._jobs())
        except Unavailable as error:
            log.warning("sender.not_recorded", error=type(error).__name__)

    def turn(self) -> datetime | None:
        """Record and claim until neither finds work; return when there is more to do."""
        try:
            while not self._stopping:
                self._record()
                is_full = self._claim()
                self._renew()
                if not is_full and self._results.empty():
                    break
            until = self._next()
        except Unavailable as error:
            if not self._is_away:
                log.warning("sender.database_away", error=type(error).__name__)
            self._is_away = True
            return self._shell.clock.now() + _REST
        except Exception as error:  # noqa: BLE001 - a thread that ends would page nobody again
            log.error("sender.turn_failed", error=type(error).__name__)
            return self._shell.clock.now() + _REST
        self._is_away = False
        return until

    @property
    def in_hand(self) -> int:
        """How many messages are claimed and not yet recorded."""
        return sum(len(hand) for hand in self._hands.values())

    def _jobs(self) -> list[Job]:
        return [job for hand in self._hands.values() for job in hand.values()]

    def _next(self) -> datetime | None:
        """Return when a lane with room has something to send, or claims are to be renewed."""
        times = [notifications.next_due(self._shell, self._open_lanes()), self._renew_at]
        return min((at for at in times if at is not None), default=None)

    def _open_lanes(self) -> list[str]:
        """Return the lanes with so much room that claiming for them is worth it."""
        return [
            lane
            for lane, channel in self._channels.items()
            if self._room(lane) >= max(1, channel.concurrency * _IN_HAND // 4)
        ]

    def _room(self, lane: str) -> int:
        return self._channels[lane].concurrency * _IN_HAND - len(self._hands[lane])

    def _renew(self) -> None:
        """Keep hold of what takes its time."""
        now = self._shell.clock.now()
        if not self.in_hand:
            self._renew_at = None
        elif self._renew_at is None:
            self._renew_at = now + self._lease / 4
        elif self._renew_at <= now:
            at_work = [job for job in self._jobs() if self._is_at_work(job, now)]
            notifications.renew(self._shell, at_work, lease=self._lease)
            self._renew_at = now + self._lease / 4

    def _is_at_work(self, job: Job, now: datetime) -> bool:
        """True while its channel may be sending; one that hangs for ever loses the message."""
        longest = timedelta(seconds=self._channels[job.lane].deadline_s * (_IN_HAND + 2))
        first_until = job.notifications[0].claimed_until or now
        return now < first_until + longest * self._shell.clock.speed

    def _claim(self) -> bool:
        """Hand over what is due; return whether so much was taken that there may be more."""
        rooms = {lane: self._room(lane) for lane in self._open_lanes()}
        if not rooms:
            return False
        taken: Counter[str] = Counter()
        for job in self._claim_rooms(rooms):
            self._hands[job.lane][_key(job)] = job
            self._pools[job.lane].submit(self._send, self._channels[job.lane], job)
            taken[job.lane] += len(job.notifications)
        return any(taken[lane] >= room for lane, room in rooms.items())

    def _claim_rooms(self, rooms: dict[str, int]) -> list[Job]:
        try:
            return notifications.claim_due(self._shell, rooms, lease=self._lease)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one bad message must not stop the others
            log.error("sender.claim_failed", error=type(error).__name__)
        due = [
            note_id
            for lane, room in rooms.items()
            for note_id in notifications.due(self._shell, lane=lane, limit=room)
        ]
        return [job for note_id in due for job in self._claim_alone(note_id)]

    def _claim_alone(self, note_id: str) -> list[Job]:
        try:
            return notifications.claim_one(self._shell, note_id, lease=self._lease)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - it is set aside, where people see it
            log.error("sender.set_aside", notification=note_id, error=type(error).__name__)
            notifications.set_aside(self._shell, note_id, error)
        return []

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
            self._record_all(results)
        except Unavailable:
            for kept in results:
                self._results.put(kept)
            raise
        for job, result in results:
            self._hands[job.lane].pop(_key(job), None)
            if not isinstance(result, Receipt):
                log.warning(
                    "notification.not_sent",
                    notification=job.message.idempotency_key,
                    lane=job.lane,
                    error=str(result),
                )
        return len(results)

    def _record_all(self, results: list[tuple[Job, Result]]) -> None:
        try:
            notifications.record(self._shell, results)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - one bad answer must not stop the others
            log.error("sender.record_failed", error=type(error).__name__)
            for job, result in results:
                self._record_alone(job, result)

    def _record_alone(self, job: Job, result: Result) -> None:
        """Record one result; if that fails too, its claim runs out and it is sent again."""
        try:
            notifications.record(self._shell, [(job, result)])
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the others are recorded
            log.error("sender.not_recorded", notification=_key(job), error=type(error).__name__)


def _key(job: Job) -> str:
    return job.notifications[0].id


def _attempt(channel: Channel, job: Job) -> Result:
    try:
        return channel.send(job.message)
    except (TemporaryFailure, PermanentFailure) as failure:
        return failure
    except Exception as error:  # noqa: BLE001 - a channel's bug must not stop other messages
        log.error("channel.crashed", lane=job.lane, error=type(error).__name__)
        return TemporaryFailure(f"the channel failed: {type(error).__name__}")
