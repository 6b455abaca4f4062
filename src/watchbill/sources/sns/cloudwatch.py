"""CloudWatch alarms as SNS carries them: ALARM triggers, OK resolves.

The dedup key is the alarm's ARN (with the contributor, where an alarm speaks for many), the alarm
its name. CloudWatch knows no severity: it is `severity` of the settings, critical if unset.
INSUFFICIENT_DATA is sent only to those who asked for it, so by default it triggers as a warning:
shown to the team, never a page at night.

Source: wire-formats §8.3; AWS documentation, "Notifying users on alarm changes".
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Iterator, Mapping

from watchbill.core import payloads
from watchbill.core.events import SUMMARY_LIMIT, BadEvent, Event, EventAction, Link, Severity
from watchbill.core.sources import Settings

#: What `insufficient_data` of the settings may say, and what becomes of the state then.
_INSUFFICIENT = {
    "warning": EventAction.TRIGGER,
    "ignore": EventAction.CHANGE,
    "resolve": EventAction.RESOLVE,
}


def is_alarm(message: object) -> bool:
    """Say whether CloudWatch wrote this message."""
    return isinstance(message, dict) and "AlarmName" in message and "NewStateValue" in message


def event(alarm: Mapping[str, object], settings: Settings) -> Event:
    """Return the event of one change of an alarm's state.

    Raises: BadEvent if the state is none of CloudWatch's three, or the alarm has no name.
    """
    title, state = payloads.line(alarm.get("AlarmName")), alarm.get("NewStateValue")
    if not title:
        raise BadEvent("'Message.AlarmName' is missing or blank")
    action = _action(state, settings)
    usual = payloads.severity(settings.get("severity") or "critical")
    return Event(
        action=action,
        dedup_key=_dedup_key(alarm, title),
        summary=payloads.line(f"{state}: {_said(alarm, title)}", limit=SUMMARY_LIMIT),
        severity=Severity.WARNING if state == "INSUFFICIENT_DATA" else usual,
        source=_source(alarm),
        alarm=title,
        occurred_at=payloads.instant(alarm.get("StateChangeTime")),
        fields=payloads.fields(_fields(alarm)),
        links=_links(alarm, title),
    )


def _action(state: object, settings: Settings) -> EventAction:
    if state == "ALARM":
        return EventAction.TRIGGER
    if state == "OK":
        return EventAction.RESOLVE
    if state == "INSUFFICIENT_DATA":
        asked = payloads.text(settings.get("insufficient_data"))
        return _INSUFFICIENT.get(asked, EventAction.TRIGGER)
    raise BadEvent("'Message.NewStateValue' is none of ALARM, OK, INSUFFICIENT_DATA")


def _dedup_key(alarm: Mapping[str, object], title: str) -> str:
    arn = payloads.line(alarm.get("AlarmArn"), limit=SUMMARY_LIMIT)
    account, region = payloads.line(alarm.get("AWSAccountId")), payloads.line(alarm.get("Region"))
    contributor = payloads.line(alarm.get("AlarmContributorId"))
    named = arn or f"{account}:{region}:{title}"
    return payloads.key(f"{named}:{contributor}" if contributor else named)


def _said(alarm: Mapping[str, object], title: str) -> str:
    described = payloads.line(alarm.get("AlarmDescription"), limit=SUMMARY_LIMIT)
    return f"{title}: {described}" if described else title


def _source(alarm: Mapping[str, object]) -> str:
    """Return what is measured: `name=value` of each dimension, else the account."""
    rows = map(payloads.mapping, payloads.items(_trigger(alarm).get("Dimensions")))
    named = (f"{payloads.text(row.get('name'))}={payloads.text(row.get('value'))}" for row in rows)
    account = payloads.text(alarm.get("AWSAccountId"))
    return payloads.line(", ".join(named) or account, limit=SUMMARY_LIMIT)


def _trigger(alarm: Mapping[str, object]) -> Mapping[str, object]:
    return payloads.mapping(alarm.get("Trigger"))


def _fields(alarm: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    shown = (
        "AlarmDescription", "NewStateValue", "OldStateValue", "NewStateReason", "Region",
        "AWSAccountId", "AlarmArn", "AlarmRule",
    )  # fmt: skip
    for one in shown:
        yield one, alarm.get(one)
    trigger = _trigger(alarm)
    for one in ("Namespace", "MetricName", "Statistic", "ComparisonOperator", "Threshold"):
        yield one, trigger.get(one)
    for row in map(payloads.mapping, payloads.items(trigger.get("Dimensions"))):
        yield payloads.line(row.get("name")), row.get("value")
    yield from payloads.mapping(alarm.get("AlarmContributorAttributes")).items()
    children = map(payloads.mapping, payloads.items(alarm.get("TriggeringChildren")))
    yield "TriggeringChildren", ", ".join(payloads.text(row.get("Arn")) for row in children)


def _links(alarm: Mapping[str, object], title: str) -> tuple[Link, ...]:
    parts = payloads.line(alarm.get("AlarmArn"), limit=SUMMARY_LIMIT).split(":")
    if len(parts) < 6 or not parts[3].replace("-", "").isalnum() or not parts[3].isascii():
        return ()
    host = "console.amazonaws.cn" if parts[1] == "aws-cn" else "console.aws.amazon.com"
    name, region = urllib.parse.quote(title, safe=""), parts[3]
    address = f"https://{host}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"
    return payloads.links(payloads.link(address, "CloudWatch"))
