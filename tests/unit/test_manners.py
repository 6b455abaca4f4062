"""The engine gives way: no rest when little comes in, most of its time when much does."""

from __future__ import annotations

from watchbill.actions.shell import Traffic
from watchbill.engine.loop import Manners


class Watch:
    """A steady clock that is moved by hand."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def rest_s(*, taken: int, within_s: float, worked_s: float) -> tuple[float, bool]:
    watch, traffic = Watch(), Traffic()
    manners = Manners(traffic, steady=watch)
    traffic.taken, watch.s = taken, within_s
    return manners.rest_s(worked_s), traffic.is_dense


def test_a_quiet_intake_is_no_reason_to_rest():
    rest, is_dense = rest_s(taken=2, within_s=1.0, worked_s=0.01)
    assert rest < 0.001
    assert not is_dense


def test_a_busy_intake_gets_half_the_time_and_a_crowded_one_nearly_all():
    half, _ = rest_s(taken=10_000, within_s=1.0, worked_s=0.01)
    most, is_dense = rest_s(taken=50_000, within_s=1.0, worked_s=0.01)
    assert round(half, 3) == 0.01
    assert round(most, 3) == 0.133
    assert is_dense


def test_no_rest_is_so_long_that_a_page_would_be_late():
    assert rest_s(taken=1_000_000, within_s=1.0, worked_s=5.0)[0] == 0.2


def test_a_burst_that_is_over_is_forgotten():
    watch, traffic = Watch(), Traffic()
    manners = Manners(traffic, steady=watch)
    traffic.taken, watch.s = 20_000, 0.2
    assert manners.rest_s(0.05) > 0.1
    watch.s = 0.4
    assert manners.rest_s(0.05) == 0.0
    assert not traffic.is_dense
