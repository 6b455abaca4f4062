"""Prometheus' rules become alarms: names, labels, annotations and durations, each with its line."""

from __future__ import annotations

import pytest

from watchbill.core.definitions import Definition
from watchbill.core.events import Severity
from watchbill.definitions import prometheus_durations, reading
from watchbill.definitions.written import Document, Names, Reading

RULES = """\
namespace: payments
groups:
- name: checkout
  rules:
  - record: job:errors:rate5m
    expr: rate(errors_total[5m])
  - alert: CardErrors
    expr: |
      sum(rate(card_errors_total[5m]))
        / sum(rate(card_requests_total[5m])) > 0.05
    for: 5m
    labels:
      severity: page
      service: checkout
      team: payments
    annotations:
      summary: Customers cannot pay with cards
      description: "{{ $value | humanizePercentage }} of card payments fail."
      runbook_url: https://runbooks.example.org/CardErrors
      customer_impact: Customers cannot pay and leave.
      respond_within_minutes: "15"
      watchbill_required_action: Switch the provider.
      watchbill_waivers: |
        - {rule: A17, reason: It is new., owner: ann@example.org, until: 2026-04-01}
      dashboard: https://grafana.example.org/d/1
"""


def read(text: str, **names: str) -> Reading:
    return reading.read([Document(path="r.yml", content=text.encode())], names=Names(**names))


def rules(*said: str) -> str:
    return "groups:\n- name: g\n  rules:\n" + "".join(f"  - {{{rule}}}\n" for rule in said)


def test_a_rule_is_an_alarm_and_a_recording_rule_is_none() -> None:
    found = read(RULES)
    assert not found.problems
    (written,) = found.written
    assert written.definition == Definition(
        key="CardErrors",
        service="checkout",
        team="payments",
        title="Customers cannot pay with cards",
        description="{{ $value | humanizePercentage }} of card payments fail.",
        severity=Severity.CRITICAL,
        customer_impact="Customers cannot pay and leave.",
        required_action="Switch the provider.",
        respond_within_minutes=15,
        expression="sum(rate(card_errors_total[5m]))\n"
        "  / sum(rate(card_requests_total[5m])) > 0.05\n",
        for_minutes=5.0,
        runbook_url="https://runbooks.example.org/CardErrors",
        dedup_key="fingerprint",
        auto_resolve="when the expression no longer holds",
        waivers=written.definition.waivers,
    )
    assert [waiver.rule for waiver in written.definition.waivers] == ["A17"]


def test_every_field_has_its_place_in_the_rule() -> None:
    (written,) = read(RULES).written
    wanted = {
        "key": 7, "expression": 8, "for_minutes": 11, "severity": 13, "service": 14, "team": 15,
        "title": 17, "description": 18, "runbook_url": 19, "customer_impact": 20,
        "respond_within_minutes": 21, "required_action": 22, "waivers": 23,
    }  # fmt: skip
    assert {name: written.where(name).line for name in wanted} == wanted
    assert written.where("runbook").line == 7


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("page", Severity.CRITICAL), ("critical", Severity.CRITICAL), ("warning", Severity.WARNING),
        ("info", Severity.INFO), ("none", Severity.INFO), ("strange", Severity.ERROR),
    ],
)  # fmt: skip
def test_a_severity_is_what_its_events_will_have(label: str, severity: Severity) -> None:
    rule = f"alert: A, expr: up, labels: {{severity: {label}, service: s}}"
    assert read(rules(rule)).written[0].definition.severity is severity


def test_labels_go_before_options_and_templates_are_no_names() -> None:
    found = read(
        rules(
            "alert: A, expr: up",
            "alert: B, expr: up, labels: {service: own, team: '{{ $labels.team }}'}",
        ),
        service="given",
        team="all",
    )
    said = [(w.definition.key, w.definition.service, w.definition.team) for w in found.written]
    assert said == [("A", "given", "all"), ("B", "own", "all")]


def test_rules_of_one_name_are_told_apart_by_their_labels() -> None:
    found = read(
        rules(
            "alert: Burn, expr: a > 1, labels: {severity: critical, window: 1h}",
            "alert: Burn, expr: a > 2, labels: {severity: warning, window: 6h}",
            "alert: disk_full, expr: a, labels: {mount: /var/lib}",
            "alert: disk_full, expr: b, labels: {mount: /home}",
        ),
        service="s",
    )
    assert not found.problems
    said = {w.definition.key: w.definition.match for w in found.written}
    assert said == {
        "BurnCritical": (("alarm", ("Burn",)), ("severity", ("critical",))),
        "BurnWarning": (("alarm", ("Burn",)), ("severity", ("warning",))),
        "disk-full-var-lib": (("alarm", ("disk_full",)), ("mount", ("/var/lib",))),
        "disk-full-home": (("alarm", ("disk_full",)), ("mount", ("/home",))),
    }


def test_rules_that_no_label_tells_apart_are_a_fault() -> None:
    found = read(rules("alert: A, expr: up", "alert: A, expr: up > 1"), service="s")
    assert [(p.line, p.field) for p in found.problems] == [(5, "key")]
    assert "r.yml:4" in found.problems[0].message


def test_the_labels_of_a_group_lie_below_those_of_its_rules() -> None:
    text = (
        "groups:\n- name: g\n  labels: {service: s, team: t}\n  rules:\n"
        "  - {alert: A, expr: up, labels: {team: u}}\n"
    )
    (written,) = read(text).written
    assert (written.definition.service, written.definition.team) == ("s", "u")


def test_a_template_in_a_label_shows_in_the_dedup_key() -> None:
    """Its events are told apart by their labels, so a value in one makes ever new alerts (A12)."""
    (written,) = read(
        rules("alert: A, expr: up, labels: {service: s, now: '{{ $value }}'}")
    ).written
    assert written.definition.dedup_key == "fingerprint, now={{ $value }}"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (rules("alert: A, expr: 'up =='"), (4, "expr")),
        (rules("alert: A, expr: up, annotations: {watchbill_titles: x}"), (4, "watchbill_titles")),
        (rules("alert: A, expr: up, annotations: {review_by: soon}"), (4, "review_by")),
        (rules("alert: A, expr: up, annotations: {watchbill_key: x}"), (4, "watchbill_key")),
        (rules("alert: A, expr: up, annotations: {watchbill_waivers: '[x'}"), (4, "watchbill_waivers")),
        (rules("alert: A, expr: up, annotations: {runbook_url: 'file:///x'}"), (4, "runbook_url")),
        ("groups: []\nnamespaces: x\n", (2, "namespaces")),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_field(text: str, place: tuple[int, str]) -> None:
    problems = read(text, service="s").problems
    assert place in [(p.line, p.field) for p in problems]
    assert all(p.fix for p in problems)


def test_a_rule_without_a_service_says_so() -> None:
    (problem,) = read(rules("alert: A, expr: up")).problems
    assert (problem.line, problem.field) == (4, "service")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("5m", 5), ("1h30m", 90), ("90s", 1.5), ("1d", 1440), ("1w", 10080), ("1y", 525600),
        ("1m500ms", 1.008333333), ("0", 0), ("0s", 0), ("", None), ("5", None), ("5 m", None),
        ("1m1h", None), ("-1m", None), ("1.5h", None), ("5min", None), ("300y", None),
        ("9" * 50 + "s", None), ("٥m", None),
    ],
)  # fmt: skip
def test_durations_are_prometheus_own(text: str, minutes: float | None) -> None:
    assert prometheus_durations.minutes(text) == minutes
