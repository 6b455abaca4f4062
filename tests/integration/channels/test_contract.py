"""What every channel promises (the port in core/messages.py), over real sockets.

A channel takes part by its module's existence; without a folder here that offers its far side,
the suite fails.
"""

from __future__ import annotations

import importlib
import logging
import pkgutil
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fakes import listener
from tests.integration.channels import far_sides
from watchbill import channels, clock
from watchbill.core import messages

NAMES = sorted(module.name for module in pkgutil.iter_modules(channels.__path__))


def far_side_class(name: str) -> Callable[[], far_sides.FarSide]:
    found = importlib.import_module(f"tests.integration.channels.{name}.far_side")
    return found.FarSide


@pytest.fixture(params=NAMES)
def far_side(request: pytest.FixtureRequest) -> Iterator[far_sides.FarSide]:
    made = far_side_class(request.param)()
    yield made
    made.stop()


def cases(table: str) -> list[object]:
    return [
        pytest.param(name, told, id=f"{name}-{case}")
        for name in NAMES
        for case, told in getattr(far_side_class(name), table).items()
    ]


def failure_at(
    channel: messages.Channel, message: messages.Message
) -> messages.TemporaryFailure | messages.PermanentFailure:
    with pytest.raises((messages.TemporaryFailure, messages.PermanentFailure)) as caught:
        channel.send(message)
    return caught.value


def test_every_channel_has_a_name_of_its_own_and_sane_limits() -> None:
    made = [far_side_class(name)() for name in NAMES]
    try:
        names = {one.channel.name for one in made}
        assert len(names) == len(NAMES)
        assert all(0 < one.channel.deadline_s <= 60 for one in made)
        assert all(one.channel.concurrency >= 1 for one in made)
    finally:
        for one in made:
            one.stop()


def test_a_taken_message_gives_a_receipt(far_side: far_sides.FarSide) -> None:
    receipt = far_side.channel.send(far_sides.message(far_side.address))
    assert isinstance(receipt, messages.Receipt)
    (seen,) = far_side.seen()
    assert "Half of all checkouts fail since 02:58." in seen.text


def test_every_attempt_carries_the_same_key(far_side: far_sides.FarSide) -> None:
    for attempt in (1, 2, 3):
        far_side.channel.send(far_sides.message(far_side.address, attempt=attempt))
    assert [seen.key for seen in far_side.seen()] == ["ntf_0001"] * 3


@pytest.mark.parametrize(("name", "told"), cases("temporary"))
def test_what_may_pass_is_temporary(name: str, told: object) -> None:
    made = far_side_class(name)()
    try:
        made.answer_with(told)
        failure = failure_at(made.channel, far_sides.message(made.address))
        assert isinstance(failure, messages.TemporaryFailure), failure
        assert_hides(made, failure)
    finally:
        made.stop()


@pytest.mark.parametrize(("name", "told"), cases("permanent"))
def test_what_cannot_pass_is_permanent(name: str, told: object) -> None:
    made = far_side_class(name)()
    try:
        made.answer_with(told)
        failure = failure_at(made.channel, far_sides.message(made.address))
        assert isinstance(failure, messages.PermanentFailure), failure
        assert_hides(made, failure)
    finally:
        made.stop()


def test_nobody_listening_is_temporary(far_side: far_sides.FarSide) -> None:
    channel, address = far_side.at(listener.free_port(), deadline_s=2.0)
    failure = failure_at(channel, far_sides.message(address))
    assert isinstance(failure, messages.TemporaryFailure)
    assert_hides(far_side, failure)


def test_a_connection_closed_at_once_is_temporary(far_side: far_sides.FarSide) -> None:
    with listener.listening(listener.closing) as port:
        channel, address = far_side.at(port, deadline_s=2.0)
        failure = failure_at(channel, far_sides.message(address))
    assert isinstance(failure, messages.TemporaryFailure)


