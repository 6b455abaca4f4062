"""Datadog, Sentry, heartbeats, and any JSON: what triggers, what resolves, what tells apart."""

from __future__ import annotations

import json

import pytest

from tests.payloads import recorded
from watchbill.core import payloads
from watchbill.core.events import BadEvent, EventAction, Severity
from watchbill.sources import datadog, heartbeat, sentry
from watchbill.sources.generic import intake as generic
from watchbill.sources.generic import paths


def parse(source, value, settings=None, **headers):
    sent = recorded.request(json.dumps(value).encode(), **headers)
    return source.parse(sent, settings or {}, now=recorded.NOW)


class TestDatadog:
    @pytest.mark.parametrize(
        ("transition", "action", "severity"),
        [
            ("Triggered", EventAction.TRIGGER, Severity.CRITICAL),
            ("Re-Triggered", EventAction.TRIGGER, Severity.CRITICAL),
            ("No Data", EventAction.TRIGGER, Severity.CRITICAL),
            ("Re-No Data", EventAction.TRIGGER, Severity.CRITICAL),
            ("Warn", EventAction.TRIGGER, Severity.WARNING),
            ("Re-Warn", EventAction.TRIGGER, Severity.WARNING),
            ("Renotify", EventAction.TRIGGER, Severity.CRITICAL),
            ("Recovered", EventAction.RESOLVE, Severity.CRITICAL),
            ("", EventAction.TRIGGER, Severity.CRITICAL),
        ],
    )
    def test_every_transition(self, transition, action, severity):
        found = parse(datadog, {"transition": transition, "cycle_key": "c", "title": "t"})[0]
        assert (found.action, found.severity, found.dedup_key) == (action, severity, "c")

    @pytest.mark.parametrize(
        ("priority", "settings", "severity"),
        [
            ("P1", {}, Severity.CRITICAL), ("P2", {}, Severity.ERROR), ("P3", {}, Severity.WARNING),
            ("P5", {}, Severity.INFO), ("", {"severity": "error"}, Severity.ERROR),
            ("P1", {"severity": "error"}, Severity.CRITICAL),
        ],
    )  # fmt: skip
    def test_severity_is_the_monitors_priority_else_the_settings(
        self, priority, settings, severity
    ):
        body = {"cycle_key": "c", "transition": "Triggered", "priority": priority}
        assert parse(datadog, body, settings)[0].severity is severity

    def test_nothing_that_names_a_condition_is_a_bad_event(self):
        with pytest.raises(BadEvent, match="cycle_key"):
            parse(datadog, {"transition": "Triggered", "cycle_key": "$ALERT_CYCLE_KEY"})


class TestSentry:
    def test_an_issue_alert_and_its_issue_share_a_key(self):
        fired = parse(sentry, {"data": {"event": {"issue_id": 7}}, "action": "triggered"})[0]
        over = parse(sentry, {"data": {"issue": {"id": "7"}}, "action": "resolved"})[0]
        assert (fired.dedup_key, fired.action) == (over.dedup_key, EventAction.TRIGGER)
        assert over.action is EventAction.RESOLVE

    @pytest.mark.parametrize(
        ("action", "expected"),
        [
            ("resolved", EventAction.RESOLVE), ("archived", EventAction.RESOLVE),
            ("ignored", EventAction.RESOLVE), ("assigned", EventAction.ACKNOWLEDGE),
            ("created", EventAction.CHANGE), ("unresolved", EventAction.CHANGE),
            ("of the future", EventAction.CHANGE),
        ],
    )  # fmt: skip
    def test_what_happens_to_an_issue(self, action, expected):
        found = parse(sentry, {"data": {"issue": {"id": "7"}}, "action": action})[0]
        assert found.action is expected

    def test_settings_may_make_issue_alerts_critical(self):
        body = {"data": {"event": {"issue_id": "7", "level": "error"}}}
        assert parse(sentry, body, {"severity": "critical"})[0].severity is Severity.CRITICAL

    @pytest.mark.parametrize(
        ("resource", "body"),
        [("metric_alert", {}), ("event_alert", {"data": {}}), ("issue", {"data": 7}), ("", {})],
    )
    def test_nothing_that_names_a_condition_is_a_bad_event(self, resource, body):
        with pytest.raises(BadEvent):
            parse(sentry, body, sentry_hook_resource=resource)


class TestHeartbeat:
    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
    def test_every_ping_is_a_sign_of_life(self, method):
        found = heartbeat.parse(recorded.request(method=method), {}, now=recorded.NOW)
        assert [(event.action, event.dedup_key) for event in found] == [
            (EventAction.HEARTBEAT, "heartbeat")
        ]
        assert heartbeat.accepted(found).body == b"OK\n"


