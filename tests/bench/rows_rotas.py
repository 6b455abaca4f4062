"""The rows of rotas: who is on call over the API, and a year of a rota in process."""

from __future__ import annotations

import timeit
from datetime import UTC, date, datetime, timedelta

import closed_loop
import figures
import rounds
import sides
import watchbill_server

from watchbill.core import people, rotas

#: Requests a second of LinkedIn oncall, which cannot be installed here, as the design states.
_LINKEDIN_ONCALL = 568


def on_call(bench: rounds.Bench) -> figures.Row:
    """Ask who is on call now, over 32 connections."""
    row = figures.Row(
        name="on-call",
        title="who is on call now, over the API",
        unit="requests/s",
        higher=True,
        bar=figures.Bar(limit=5 * _LINKEDIN_ONCALL),
        aim=figures.Bar(limit=10 * _LINKEDIN_ONCALL),
    )
    mine = rounds.only_ours(bench, why="Alertmanager knows no people")
    return rounds.interleave(mine, row, lambda side: _ask(bench, side))


def rota_year(bench: rounds.Bench) -> figures.Row:
    """Work out who stands a weekly rota of 8 people with 52 overrides for a year, in process."""
    rota, start = _rota(), datetime(2026, 1, 5, tzinfo=UTC)
    end = start + timedelta(days=365)

    def once() -> object:
        return rotas.stretches(rota, (), start=start, end=end)

    taken = timeit.repeat(once, repeat=bench.rounds * 20, number=1)
    return figures.Row(
        name="rota-year",
        title="a year of a rota, 8 people, 52 overrides, in process",
        unit="ms",
        higher=False,
        bar=figures.Bar(limit=2),
        aim=figures.Bar(limit=1),
        ours=figures.Measure(rounds=tuple(each * 1e3 for each in taken)),
        why_no_peer="Alertmanager knows no people",
    )


def _rota() -> rotas.Rota:
    """Return a weekly rota of 8 with an override of a day in each of 52 weeks."""
    members = tuple(people.PersonId(f"person-{number}") for number in range(8))
    first = datetime(2026, 1, 7, 9, tzinfo=UTC)
    overrides = tuple(
        rotas.Override(
            person_id=members[week % 8],
            start=first + timedelta(weeks=week),
            end=first + timedelta(weeks=week, days=1),
        )
        for week in range(52)
    )
    return rotas.Rota(
        id="bench",
        zone="Europe/Dublin",
        turn=rotas.Turn.WEEK,
        starts_on=date(2026, 1, 5),
        members=members,
        overrides=overrides,
    )


def _ask(bench: rounds.Bench, side: sides.Side) -> rounds.Once:
    """Run the closed loop of questions once."""
    assert isinstance(side, watchbill_server.Watchbill)
    target = side.open(sides.Setting.INTAKE)
    seen = closed_loop.get(
        target.port,
        "/api/v1/oncall",
        headers={"Authorization": f"Bearer {side.door.token}"},
        seconds=3 if bench.quick else 5,
        connections=32,
    )
    note = f"{seen.refused} refused" if seen.refused else ""
    return rounds.Once(value=seen.rate, p50_ms=seen.p50_ms, p99_ms=seen.p99_ms, note=note)
