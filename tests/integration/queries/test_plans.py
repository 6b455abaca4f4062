"""Every query over what grows uses an index: none reads a whole table of 60,000 rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg import sql

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.core.definitions import from_data
from watchbill.queries import alarms as alarm_queries
from watchbill.queries import alerts, bars, details, fired, gauges, incidents, pages, tonight
from watchbill.queries.incidents import Filter

COUNT = 60_000
GROWING = {"events", "alerts", "incidents", "pages", "notifications", "timeline"}
FILL = (
    """
    insert into incidents (id, service_id, team_id, alarm, group_key, title, severity, state, side,
      reason, facts, opened_at, firing, alerts, announced, step, glass_reason, resolution, resolved_at)
    select 'inc_' || lpad(n::text, 8, '0'), %(service)s, %(team)s, 'a' || n %% 50, 'g' || n,
      'Something number ' || n || ' is wrong', 'critical', 'resolved', 'team', 'team_at_work', '[]',
      timestamptz '2025-01-01' + n * interval '5 minutes', 0, 1, 1, 0, '', 'by hand',
      timestamptz '2025-01-01' + n * interval '5 minutes'
    from generate_series(1, %(count)s) n
    """,
    "update incidents set state = 'triggered', resolved_at = null where number %% 5000 = 0",
    """
    insert into alerts (id, service_id, integration_id, dedup_key, incident_id, state, alarm, summary,
      severity, source, size, fields, links, first_at, last_at, events)
    select 'al_' || lpad(n::text, 8, '0'), %(service)s, %(door)s, 'k' || n,
      'inc_' || lpad(n::text, 8, '0'), 'resolved', 'a', 's', 'critical', '', 1, '[]', '[]',
      timestamptz '2025-01-01' + n * interval '5 minutes',
      timestamptz '2025-01-01' + n * interval '5 minutes', 1
    from generate_series(1, %(count)s) n
    """,
    """
    insert into events (id, service_id, integration_id, received_at, event, alert_id)
    select n, %(service)s, %(door)s, timestamptz '2025-01-01', '{}', 'al_' || lpad(n::text, 8, '0')
    from generate_series(1, %(count)s) n
    """,
    """
    insert into pages (id, incident_id, person_id, role, reason, facts, step, out_of_hours,
      started_at, ended_at, outcome)
    select 'pg_' || lpad(n::text, 8, '0'), 'inc_' || lpad(n::text, 8, '0'),
      case when n %% 2 = 0 then %(ann)s else %(ben)s end, 'rota', 'team_at_work', '[]', 0,
      n %% 10 = 0, timestamptz '2025-01-01' + n * interval '5 minutes',
      timestamptz '2025-01-01' + n * interval '5 minutes', 'acknowledged'
    from generate_series(1, %(count)s) n
    """,
    """
    insert into notifications (id, kind, incident_id, page_id, person_id, channel, data, state,
      due_at, attempts, created_at, provider_id, error)
    select 'ntf_' || lpad(n::text, 8, '0'), 'page', 'inc_' || lpad(n::text, 8, '0'),
      'pg_' || lpad(n::text, 8, '0'), %(ann)s, 'email', '{}', 'sent', timestamptz '2025-01-01', 1,
      timestamptz '2025-01-01' + n * interval '5 minutes', '', ''
    from generate_series(1, %(count)s) n
    """,
    """
    insert into timeline (id, incident_id, at, kind, facts)
    select 'tl_' || lpad(n::text, 8, '0'), 'inc_' || lpad(n::text, 8, '0'),
      timestamptz '2025-01-01', 'opened', '{}' from generate_series(1, %(count)s) n
    """,
    "analyze incidents, alerts, events, pages, notifications, timeline",
)


class Explaining:
    """A transaction that explains each query before it runs it."""

    def __init__(self, tx: Any) -> None:
        self.tx = tx
        self.found: list[str] = []

    def execute(self, query: Any, params: Any = None) -> Any:
        self.explain(query, params)
        return self.tx.execute(query, params)

    def cursor(self, **more: Any) -> Any:
        return _Cursor(self, self.tx.cursor(**more))

    def explain(self, query: Any, params: Any) -> None:
        text = query.as_string(self.tx) if isinstance(query, sql.Composable) else query
        plan = self.tx.execute(f"explain (format json) {text}", params).fetchone()[0]
        self._look(plan[0]["Plan"], text)

    def _look(self, node: dict[str, Any], text: str) -> None:
        if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in GROWING:
            self.found.append(f"{node['Relation Name']}: {' '.join(text.split())[:400]}")
        for child in node.get("Plans", ()):
            self._look(child, text)


class _Cursor:
    def __init__(self, explaining: Explaining, cursor: Any) -> None:
        self.explaining = explaining
        self.cursor = cursor

    def __enter__(self) -> _Cursor:
        self.cursor.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.cursor.__exit__(*error)

    def execute(self, query: Any, params: Any = None) -> Any:
        self.explaining.explain(query, params)
        return self.cursor.execute(query, params)


@pytest.fixture
def full(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    values = {
        "service": made.checkout,
        "team": made.payments,
        "door": made.door,
        "ann": made.ann,
        "ben": made.ben,
        "count": COUNT,
    }
    with made.shell.db.transaction() as tx:
        for statement in FILL:
            tx.execute(statement, values)
    yield made
    made.shell.db.close()


@pytest.mark.timeout(180)
def test_nothing_reads_a_whole_growing_table(full: seed.Seeded) -> None:
    now = datetime(2025, 12, 14, tzinfo=UTC)
    with full.shell.db.transaction() as real:
        tx: Any = Explaining(real)
        first = incidents.listed(tx, Filter(), limit=50)
        incidents.listed(tx, Filter(), limit=50, cursor=first.next_cursor)
        for wanted in (
            Filter(state="open"),
            Filter(state="held"),
            Filter(state="resolved"),
            Filter(team_id=full.payments),
            Filter(service_id=full.checkout, since=now - timedelta(days=3)),
            Filter(text="number 77"),
            Filter(text="#4711"),
            Filter(text="k4711"),
            Filter(text="checkout", services_called=(full.checkout,)),
            Filter(mine=full.ann),
            Filter(calling=full.ann),
        ):
            incidents.listed(tx, wanted)
        assert incidents.listed(tx, Filter(text="k4711")).items[0].id == "inc_00004711"
        details.detail(tx, "inc_00004711")
        details.story(tx, "inc_00004711", alerts_limit=20)
        alerts.listed(tx)
        alerts.listed(tx, dedup_key="k4711")
        alerts.listed(tx, incident_id="inc_00004711")
        alerts.events(tx, "al_00004711")
        pages.listed(tx, pages.Filter())
        pages.listed(tx, pages.Filter(person_id=full.ann))
        pages.listed(tx, pages.Filter(out_of_hours=True, since=now - timedelta(days=30)))
        pages.notifications(tx)
        pages.notifications(tx, incident_id="inc_00004711")
        tonight.tonight(tx, full.shell.company(real), now=now)
        incidents.board(tx, full.ann, limit=5)
        pages.paged_count(tx, full.ann)
        gauges.standing(tx)
        fired.unregistered(tx, full.payments, since=now - timedelta(days=7), limit=20)
        fired.by_door(tx, since=now - timedelta(days=7))
        alarm_queries.board(tx, now=now, since=now - timedelta(days=7))
        alarm_queries.unregistered(tx, since=now - timedelta(days=7))
        for match in ({}, {"alarm": "a7"}, {"env": "prod"}):
            data = good_alarms.values("a7", match=match)
            del data["source"]
            bars.facts(tx, full.shell.company(real), from_data(data), now=now)
        assert tx.found == []
        tx.execute("select count(*) from incidents where title like '%%wrong%%'", [])
        assert tx.found  # the explanation bites
