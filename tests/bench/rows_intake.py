"""The rows of intake: how many events a second are taken, and how long one waits for its answer."""

from __future__ import annotations

import closed_loop
import figures
import open_loop
import rounds
import shapes
import sides

_CONNECTIONS = 64
_OFFERED = 10_000


def single(bench: rounds.Bench) -> figures.Row:
    """Take one event a request, over 64 connections."""
    row = figures.Row(
        name="single",
        title="ingest, one event a request, 64 connections",
        unit="events/s",
        higher=True,
        bar=figures.Bar(limit=1, ratio=True),
        aim=figures.Bar(limit=1.5, ratio=True),
    )
    return rounds.interleave(bench, row, lambda side: _saturate(bench, side, batched=False))


def batched(bench: rounds.Bench) -> figures.Row:
    """Take fifty alerts a request, over 64 connections."""
    row = figures.Row(
        name="batched",
        title=f"ingest, {sides.BATCH} alerts a request, 64 connections",
        unit="alerts/s",
        higher=True,
        bar=figures.Bar(limit=0.7, ratio=True),
        aim=figures.Bar(limit=1, ratio=True),
    )
    return rounds.interleave(bench, row, lambda side: _saturate(bench, side, batched=True))


def offered(bench: rounds.Bench) -> figures.Row:
    """Offer a fixed rate at random instants; latency counts from when a request was due."""
    row = figures.Row(
        name="offered",
        title=f"open loop at {_OFFERED:,} events/s offered: answer, p50",
        unit="ms",
        higher=False,
    )
    return rounds.interleave(bench, row, lambda side: _offer(bench, side))


def _saturate(bench: rounds.Bench, side: sides.Side, *, batched: bool) -> rounds.Once:
    """Run the closed loop once."""
    target = side.open(sides.Setting.INTAKE)
    shape = target.batch if batched else target.single
    seen = closed_loop.post(
        target.port,
        shape,
        run=rounds.new_run(),
        seconds=3 if bench.quick else 5,
        connections=_CONNECTIONS,
    )
    note = f"{seen.refused} refused, {seen.broken} broken" if seen.refused or seen.broken else ""
    return rounds.Once(
        value=seen.rate * shape.size, p50_ms=seen.p50_ms, p99_ms=seen.p99_ms, note=note
    )


def _offer(bench: rounds.Bench, side: sides.Side) -> rounds.Once:
    """Run the open loop once."""
    target = side.open(sides.Setting.INTAKE)
    due = open_loop.poisson(rate=_OFFERED, seconds=2 if bench.quick else 5, seed=1)
    run = rounds.new_run()
    seen = open_loop.drive(
        target.port,
        due,
        lambda number: target.single.request([shapes.key(run, number)]),
        connections=128,
        limit_s=30,
    )
    waits = seen.latencies_ms()
    p50 = figures.percentile(waits, 0.5)
    bad = len(due) - len(seen.answered)
    return rounds.Once(
        value=p50,
        p50_ms=p50,
        p99_ms=figures.percentile(waits, 0.99),
        note=f"{bad} of {len(due)} not answered 2xx" if bad else "",
    )
