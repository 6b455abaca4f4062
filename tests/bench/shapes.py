"""The bodies both servers are sent: the same facts, in each server's own shape.

A shape is a head, one item a alert and a tail. Every item carries one unique key of fixed width,
so that the length of a body is known beforehand and the receiver can find the key again in
whatever message comes of it.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

#: Stands in an item where the key goes; as wide as a key, so lengths agree.
KEY = "key-RRRR-NNNNNNNNNNNN"
#: What finds a key in a message.
KEY_PATTERN = rb"key-[0-9a-f]{4}-[0-9]{12}"
#: Bytes of one event of the single rows, in both shapes.
SINGLE_BYTES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A path and the parts of a body; `size` is the number of alerts a request carries."""

    path: str
    item: str
    head: str = ""
    tail: str = ""
    size: int = 1
    alarm: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def named(self, alarm: str) -> Shape:
        """Return the same shape for another alarm."""
        return dataclasses.replace(
            self,
            head=self.head.replace(self.alarm, alarm),
            item=self.item.replace(self.alarm, alarm),
            alarm=alarm,
        )

    def body(self, keys: Sequence[str]) -> bytes:
        """Return the body for these keys."""
        items = ",".join(self.item.replace(KEY, each) for each in keys)
        return f"{self.head}{items}{self.tail}".encode()

    def request(self, keys: Sequence[str]) -> bytes:
        """Return the whole HTTP/1.1 request for these keys."""
        body = self.body(keys)
        lines = [f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        return head.encode() + body


def key(run: str, number: int) -> str:
    """Return the key of one event of a run; `run` is four hexadecimal digits."""
    return f"key-{run}-{number:012d}"


def keys_of(run: str, request: int, size: int) -> list[str]:
    """Return the keys of the given request of a run, when every request carries `size`."""
    return [key(run, request * size + number) for number in range(size)]


def alertmanager(*, alarm: str, size: int) -> Shape:
    """Return what Prometheus posts to Alertmanager: alerts that differ in their instance."""
    item = _padded(_alert(alarm), into="annotations") if size == 1 else json.dumps(_alert(alarm))
    return Shape(path="/api/v2/alerts", head="[", item=item, tail="]", size=size)


def events_v2(*, routing_key: str, alarm: str) -> Shape:
    """Return one event for `/v2/enqueue`, with everything a real one carries."""
    payload = {
        "summary": f"{alarm} on {KEY}",
        "source": f"{KEY}.example.net",
        "severity": "critical",
        "component": "bench",
        "class": alarm,
        "custom_details": {},
    }
    event = {"routing_key": routing_key, "event_action": "trigger", "dedup_key": KEY}
    return Shape(path="/v2/enqueue", item=_padded({**event, "payload": payload}, into="payload"))


def webhook_v4(*, routing_key: str, alarm: str, size: int) -> Shape:
    """Return what Alertmanager posts to a webhook, with `size` alerts in it."""
    labels = {"alertname": alarm}
    group = {
        "version": "4",
        "groupKey": "{}:{alertname='bench'}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "watchbill",
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "http://alertmanager.example.net",
    }
    head = json.dumps(group)[:-1] + ', "alerts": ['
    item = {**_alert(alarm), "status": "firing", "endsAt": "0001-01-01T00:00:00Z"}
    item = {**item, "fingerprint": KEY}
    path = f"/intake/alertmanager/{routing_key}"
    return Shape(path=path, head=head, item=json.dumps(item), tail="]}", size=size, alarm=alarm)


def _alert(alarm: str) -> dict[str, object]:
    """Return one alert in Alertmanager's words."""
    return {
        "labels": {"alertname": alarm, "instance": KEY, "job": "bench", "severity": "critical"},
        "annotations": {"summary": f"{alarm} on {KEY}", "description": "Requests are failing."},
        "generatorURL": "http://prometheus.example.net/graph?g0.expr=up",
        "startsAt": "2026-01-01T00:00:00Z",
    }


def _padded(event: dict[str, object], *, into: str) -> str:
    """Return the event as JSON of exactly `SINGLE_BYTES`, filled up with a detail."""
    inner = event[into]
    assert isinstance(inner, dict)
    room = inner.get("custom_details", inner)
    room["detail"] = ""
    room["detail"] = "x" * (SINGLE_BYTES - len(json.dumps(event)))
    return json.dumps(event)
