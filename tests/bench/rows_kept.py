"""The rows of age: the same measurements once millions of events are kept."""

from __future__ import annotations

import dataclasses
import shutil
import time
from collections.abc import Callable

import figures
import psycopg
import rounds
import rows_intake
import rows_messages
import rows_rotas
import watchbill_server

#: Events of one alert, and alerts of one incident, in what is inserted.
_EVENTS, _ALERTS = 10, 5
#: Bytes on disk for each event with its share of the rest, as measured, and then some.
_BYTES = 900
#: Rows of one statement.
_SLICE = 500_000
_LIMIT = 1.25

_ALL_EVENTS = """
insert into events (id, service_id, integration_id, received_at, event, body, alert_id, incident_id)
select -g, %(service)s, %(integration)s, timestamptz '2024-01-01' + g * interval '2 seconds',
  '{"action":"trigger","dedup_key":"kept-' || g / 10 || '","summary":"A condition that is over",'
  || '"severity":"critical","source":"host-' || g %% 500 || '.example.net","alarm":"kept",'
  || '"fields":[["job","bench"],["instance","host-' || g %% 500 || '"],["detail","' || md5(g::text)
  || md5((g + 1)::text) || '"]]}', null,
  'al_kept_' || lpad((g / 10)::text, 9, '0'), 'inc_kept_' || lpad((g / 50)::text, 9, '0')
from generate_series(%(first)s::bigint, %(last)s::bigint) g
"""
_ALL_INCIDENTS = """
insert into incidents (id, service_id, team_id, alarm, group_key, title, severity, state, side,
  reason, facts, opened_at, firing, alerts, announced, step, glass_reason, resolved_at, resolution)
select 'inc_kept_' || lpad(g::text, 9, '0'), %(service)s, %(team)s, 'kept', 'kept-' || g,
  'A condition that is over', 'critical', 'resolved', 'team', 'team_at_work', '[]',
  timestamptz '2024-01-01' + g * interval '100 seconds', 0, 5, 1, 0, '',
  timestamptz '2024-01-01' + g * interval '100 seconds' + interval '1 hour', 'by its source'
from generate_series(%(first)s::bigint / 50, %(last)s::bigint / 50) g on conflict do nothing
"""
_ALL_ALERTS = """
insert into alerts (id, service_id, integration_id, dedup_key, incident_id, state, alarm, summary,
  severity, source, size, fields, links, first_at, last_at, events, resolved_at)
select 'al_kept_' || lpad(g::text, 9, '0'), %(service)s, %(integration)s, 'kept-' || g,
  'inc_kept_' || lpad((g / 5)::text, 9, '0'), 'resolved', 'kept', 'A condition that is over',
  'critical', 'host-' || g %% 500, 1, '[["job", "bench"]]', '[]', at, at + interval '1 hour', 10,
  at + interval '1 hour'
from generate_series(%(first)s::bigint / 10, %(last)s::bigint / 10) g
cross join lateral (select timestamptz '2024-01-01' + g * interval '20 seconds') t(at)
on conflict do nothing
"""


def kept(bench: rounds.Bench, before: dict[str, figures.Row], *, folder: str) -> list[figures.Row]:
    """Insert the events, and measure again what `before` measured without them."""
    if not isinstance(bench.ours, watchbill_server.Watchbill):
        return [_missing(name, bench.why_not_ours) for name in _AGAIN]
    why = _too_much(bench.kept_events, folder)
    if why:
        return [_missing(name, why) for name in _AGAIN]
    took = _fill(bench.ours, bench.kept_events)
    bench.say(f"  {bench.kept_events:,} events inserted in {took:.0f} s")
    bench.ours.stop()  # so that what is measured has not just been in anybody's hands
    alone = dataclasses.replace(rounds.only_ours(bench, why="only the change is of interest"))
    return [
        _compared(name, measure(alone), before.get(name), bench.kept_events)
        for name, measure in _AGAIN.items()
    ]


_AGAIN: dict[str, Callable[[rounds.Bench], figures.Row]] = {
    "single": rows_intake.single,
    "idle": rows_messages.idle,
    "on-call": rows_rotas.on_call,
}


def _compared(
    name: str, after: figures.Row, before: figures.Row | None, events: int
) -> figures.Row:
    """Return how much slower it has become: 1 is unchanged, 2 is twice as slow."""
    if after.ours is None or before is None or before.ours is None:
        return _missing(name, after.why_not_ours or f"{name} was not measured before")
    new, old = after.ours.median, before.ours.median
    slower = old / new if after.higher else new / old
    return dataclasses.replace(
        _missing(name, ""),
        title=f"with {events:,} events kept, {after.title}: slower by a factor of",
        ours=figures.Measure(
            rounds=(slower,),
            p50_ms=after.ours.p50_ms,
            p99_ms=after.ours.p99_ms,
            note=f"{old:,.2f} {after.unit} before, {new:,.2f} after",
        ),
        why_no_peer="it forgets what is resolved",
    )


def _missing(name: str, why: str) -> figures.Row:
    """Return the row without a figure."""
    return figures.Row(
        name=f"kept-{name}"[:12],
        title=f"with many events kept: {name}",
        unit="×",
        higher=False,
        bar=figures.Bar(limit=_LIMIT),
        why_not_ours=why,
        why_no_peer="it forgets what is resolved",
    )


def _too_much(events: int, folder: str) -> str:
    """Return why so many events cannot be inserted, or nothing."""
    free = shutil.disk_usage(folder).free
    need = 2 * events * _BYTES
    return f"{need / 2**30:.0f} GiB of disk are needed, {free / 2**30:.0f} are free" * (free < need)


def _fill(side: watchbill_server.Watchbill, events: int) -> float:
    """Insert resolved incidents with their alerts and events, and return the seconds it took."""
    began = time.perf_counter()
    side.door  # noqa: B018 - started and furnished
    with psycopg.connect(side.database_url, autocommit=True) as database:
        row = database.execute(
            "select s.id, s.team_id, i.id from services s join integrations i on i.service_id = s.id"
            " where s.slug = 'fold'"
        ).fetchone()
        assert row is not None
        values = {"service": row[0], "team": row[1], "integration": row[2]}
        for first in range(1, events + 1, _SLICE):
            part = {**values, "first": first, "last": min(first + _SLICE - 1, events)}
            for statement in (_ALL_INCIDENTS, _ALL_ALERTS, _ALL_EVENTS):
                database.execute(statement, part)
        database.execute("vacuum analyze")
        database.execute("checkpoint")
    return time.perf_counter() - began
