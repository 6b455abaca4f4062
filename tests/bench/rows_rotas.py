"""The rows of rotas: who is on call over the API, and a year of a rota in process."""

from __future__ import annotations

import closed_loop
import figures
import rounds
import sides
import watchbill_server

#: Requests a second of the peer that cannot be installed here, LinkedIn oncall, as the design states.
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
