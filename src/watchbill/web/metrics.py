"""Metrics: `/metrics` in Prometheus' text format.

Counters are counted where things happen, through functions the composition root hands in; gauges
are read from the database when somebody scrapes. Names and sentences are the reference
(docs/reference/metrics.md is written from them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from watchbill import clock
from watchbill.actions.shell import Shell
from watchbill.core.messages import (
    Channel,
    Message,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
)
from watchbill.errors import Unavailable
from watchbill.queries import gauges, people_on_call
from watchbill.queries.gauges import Standing
from watchbill.queries.people_on_call import Gauge

_SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)

#: Gauges: name, sentence, labels.
GAUGES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("watchbill_database_up", "1 if the database answered this scrape, else 0.", ()),
    ("watchbill_engine_cycle_age_seconds", "Seconds since the engine last finished a cycle.", ()),
    ("watchbill_inbox_waiting", "Events stored and not yet folded.", ()),
    ("watchbill_inbox_set_aside", "Events that could not be folded; must be zero.", ()),
    ("watchbill_incidents_open", "Open incidents by state.", ("state",)),
    (
        "watchbill_incidents_stuck",
        "Open incidents for which nobody can be reached; must be zero.",
        (),
    ),
    ("watchbill_incidents_set_aside", "Incidents the engine fails on; must be zero.", ()),
    ("watchbill_pages_open", "People being called now, by capacity.", ("role", "out_of_hours")),
    ("watchbill_notifications_planned", "Notifications that wait for their time.", ("channel",)),
    ("watchbill_people_on_call", "People a page could interrupt out of hours now.", ()),
    ("watchbill_people_on_call_target", "At most so many at once, by design.", ()),
    ("watchbill_volunteers", "People in a volunteer's term now: the pool.", ()),
    ("watchbill_company_version", "Grows with every change of what decisions read.", ()),
)


class Metrics:
    """Everything that is counted in this process, and what is read when somebody scrapes."""

    def __init__(
        self, shell: Shell, *, version: str, finished_at: Callable[[], datetime | None]
    ) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self._intake = Counter(
            "watchbill_intake_requests",
            "Requests with events, by source and status.",
            ("source", "status"),
            registry=self.registry,
        )
        self._requests = Histogram(
            "watchbill_http_request_seconds",
            "Requests to screens and API, by method, route and status.",
            ("method", "route", "status"),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._sent = Counter(
            "watchbill_notifications",
            "Messages handed to channels, by outcome: sent, temporary or permanent.",
            ("channel", "outcome"),
            registry=self.registry,
        )
        self._sending = Histogram(
            "watchbill_channel_seconds",
            "How long a channel took over one message.",
            ("channel",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._build = Counter(
            "watchbill_build",
            "Always 1; says which version runs.",
            ("version",),
            registry=self.registry,
        )
        self._build.labels(version).inc()
        self.registry.register(_Gauges(shell, finished_at))

    def took_in(self, source: str, status: int) -> None:
        """Count one answered request of the intake; made-up sources make no series of their own."""
        self._intake.labels("unknown" if status == 404 else source, str(status)).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request of screens and API."""
        self._requests.labels(method, route, str(status)).observe(seconds)

    def watch(self, channels: Mapping[str, Channel]) -> dict[str, Channel]:
        """Return the channels, each counting what becomes of its messages."""
        return {lane: _Counted(channel, lane, self) for lane, channel in channels.items()}

    def handed_over(self, lane: str, outcome: str, seconds: float) -> None:
        """Count one message that a channel took or refused."""
        self._sent.labels(lane, outcome).inc()
        self._sending.labels(lane).observe(seconds)


class _Counted:
    """A channel that counts."""

    def __init__(self, channel: Channel, lane: str, metrics: Metrics) -> None:
        self._channel = channel
        self._lane = lane
        self._metrics = metrics
        self.name = channel.name
        self.deadline_s = channel.deadline_s
        self.concurrency = channel.concurrency
        self.interrupts = channel.interrupts

    def check(self, address: str) -> None:
        """Refuse an address this channel can never reach."""
        self._channel.check(address)

    def send(self, message: Message) -> Receipt:
        """Hand the message over and count how it went."""
        begun = clock.real_monotonic()
        outcome = "crashed"
        try:
            receipt = self._channel.send(message)
            outcome = "sent"
        except TemporaryFailure:
            outcome = "temporary"
            raise
        except PermanentFailure:
            outcome = "permanent"
            raise
        finally:
            self._metrics.handed_over(self._lane, outcome, clock.real_monotonic() - begun)
        return receipt


@dataclass(slots=True, eq=False)
class _Gauges(Collector):
    shell: Shell
    finished_at: Callable[[], datetime | None]

    def collect(self) -> Iterator[Metric]:
        """Read how things stand."""
        families = {
            name: GaugeMetricFamily(name, sentence, labels=labels)
            for name, sentence, labels in GAUGES
        }
        finished = self.finished_at()
        if finished is not None:
            age = (self.shell.clock.now() - finished).total_seconds()
            families["watchbill_engine_cycle_age_seconds"].add_metric([], age)
        try:
            with self.shell.db.transaction() as tx:
                _fill(families, gauges.standing(tx))
                company, now = self.shell.company(tx), self.shell.clock.now()
                _fill_people(families, people_on_call.gauge(tx, company, now=now))
            is_up = 1.0
        except Unavailable:
            is_up = 0.0
        families["watchbill_database_up"].add_metric([], is_up)
        yield from families.values()


def _fill(families: Mapping[str, GaugeMetricFamily], now: Standing) -> None:
    for name, value in (
        ("watchbill_inbox_waiting", now.inbox_waiting),
        ("watchbill_inbox_set_aside", now.inbox_set_aside),
        ("watchbill_incidents_stuck", now.stuck_incidents),
        ("watchbill_incidents_set_aside", now.failing_incidents),
        ("watchbill_company_version", now.company_version),
    ):
        families[name].add_metric([], value)
    for state in ("triggered", "acknowledged", "held", "snoozed"):
        families["watchbill_incidents_open"].add_metric([state], now.open_incidents.get(state, 0))
    for (role, out_of_hours), count in now.open_pages.items():
        labels = [role, "true" if out_of_hours else "false"]
        families["watchbill_pages_open"].add_metric(labels, count)
    for channel, count in now.planned_notifications.items():
        families["watchbill_notifications_planned"].add_metric([channel], count)


def _fill_people(families: Mapping[str, GaugeMetricFamily], now: Gauge) -> None:
    for name, value in (
        ("watchbill_people_on_call", now.now),
        ("watchbill_people_on_call_target", now.target),
        ("watchbill_volunteers", now.pool),
    ):
        families[name].add_metric([], value)


def create_metrics(metrics: Metrics) -> Starlette:
    """Return the application that answers `/metrics`."""

    def scrape(request: Request) -> Response:
        request.state.route = "/metrics"
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/metrics", scrape)])
