"""PagerDuty Events API v2: every field, limit, status and message; lenient where real clients are."""

from __future__ import annotations

import json

import pytest

from tests.payloads import recorded
from watchbill.core.events import BadEvent, EventAction, Severity
from watchbill.core.sources import Refused
from watchbill.sources.pagerduty_v2 import change, enqueue


def made():
    return "made-up"


def event(**changes):
    return enqueue.decode(recorded.pagerduty(**changes)).events(made)[0]


def errors(body):
    """Return the status, and what the client reads."""
    with pytest.raises(BadEvent) as caught:
        enqueue.decode(body).events(made)
    reply = enqueue.refused(caught.value)
    return reply.status, json.loads(reply.body)


class TestAnswers:
    def test_accepted_says_what_clients_rely_on(self):
        reply = enqueue.accepted((event(dedup_key="k1"),))
        assert (reply.status, reply.content_type) == (202, "application/json")
        assert json.loads(reply.body) == {
            "status": "success",
            "message": "Event processed",
            "dedup_key": "k1",
        }

    def test_a_trigger_without_a_key_gets_one_and_is_told(self):
        reply = enqueue.accepted((event(),))
        assert json.loads(reply.body)["dedup_key"] == "made-up"

    @pytest.mark.parametrize(
        "body",
        [
            b"", b"nonsense", b"[]", b'"x"', b"7", b"null", b'{"a"', b"\xff\xfe", b"{}x",
            b'{"routing_key": "\\ud800"}', b"[" * 10_000, b'{"x":' + b"[" * 10_000,
        ],
    )  # fmt: skip
    def test_what_is_no_json_object_is_unrecognized(self, body):
        status, said = errors(body)
        assert status == 400
        assert said["status"] == "Unrecognized object"
        assert said["message"] == "Event object format is unrecognized"
        assert said["errors"][0] == "JSON parse error"

    @pytest.mark.parametrize("key", [None, "", "  "])
    def test_a_missing_routing_key(self, key):
        assert errors(recorded.pagerduty(routing_key=key)) == (
            400,
            {
                "status": "invalid event",
                "message": "Event object is invalid",
                "errors": ["'routing_key' is missing or blank"],
            },
        )

    def test_an_unknown_routing_key(self):
        reply = enqueue.unknown_key()
        said = json.loads(reply.body)
        assert (reply.status, said["status"]) == (400, "invalid event")
        assert "routing_key" in said["errors"][0]

    @pytest.mark.parametrize(
        ("status", "word"), [(413, "error"), (429, "throttled"), (503, "error")]
    )
    def test_the_intakes_own_refusals_keep_their_status(self, status, word):
        reply = enqueue.refused(Refused(status, "why"))
        assert reply.status == status
        assert json.loads(reply.body) == {"status": word, "message": "why", "errors": ["why"]}


class TestLimits:
    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"event_action": None}, "'event_action' is missing or blank"),
            (
                {"event_action": "page"},
                "'event_action' is invalid (must be one of: trigger acknowledge resolve)",
            ),
            ({"payload": {"summary": None}}, "'payload.summary' is missing or blank"),
            ({"payload": {"summary": " \n"}}, "'payload.summary' is missing or blank"),
            ({"payload": {"source": None}}, "'payload.source' is missing or blank"),
            ({"payload": {"severity": None}}, "'payload.severity' is missing or blank"),
            ({"dedup_key": "k" * 256}, "'dedup_key' is longer than 255 characters"),
            ({"event_action": "resolve"}, "'dedup_key' is missing or blank"),
            (
                {"event_action": "acknowledge", "dedup_key": "\x00"},
                "'dedup_key' is missing or blank",
            ),
        ],
    )
    def test_one_error_is_named(self, changes, error):
        status, said = errors(recorded.pagerduty(**changes))
        assert (status, said["status"], said["errors"]) == (400, "invalid event", [error])

    def test_all_errors_are_named_at_once(self):
        body = {
            "routing_key": "x",
            "event_action": "trigger",
            "dedup_key": "k" * 300,
            "payload": {},
        }
        assert len(errors(json.dumps(body).encode())[1]["errors"]) == 4

    def test_a_trigger_needs_a_payload(self):
        body = b'{"routing_key": "x", "event_action": "trigger"}'
        assert errors(body)[1]["errors"] == ["'payload' is missing or blank"]

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (recorded.pagerduty(payload={"summary": 3}), "payload.summary"),
            (recorded.pagerduty(payload={"severity": ["x"]}), "payload.severity"),
            (recorded.pagerduty(dedup_key={"a": 1}), "dedup_key"),
            (b'{"routing_key": "x", "payload": []}', "payload"),
            (b'{"routing_key": 7}', "routing_key"),
            (
                b'{"routing_key": "x", "payload": {"custom_details": 1e999}}',
                "payload.custom_details",
            ),
        ],
    )
    def test_a_wrong_type_names_its_field(self, body, field):
        status, said = errors(body)
        assert (status, said["status"]) == (400, "invalid event")
        assert f"'{field}'" in said["errors"][0]

    def test_255_characters_of_key_and_1024_of_summary_are_kept_whole(self):
        found = event(dedup_key="k" * 255, payload={"summary": "s" * 1024})
        assert (found.dedup_key, found.summary) == ("k" * 255, "s" * 1024)

    def test_a_longer_summary_is_cut(self):
        found = event(payload={"summary": "s" * 2000})
        assert found.summary == "s" * 1023 + "…"

    def test_a_resolve_needs_no_payload(self):
        found = enqueue.decode(
            b'{"routing_key": "x", "event_action": "resolve", "dedup_key": "k"}'
        ).events(made)[0]
        assert (found.action, found.dedup_key) == (EventAction.RESOLVE, "k")


