"""The rows of the planner: proven plans, a large case within a minute, and who stands a shift now.

The planner may use every core here, unlike the servers of the other rows.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import runpy
import time
import timeit
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import figures
import rounds

from watchbill.core import company, people, rotas
from watchbill.planner import solve, work
from watchbill.planner.cases import Case, Plan

#: The tests' cases; this folder runs by itself and is no part of their package.
_CASES = pathlib.Path(__file__).parents[1] / "unit" / "planner" / "cases_at_random.py"
_SECONDS = 60.0
_LOOKS = 1_000
_ONE = "Alertmanager knows no people"


def seven(bench: rounds.Bench) -> figures.Row:
    """Prove the best plan of 26 weeks for 7 people, in process."""
    return _proven(bench, people=7)


def twelve(bench: rounds.Bench) -> figures.Row:
    """Prove the best plan of 26 weeks for 12 people, in process."""
    return _proven(bench, people=12)


def apart(bench: rounds.Bench) -> figures.Row:
    """Do the same as the server does, in a process of its own that starts and ends."""
    cases, taken = _cases(bench, weeks=26, people=12), []
    with _every_core():
        for case in cases[: bench.rounds * 2]:
            began = time.perf_counter()
            work.apart([work.Task(case=case)])
            taken.append(time.perf_counter() - began)
    return figures.Row(
        name="planner-apart",
        title="26 weeks × 12 people as the server plans: a process of its own, started and ended",
        unit="s",
        higher=False,
        ours=figures.Measure(rounds=tuple(taken)),
        why_no_peer=_ONE,
    )


def large(bench: rounds.Bench) -> figures.Row:
    """Plan 104 weeks for 60 people within a minute; the figure is the widest gap of any aim."""
    gaps, notes = [], []
    with _every_core():
        for seed in range(1 if bench.quick else 3):
            case = _case(seed, weeks=104, people=60)
            began = time.perf_counter()
            plan = solve.solve(case, seconds=_SECONDS)
            gaps.append(100 * max(each.gap for each in plan.settled))
            notes.append(f"{_said(plan)}, after {time.perf_counter() - began:.0f} s")
            bench.say(f"  planner-104x60: {notes[-1]}")
    return figures.Row(
        name="planner-104x60",
        title="104 weeks × 60 people, holidays, wishes, a fifth away, 60 s: widest gap of any aim",
        unit="%",
        higher=False,
        bar=figures.Bar(limit=1),
        ours=figures.Measure(rounds=tuple(gaps), note="; ".join(notes)),
        why_no_peer=_ONE,
        worst=True,
    )


def standing(bench: rounds.Bench) -> figures.Row:
    """Ask the core who stands, at instants spread over two years of stored shifts and shadows."""
    start = datetime(2026, 1, 2, 18, tzinfo=UTC)
    known = company.Company(shifts=_shifts(start))
    instants = [start + timedelta(hours=each * 17) for each in range(_LOOKS)]
    if known.volunteer(start + timedelta(weeks=60)) != "person-4":
        raise SystemExit("the row of shifts finds the wrong person")

    def once() -> None:
        for at in instants:
            known.volunteer(at)

    taken = timeit.repeat(once, repeat=bench.rounds * 5, number=1)
    return figures.Row(
        name="planner-standing",
        title="who stands at an instant, from 2 years of stored shifts with shadows, in process",
        unit="µs",
        higher=False,
        bar=figures.Bar(limit=50),
        ours=figures.Measure(rounds=tuple(each / _LOOKS * 1e6 for each in taken)),
        why_no_peer=_ONE,
    )


def _proven(bench: rounds.Bench, *, people: int) -> figures.Row:
    taken, plans = [], []
    with _every_core():
        for case in _cases(bench, weeks=26, people=people):
            began = time.perf_counter()
            plans.append(solve.solve(case, seconds=_SECONDS))
            taken.append(time.perf_counter() - began)
    proven = sum(plan.is_proven for plan in plans)
    return figures.Row(
        name=f"planner-26x{people}",
        title=f"26 weeks × {people} people, proven best in every aim, in process",
        unit="s",
        higher=False,
        bar=figures.Bar(limit=2),
        ours=figures.Measure(
            rounds=tuple(taken if proven == len(plans) else [float("inf")]),
            note=f"{len(plans)} cases at random, {proven} proven; the slowest counts",
        ),
        why_no_peer=_ONE,
        worst=True,
    )


def _cases(bench: rounds.Bench, *, weeks: int, people: int) -> list[Case]:
    return [_case(seed, weeks=weeks, people=people) for seed in range(5 if bench.quick else 20)]


def _case(seed: int, *, weeks: int, people: int) -> Case:
    found = runpy.run_path(str(_CASES))["case"](seed, weeks=weeks, people=people)
    assert isinstance(found, Case)
    return found


def _said(plan: Plan) -> str:
    """Return how far from proven each aim is."""
    if plan.is_proven:
        return "every aim proven"
    return ", ".join(f"{each.aim.value} {each.gap:.2%}" for each in plan.settled if each.gap)


def _shifts(start: datetime) -> tuple[rotas.Shift, ...]:
    """Return 104 weeks of 8 people, each with a shadow beside."""
    found = []
    for week in range(104):
        begins = start + timedelta(weeks=week)
        for shift in (False, True):
            who = people.PersonId(f"person-{(week + shift) % 8}")
            ends = begins + timedelta(weeks=1)
            found.append(rotas.Shift(person_id=who, start=begins, end=ends, is_shadow=shift))
    return tuple(found)


@contextlib.contextmanager
def _every_core() -> Iterator[None]:
    """Let this process, and what it starts, run on every core there is."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
