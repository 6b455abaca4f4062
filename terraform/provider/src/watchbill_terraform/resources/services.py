"""A service, and the doors its events come through."""

from __future__ import annotations

from typing import Any, ClassVar

from watchbill_terraform.framework.servicer import State
from watchbill_terraform.remote import Remote
from watchbill_terraform.words import NUMBER, TEXT_SET, default, known, may, need


class Service(Remote):
    """Something a team owns and that alarms are about."""

    NAME = "service"
    PATH = "services"
    ABOUT = "Something a team owns and that alarms are about."
    GIVEN = (
        need("slug", "Short name; alarms name their service by it."),
        need("name", "Name, as people read it."),
        need("team_id", "The owning team. It answers in its working hours, never outside them."),
        default(
            "grouping", "Which alerts are one incident: alarm, fields, time, service or alert.",
            "alarm",
        ),
        may("grouping_fields", "By which fields, if `grouping` is `fields`.", TEXT_SET),
        default(
            "grouping_window_s", "Within how many seconds, if `grouping` is `time`.", kind=NUMBER
        ),
        may("ack_timeout_s", "After how many seconds an acknowledgement lapses.", NUMBER),
        may("close_after_s", "After how many silent seconds an alert counts as resolved.", NUMBER),
    )  # fmt: skip
    UNSET: ClassVar[dict[str, Any]] = {"grouping_fields": []}
    LOOKUP = "slug"

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state; fields have no order."""
        return super().to_state(row | {"grouping_fields": sorted(row["grouping_fields"])}, current)


class Integration(Remote):
    """A door for the events of one source to one service."""

    NAME = "integration"
    PATH = "integrations"
    ABOUT = (
        "A door for events. Its routing key is shown once, when it is made; after an import it is"
        " null. It is kept in the state, marked as sensitive: guard the state."
    )
    GIVEN = (
        need("service_id", "The service whose events come in here.", replace=True),
        need("source", "pagerduty_v2, alertmanager, grafana, sns, datadog …", replace=True),
        need("name", "Name, as people read it."),
        default(
            "close_after_s", "After how many silent seconds an alert counts as resolved.",
            kind=NUMBER,
        ),
        default("every_s", "How often a heartbeat is expected.", kind=NUMBER),
    )  # fmt: skip
    COMPUTED = (
        known("key_hint", "The routing key's last characters."),
        known("routing_key", "What events are sent with.", sensitive=True),
        known(
            "url", "Where events are sent. For most sources the key is part of it.", sensitive=True
        ),
    )

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state, with the key if we know it."""
        key = current.get("routing_key")
        key = key if isinstance(key, str) else None
        return super().to_state(row, current) | {
            "routing_key": key,
            "url": _url(self.client.base_url(), row["source"], key),
        }

    def is_gone(self, row: dict[str, Any]) -> bool:
        """A door that was closed stays in the list."""
        return row["disabled_at"] is not None

    def _made(self, row: Any) -> dict[str, Any]:
        found: dict[str, Any] = row["integration"]
        return found

    def _secret(self, row: Any) -> State:
        return {"routing_key": row["key"]}


def _url(base: str, source: str, key: str | None) -> str | None:
    if source == "pagerduty_v2":
        return f"{base}/v2/enqueue"
    return f"{base}/intake/{source}/{key}" if key else None
