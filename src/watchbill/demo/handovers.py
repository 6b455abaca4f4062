"""The demo's volunteers agree to their terms, and its alarms find their way to them, over a year."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from watchbill.actions import alarms as alarm_actions
from watchbill.actions import audit, shifts, terms
from watchbill.actions.shell import Shell
from watchbill.core.people import PersonId
from watchbill.demo import alarms
from watchbill.demo import people as staff
from watchbill.demo.founding import Founded
from watchbill.demo.timeline import Timeline
from watchbill.demo.weeks import FIRST_SHIFT, LAST_SHIFT, Weeks, carrier
from watchbill.demo.weeks import terms as terms_of

#: How an alarm got into its state.
_WAYS = {
    "draft": (),
    "proposed": ("proposed",),
    "in_review": ("proposed", "in_review"),
    "accepted": ("proposed", "in_review", "accepted"),
    "declined": ("proposed", "in_review", "declined"),
    "returned": ("proposed", "in_review", "accepted", "returned"),
    "retired": ("proposed", "accepted", "retired"),
}
_REASONS = {
    "accepted": "Customers feel it at once, and the runbook can be followed half asleep.",
    "proposed": "Customers feel it at night too.",
}
_MUTED_FOR = timedelta(days=3)


def plan(timeline: Timeline, made: Founded, weeks: Weeks) -> None:
    """Write terms, shifts and handovers into the timeline, each at its time."""
    for name in staff.VOLUNTEERS:
        for start, end in terms_of(name):
            asked = weeks.begin(min(start - 2, -1)) - timedelta(days=2)
            timeline.at(asked, partial(_agree, timeline, made, weeks, name, start, end))
    for number, (service, alarm) in enumerate((s, a) for s in alarms.SERVICES for a in s.alarms):
        _hand_over(timeline, made, weeks, service, alarm, number)


def _agree(
    timeline: Timeline, made: Founded, weeks: Weeks, name: str, first: int, last: int
) -> None:
    """Let a volunteer agree to a term, and plan the shifts in it."""
    person = made.people[name]
    term = {
        "person_id": person,
        "starts_at": weeks.begin(first),
        "ends_at": weeks.begin(last),
    }
    terms.agree(timeline.shell, term, by=audit.person(person))
    for week in range(max(first, FIRST_SHIFT), min(last, LAST_SHIFT)):
        if carrier(week) == name:
            shift = {
                "person_id": person,
                "starts_at": weeks.begin(week),
                "ends_at": weeks.begin(week + 1),
            }
            shifts.plan(timeline.shell, shift, by=audit.SYSTEM)


def _hand_over(
    timeline: Timeline,
    made: Founded,
    weeks: Weeks,
    service: alarms.ServiceData,
    alarm: alarms.AlarmData,
    number: int,
) -> None:
    """Let an alarm be written by its team and judged by a volunteer of another one."""
    author = made.people[_author(service.team, number)]
    judge = made.people[_volunteer(service.team, number)]
    written = weeks.begin(-48) + timedelta(days=3 * number, hours=16)
    way = _WAYS[alarm.state]
    ids: list[str] = []
    timeline.at(written, lambda: ids.append(_write(timeline.shell, made, service, alarm, author)))
    for step, state in enumerate(way, 1):
        by = author if state in ("proposed", "retired") else judge
        at = weeks.begin(-29) if state in ("returned", "retired") else written
        reason = alarm.why if state == alarm.state and alarm.why else _REASONS.get(state, "")
        timeline.at(
            at + timedelta(days=4 * step), partial(_judge, timeline.shell, ids, state, reason, by)
        )
    if alarm.is_muted:
        start = weeks.begin(0)
        timeline.at(
            start - timedelta(days=1),
            lambda: _mute(timeline.shell, ids[0], start + timedelta(days=7) + _MUTED_FOR, author),
        )


def _write(
    shell: Shell,
    made: Founded,
    service: alarms.ServiceData,
    alarm: alarms.AlarmData,
    author: PersonId,
) -> str:
    values = {
        "service_id": made.services[service.slug],
        "key": alarm.key,
        "title": alarm.title,
        "severity": alarm.severity,
        "customer_impact": alarm.impact,
        "required_action": alarm.action,
        "runbook": alarms.runbook(service.slug, alarm.key),
    }
    return alarm_actions.create(shell, values, by=audit.person(author))


def _judge(shell: Shell, ids: list[str], state: str, reason: str, by: PersonId) -> None:
    alarm_actions.set_state(shell, ids[0], state, reason=reason, by=audit.person(by))


def _mute(shell: Shell, alarm_id: str, until: datetime, by: PersonId) -> None:
    alarm_actions.mute(shell, alarm_id, until=until, by=audit.person(by))


def _author(team: str, number: int) -> str:
    names = [p.name for p in staff.ENGINEERS if p.team == team and not p.is_volunteer]
    return names[number % len(names)]


def _volunteer(team: str, number: int) -> str:
    """Return who judges an alarm: a volunteer of another team, who has agreed by then."""
    judged = -48 * 7 + 3 * number + 8  # days; the first judgement is the eighth after the writing
    names = [
        p.name
        for p in staff.ENGINEERS
        if p.is_volunteer and p.team != team and (terms_of(p.name)[0][0] - 2) * 7 - 2 <= judged
    ]
    return names[number % len(names)]
