"""SNS: what is signed, by whom, and what is refused; confirmation to its own hosts only."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from tests.payloads import recorded
from watchbill.core.events import BadEvent, EventAction
from watchbill.core.sources import Confirm, Needs, Refused
from watchbill.sources.sns import intake as sns
from watchbill.sources.sns import signature

CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-abc123.pem"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
SUBSCRIBE_URL = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={TOPIC}&Token=2336412f37"
)


def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    built = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(),
        recorded.NOW - timedelta(days=1), recorded.NOW + timedelta(days=1),
    ).sign(key, hashes.SHA256())  # fmt: skip
    return built.public_bytes(serialization.Encoding.PEM)


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = certificate(KEY)


def signed(version="2", *, key=KEY, **changes):
    """Return a message signed as SNS signs it, by the words of its documentation."""
    message = {
        "Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": "hello",
        "Timestamp": "2025-02-02T12:06:35.599Z", "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL, **changes,
    }  # fmt: skip
    if message["Type"] == "Notification":
        keys = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    else:
        keys = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{key}\n{message[key]}\n" for key in keys if key in message)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    sealed = key.sign(text.encode(), padding.PKCS1v15(), digest)
    return {**message, "Signature": base64.b64encode(sealed).decode()}


def confirmation(**changes):
    return signed(
        **{"Type": "SubscriptionConfirmation", "Token": "2336412f37", "SubscribeURL": SUBSCRIBE_URL}
        | changes
    )


def parse(message, *, settings=None, documents=None, query="", **headers):
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    known = {CERTIFICATE_URL: PEM} if documents is None else documents
    sent = recorded.request(body, documents=known, query=query, **headers)
    return sns.parse(sent, settings or {}, now=recorded.NOW)


def refusal(message, **how):
    with pytest.raises(Refused) as caught:
        parse(message, **how)
    reply = sns.refused(caught.value)
    assert json.loads(reply.body) == {"error": caught.value.reason}
    return reply.status


class TestSignature:
    @pytest.mark.parametrize("version", ["1", "2"])
    @pytest.mark.parametrize("changes", [{}, {"Subject": "Disk"}, {"Message": "ß\n😀"}])
    def test_a_true_signature_of_either_version_is_taken(self, version, changes):
        assert parse(signed(version, **changes))[0].action is EventAction.TRIGGER

    @pytest.mark.parametrize("version", ["1", "2"])
    @pytest.mark.parametrize("field", ["Message", "MessageId", "Subject", "Timestamp"])
    def test_a_changed_field_is_refused(self, version, field):
        message = signed(version, Subject="Disk")
        assert refusal({**message, field: message[field] + "x"}) == 403

    def test_a_changed_topic_type_or_address_is_refused(self):
        assert refusal({**signed(), "TopicArn": TOPIC + "x"}) == 403
        other = SUBSCRIBE_URL + "&x=1"
        assert refusal({**confirmation(), "SubscribeURL": other}) == 403
        assert refusal({**signed(Message="x"), "Type": "UnsubscribeConfirmation"}) == 403

    def test_a_subject_added_or_taken_away_is_refused(self):
        assert refusal({**signed(), "Subject": "new"}) == 403
        message = signed(Subject="Disk")
        del message["Subject"]
        assert refusal(message) == 403

    def test_another_key_is_refused(self):
        other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert refusal(signed(key=other)) == 403

    @pytest.mark.parametrize("version", ["0", "3", 2, None])
    def test_an_unknown_version_is_refused(self, version):
        assert refusal({**signed(), "SignatureVersion": version}) == 403

    def test_the_versions_are_not_exchanged(self):
        assert refusal({**signed("1"), "SignatureVersion": "2"}) == 403

    @pytest.mark.parametrize("value", ["", "not base64!", None, 7, "AAAA"])
    def test_a_signature_that_is_none_is_refused(self, value):
        assert refusal({**signed(), "Signature": value}) == 403

    @pytest.mark.parametrize("pem", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n"])
    def test_a_certificate_that_is_none_is_refused(self, pem):
        assert refusal(signed(), documents={CERTIFICATE_URL: pem}) == 403

    def test_a_certificate_of_another_kind_of_key_is_refused(self):
        pem = certificate(ec.generate_private_key(ec.SECP256R1()))
        assert refusal(signed(), documents={CERTIFICATE_URL: pem}) == 403

    def test_the_certificate_is_asked_for_once_it_is_not_known(self):
        assert parse(signed(), documents={}) == Needs(url=CERTIFICATE_URL)

    def test_the_signing_string_is_as_documented(self):
        assert signature.signing_string(signed(Subject="S")) == (
            f"Message\nhello\nMessageId\nm-1\nSubject\nS\nTimestamp\n2025-02-02T12:06:35.599Z\n"
            f"TopicArn\n{TOPIC}\nType\nNotification\n".encode()
        )


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        [
            "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
            "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-a.pem",
            "https://evil.example/SimpleNotificationService-a.pem",
            "https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-a.pem",
            "https://evil.example\\@sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
            "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-a.pem",
            "https://sns.eu.west-1.amazonaws.com/SimpleNotificationService-a.pem",
            "https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem",
            "https://sns.eu-west-1.amazonaws.com/other/SimpleNotificationService-a.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem?x=1",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-../x.pem",
            "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-a.pem\n",
            "https://[::1/SimpleNotificationService-a.pem",
            "", None, 7,
        ],
    )  # fmt: skip
    def test_certificates_come_from_sns_only(self, url):
        assert not signature.is_certificate_address(url)
        assert refusal({**signed(), "SigningCertURL": url}) == 403

    @pytest.mark.parametrize(
        "host", ["sns.us-gov-west-1.amazonaws.com", "sns.cn-north-1.amazonaws.com.cn"]
    )
    def test_every_region_of_sns_is_known(self, host):
        assert signature.is_certificate_address(f"https://{host}/SimpleNotificationService-a1.pem")

    @pytest.mark.parametrize(
        "url",
        [
            "https://evil.example/?Action=ConfirmSubscription",
            "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription",
            "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic",
            "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Action=DeleteTopic",
            "https://sns.eu-west-1.amazonaws.com/x?Action=ConfirmSubscription",
            None,
        ],
    )
    def test_a_subscription_is_confirmed_at_sns_only(self, url):
        message = confirmation(SubscribeURL=url) if url else confirmation()
        if url is None:
            message = signed(Type="SubscriptionConfirmation", Token="t")
        assert refusal(message) == 403


class TestConfirmation:
    def test_a_signed_confirmation_gives_the_address_to_get(self):
        assert parse(confirmation()) == Confirm(url=SUBSCRIBE_URL)

    def test_an_unsigned_one_is_refused_whatever_the_settings_allow(self):
        message = confirmation()
        del message["Signature"]
        assert refusal(message, settings={"allow_unsigned": True}) == 403

    def test_the_end_of_a_subscription_is_a_warning_and_its_address_is_not_called(self):
        message = confirmation(Type="UnsubscribeConfirmation")
        found = parse(message)
        assert (found[0].action, found[0].severity.value) == (EventAction.TRIGGER, "warning")
        assert TOPIC in found[0].summary


class TestTopics:
    def test_a_listed_topic_is_taken_and_another_refused_before_anything_is_fetched(self):
        assert parse(signed(), settings={"topics": [TOPIC]})
        assert refusal(signed(), settings={"topics": [TOPIC + "2"]}, documents={}) == 403
        assert refusal(confirmation(), settings={"topics": [TOPIC + "2"]}) == 403


RAW = {
    "x_amz_sns_rawdelivery": "true",
    "x_amz_sns_message_id": "m",
    "x_amz_sns_topic_arn": TOPIC,
}


class TestUnsigned:
    @pytest.mark.parametrize("settings", [{}, {"allow_unsigned": False}, {"allow_unsigned": "yes"}])
    def test_raw_delivery_and_fifo_are_refused_unless_vouched_for(self, settings):
        fifo = {"Type": "Notification", "TopicArn": TOPIC, "Message": "x", "MessageId": "m"}
        assert refusal(fifo, settings=settings) == 403
        assert refusal(b"x", settings=settings, **RAW) == 403

    def test_they_are_taken_when_allowed(self):
        fifo = {"Type": "Notification", "TopicArn": TOPIC, "Message": "x", "MessageId": "m"}
        assert parse(fifo, settings={"allow_unsigned": True})[0].summary == "x"
        assert parse(b"raw", settings={"allow_unsigned": True}, **RAW)[0].summary == "raw"

    def test_a_secret_in_the_address_vouches_for_them(self):
        settings = {"url_secret": "s3cret", "allow_unsigned": True}
        assert parse(b"raw", settings=settings, query="a=1&secret=s3cret", **RAW)
        assert refusal(b"raw", settings=settings, query="secret=other", **RAW) == 403
        assert refusal(b"raw", settings=settings, **RAW) == 403

    def test_a_wrong_signature_is_refused_even_where_unsigned_is_allowed(self):
        message = {**signed(), "Message": "changed"}
        assert refusal(message, settings={"allow_unsigned": True}) == 403


class TestCloudWatch:
    def alarm(self, settings=None, **changes):
        said = {"AlarmName": "a", "NewStateValue": "ALARM", "AlarmArn": "arn:aws:x:r:1:alarm:a"}
        return parse(signed(Message=json.dumps(said | changes)), settings=settings)[0]

    def test_alarm_triggers_and_ok_resolves_the_same_alert(self):
        fired, over = self.alarm(), self.alarm(NewStateValue="OK")
        assert (fired.action, over.action) == (EventAction.TRIGGER, EventAction.RESOLVE)
        assert fired.dedup_key == over.dedup_key == "arn:aws:x:r:1:alarm:a"

    @pytest.mark.parametrize(
        ("asked", "action"),
        [
            (None, EventAction.TRIGGER), ("warning", EventAction.TRIGGER),
            ("ignore", EventAction.CHANGE), ("resolve", EventAction.RESOLVE),
        ],
    )  # fmt: skip
    def test_missing_data_is_what_the_settings_say_and_never_critical(self, asked, action):
        settings = {} if asked is None else {"insufficient_data": asked}
        found = self.alarm(settings, NewStateValue="INSUFFICIENT_DATA")
        assert (found.action, found.severity.value) == (action, "warning")

    @pytest.mark.parametrize("changes", [{"NewStateValue": "NEW"}, {"AlarmName": ""}])
    def test_a_state_or_name_that_is_none_is_a_bad_event(self, changes):
        with pytest.raises(BadEvent):
            self.alarm(**changes)

    def test_a_name_without_an_arn_still_tells_alarms_apart(self):
        first = self.alarm(AlarmArn=None, AWSAccountId="1", Region="Asia Pacific (Tokyo)")
        assert first.dedup_key == "1:Asia Pacific (Tokyo):a"


class TestBadMessages:
    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"{}", b'{"Type": "x"}', b'{"Type": "Notification"}', b"[" * 10_000]
    )
    def test_they_are_bad_events(self, body):
        with pytest.raises(BadEvent):
            parse(body, settings={"allow_unsigned": True})
