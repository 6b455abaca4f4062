"""Whatever arrives, only BadEvent or Refused comes out, and every event can be stored."""

from __future__ import annotations

import json
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.payloads import recorded
from watchbill.core.events import (
    DEDUP_KEY_LIMIT,
    FIELD_LIMIT,
    FIELDS_LIMIT,
    SUMMARY_LIMIT,
    BadEvent,
)
from watchbill.core.sources import Confirm, Needs, Refused, Reply, Request
from watchbill.sources.pagerduty_v2 import change, enqueue

#: Other work on the machine must not fail a property; every example meets several settings.
PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

NAMES = [*recorded.SOURCES, "enqueue", "change"]
KEYED = {"enqueue": enqueue, "change": change}
HEADERS = {
    "sns": [{}, {"x-amz-sns-rawdelivery": "true", "x-amz-sns-topic-arn": "t"}],
    "sentry": [{}, *({"sentry-hook-resource": one} for one in ("metric_alert", "event_alert", "issue", "x"))],
    "datadog": [{}, {"content-type": "application/x-www-form-urlencoded"}],
    "generic": [{}, {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}],
}  # fmt: skip
SETTINGS = {
    "sns": [{"allow_unsigned": True}, {}, {"topics": 7, "url_secret": []}],
    "generic": [
        {},
        {"items": "$.alerts"},
        {"mapping": {"dedup_key": "a[0].b", "summary": "{x} {y[-1]}"}, "actions": {"x": 7}},
        {"mapping": 7, "defaults": [], "severities": "x", "items": 7},
    ],
    "grafana": [{}, {"severity": 7}],
}
#: The names that mean something to a parser, so that random objects reach its depths.
WORDS = sorted(
    {
        word
        for path in recorded.recorded()
        if path.suffix == ".json"
        for word in recorded.names(json.loads(path.read_bytes()))
    }
)

texts = st.text(max_size=40) | st.sampled_from(
    ["", " ", "\x00", "a\x00b", "\ud800", "x" * 5000, "é" * 300, "\r\n", "ALARM", "resolved", "0",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "1e400", "99999999999999999999", "P1",
     "[Recovered] x", "javascript:x", "https://x.example/" + "y" * 3000, "Labels:\n - a = b\n"]
)  # fmt: skip
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), texts,
    st.sampled_from([10**30, -(10**30), 2**63, 1e308, -1, 0]),
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(WORDS) | texts, inner, max_size=6),
    ),
    max_leaves=25,
)


def run(name, body, headers, chosen):
    """Return what the intake would get, and check that every refusal can be said."""
    try:
        if name in KEYED:
            keyed = KEYED[name].decode(body)
            assert keyed.routing_key
            return keyed.events(lambda: "made-up")
        sent = Request(method="POST", headers=headers, query="secret=x", body=body)
        return recorded.SOURCES[name].parse(sent, chosen, now=recorded.NOW)
    except (BadEvent, Refused) as error:
        said = error
    reply = KEYED.get(name, recorded.SOURCES.get(name)).refused(said)
    assert isinstance(reply, Reply)
    assert 400 <= reply.status < 500
    assert reply.body
    assert str(said)
    return ()


def is_storable(text, limit):
    """Say whether PostgreSQL takes the text; a lone surrogate fails in `encode`."""
    return len(text) <= limit and b"\x00" not in text.encode()


def check(name, events):
    if isinstance(events, Confirm | Needs):
        return
    for event in events:
        assert event.dedup_key
        assert is_storable(event.dedup_key, DEDUP_KEY_LIMIT)
        assert is_storable(event.summary, SUMMARY_LIMIT)
        assert "\n" not in event.summary
        assert is_storable(event.source, SUMMARY_LIMIT)
        assert is_storable(event.alarm, 255)
        assert is_storable(event.group, 255)
        assert 1 <= event.size <= 1_000_000
        assert event.occurred_at is None or event.occurred_at.utcoffset().total_seconds() == 0
        assert len(event.fields) <= FIELDS_LIMIT
        assert all(is_storable(n, 255) and is_storable(v, FIELD_LIMIT) for n, v in event.fields)
        assert len({name for name, _ in event.fields}) == len(event.fields)
        assert all(is_storable(link.href, 2048) for link in event.links)
        assert all(link.href.lower().startswith(("http://", "https://")) for link in event.links)
        json.dumps(recorded.plain([event]))
    if events:
        source = KEYED.get(name, recorded.SOURCES.get(name))
        assert source.accepted(events).status == 202


