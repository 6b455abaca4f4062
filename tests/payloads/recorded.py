"""Reads the recorded payloads, and runs each through its source as the intake would."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from watchbill.core.sources import Request
from watchbill.sources import alertmanager, datadog, grafana, heartbeat, sentry
from watchbill.sources.generic import intake as generic
from watchbill.sources.pagerduty_v2 import enqueue
from watchbill.sources.sns import intake as sns

ROOT = Path(__file__).parent
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
SOURCES = {
    one.name: one for one in (alertmanager, datadog, generic, grafana, heartbeat, sentry, sns)
}


def recorded():
    return sorted(
        path
        for path in ROOT.glob("*/*")
        if path.suffix in (".json", ".form", ".txt") and not path.name.endswith(".expected.json")
    )


def expected(path):
    found = path.parent / f"{path.stem}.expected.json"
    return json.loads(found.read_bytes()) if found.exists() else {}


def request(body=b"", *, method="POST", query="", documents=None, **headers):
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return Request(method=method, headers=named, query=query, body=body, documents=documents or {})


def run(path):
    """Return the events of a recorded request."""
    how = expected(path)
    body = path.read_bytes()
    if path.parent.name == "pagerduty_v2":
        return enqueue.decode(body).events(lambda: "made-up")
    sent = Request(
        method=how.get("method", "POST"),
        headers=how.get("headers", {}),
        query=how.get("query", ""),
        body=body,
    )
    return SOURCES[path.parent.name].parse(sent, how.get("settings", {}), now=NOW)


def plain(events):
    """Return events as JSON would show them."""
    return json.loads(msgspec.json.encode(list(events)))


def pagerduty(**changes):
    """Return the bytes of a trigger that is accepted, with `changes`; None takes a field away."""
    payload = {"summary": "disk", "source": "host1", "severity": "critical"}
    payload |= changes.pop("payload", {})
    body = {
        "routing_key": "R0UT1NGKEY000000000000000000000A",
        "event_action": "trigger",
        "payload": {name: value for name, value in payload.items() if value is not None},
        **changes,
    }
    return json.dumps({name: value for name, value in body.items() if value is not None}).encode()


def names(value):
    """Return every name in a JSON value."""
    if isinstance(value, dict):
        return {*value, *(found for inner in value.values() for found in names(inner))}
    if isinstance(value, list):
        return {found for inner in value for found in names(inner)}
    return set()