class TestLeniency:
    @pytest.mark.parametrize("word", ["page", "", "CRIT", "{{ .Labels.severity }}"])
    def test_an_unknown_severity_is_an_error_and_its_text_is_kept(self, word):
        found = event(payload={"severity": word})
        assert found.severity is Severity.ERROR
        assert dict(found.fields).get("severity", "") == word

    def test_a_severity_in_capitals_is_known(self):
        assert event(payload={"severity": "Critical"}).severity is Severity.CRITICAL

    def test_unknown_fields_empty_links_and_odd_types_beside_the_point_are_ignored(self):
        found = event(
            client=7, client_url=[], links="x", images=[{"src": "", "href": ""}, 3], extra={"a": []},
            payload={"component": 7, "timestamp": {"a": 1}, "group": None, "class": ["x"]},
        )  # fmt: skip
        assert (found.links, found.occurred_at, found.alarm) == ((), None, "")
        assert ("component", "7") in found.fields

    def test_a_nul_is_left_out(self):
        found = event(dedup_key="a\x00b", payload={"summary": "x\x00y", "class": "\x00c"})
        assert (found.dedup_key, found.summary, found.alarm) == ("ab", "xy", "c")

    def test_a_byte_order_mark_is_ignored(self):
        assert enqueue.decode(b"\xef\xbb\xbf" + recorded.pagerduty()).events(made)

    @pytest.mark.parametrize("details", ["text", ["a"], 7, None, True])
    def test_details_of_any_type(self, details):
        found = event(payload={"custom_details": details})
        assert bool(found.fields) is (details is not None)

    def test_script_addresses_are_no_links(self):
        assert event(client_url="javascript:alert(1)", links=[{"href": "data:x"}]).links == ()

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-07-17T08:42:58.315+0000", "2026-07-17T08:42:58.315000+00:00"),
            ("2026-07-17T08:42:58Z", "2026-07-17T08:42:58+00:00"),
            ("2026-07-17T10:42:58+02:00", "2026-07-17T08:42:58+00:00"),
            ("2026-07-17T08:42:58.123456789Z", "2026-07-17T08:42:58.123456+00:00"),
            ("2026-07-17", "2026-07-17T00:00:00+00:00"),
            ("2030-01-07 09:00:00 +0000 UTC", "2030-01-07T09:00:00+00:00"),
            ("0001-01-01T00:00:00Z", None),
            ("9999-12-31T23:59:59-14:00", None),
            ("yesterday", None),
            ("", None),
        ],
    )
    def test_times_in_every_dress(self, text, expected):
        found = event(payload={"timestamp": text}).occurred_at
        assert (found.isoformat() if found else None) == expected


class TestAlarm:
    """ADR 0020: details.alarm, class, details.alertname, the label all alerts share."""

    @pytest.mark.parametrize(
        ("details", "class_", "alarm"),
        [
            ({"alarm": "a", "alertname": "c"}, "b", "a"),
            ({"alertname": "c"}, "b", "b"),
            ({"alertname": "c"}, None, "c"),
            ({"alarm": 7, "alertname": ""}, None, ""),
            ({}, None, ""),
        ],
    )
    def test_the_first_that_is_there(self, details, class_, alarm):
        assert event(payload={"custom_details": details, "class": class_}).alarm == alarm

    @pytest.mark.parametrize(("names", "alarm"), [("XX", "X"), ("XY", ""), ("", "")])
    def test_alerts_must_agree_on_their_name(self, names, alarm):
        firing = [{"labels": {"alertname": name}} for name in names]
        details = {"firing": firing, "num_firing": len(firing), "resolved": []}
        assert event(payload={"custom_details": details}).alarm == alarm

    def test_a_resolve_is_read_from_what_resolved(self):
        block = "Labels:\n - alertname = X\nAnnotations:\nSource: y\n"
        details = {"firing": "", "num_firing": "0", "resolved": block, "num_resolved": "1"}
        found = event(event_action="resolve", dedup_key="k", payload={"custom_details": details})
        assert (found.alarm, found.size) == ("X", 1)


CHANGE = {
    "routing_key": "x",
    "payload": {
        "summary": "Deployed", "source": "ci", "timestamp": "2026-07-17T08:42:58Z",
        "custom_details": {"build": 7},
    },
    "links": [{"href": "https://ci.example/7", "text": "Build"}],
    "images": [{"src": "https://x.example"}],
}  # fmt: skip


class TestChange:
    def test_a_change_is_kept_and_answered(self):
        keyed = change.decode(json.dumps(CHANGE).encode())
        found = keyed.events(made)
        assert keyed.routing_key == "x"
        assert (found[0].action, found[0].summary) == (EventAction.CHANGE, "Deployed")
        assert found[0].fields == (("build", "7"),)
        assert found[0].links[0].href == "https://ci.example/7"
        assert json.loads(change.accepted(found).body) == {
            "status": "success",
            "message": "Change event processed",
        }

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            (b'{"payload": {"summary": "x"}}', "'routing_key' is missing or blank"),
            (b'{"routing_key": "x"}', "'payload' is missing or blank"),
            (b'{"routing_key": "x", "payload": {}}', "'payload.summary' is missing or blank"),
        ],
    )
    def test_what_is_missing_is_named(self, body, error):
        with pytest.raises(BadEvent) as caught:
            change.decode(body).events(made)
        assert caught.value.errors == (error,)