def everywhere(name, body):
    for headers in HEADERS.get(name, [{}]):
        for chosen in SETTINGS.get(name, [{}]):
            check(name, run(name, body, headers, chosen))


@pytest.mark.parametrize("name", NAMES)
@PATIENT
@given(body=st.binary(max_size=200) | st.text(string.printable, max_size=100).map(str.encode))
def test_any_bytes(name, body):
    everywhere(name, body)


@pytest.mark.parametrize("name", NAMES)
@PATIENT
@given(value=values)
def test_any_json(name, value):
    everywhere(name, json.dumps(value).encode())
    everywhere(name, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


BASES = {
    name: [
        json.loads(path.read_bytes())
        for path in recorded.recorded()
        if path.suffix == ".json"
        and path.parent.name
        == {"enqueue": "pagerduty_v2", "change": "pagerduty_v2"}.get(name, name)
    ]
    for name in NAMES
}


@st.composite
def mutated(draw, name):
    """Return a recorded body with a few of its values replaced, somewhere."""
    body = json.loads(json.dumps(draw(st.sampled_from(BASES[name]))))
    for _ in range(draw(st.integers(1, 3))):
        at = body
        while True:
            keys = list(at) if isinstance(at, dict) else range(len(at))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(at[key], dict | list) and at[key] and draw(st.booleans()):
                at = at[key]
                continue
            at[key] = draw(leaves | st.just([]) | st.just({}) | st.lists(leaves, max_size=2))
            break
    return body


@pytest.mark.parametrize("name", [name for name in NAMES if BASES[name]])
@PATIENT
@given(data=st.data())
def test_a_recorded_body_with_something_wrong_in_it(name, data):
    everywhere(name, json.dumps(data.draw(mutated(name))).encode())


DEEP = 10_000
HOSTILE = {
    "deep array": b"[" * DEEP,
    "deep array, closed": b"[" * DEEP + b"]" * DEEP,
    "deep object": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep, unknown field": b'{"routing_key":"x","unknown":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep details": b'{"routing_key":"x","event_action":"trigger","payload":{"summary":"s","source":'
    b'"s","severity":"info","custom_details":' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}}",
    "deep, just readable": b'{"id":"x","a":' + b"[" * 400 + b"]" * 400 + b"}",
    "array": b"[1]", "text": b'"x"', "number": b"7", "null": b"null", "empty": b"",
    "not UTF-8": b'{"id":"\xff\xfe"}', "UTF-16": '{"id":"x"}'.encode("utf-16"),
    "lone surrogate": b'{"id":"\\ud800","title":"\\udc00"}', "NUL": b'{"id":"a\\u0000b"}',
    "only NUL": b'{"id":"\\u0000","title":"\\u0000"}', "raw NUL": b'{"id":"a\x00b"}',
    "huge integer": b'{"id":' + b"9" * 5000 + b"}", "huge float": b'{"id":1e999}',
    "not a number": b'{"id":NaN}', "infinite": b'{"id":Infinity}',
    "many keys": json.dumps({f"k{index}": index for index in range(20_000)}).encode(),
    "long key": json.dumps({"k" * 100_000: 1}).encode(),
    "a million characters": json.dumps({"id": "x" * 1_000_000, "title": "y" * 1_000_000}).encode(),
    "many form fields": b"a=1&" * 5000, "percent": b"title=%ff%00%zz&id=%00",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_is_made_to_hurt(name, body):
    everywhere(name, body)


@pytest.mark.parametrize("name", [n for n in recorded.SOURCES if n != "heartbeat"])
@pytest.mark.parametrize("method", ["GET", "DELETE", "HEAD", "PATCH"])
def test_other_methods_are_refused(name, method):
    with pytest.raises(Refused) as caught:
        recorded.SOURCES[name].parse(recorded.request(method=method), {}, now=recorded.NOW)
    assert recorded.SOURCES[name].refused(caught.value).status == 405