def test_something_else_listening_is_temporary(far_side: far_sides.FarSide) -> None:
    with listener.listening(listener.saying(b"\x00\xff\x00\r\n\r\n")) as port:
        channel, address = far_side.at(port, deadline_s=1.0)
        failure = failure_at(channel, far_sides.message(address))
    assert isinstance(failure, messages.TemporaryFailure)


@pytest.mark.parametrize("is_dripping", [False, True], ids=["black hole", "drip"])
def test_the_deadline_holds_as_a_whole(far_side: far_sides.FarSide, is_dripping: bool) -> None:
    handle = listener.drip(far_side.drips) if is_dripping else listener.black_hole
    with listener.listening(handle) as port:
        channel, address = far_side.at(port, deadline_s=0.5)
        begun = clock.real_monotonic()
        failure = failure_at(channel, far_sides.message(address))
        took = clock.real_monotonic() - begun
    assert isinstance(failure, messages.TemporaryFailure)
    assert 0.4 < took < 1.5
    assert_hides(far_side, failure)


def test_good_addresses_pass_the_check(far_side: far_sides.FarSide) -> None:
    far_side.channel.check(far_side.address)


def test_addresses_that_cannot_be_reached_are_refused(far_side: far_sides.FarSide) -> None:
    for address in far_side.bad_addresses:
        with pytest.raises(messages.PermanentFailure) as caught:
            far_side.channel.check(address)
        assert str(caught.value).endswith(".")
        assert len(address) < 14 or address not in str(caught.value)
        assert isinstance(
            failure_at(far_side.channel, far_sides.message(address)), messages.PermanentFailure
        )
    assert far_side.seen() == []


def test_nothing_secret_is_shown_or_logged(
    far_side: far_sides.FarSide, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="watchbill")
    receipt = far_side.channel.send(far_sides.message(far_side.address))
    shown = [repr(receipt), repr(far_side.channel), str(vars(far_side.channel))]
    shown += [record.getMessage() for record in caplog.records if record.name != "mail.log"]
    for hidden in far_side.hidden:
        if hidden != "127.0.0.1":
            assert not any(hidden in text for text in shown), hidden


def test_many_threads_share_a_channel(far_side: far_sides.FarSide) -> None:
    sent = [
        far_sides.message(far_side.address, idempotency_key=f"ntf_{n}", text=f"text {n}.")
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(far_side.channel.send, sent))
    seen = {one.key: one.text for one in far_side.seen()}
    assert len(far_side.seen()) == len(seen) == 40
    assert all(f"text {key.removeprefix('ntf_')}." in text for key, text in seen.items())


TEXTS = {
    "big": "A line of text that is long enough.\n" * 5_000,
    "one long line": "x" * 100_000,
    "emoji": "🔥 Kasse brennt 👩🏽‍🚒",
    "right to left": "תקלה בקופה — خطأ في الدفع",
    "lines with dots": ".\n..\n.end\nFrom here",
    "line ends": "one\r\ntwo\rthree\nfour",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_arrives_whole(far_side: far_sides.FarSide, text: str) -> None:
    far_side.channel.send(far_sides.message(far_side.address, text=text, subject=text[:500]))
    (seen,) = far_side.seen()
    assert "\n".join(text.splitlines()) in "\n".join(seen.text.splitlines())


@pytest.mark.parametrize("bad", ["\x00", "\x1b[31m", "\ud800"], ids=["NUL", "escape", "surrogate"])
def test_what_no_text_may_hold_harms_nothing(far_side: far_sides.FarSide, bad: str) -> None:
    far_side.channel.send(
        far_sides.message(far_side.address, text=f"before{bad}after", subject=f"s{bad}")
    )
    (seen,) = far_side.seen()
    assert seen.text.startswith("before")
    assert "after" in seen.text


def assert_hides(far_side: far_sides.FarSide, failure: BaseException) -> None:
    """Say that no form of the failure shows what is hidden, its causes included."""
    assert failure.__cause__ is None
    assert failure.__context__ is None
    lines = "".join(traceback.format_exception_only(failure)) + repr(failure) + str(vars(failure))
    for hidden in far_side.hidden:
        assert hidden not in lines
