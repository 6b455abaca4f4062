"""The demo's rarer happenings, one of each kind, and what is still open when it starts."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from watchbill.actions import audit, incidents, services
from watchbill.core import hours
from watchbill.core.company import Company
from watchbill.core.hours import WorkingHours
from watchbill.demo import history
from watchbill.demo import services as watched
from watchbill.demo.founding import Founded
from watchbill.demo.services import AlarmData, ServiceData
from watchbill.demo.timeline import Deed, Timeline
from watchbill.demo.weeks import Weeks

_STORM = 60
_WHY_GLASS = (
    "A customer with 4,000 seats starts its day in three hours and cannot export. It cannot wait."
)


def plan(
    timeline: Timeline, made: Founded, company: Company, weeks: Weeks, start: datetime
) -> None:
    """Write them into the timeline."""
    calendars = {team.slug: team.hours for team in company.teams.values()}
    saturday = timedelta(days=1, hours=4)  # after a shift's beginning
    _maintenance(timeline, made, weeks.begin(-11) + saturday)
    _asked_for_help(timeline, made, weeks.begin(-6) + saturday)
    _glass(timeline, made, weeks.begin(-15) + saturday)
    _storm(timeline, made, weeks.begin(-4) + timedelta(days=3, hours=19))
    _snoozed(timeline, made, weeks.begin(-3) + timedelta(days=4, hours=16))
    _still_open(timeline, made, calendars, start)


def _find(service: str, key: str) -> tuple[ServiceData, AlarmData]:
    found = next(s for s in watched.SERVICES if s.slug == service)
    return found, next(a for a in found.alarms if a.key == key)


def _maintenance(timeline: Timeline, made: Founded, at: datetime) -> None:
    """A planned evening, during which the worst alarm rings nobody."""
    service, alarm = _find("primary-database", "primary-unreachable")
    window = {"maintenance_from": at, "maintenance_until": at + timedelta(hours=3)}
    timeline.at(
        at - timedelta(days=2),
        lambda: services.change(
            timeline.shell, made.services[service.slug], window, by=audit.SYSTEM
        ),
    )
    begun = at + timedelta(minutes=20)
    timeline.at(begun, lambda: history.fire(timeline, made, service, alarm, "planned"))
    timeline.at(
        begun + timedelta(minutes=11),
        lambda: history.fire(timeline, made, service, None, "planned", "resolve"),
    )


def _asked_for_help(timeline: Timeline, made: Founded, at: datetime) -> None:
    """A volunteer who has it asks for the duty manager."""
    service, alarm = _find("payouts", "ledger-imbalance")
    key = "help"

    def ask() -> None:
        found = history.look(timeline, made, service, key)
        if found and found.acknowledged_by:
            incidents.need_help(timeline.shell, found.incident_id, by=found.acknowledged_by)

    timeline.at(at, lambda: history.fire(timeline, made, service, alarm, key))
    _later(timeline, at, 2, lambda: history.acknowledge(timeline, made, service, key))
    _later(timeline, at, 9, ask)
    _later(timeline, at, 12, lambda: history.acknowledge(timeline, made, service, key))
    text = "Payouts are paused. The bank holds the file until the morning."
    _later(timeline, at, 25, lambda: history.note(timeline, made, service, key, text))
    _later(timeline, at, 40, lambda: history.resolve(timeline, made, service, key))


def _glass(timeline: Timeline, made: Founded, at: datetime) -> None:
    """Somebody turns what is held into a page, and says why."""
    service, alarm = _find("nightly-exports", "export-failed")
    key = "glass"

    def break_it() -> None:
        found = history.look(timeline, made, service, key)
        if found:
            by = made.people["Victoria Adeyemi"]
            incidents.break_glass(timeline.shell, found.incident_id, by=by, reason=_WHY_GLASS)

    timeline.at(at, lambda: history.fire(timeline, made, service, alarm, key))
    _later(timeline, at, 50, break_it)
    _later(timeline, at, 53, lambda: history.acknowledge(timeline, made, service, key))
    _later(timeline, at, 90, lambda: history.resolve(timeline, made, service, key))


def _storm(timeline: Timeline, made: Founded, at: datetime) -> None:
    """Sixty alerts of one alarm: one incident, one page."""
    service, alarm = _find("message-delivery", "messages-not-delivered")
    keys = [f"storm/partition-{number}" for number in range(_STORM)]
    for number, key in enumerate(keys):
        when = at + timedelta(seconds=20 if number else 0)
        timeline.at(when, partial(history.fire, timeline, made, service, alarm, key))
    _later(timeline, at, 3, lambda: history.acknowledge(timeline, made, service, keys[0]))
    _later(timeline, at, 30, lambda: history.resolve(timeline, made, service, keys[0]))


def _snoozed(timeline: Timeline, made: Founded, at: datetime) -> None:
    """Put off for an hour; it comes back by itself."""
    service, alarm = _find("conversation-search", "search-down")
    key = "snoozed"

    def snooze() -> None:
        found = history.look(timeline, made, service, key)
        if found and found.acknowledged_by:
            incidents.snooze(
                timeline.shell,
                found.incident_id,
                by=found.acknowledged_by,
                wait=timedelta(hours=1),
            )

    timeline.at(at, lambda: history.fire(timeline, made, service, alarm, key))
    _later(timeline, at, 2, lambda: history.acknowledge(timeline, made, service, key))
    _later(timeline, at, 10, snooze)
    _later(timeline, at, 73, lambda: history.acknowledge(timeline, made, service, key))
    _later(timeline, at, 95, lambda: history.resolve(timeline, made, service, key))


def _still_open(
    timeline: Timeline, made: Founded, calendars: dict[str, WorkingHours], start: datetime
) -> None:
    """What the demo begins with: something a team has, and something that waits for its team."""
    service, alarm = _find("outbound-webhooks", "webhook-queue-growing")
    at = _last_at_work(calendars[service.team], start - timedelta(hours=1))
    key = "open/has-it"
    timeline.at(at, lambda: history.fire(timeline, made, service, alarm, key))
    _later(timeline, at, 3, lambda: history.acknowledge(timeline, made, service, key))
    text = "One receiver answers after 30 s. Parked it; watching the queue."
    _later(timeline, at, 14, lambda: history.note(timeline, made, service, key, text))
    night = start - timedelta(minutes=50)
    names = ("reports-api", "conversation-search", "billing", "push-notifications")
    quiet = [s for s in watched.SERVICES if s.slug in names]
    asleep = [s for s in quiet if _sleeps(calendars[s.team], night, start)]
    if asleep:
        waiting = next(a for a in asleep[0].alarms if not a.wakes)
        timeline.at(night, lambda: history.fire(timeline, made, asleep[0], waiting, "open/waits"))


def _sleeps(calendar: WorkingHours, at: datetime, until: datetime) -> bool:
    """True if a team is not at work at `at`, nor at any time up to `until`."""
    opening = hours.next_opening(calendar, at)
    return not hours.is_open(calendar, at) and opening is not None and opening > until


def _last_at_work(calendar: WorkingHours, before: datetime) -> datetime:
    """Return the last instant before `before` with half an hour of work left, or so."""
    week = hours.periods(calendar, start=before - timedelta(days=20), end=before)
    span = [s for s in week if s.end - s.start > timedelta(minutes=40)][-1]
    return span.end - timedelta(minutes=35)


def _later(timeline: Timeline, at: datetime, minutes: int, deed: Deed) -> None:
    timeline.at(at + timedelta(minutes=minutes), deed)
