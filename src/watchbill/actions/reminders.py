"""Reminders: an alarm's team hears by mail what became of it, and that its review is near or overdue.

The mail is planned in the transaction that notes that it was said, so that nobody hears it twice.
It leaves only while the team is at work. An acceptance that runs out is written down at that very
instant; routing needs no telling, it knows the hour.

Source: requirements AL5, AL7, NO1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from watchbill.actions import audit, versions
from watchbill.actions.shell import Shell
from watchbill.core import reminders
from watchbill.core.alarms import AlarmState
from watchbill.core.company import Company
from watchbill.core.messages import MessageKind
from watchbill.core.notifications import Notification, NotificationState
from watchbill.core.people import ContactMethod, PersonId
from watchbill.core.reminders import Standing, Word
from watchbill.store import alarm_looks
from watchbill.store import notifications as notifications_store
from watchbill.store.alarm_looks import DueAlarm, Looked
from watchbill.store.database import Tx

#: Alarms looked at in one transaction; a team's are told in one mail as far as they go together.
BATCH = 500
#: How long an alarm is left alone that cannot be looked at.
_REST = timedelta(hours=1)

#: What one person is told: of which alarm, and in which words.
_Said = dict[tuple[PersonId, ContactMethod], list[tuple[DueAlarm, Word]]]


def tell_due(shell: Shell) -> int:
    """Look at the alarms that are due: write lapses down, plan the mails; return how many."""
    with shell.db.transaction() as tx:
        due = alarm_looks.due(tx, now=shell.clock.now(), limit=BATCH)
        if due:
            _look(shell, tx, due)
    if due:
        shell.sender_bell.set()
    return len(due)


def waiting(shell: Shell) -> list[str]:
    """Return the ids of the alarms to look at one by one, after a batch failed."""
    with shell.db.transaction() as tx:
        return alarm_looks.waiting(tx, now=shell.clock.now(), limit=BATCH)


def tell_one(shell: Shell, alarm_id: str) -> None:
    """Look at one alarm alone."""
    with shell.db.transaction() as tx:
        _look(shell, tx, alarm_looks.due(tx, now=shell.clock.now(), limit=1, only=alarm_id))
    shell.sender_bell.set()


def set_aside(shell: Shell, alarm_id: str, _error: Exception) -> None:
    """Leave an alarm alone for a while that cannot be looked at; the engine has logged why."""
    with shell.db.transaction() as tx:
        alarm_looks.put_off(tx, alarm_id, until=shell.clock.now() + _REST)


def _look(shell: Shell, tx: Tx, due: Sequence[DueAlarm]) -> None:
    company, now = shell.company(tx), shell.clock.now()
    said: _Said = defaultdict(list)
    looked = [_look_at(company, alarm, said, now=now) for alarm in due]
    for alarm in due:
        if reminders.has_lapsed(_standing(alarm), now=now) and not alarm.is_written:
            _write_lapse(shell, tx, alarm)
    alarm_looks.record(tx, looked)
    if said:
        notes = [
            _note(shell, person_id, method, _items(company, told))
            for (person_id, method), told in said.items()
        ]
        notifications_store.add(tx, notes)


def _look_at(company: Company, alarm: DueAlarm, said: _Said, *, now: datetime) -> Looked:
    """Add what is to be said of an alarm to `said`."""
    team = company.teams[company.services[alarm.service_id].team_id]
    look = reminders.look(_standing(alarm), team.hours, now=now)
    for word in look.words:
        for to in reminders.whom(company, team, alarm.author_id, at=now).items():
            said[to].append((alarm, word))
    return Looked(id=alarm.id, next_at=look.next_at, told_at=now if look.words else None)


def _standing(alarm: DueAlarm) -> Standing:
    return Standing(
        state=AlarmState(alarm.state),
        state_at=alarm.state_at,
        stands_at=alarm.stands_at,
        lapses_at=alarm.lapses_at,
        told_at=alarm.told_at,
    )


def _write_lapse(shell: Shell, tx: Tx, alarm: DueAlarm) -> None:
    """Write down, once, that an acceptance is over; the version stays, and wakes nobody."""
    number, why = alarm.in_force or 0, "its review was due"
    versions.step(shell, tx, alarm.id, number, "lapsed", why, audit.SYSTEM)
    facts = {"version": number, "lapses_at": str(alarm.lapses_at)}
    audit.record(shell, tx, audit.SYSTEM, "alarm.lapsed", alarm.id, facts)


def _items(company: Company, told: Sequence[tuple[DueAlarm, Word]]) -> list[dict[str, str]]:
    """Return what is said as the notification keeps it; it becomes a mail when it leaves."""
    return [
        {
            "alarm_id": alarm.id,
            "key": alarm.key,
            "service": company.services[alarm.service_id].name,
            "word": word.value,
            "reason": alarm.state_reason,
            "last_day": _last_day(alarm),
        }
        for alarm, word in told
    ]


def _last_day(alarm: DueAlarm) -> str:
    """Return the last day of its acceptance, which ends with that day in UTC."""
    return f"{alarm.lapses_at - timedelta(days=1):%-d %B %Y}" if alarm.lapses_at else ""


def _note(
    shell: Shell, person_id: PersonId, method: ContactMethod, items: Sequence[Mapping[str, str]]
) -> Notification:
    now = shell.clock.now()
    return Notification(
        id=shell.new_id("ntf"),
        kind=MessageKind.HANDOVER,
        person_id=person_id,
        method_id=method.id,
        channel=method.channel,
        state=NotificationState.PLANNED,
        due_at=now,
        created_at=now,
        data={"alarms": list(items)},
    )
