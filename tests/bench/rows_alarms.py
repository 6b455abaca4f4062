"""The rows of alarms in code: a repository held against the bar, and an event matched among many."""

from __future__ import annotations

import pathlib
import runpy
import subprocess
import sys
import tempfile
import time
import timeit
from dataclasses import dataclass

import figures
import rounds
import yaml

from watchbill.core import matching
from watchbill.core.definitions import Match
from watchbill.core.events import Event, EventAction

_ALARMS, _FILES = 2_000, 100
_MATCHED = 10_000
_LOOKS = 1_000
_ONE = "Alertmanager knows no alarms beside its events"
#: The tests' good alarms; this folder runs by itself and is no part of their package.
_GOOD = pathlib.Path(__file__).parents[1] / "good_alarms.py"
_COMMAND = "from watchbill.cli import main; main.run()"


def checked(bench: rounds.Bench) -> figures.Row:
    """Run `watchbill alarms check` on a repository, from the start of its process to its end."""
    with tempfile.TemporaryDirectory(prefix="bench-alarms-") as folder:
        _repository(pathlib.Path(folder))
        taken = [_check(folder) for _ in range(bench.rounds)]
    return figures.Row(
        name="alarms-checked",
        title="check of 2,000 alarms with runbooks of 2 KB in 100 files, the whole command",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=3),
        ours=figures.Measure(rounds=tuple(taken)),
        why_no_peer=_ONE,
    )


def matched(bench: rounds.Bench) -> figures.Row:
    """Find the alarm of an event among 10,000 of one service, each with two labels of its own."""
    index = matching.Index(_Alarm(number) for number in range(_MATCHED))
    event = Event(
        action=EventAction.TRIGGER,
        dedup_key="bench",
        alarm="errors",
        fields=(*((f"label-{n}", "x") for n in range(20)), ("shop", "7007"), ("env", "production")),
    )
    found = index.find("checkout", event)
    if found is None or found.key != "errors-7007":
        raise SystemExit("the row of matching finds the wrong alarm")
    taken = timeit.repeat(
        lambda: index.find("checkout", event), repeat=bench.rounds * 5, number=_LOOKS
    )
    return figures.Row(
        name="alarms-matched",
        title="one event of 22 fields against 10,000 alarms, in process",
        unit="µs",
        higher=False,
        bar=figures.Bar(limit=50),
        ours=figures.Measure(rounds=tuple(each / _LOOKS * 1e6 for each in taken)),
        why_no_peer=_ONE,
    )


@dataclass(frozen=True, slots=True)
class _Alarm:
    number: int
    service_id: str = "checkout"

    @property
    def key(self) -> str:
        """Return its name."""
        return f"errors-{self.number}"

    @property
    def conditions(self) -> Match:
        """Return three conditions, of which one is its own."""
        return (
            ("alarm", ("errors",)),
            ("env", ("production",)),
            ("shop", (str(self.number),)),
        )


def _repository(folder: pathlib.Path) -> None:
    """Write alarms that meet the bar; their runbooks stand in them, as most people keep them."""
    values_of, each = runpy.run_path(str(_GOOD))["values"], _ALARMS // _FILES
    for file in range(_FILES):
        alarms = []
        for number in range(each):
            values = values_of(f"alarm-{file}-{number}", service=f"service-{file}")
            alarms.append({name: value for name, value in values.items() if name != "source"})
        text = yaml.dump({"alarms": alarms}, Dumper=_Dumper, sort_keys=False)
        (folder / f"alarms-{file}.yml").write_text(text)


class _Dumper(yaml.SafeDumper):
    """Writes runbooks as blocks of text, as people do."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def _check(folder: str) -> float:
    """Return how long the command took, in seconds; it must find all good."""
    command = [sys.executable, "-c", _COMMAND, "alarms", "check", folder, "--today", "2026-03-02"]
    before = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True)
    taken = time.perf_counter() - before
    if done.returncode or "2,000 alarms in 100 files, 0 below the bar" not in done.stdout:
        raise SystemExit(f"the row of alarms checked is wrong: {done.stdout[-500:]}{done.stderr}")
    return taken
