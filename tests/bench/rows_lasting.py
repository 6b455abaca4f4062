"""The rows of what lasts: what is left after a kill, and how much memory it takes to stand by."""

from __future__ import annotations

import collections
import random
import threading

import alertmanager
import figures
import open_loop
import processes
import rounds
import shapes
import sides
import watchbill_server

_LOAD = 2_000


def killed(bench: rounds.Bench) -> figures.Row:
    """Kill server and database under load, start again, and look for all that was answered."""
    row = figures.Row(
        name="killed",
        title="kill -9 of server and database under load: answered but lost",
        unit="events",
        higher=False,
        bar=figures.Bar(limit=0),
        worst=True,
    )
    kills = 3 if bench.quick else 10
    totals: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    return rounds.interleave(
        bench, row, lambda side: _kill_once(bench, side, totals[side.name]), rounds=kills
    )


def memory(bench: rounds.Bench) -> figures.Row:
    """Weigh each server at rest, its database included."""
    row = figures.Row(
        name="memory",
        title="memory at rest, database included (proportional set size)",
        unit="MiB",
        higher=False,
        bar=figures.Bar(limit=200),
        aim=figures.Bar(limit=150),
    )
    return rounds.interleave(bench, row, _weigh)


def _kill_once(
    bench: rounds.Bench, side: sides.Side, total: collections.Counter[str]
) -> rounds.Once:
    """Kill at a random instant of the load; the value is how many answered events are gone."""
    target = side.open(sides.Setting.EACH)
    bench.receiver.forget()
    run = rounds.new_run()
    delay = random.Random(run).uniform(0.5, 1.5)
    killer = threading.Timer(delay, side.kill)
    killer.start()
    sent = open_loop.drive(
        target.port,
        open_loop.poisson(rate=_LOAD, seconds=4, seed=3),
        lambda number: target.single.request([shapes.key(run, number)]),
        connections=64,
        limit_s=6,
    )
    killer.join()
    answered = [shapes.key(run, number) for number in sent.answered]
    _start_again(side)
    lost = set(answered) - side.kept(answered)
    told = bench.receiver.seen().by_key
    total["kills"] += 1
    total["answered"] += len(answered)
    total["lost"] += len(lost)
    total["never told"] += len(set(answered) - told.keys())
    total["told twice"] += sum(len(each) > 1 for each in told.values())
    note = ", ".join(f"{count:,} {word}" for word, count in total.items())
    return rounds.Once(value=len(lost), note=f"in all {note}")


def _start_again(side: sides.Side) -> None:
    """Start the side on what the kill left on disk, and let it work off what it finds."""
    if isinstance(side, alertmanager.Alertmanager):
        side.open(sides.Setting.EACH, fresh=False)
    elif isinstance(side, watchbill_server.Watchbill):
        side.start()
        side.close()


def _weigh(side: sides.Side) -> rounds.Once:
    """Weigh the side once it is at rest."""
    side.open(sides.Setting.EACH)
    processes.wait_quiet(side.pids, within_s=120)
    pids = side.pids()
    return rounds.Once(value=processes.pss_mib(pids), note=f"{len(pids)} processes")
