"""A message is tried again soon, for as long as it is worth it, and not when it cannot help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import dublin
from watchbill.core import notifications
from watchbill.core.messages import MessageKind, PermanentFailure, Receipt, TemporaryFailure
from watchbill.core.notifications import Notification, NotificationState

NOW = dublin("Sat 03:00")


def claimed(kind: MessageKind = MessageKind.PAGE, *, attempts: int = 1) -> Notification:
    return Notification(
        id="ntf_1",
        kind=kind,
        channel="email",
        state=NotificationState.CLAIMED,
        due_at=NOW,
        created_at=NOW,
        claimed_until=NOW + timedelta(seconds=30),
        attempts=attempts,
    )


def wait(note: Notification, failure: TemporaryFailure) -> timedelta:
    return notifications.failed(note, failure, now=NOW).due_at - NOW


def test_what_was_taken_is_sent_and_says_the_providers_id() -> None:
    failed_once = replace(claimed(), error="busy")
    sent = notifications.sent(failed_once, Receipt(provider_id="SM1"), now=NOW)
    assert (sent.state, sent.sent_at, sent.provider_id) == (NotificationState.SENT, NOW, "SM1")
    assert (sent.claimed_until, sent.error) == (None, "")


@pytest.mark.parametrize(
    ("kind", "attempts", "seconds"),
    [
        (MessageKind.PAGE, 0, 2),
        (MessageKind.PAGE, 1, 2),
        (MessageKind.PAGE, 2, 5),
        (MessageKind.PAGE, 99, 60),
        (MessageKind.HOOK, 2, 10),
        (MessageKind.HOOK, 99, 3600),
    ],
)
def test_a_temporary_failure_is_tried_again_ever_later(
    kind: MessageKind, attempts: int, seconds: int
) -> None:
    note = notifications.failed(claimed(kind, attempts=attempts), TemporaryFailure("busy"), now=NOW)
    assert note.state is NotificationState.PLANNED
    assert (note.due_at, note.claimed_until) == (NOW + timedelta(seconds=seconds), None)
    assert note.error == "busy"


def test_a_stated_wait_is_honoured_as_a_minimum_up_to_an_hour() -> None:
    def after(**much: float) -> TemporaryFailure:
        return TemporaryFailure(retry_after=timedelta(**much))

    hook = claimed(MessageKind.HOOK)
    assert wait(hook, after(seconds=1)) == timedelta(seconds=2)
    assert wait(hook, after(minutes=7)) == timedelta(minutes=7)
    assert wait(hook, after(days=1)) == timedelta(hours=1)


def test_a_permanent_failure_is_the_end() -> None:
    note = notifications.failed(claimed(), PermanentFailure("no such number"), now=NOW)
    assert (note.state, note.due_at) == (NotificationState.FAILED, NOW)
    assert note.error == "no such number"


@pytest.mark.parametrize(
    ("kind", "age"),
    [(MessageKind.PAGE, timedelta(hours=2)), (MessageKind.HOOK, timedelta(hours=48))],
)
def test_a_message_is_given_up_when_it_is_too_old_to_matter(
    kind: MessageKind, age: timedelta
) -> None:
    for late, state in ((-2, NotificationState.PLANNED), (-1, NotificationState.FAILED)):
        now = NOW + age + timedelta(seconds=late)
        note = notifications.failed(claimed(kind), TemporaryFailure(), now=now)
        assert note.state is state