class TestGeneric:
    @pytest.mark.parametrize(
        ("word", "action"),
        [
            ("ok", EventAction.RESOLVE), ("Recovered", EventAction.RESOLVE),
            ("CLOSED", EventAction.RESOLVE), ("ack", EventAction.ACKNOWLEDGE),
            ("trigger", EventAction.TRIGGER), ("firing", EventAction.TRIGGER),
            ("purple", EventAction.TRIGGER), (None, EventAction.TRIGGER), (7, EventAction.TRIGGER),
        ],
    )  # fmt: skip
    def test_the_words_of_many(self, word, action):
        assert parse(generic, {"id": "x", "status": word})[0].action is action

    def test_ones_own_words_come_first(self):
        settings = {"actions": {"ok": "trigger", "2": "resolve"}, "severities": {"bad": "critical"}}
        found = parse(generic, {"id": "x", "status": "OK", "severity": "bad"}, settings)[0]
        assert (found.action, found.severity) == (EventAction.TRIGGER, Severity.CRITICAL)
        assert parse(generic, {"id": "x", "status": 2}, settings)[0].action is EventAction.RESOLVE

    def test_without_a_key_the_same_condition_resolves_what_it_triggered(self):
        fired = parse(generic, {"alertname": "A", "host": "h", "status": "down", "message": "1"})[0]
        over = parse(generic, {"alertname": "A", "host": "h", "status": "up", "message": "2"})[0]
        other = parse(generic, {"alertname": "A", "host": "i", "status": "down"})[0]
        assert fired.dedup_key == over.dedup_key != other.dedup_key

    @pytest.mark.parametrize("body", [{}, {"alerts": []}, {"alerts": {"a": 1}}, [1]])
    def test_items_must_lead_to_an_array_with_something_in_it(self, body):
        with pytest.raises(BadEvent, match=r"\$\.alerts"):
            parse(generic, body, {"items": "$.alerts"})

    def test_an_array_can_be_the_body_itself(self):
        found = parse(generic, [{"id": "a"}, {"id": "b"}], {"items": "$"})
        assert [event.dedup_key for event in found] == ["a", "b"]

    def test_the_answer_names_the_keys(self):
        found = parse(generic, {"id": "x"})
        assert json.loads(generic.accepted(found).body)["dedup_keys"] == ["x"]

    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("a.b", 1), ("$.a.b", 1), ("$a.b", 1), ("list[0].c", 2), ("list[-1].c", 3), ("list.1.c", 3),
            ('["x.y"].z', 4), ("['x.y'].z", 4), ("list[9].c", None), ("a.b.c", None), ("", None),
            ("nowhere", None), ("[", None), ("a..b", 1),
        ],
    )  # fmt: skip
    def test_paths(self, path, found):
        value = {"a": {"b": 1}, "list": [{"c": 2}, {"c": 3}], "x.y": {"z": 4}}
        assert paths.find(value, path) == (found if path else value)


class TestKeys:
    def test_long_keys_that_differ_at_their_end_stay_different(self):
        first, second = payloads.key("k" * 300 + "1"), payloads.key("k" * 300 + "2")
        assert first != second
        assert len(first) <= 255
        assert payloads.key("k" * 255) == "k" * 255

    def test_at_most_64_fields_are_kept_and_the_first_of_a_name_wins(self):
        found = payloads.fields([("a", 1), ("a", 2), *((f"n{i}", i) for i in range(100))])
        assert found[0] == ("a", "1")
        assert len(found) == 64


class TestTexts:
    def test_numbers_and_depths_nobody_can_show_are_named_so(self):
        deep: object = 1
        for _ in range(3000):
            deep = [deep]
        assert payloads.text(10**5000) == "(too large to show)"
        assert payloads.text(deep) == "(too large to show)"
        assert payloads.text([10**30]) == f"[{10**30}]"

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            (b"[" * 10_000, "nested too deeply"), (b'"\xff"', "not UTF-8"), (b"{", "ends too early"),
            (b'"\\ud800"', "surrogate"), (b"{}x", "not JSON"), (b"NaN", "not JSON"),
            (b'{"a": 1e999}', r"'\*' cannot be used: number out of range"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_said_plainly(self, body, words):
        with pytest.raises(BadEvent, match=words):
            payloads.decode(body)

    def test_a_link_too_long_is_left_out_not_cut(self):
        assert payloads.link("https://x.example/" + "y" * 2048) is None

    @pytest.mark.parametrize("source", [datadog, generic], ids=lambda one: one.name)
    def test_a_form_has_at_most_500_fields(self, source):
        form = {"content_type": "application/x-www-form-urlencoded"}
        with pytest.raises(BadEvent, match="form"):
            source.parse(recorded.request(b"id=1&" * 501, **form), {}, now=recorded.NOW)
