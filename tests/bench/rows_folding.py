"""The rows of the engine: events folded into incidents, and many escalations due at once.

What is asked of the server's database directly is only when the work is done: the inbox is empty,
nothing is overdue. Nothing else is read or written there, but for the one instant at which the
incidents of the escalation row are made due together, which no outside can arrange.
"""

from __future__ import annotations

import datetime as dt
import threading
import time

import figures
import open_loop
import processes
import psycopg
import rounds
import shapes
import sides
import watchbill_server

from watchbill import clock

_ALARMS = 20
_OFFERED = 2_000
_WAITING = "select exists (select 1 from inbox where failed_at is null)"
_INCIDENTS = """
select count(*) from incidents i join services s on s.id = i.service_id
where s.slug = 'due' and i.state = 'triggered'
"""
_MAKE_DUE = """
update incidents set step_ends_at = %(at)s, due_at = %(at)s where id in (
  select i.id from incidents i join services s on s.id = i.service_id
  where s.slug = 'due' and i.state = 'triggered' order by i.id limit %(count)s)
"""
_OVERDUE = "select count(*) from incidents where due_at <= %s"


def folded(bench: rounds.Bench) -> figures.Row:
    """Take in many events as fast as they are taken, and wait until all are folded."""
    row = figures.Row(
        name="folded",
        title=f"folded into incidents: events of {_ALARMS} alarms, from the first request to the last fold",
        unit="events/s",
        higher=True,
        bar=figures.Bar(limit=2_000),
        aim=figures.Bar(limit=10_000),
    )
    mine = rounds.only_ours(bench, why="Alertmanager keeps no incidents")
    count = 10_000 if bench.quick else 40_000
    return rounds.interleave(mine, row, lambda side: _fold(side, count=count))


def sustained(bench: rounds.Bench) -> figures.Row:
    """Offer a fixed rate for some seconds; the figure is what was folded within them."""
    row = figures.Row(
        name="sustained",
        title=f"folded while {_OFFERED:,} events/s are offered, one a request",
        unit="events/s",
        higher=True,
        bar=figures.Bar(limit=0.95 * _OFFERED),
    )
    mine = rounds.only_ours(bench, why="Alertmanager keeps no incidents")
    seconds = 3 if bench.quick else 8
    return rounds.interleave(mine, row, lambda side: _sustain(side, seconds=seconds))


def escalations(bench: rounds.Bench) -> figures.Row:
    """Let 10,000 called-for incidents run out of time at one instant."""
    row = figures.Row(
        name="escalated",
        title="10,000 escalations due in the same second: the last is late by",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=2),
        aim=figures.Bar(limit=1),
    )
    mine = rounds.only_ours(bench, why="Alertmanager escalates nothing")
    return rounds.interleave(mine, row, lambda side: _escalate(side, count=10_000))


def _fold(side: sides.Side, *, count: int) -> rounds.Once:
    """Send the events in batches and poll until the inbox is empty."""
    assert isinstance(side, watchbill_server.Watchbill)
    target = side.open(sides.Setting.FOLD)
    run, size = rounds.new_run(), target.batch.size
    alarms = [target.batch.named(f"BenchFold{number}{run}") for number in range(_ALARMS)]
    requests = [
        alarms[number % _ALARMS].request(shapes.keys_of(run, number, size))
        for number in range(count // size)
    ]
    with psycopg.connect(side.database_url, autocommit=True) as database:
        sent = open_loop.drive(
            target.port,
            [0.0] * len(requests),
            lambda number: requests[number],
            connections=8,
            limit_s=120,
        )
        _wait_folded(database)
        ended = time.perf_counter()
    if len(sent.answered) < len(requests):
        raise RuntimeError(f"{len(requests) - len(sent.answered)} of {len(requests)} not taken")
    note = f"{count:,} taken in {sent.ended - sent.began:.2f} s"
    return rounds.Once(value=count / (ended - sent.began), note=note)


def _sustain(side: sides.Side, *, seconds: int) -> rounds.Once:
    """Offer single events at random instants; count what has left the inbox when they end."""
    assert isinstance(side, watchbill_server.Watchbill)
    target = side.open(sides.Setting.FOLD)
    run = rounds.new_run()
    due = open_loop.poisson(rate=_OFFERED, seconds=seconds, seed=4)
    sent = open_loop.drive(
        target.port,
        due,
        lambda number: target.single.request([shapes.key(run, number)]),
        connections=64,
        limit_s=seconds + 10,
    )
    with psycopg.connect(side.database_url, autocommit=True) as database:
        waiting = _count(database, "select count(*) from inbox where failed_at is null")
    waits = sent.latencies_ms()
    return rounds.Once(
        value=(len(sent.answered) - waiting) / (sent.ended - sent.began),
        p50_ms=figures.percentile(waits, 0.5),
        p99_ms=figures.percentile(waits, 0.99),
        note=f"{waiting} of {len(due):,} waited at the end; latencies are the answers'",
    )


def _escalate(side: sides.Side, *, count: int) -> rounds.Once:
    """Make the incidents due in a moment, all at one instant, and wait until none is overdue."""
    assert isinstance(side, watchbill_server.Watchbill)
    target = side.open(sides.Setting.DUE)
    with psycopg.connect(side.database_url, autocommit=True) as database:
        _have_incidents(target, database, count)
        side.close()
        at = clock.real_now() + dt.timedelta(seconds=1.5)
        database.execute(_MAKE_DUE, {"at": at, "count": count})
        database.execute("select pg_notify('incidents', '')")
        threading.Event().wait(max(0.0, (at - clock.real_now()).total_seconds()))
        processes.wait_until(
            lambda: _count(database, _OVERDUE, at) == 0, within_s=60, what="the last escalation"
        )
        late = (clock.real_now() - at).total_seconds()
    return rounds.Once(value=late, note=f"{count:,} incidents, each with an open page")


def _have_incidents(target: sides.Target, database: psycopg.Connection, count: int) -> None:
    """Open as many incidents as are missing, and wait until they are folded."""
    missing = count - _count(database, _INCIDENTS)
    if missing <= 0:
        return
    run, size = rounds.new_run(), target.batch.size
    requests = [
        target.batch.request(shapes.keys_of(run, number, size))
        for number in range(-(-missing // size))
    ]
    open_loop.drive(
        target.port,
        [0.0] * len(requests),
        lambda number: requests[number],
        connections=8,
        limit_s=60,
    )
    _wait_folded(database)


def _wait_folded(database: psycopg.Connection) -> None:
    """Return once nothing waits in the inbox."""
    processes.wait_until(
        lambda: not _count(database, _WAITING), within_s=180, what="folding the last event"
    )


def _count(database: psycopg.Connection, query: str, *values: object) -> int:
    """Return the one number a query gives."""
    row = database.execute(query, values).fetchone()  # type: ignore[call-overload]
    return int(row[0]) if row else 0
