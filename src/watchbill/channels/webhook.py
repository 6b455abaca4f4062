"""Webhooks: another program is told, by a signed POST that it can verify and deduplicate.

Source: docs/channels/webhook.md; the manner of PagerDuty's webhooks v3.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from watchbill import clock, outgoing
from watchbill.core import addresses, messages
from watchbill.errors import DeliveryFailed

#: Answers after which trying again may help; any 5xx is one too. All others are final, also
#: redirects, which are never followed.
TEMPORARY_STATUSES = frozenset({408, 425, 429})
#: The longest wait another program may ask for.
LONGEST_WAIT = timedelta(hours=1)
#: How much of an answer is read for the remark, in bytes.
_REMARK_BYTES = 1024


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of `Watchbill-Signature`: HMAC-SHA256 over timestamp, a dot and the body."""
    signed = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


class WebhookChannel:
    """Sends messages to URLs, as JSON."""

    name = "webhook"
    interrupts = False

    def __init__(
        self, calls: outgoing.Outgoing, *, deadline_s: float = 5.0, concurrency: int = 32
    ) -> None:
        self._calls = calls
        self.deadline_s = deadline_s
        self.concurrency = concurrency

    def check(self, address: str) -> None:
        """Refuse a URL that is none, or that leads into a private network."""
        try:
            self._calls.check(address)
        except (addresses.BadUrl, outgoing.Refused) as error:
            reason = str(error)
        else:
            return
        raise messages.PermanentFailure(reason)

    def send(self, message: messages.Message) -> messages.Receipt:
        """POST the message; any 2xx within the deadline is a yes."""
        body = _body(message)
        try:
            reply = self._calls.request(
                "POST",
                message.address,
                body=body,
                headers=_headers(message, body),
                deadline_s=self.deadline_s,
                limit=_REMARK_BYTES,
            )
        except outgoing.NoAnswer as error:
            failure: DeliveryFailed = messages.TemporaryFailure(str(error))
        except (addresses.BadUrl, outgoing.Refused) as error:
            failure = messages.PermanentFailure(str(error))
        else:
            return _judged(reply, message)
        raise failure


def _body(message: messages.Message) -> bytes:
    """Return the JSON to send, the same at every attempt."""
    content = message.data or {
        "kind": message.kind.value,
        "subject": message.subject,
        "text": message.text,
        "url": message.url,
        "incident": message.thread,
        "at": message.at.isoformat(),
    }
    return json.dumps({"id": message.idempotency_key, **content}, separators=(",", ":")).encode()


def _headers(message: messages.Message, body: bytes) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": quote(message.idempotency_key, safe=":._-~"),
        "Watchbill-Attempt": str(message.attempt),
    }
    if message.secret:
        timestamp = str(int(clock.real_now().timestamp()))
        headers["Watchbill-Timestamp"] = timestamp
        headers["Watchbill-Signature"] = signature(message.secret, timestamp, body)
    return headers


def _judged(reply: outgoing.Reply, message: messages.Message) -> messages.Receipt:
    """Return the receipt of a 2xx. Raises: the failure any other status stands for."""
    if 200 <= reply.status < 300:
        text = reply.body.decode("utf-8", "replace")
        remark = addresses.redacted(text, message.secret, message.address)
        return messages.Receipt(remark=f"{reply.status} {remark}".strip())
    text = f"The other side answered {reply.status}."
    if reply.status >= 500 or reply.status in TEMPORARY_STATUSES:
        raise messages.TemporaryFailure(text, retry_after=_retry_after(reply.headers))
    if 300 <= reply.status < 400:
        text += " Redirects are not followed."
    raise messages.PermanentFailure(text)


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Return the wait the other side asks for, in [0, one hour], or None if it names none.

    Source: RFC 9110 §10.2.3 (seconds or a date).
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=min(int(value[:9]), 999_999)), LONGEST_WAIT)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = _aware(moment) - clock.real_now()
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
