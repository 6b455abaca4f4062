"""The benchmarks, side by side with Alertmanager: `python tests/bench/run.py [--quick]`.

Loopback only, every row bounded in count and time. Writes `docs/benchmarks.md` when all rows ran.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import signal
import sys
import tempfile
import time
from collections.abc import Callable

import alertmanager
import arrivals
import comparison
import figures
import machine
import processes
import report
import rounds
import rows_alarms
import rows_folding
import rows_generator
import rows_intake
import rows_kept
import rows_lasting
import rows_messages
import rows_planner
import rows_replay
import rows_rotas
import watchbill_server

from watchbill import clock

_PAGE = pathlib.Path(__file__).parents[2] / "docs" / "benchmarks.md"
_ROWS: dict[str, Callable[[rounds.Bench], figures.Row]] = {
    "memory": rows_lasting.memory,
    "single": rows_intake.single,
    "batched": rows_intake.batched,
    "offered": rows_intake.offered,
    "idle": rows_messages.idle,
    "loaded": rows_messages.loaded,
    "folded": rows_folding.folded,
    "sustained": rows_folding.sustained,
    "behind": rows_messages.behind,
    "behind-own": rows_messages.behind_own,
    "storm": rows_messages.storm,
    "one-alarm": rows_messages.one_alarm,
    "escalated": rows_folding.escalations,
    "on-call": rows_rotas.on_call,
    "rota-year": rows_rotas.rota_year,
    "replay": rows_replay.routed,
    "lived": rows_replay.lived,
    "alarms-checked": rows_alarms.checked,
    "alarms-matched": rows_alarms.matched,
    "killed": rows_lasting.killed,
}
#: These have a part of the page to themselves, which they can write alone.
_PLANNER: dict[str, Callable[[rounds.Bench], figures.Row]] = {
    "planner-26x7": rows_planner.seven,
    "planner-26x12": rows_planner.twelve,
    "planner-apart": rows_planner.apart,
    "planner-104x60": rows_planner.large,
    "planner-standing": rows_planner.standing,
}


def main() -> int:
    """Run the rows that were asked for; 0 unless a row falls short of its bar."""
    asked = _arguments()
    absent = processes.missing(["taskset", "wrk"])
    if absent:
        print(f"missing: {', '.join(absent)}; install with: apt-get install util-linux wrk")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    os.sched_setaffinity(0, {processes.LOAD_CORE})
    facts = machine.facts()
    favoured = processes.favour([os.getpid()])
    facts["scheduling"] = "before other work" if favoured else "as any other work (not root)"
    for name, fact in facts.items():
        print(f"{name}: {fact}")
    compared = ""
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rows = _run(asked, pathlib.Path(folder))
        if not asked.only or "planner" in asked.only:
            compared = comparison.table(time.perf_counter)
    finally:
        processes.favour([os.getpid()], weight=0, nice=0)
    _finish(asked, rows, facts, compared)
    return 1 if any(row.verdict == "short" for row in rows) else 0


def _run(asked: argparse.Namespace, folder: pathlib.Path) -> list[figures.Row]:
    """Run every row, printing it as it is done, and leave no process behind."""
    receiver = arrivals.Receiver(folder)
    peer = None if asked.no_peer else _peer(folder, receiver)
    ours = None if asked.no_ours else _ours(folder, receiver)
    bench = rounds.Bench(
        receiver=receiver,
        peer=peer,
        ours=ours,
        why_no_peer="" if peer else "prometheus-alertmanager is not installed or was left out",
        why_not_ours="" if ours else "the server was left out",
        quick=asked.quick,
        kept_events=asked.kept or (1_000_000 if asked.quick else 10_000_000),
        say=lambda text: print(text, flush=True),
    )
    rows = []
    try:
        if "ceiling" in asked.only or not asked.only:
            rows.append(rows_generator.ceiling(bench, folder))
            print(report.line(rows[-1]), flush=True)
        for measure in _wanted(asked):
            rows.append(measure(bench))
            print(report.line(rows[-1]), flush=True)
        if not asked.only or "kept" in asked.only:
            rows += rows_kept.kept(bench, {each.name: each for each in rows}, folder=str(folder))
    finally:
        if peer:
            peer.close()
        if ours:
            ours.forget()
        receiver.stop()
    return rows


def _wanted(asked: argparse.Namespace) -> list[Callable[[rounds.Bench], figures.Row]]:
    """Return what measures each row that was asked for, in the table's order."""
    only = {*asked.only, *(_PLANNER if "planner" in asked.only else ())}
    every = {**_ROWS, **_PLANNER}
    return [measure for name, measure in every.items() if not only or name in only]


def _peer(folder: pathlib.Path, receiver: arrivals.Receiver) -> alertmanager.Alertmanager | None:
    """Return the peer, if it is installed."""
    if processes.missing([alertmanager.COMMAND]):
        print("no prometheus-alertmanager: apt-get install prometheus-alertmanager")
        return None
    return alertmanager.Alertmanager(folder, receiver_port=receiver.port)


def _ours(folder: pathlib.Path, receiver: arrivals.Receiver) -> watchbill_server.Watchbill:
    """Return our side; it starts when the first row needs it."""
    return watchbill_server.Watchbill(folder, receiver_port=receiver.port)


def _finish(
    asked: argparse.Namespace, rows: list[figures.Row], facts: dict[str, str], compared: str
) -> None:
    """Print the table, and write it where it was asked for; the planner's part also by itself."""
    print()
    for row in rows:
        print(report.line(row))
    for row in [each for each in rows if each.name == "ceiling"]:
        facts[row.title] = report.alone(row)
        rows.remove(row)
    when = clock.real_now()
    planned = [row for row in rows if row.name in _PLANNER]
    part = report.planner(planned, compared, when=when, quick=asked.quick) if compared else ""
    if asked.only == ["planner"]:
        page = report.with_planner(_PAGE.read_text(), part)
    else:
        others = [row for row in rows if row.name not in _PLANNER]
        page = report.page(others, facts, when=when, quick=asked.quick)
        page = report.with_planner(page, part)
    where = asked.out or (_PAGE if asked.only in ([], ["planner"]) else None)
    if where:
        pathlib.Path(where).write_text(page)
        print(f"written: {where}")


def _arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument(
        "--only",
        type=lambda text: text.split(","),
        default=[],
        help="row,row, or planner: its rows and part",
    )
    parser.add_argument("--kept", type=int, help="events kept in the last rows (10 million)")
    parser.add_argument("--out", help="where to write the page, also for a part of the rows")
    parser.add_argument("--no-peer", action="store_true", help="measure only Watchbill")
    parser.add_argument("--no-ours", action="store_true", help="measure only Alertmanager")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
