"""Amazon SNS deliveries: verified, confirmed, and read; a CloudWatch alarm or any other message.

Settings: `topics` (the only ARNs taken, if given), `allow_unsigned` (true: raw delivery and FIFO
topics, which carry no signature, are taken), `url_secret` (the same, if the query has `secret=` it),
`severity`, `insufficient_data`.

Source: wire-formats §8.
"""

from __future__ import annotations

import hmac
import urllib.parse
from collections.abc import Iterator, Mapping
from datetime import datetime

from watchbill.core import payloads, sources
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Severity
from watchbill.core.sources import Confirm, Needs, Parsed, Refused, Reply, Request, Settings
from watchbill.sources.sns import cloudwatch, signature

name = "sns"

_TYPES = ("Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation")


def parse(request: Request, settings: Settings, *, now: datetime) -> Parsed:
    """Return the message's event, the address that confirms, or the certificate's address.

    Raises: Refused with 403 if it is not signed by SNS or of a topic that is not taken; BadEvent.
    """
    del now
    sources.must_post(request)
    if request.headers.get("x-amz-sns-rawdelivery", "").lower() == "true":
        return (_raw(request, settings),)
    message = payloads.decode(request.body)
    if not isinstance(message, dict):
        raise payloads.Unreadable("the body is not a JSON object")
    kind = message.get("Type")
    if kind not in _TYPES:
        raise BadEvent("'Type' is none of " + ", ".join(_TYPES))
    topic = _topic(message.get("TopicArn"), settings)
    needed = _verified(request, message, settings)
    if needed is not None:
        return needed
    if kind == "SubscriptionConfirmation":
        return _confirm(message)
    if kind == "UnsubscribeConfirmation":
        return (_unsubscribed(message, topic),)
    return (_notification(message, topic, settings),)


def accepted(events: tuple[Event, ...]) -> Reply:
    """Return 202; SNS looks at the status only."""
    return sources.json_reply(202, {"status": "success", "events": len(events)})


def refused(error: BadEvent | Refused) -> Reply:
    """Return the refusal; SNS writes the status into its delivery log."""
    return sources.json_reply(sources.status_of(error), {"error": sources.sentence(error)})


def _topic(arn: object, settings: Settings) -> str:
    topic = payloads.line(arn, limit=SUMMARY_LIMIT)
    allowed = payloads.items(settings.get("topics"))
    if allowed and topic not in allowed:
        raise Refused(403, "'TopicArn' is not one of this integration's topics")
    if not topic:
        raise BadEvent("'TopicArn' is missing or blank")
    return topic


def _verified(request: Request, message: Mapping[str, object], settings: Settings) -> Needs | None:
    """Return None once the message is known to be true; the address of what is needed for it."""
    if "Signature" not in message and message.get("Type") == "Notification":
        _unsigned(request, settings)
        return None
    address = message.get("SigningCertURL")
    if not isinstance(address, str) or not signature.is_certificate_address(address):
        raise Refused(403, "'SigningCertURL' is not an address of Amazon SNS")
    certificate = request.documents.get(address)
    if certificate is None:
        return Needs(url=address)
    if not signature.verify(certificate, message):
        raise Refused(403, "'Signature' is wrong")
    return None


def _unsigned(request: Request, settings: Settings) -> None:
    """Refuse what carries no signature, unless the integration vouches for it."""
    secret = settings.get("url_secret")
    given = urllib.parse.parse_qs(request.query).get("secret", [""])[0]
    if isinstance(secret, str) and secret:
        if hmac.compare_digest(secret.encode(), given.encode("utf-8", "replace")):
            return
        raise Refused(403, "the address lacks the integration's secret")
    if settings.get("allow_unsigned") is not True:
        raise Refused(
            403, "raw delivery and FIFO topics are not signed; allow them or set a secret"
        )


def _confirm(message: Mapping[str, object]) -> Confirm:
    address = message.get("SubscribeURL")
    if not isinstance(address, str) or not signature.is_confirmation_address(address):
        raise Refused(403, "'SubscribeURL' is not an address of Amazon SNS")
    return Confirm(url=address)


def _unsubscribed(message: Mapping[str, object], topic: str) -> Event:
    """Return a warning: from now on this topic is silent. Its SubscribeURL is never called."""
    return Event(
        action=EventAction.TRIGGER,
        dedup_key=payloads.key(f"unsubscribed:{topic}"),
        summary=payloads.line(f"SNS no longer delivers {topic}", limit=SUMMARY_LIMIT),
        severity=Severity.WARNING,
        source=topic,
        occurred_at=payloads.instant(message.get("Timestamp")),
    )


def _notification(message: Mapping[str, object], topic: str, settings: Settings) -> Event:
    said = _inner(message.get("Message"))
    if cloudwatch.is_alarm(said):
        return cloudwatch.event(payloads.mapping(said), settings)
    ident = payloads.line(message.get("MessageId"))
    if not ident:
        raise BadEvent("'MessageId' is missing or blank")
    summary = payloads.line(message.get("Subject"), limit=SUMMARY_LIMIT)
    return Event(
        action=EventAction.TRIGGER,
        dedup_key=payloads.key(ident),
        summary=summary or payloads.line(message.get("Message"), limit=SUMMARY_LIMIT) or topic,
        severity=payloads.severity(_attributes(message).get("severity", settings.get("severity"))),
        source=topic,
        occurred_at=payloads.instant(message.get("Timestamp")),
        fields=payloads.fields(_fields(message, said)),
    )


def _raw(request: Request, settings: Settings) -> Event:
    topic = _topic(request.headers.get("x-amz-sns-topic-arn"), settings)
    _unsigned(request, settings)
    try:
        body = request.body.decode()
    except UnicodeDecodeError:
        raise payloads.Unreadable("the body is not UTF-8") from None
    ident = request.headers.get("x-amz-sns-message-id", "")
    return _notification({"Message": body, "MessageId": ident}, topic, settings)


def _inner(message: object) -> object:
    """Return the JSON that a message's text holds, or None if it is plain text."""
    if not isinstance(message, str) or not message.lstrip().startswith("{"):
        return None
    try:
        return payloads.decode(message.encode("utf-8", "replace"))
    except BadEvent:
        return None


def _fields(message: Mapping[str, object], said: object) -> Iterator[tuple[str, object]]:
    yield from _attributes(message).items()
    if isinstance(said, dict):
        yield from payloads.flat(said).items()
    else:
        yield "message", message.get("Message")


def _attributes(message: Mapping[str, object]) -> dict[str, object]:
    found = payloads.mapping(message.get("MessageAttributes"))
    return {named: payloads.mapping(one).get("Value") for named, one in found.items()}
