"""Replay: how many nights an alarm would have taken, had it been accepted all along (A16)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tests import builders
from watchbill.core.bar import replay
from watchbill.core.bar.replay import Fired
from watchbill.core.definitions import Definition, as_match
from watchbill.core.events import Severity

ALARM = Definition(key="cards", service="checkout", runbook="Restart it.")
NIGHT, NOON = builders.dublin("Sat 03:00"), builders.dublin("Tue 12:00")


def fired(
    at: datetime,
    incident: str,
    *,
    alarm: str = "cards",
    severity: Severity = Severity.CRITICAL,
    **fields: str,
) -> Fired:
    return Fired(
        incident_id=incident,
        alarm=alarm,
        severity=severity,
        fields=tuple(fields.items()),
        first_at=at,
    )


def count(*history: Fired, alarm: Definition = ALARM) -> int:
    return replay.night_pages(builders.company(), builders.SERVICE, alarm, history)


def test_nights_count_and_working_hours_do_not() -> None:
    assert count() == 0
    assert count(fired(NIGHT, "a"), fired(NOON, "b")) == 1
    assert count(fired(NIGHT, "a"), fired(NIGHT + timedelta(hours=1), "b")) == 2


def test_an_incident_counts_once_when_it_began() -> None:
    later = timedelta(minutes=5)
    assert count(fired(NIGHT, "a"), fired(NIGHT + later, "a"), fired(NIGHT + 2 * later, "a")) == 1
    dawn = builders.dublin("Mon 08:55")
    assert count(fired(dawn, "a"), fired(dawn + timedelta(hours=1), "a")) == 1
    dusk = builders.dublin("Tue 17:55")
    assert count(fired(dusk, "a"), fired(dusk + timedelta(hours=1), "a")) == 0


def test_only_what_it_matches_counts() -> None:
    other = fired(NIGHT, "a", alarm="Down", env="prod")
    assert count(other) == 0
    assert count(other, alarm=replace(ALARM, match=as_match({"alarm": "Down"}))) == 1
    assert count(other, alarm=replace(ALARM, match=as_match({"env": ["prod", "test"]}))) == 1
    assert count(other, alarm=replace(ALARM, match=as_match({"env": "test"}))) == 0


def test_the_first_alert_that_it_matches_begins_the_incident() -> None:
    before = fired(NIGHT, "a", alarm="Other")
    mine = fired(NIGHT + timedelta(minutes=1), "a")
    assert count(before, mine) == 1


def test_below_critical_nobody_would_have_been_woken() -> None:
    assert count(fired(NIGHT, "a"), alarm=replace(ALARM, severity=Severity.WARNING)) == 0
