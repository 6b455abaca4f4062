"""The rows from an event to the message at the receiver: idle, under load, in bursts and storms."""

from __future__ import annotations

from collections.abc import Sequence

import figures
import open_loop
import rounds
import shapes
import sides

#: A burst is sent as fast as these connections take it.
_BURST_CONNECTIONS = 8
_LOAD = 1_000
_PROBES = 20


def idle(bench: rounds.Bench) -> figures.Row:
    """Send one event at a time to a server that has nothing else to do."""
    row = figures.Row(
        name="idle",
        title="event to message at the receiver, idle, p50",
        unit="ms",
        higher=False,
        bar=figures.Bar(limit=10),
        aim=figures.Bar(limit=5),
        p99_bar_ms=50,
    )
    return rounds.interleave(bench, row, lambda side: _idle(bench, side))


def loaded(bench: rounds.Bench) -> figures.Row:
    """Send the same while a thousand other events a second come in, each told too."""
    row = figures.Row(
        name="loaded",
        title=f"event to message, {_LOAD:,} events/s offered and all told, p50",
        unit="ms",
        higher=False,
    )
    return rounds.interleave(bench, row, lambda side: _loaded(bench, side))


def behind(bench: rounds.Bench) -> figures.Row:
    """Send one event right behind 5,000 others, and wait for its message."""
    row = figures.Row(
        name="behind",
        title="the page behind a burst of 5,000 other alerts, each an incident",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=1),
    )
    return rounds.interleave(bench, row, lambda side: _behind(bench, side, others=5_000))


def behind_own(bench: rounds.Bench) -> figures.Row:
    """Send the same one to the very service whose 5,000 alerts are in front of it."""
    row = figures.Row(
        name="behind-own",
        title="the page of the 5,001st incident of one service",
        unit="s",
        higher=False,
    )
    return rounds.interleave(
        bench, row, lambda side: _behind(bench, side, others=5_000, is_own=True)
    )


def storm(bench: rounds.Bench) -> figures.Row:
    """Send 10,000 alerts that are an incident each, and wait until all are told."""
    row = figures.Row(
        name="storm",
        title="storm: 10,000 distinct incidents, all told by webhook",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=10),
        aim=figures.Bar(limit=3, ratio=True),
    )
    return rounds.interleave(bench, row, lambda side: _storm(bench, side, count=10_000))


def one_alarm(bench: rounds.Bench) -> figures.Row:
    """Send 10,000 alerts of one alarm: how soon is somebody told, how often, is all kept."""
    row = figures.Row(
        name="one-alarm",
        title="10,000 alerts of one alarm: first message",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=1),
    )
    return rounds.interleave(bench, row, lambda side: _one_alarm(bench, side, count=10_000))


def _idle(bench: rounds.Bench, side: sides.Side) -> rounds.Once:
    """Send probes twenty a second over one connection."""
    count = 60 if bench.quick else 200
    due = [0.2 + number / _PROBES for number in range(count)]
    return _told(bench, side, due, connections=1)


def _loaded(bench: rounds.Bench, side: sides.Side) -> rounds.Once:
    """Send at random instants over as many connections as it takes."""
    due = open_loop.poisson(rate=_LOAD, seconds=3 if bench.quick else 10, seed=2)
    return _told(bench, side, due, connections=64)


def _told(
    bench: rounds.Bench, side: sides.Side, due: Sequence[float], *, connections: int
) -> rounds.Once:
    """Send an event at each instant; latency runs from then to its first message."""
    target = side.open(sides.Setting.EACH)
    bench.receiver.forget()
    run = rounds.new_run()
    sent = open_loop.drive(
        target.port,
        due,
        lambda number: target.single.request([shapes.key(run, number)]),
        connections=connections,
        limit_s=120,
    )
    bench.receiver.wait_for(len(due), within_s=30)
    came = bench.receiver.seen().by_key
    waits = [
        (came[shapes.key(run, number)][0] - sent.began - at) * 1e3
        for number, at in enumerate(due)
        if shapes.key(run, number) in came
    ]
    p50 = figures.percentile(waits, 0.5)
    note = f"{len(due) - len(waits)} of {len(due)} never told" if len(waits) < len(due) else ""
    return rounds.Once(value=p50, p50_ms=p50, p99_ms=figures.percentile(waits, 0.99), note=note)


def _burst(target: sides.Target, run: str, count: int) -> open_loop.Run:
    """Send so many alerts, fifty a request, as fast as they are taken."""
    requests = [
        target.batch.request(shapes.keys_of(run, number, target.batch.size))
        for number in range(count // target.batch.size)
    ]
    sent = open_loop.drive(
        target.port,
        [0.0] * len(requests),
        lambda number: requests[number],
        connections=_BURST_CONNECTIONS,
        limit_s=120,
    )
    if len(sent.answered) < len(requests):
        raise RuntimeError(f"{len(requests) - len(sent.answered)} of {len(requests)} not taken")
    return sent


def _behind(
    bench: rounds.Bench, side: sides.Side, *, others: int, is_own: bool = False
) -> rounds.Once:
    """Send the burst, then the one (of another service), and measure from the one's departure."""
    target = side.open(sides.Setting.EACH)
    bench.receiver.forget()
    _burst(target, rounds.new_run(), others)
    mine = shapes.key(rounds.new_run(), 1)
    one = target.single if is_own else target.other
    sent = open_loop.drive(
        target.port, [0.0], lambda _: one.request([mine]), connections=1, limit_s=60
    )
    if not bench.receiver.wait_for_keys([mine], within_s=120):
        raise RuntimeError("the page behind the burst did not come in 120 s")
    return rounds.Once(value=bench.receiver.seen().by_key[mine][0] - sent.began)


def _storm(bench: rounds.Bench, side: sides.Side, *, count: int) -> rounds.Once:
    """Send the storm and measure from its first departure to the last alert told."""
    target = side.open(sides.Setting.EACH)
    bench.receiver.forget()
    run = rounds.new_run()
    sent = _burst(target, run, count)
    if not bench.receiver.wait_for(count, within_s=240):
        raise RuntimeError(f"{bench.receiver.count()[1]} of {count} told after 240 s")
    seen = bench.receiver.seen()
    waits = [(each[0] - sent.began) * 1e3 for each in seen.by_key.values()]
    return rounds.Once(
        value=max(waits) / 1e3,
        p50_ms=figures.percentile(waits, 0.5),
        p99_ms=figures.percentile(waits, 0.99),
        note=f"taken in {sent.ended - sent.began:.2f} s, {len(seen.messages):,} messages",
    )


def _one_alarm(bench: rounds.Bench, side: sides.Side, *, count: int) -> rounds.Once:
    """Send the alerts and measure to the first message; count messages and what is kept."""
    target = side.open(sides.Setting.ONE)
    bench.receiver.forget()
    run = rounds.new_run()
    sent = _burst(target, run, count)
    if not bench.receiver.wait_for(1, within_s=60):
        raise RuntimeError("no message came in 60 s")
    told_all = bench.receiver.wait_for(count, within_s=5)
    seen = bench.receiver.seen()
    kept = len(side.kept([shapes.key(run, number) for number in range(count)]))
    last = f", all in them after {max(seen.messages) - sent.began:.2f} s" if told_all else ""
    return rounds.Once(
        value=min(seen.messages) - sent.began,
        note=f"{len(seen.messages)} messages{last}; {kept:,} of {count:,} kept",
    )
