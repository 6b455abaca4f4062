"""Alertmanager's webhook: all or nothing, and tolerant of both ends of 0.25 to 0.34."""

from __future__ import annotations

import json

import pytest

from tests.payloads import recorded
from watchbill.core.events import BadEvent, EventAction, Severity
from watchbill.core.sources import Refused
from watchbill.sources import alertmanager, grafana

BOTH = pytest.mark.parametrize("source", [alertmanager, grafana], ids=lambda one: one.name)


def parse(source, *alerts, **changes):
    body = json.dumps({"alerts": list(alerts), **changes}).encode()
    return source.parse(recorded.request(body), {}, now=recorded.NOW)


def alert(**changes):
    return {"status": "firing", "fingerprint": "f1", "labels": {"alertname": "A"}, **changes}


@BOTH
def test_one_event_for_each_alert(source):
    found = parse(source, alert(), alert(fingerprint="f2", status="resolved"), groupKey="g")
    assert [(event.dedup_key, event.action) for event in found] == [
        ("f1", EventAction.TRIGGER),
        ("f2", EventAction.RESOLVE),
    ]
    assert {(event.group, event.alarm) for event in found} == {("g", "A")}


@BOTH
def test_one_bad_alert_refuses_them_all(source):
    with pytest.raises(BadEvent, match=r"alerts\[1\]"):
        parse(source, alert(), {"status": "firing"})


@BOTH
@pytest.mark.parametrize("body", [b"{}", b'{"alerts": []}', b'{"alerts": null}'])
def test_no_alerts_is_a_bad_event(source, body):
    with pytest.raises(BadEvent, match="alerts"):
        source.parse(recorded.request(body), {}, now=recorded.NOW)


@BOTH
@pytest.mark.parametrize("alerts", ["x", [1], [{"labels": []}], [{"status": 7}]])
def test_a_wrong_type_names_its_field(source, alerts):
    body = json.dumps({"alerts": alerts}).encode()
    with pytest.raises(BadEvent, match="'alerts") as caught:
        source.parse(recorded.request(body), {}, now=recorded.NOW)
    assert source.refused(caught.value).status == 400


@BOTH
def test_without_a_fingerprint_the_labels_tell_alerts_apart(source):
    one = alert(fingerprint="", labels={"alertname": "A", "i": "1"})
    same = alert(fingerprint=None, labels={"i": "1", "alertname": "A"})
    other = alert(fingerprint=None, labels={"i": "2", "alertname": "A"})
    keys = [event.dedup_key for event in parse(source, one, same, other)]
    assert keys[0] == keys[1] != keys[2]


@BOTH
@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("critical", Severity.CRITICAL), ("page", Severity.CRITICAL), ("error", Severity.ERROR),
        ("warning", Severity.WARNING), ("info", Severity.INFO), ("none", Severity.INFO),
        ("purple", Severity.ERROR), (None, Severity.ERROR),
    ],
)  # fmt: skip
def test_severity_is_the_labels(source, label, severity):
    assert (
        parse(source, alert(labels={"alertname": "A", "severity": label}))[0].severity is severity
    )


@pytest.mark.parametrize(
    ("annotations", "summary"),
    [
        ({"summary": "s", "description": "d"}, "s"),
        ({"summary": "", "description": "d"}, "d"),
        ({"message": "m"}, "m"),
        ({}, "A job=x"),
        (None, "A job=x"),
    ],
)
def test_the_summary_is_the_first_there_is(annotations, summary):
    found = parse(
        alertmanager, alert(annotations=annotations, labels={"alertname": "A", "job": "x"})
    )
    assert found[0].summary == summary


def test_the_answers_are_prometheus_own():
    assert alertmanager.accepted(()).status == 202
    bad = alertmanager.refused(BadEvent("why"))
    assert (bad.status, json.loads(bad.body)) == (
        400,
        {"status": "error", "errorType": "bad_data", "error": "why"},
    )
    assert alertmanager.refused(Refused(413, "too large")).status == 413


def test_a_body_of_ten_thousand_alerts_is_read():
    assert len(parse(alertmanager, *(alert(fingerprint=f"{i:x}") for i in range(10_000)))) == 10_000
