"""Grafana's and Sentry's signatures: required once a secret is set, and compared as published."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.payloads import recorded
from watchbill.core import sources
from watchbill.core.sources import Refused
from watchbill.sources import grafana, sentry

GRAFANA = {"secret": "grafana-secret"}
GRAFANA_BODY = b'{"status":"firing"}'
STAMPED = {**GRAFANA, "timestamp_header": "X-Grafana-Alerting-Timestamp"}
SENT_AT = datetime.fromtimestamp(1_700_000_000, UTC)
ALERT = {"status": "firing", "fingerprint": "f", "labels": {"alertname": "A"}}


@pytest.mark.parametrize(
    ("secret", "message", "signature"),
    [
        ("sentry-client-secret", b'{"action":"critical"}',
         "0a81767d06310f721c6c219c217559b89fa6f6e9eeff2f73c83424eb32c6c0d4"),
        ("grafana-secret", GRAFANA_BODY,
         "bf139e3403a31e4b49defad120bc97d578b44bd35af83566821426b9bb7fc97d"),
        ("grafana-secret", b"1700000000:" + GRAFANA_BODY,
         "ab55bf0e780f8f32e85451f62e1ba2aee0589e5b2162cd2091e4db5072cc04ae"),
    ],
)  # fmt: skip
def test_the_published_vectors(secret, message, signature):
    assert sources.is_signed(message, secret=secret, signature=signature)
    assert sources.is_signed(message, secret=secret, signature=signature.upper())
    assert not sources.is_signed(message + b" ", secret=secret, signature=signature)
    assert not sources.is_signed(message, secret=secret + "x", signature=signature)
    assert not sources.is_signed(message, secret=secret, signature="é")


def signature_of(message, secret="grafana-secret"):
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


class TestGrafana:
    BODY = json.dumps({"alerts": [ALERT]}).encode()

    def parse(self, settings, *, now=SENT_AT, **headers):
        return grafana.parse(recorded.request(self.BODY, **headers), settings, now=now)

    def test_without_a_secret_nothing_is_asked(self):
        assert self.parse({})

    def test_a_true_signature_is_taken(self):
        signature = signature_of(self.BODY)
        assert self.parse(GRAFANA, x_grafana_alerting_signature=signature)
        assert self.parse(GRAFANA | {"signature_header": "X-Sig"}, x_sig=signature)

    @pytest.mark.parametrize("signature", ["", "0" * 64, "é"])
    def test_a_wrong_one_is_refused(self, signature):
        with pytest.raises(Refused) as caught:
            self.parse(GRAFANA, x_grafana_alerting_signature=signature)
        reply = grafana.refused(caught.value)
        assert reply.status == 401
        assert "x-grafana-alerting-signature" in json.loads(reply.body)["message"]

    @pytest.mark.parametrize(
        ("late", "taken"),
        [(timedelta(), True), (timedelta(minutes=5), True), (timedelta(minutes=5, seconds=1), False),
         (-timedelta(minutes=6), False)],
    )  # fmt: skip
    def test_a_signed_time_must_be_near(self, late, taken):
        headers = {
            "x_grafana_alerting_signature": signature_of(b"1700000000:" + self.BODY),
            "x_grafana_alerting_timestamp": "1700000000",
        }
        if taken:
            assert self.parse(STAMPED, now=SENT_AT + late, **headers)
        else:
            with pytest.raises(Refused):
                self.parse(STAMPED, now=SENT_AT + late, **headers)

    @pytest.mark.parametrize("stamp", ["", "soon", "-1", "9" * 40])
    def test_a_time_that_is_none_is_refused(self, stamp):
        signature = signature_of(stamp.encode() + b":" + self.BODY)
        with pytest.raises(Refused):
            self.parse(
                STAMPED, x_grafana_alerting_signature=signature, x_grafana_alerting_timestamp=stamp
            )


class TestSentry:
    BODY = (recorded.ROOT / "sentry" / "metric_alert_critical.json").read_bytes()

    def parse(self, settings, **headers):
        sent = recorded.request(self.BODY, sentry_hook_resource="metric_alert", **headers)
        return sentry.parse(sent, settings, now=recorded.NOW)

    def test_a_secret_asks_for_the_signature(self):
        settings = {"secret": "sentry-client-secret"}
        signature = signature_of(self.BODY, "sentry-client-secret")
        assert self.parse({})
        assert self.parse(settings, sentry_hook_signature=signature)
        for wrong in ("", "0" * 64, signature[:-1]):
            with pytest.raises(Refused) as caught:
                self.parse(settings, sentry_hook_signature=wrong)
            assert sentry.refused(caught.value).status == 401
