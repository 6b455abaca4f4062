from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests import builders
from tests.integration.actions import seed
from tools import docs_metrics, docs_problems
from watchbill.actions import incidents
from watchbill.core.messages import Message, MessageKind, Receipt, TemporaryFailure
from watchbill.web.metrics import GAUGES, Metrics, create_metrics

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


class Fickle:
    name, deadline_s, concurrency, interrupts = "email", 1.0, 1, False

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def check(self, address: str) -> None:
        """Take any address."""

    def send(self, message: Message) -> Receipt:
        if self.failure:
            raise self.failure
        return Receipt()


def scrape(metrics: Metrics) -> dict[str, float]:
    text = TestClient(create_metrics(metrics)).get("/metrics").text
    rows = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in rows}


def test_what_happened_and_how_things_stand(seeded: seed.Seeded) -> None:
    metrics = Metrics(
        seeded.shell,
        version="9.9",
        finished_at=lambda: seeded.clock.now() - timedelta(seconds=7),
    )
    metrics.took_in("alertmanager", 202)
    metrics.took_in("made-up", 404)
    metrics.answered("GET", "/incidents", 200, 0.01)
    incidents.declare(seeded.shell, seeded.checkout, title="Cards fail", reason="x", by=seeded.ann)
    channel = Fickle()
    watched = metrics.watch({"email": channel})["email"]
    message = Message(
        idempotency_key="n",
        kind=MessageKind.PAGE,
        address="a",
        subject="s",
        text="t",
        at=builders.dublin("Tue 10:00"),
    )
    watched.send(message)
    channel.failure = TemporaryFailure("later")
    with pytest.raises(TemporaryFailure):
        watched.send(message)
    found = scrape(metrics)
    assert found['watchbill_intake_requests_total{source="alertmanager",status="202"}'] == 1
    assert found['watchbill_intake_requests_total{source="unknown",status="404"}'] == 1
    assert found['watchbill_notifications_total{channel="email",outcome="sent"}'] == 1
    assert found['watchbill_notifications_total{channel="email",outcome="temporary"}'] == 1
    assert found['watchbill_incidents_open{state="triggered"}'] == 1
    assert found['watchbill_pages_open{out_of_hours="false",role="rota"}'] == 1
    assert found['watchbill_notifications_planned{channel="email"}'] == 1
    assert found["watchbill_engine_cycle_age_seconds"] == 7
    assert found["watchbill_database_up"] == 1
    assert found["watchbill_people_on_call"] == 2
    assert found["watchbill_people_on_call_target"] == 2
    assert found["watchbill_volunteers"] == 1
    assert found['watchbill_build_total{version="9.9"}'] == 1
    names = {name.partition("{")[0] for name in found}
    assert {name for name, _, _ in GAUGES} <= names


def test_a_scrape_without_the_database_says_so(seeded: seed.Seeded) -> None:
    metrics = Metrics(seeded.shell, version="9.9", finished_at=lambda: None)
    seeded.shell.db.close()
    assert scrape(metrics)["watchbill_database_up"] == 0


@pytest.mark.parametrize(
    ("name", "text"), [("metrics.md", docs_metrics.text), ("problems.md", docs_problems.text)]
)
def test_the_reference_is_the_code(name: str, text: object) -> None:
    assert (REFERENCE / name).read_text() == text(), "run `make docs`"
