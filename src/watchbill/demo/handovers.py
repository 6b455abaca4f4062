"""The demo's volunteers agree to their terms, and its alarms find their way to them, over a year.

What is in code is applied from the repository at every merge, as its pipeline would; what people say
of it is said through the actions anybody uses, so that the bar holds for the demo, too.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import partial

from watchbill.actions import alarms as alarm_actions
from watchbill.actions import audit, bars, handovers, plans, shifts, terms
from watchbill.actions.audit import Actor
from watchbill.actions.handovers import Said
from watchbill.actions.shell import Shell
from watchbill.demo import people as staff
from watchbill.demo import repository, services
from watchbill.demo.founding import Founded
from watchbill.demo.services import AlarmData, Day, ServiceData, Step
from watchbill.demo.timeline import Timeline
from watchbill.demo.weeks import FIRST_SHIFT, LAST_SHIFT, Weeks, carrier
from watchbill.demo.weeks import terms as terms_of
from watchbill.store import alarms as alarms_store

#: What a reviewer answers with yes, R15 among it: "I could do this at 3 a.m."
_ANSWERS = ("A7", "A8", "R7", "R8", "R11", "R15")
#: Whoever has not been to a system yet, by the beginning of its name.
_WITHOUT_ACCESS = {
    "Provider dashboard": ("Maya Chen", "Elena Rossi", "Ethan Brooks"),
    "Bank transfer host": ("Lukas Weber",),
}
_MERGE, _SAY = time(10, 20), time(13, 5)
_MUTED_FOR = timedelta(days=3)
_CHANGED_BY_HAND = {
    "threshold": "full within eight hours",
    "rationale": "Four hours were too few on Sunday. To be put into the repository.",
}
_WHY_GLASS = (
    "Month's end: twelve contracts promise their export by six. The reporting team is in Friday's"
    " release; a volunteer looks at the alarm on Monday."
)


def plan(timeline: Timeline, made: Founded, weeks: Weeks, start: datetime) -> None:
    """Write terms, shifts and handovers into the timeline, each at its time."""
    for name in staff.VOLUNTEERS:
        for number, (first, last) in enumerate(terms_of(name)):
            asked = weeks.begin(min(first - 2, -1)) - timedelta(days=2)
            timeline.at(asked, partial(_agree, timeline, made, weeks, name, first, last))
            if not number:
                timeline.at(asked, partial(_confirm_access, timeline.shell, made, name))
    for day in repository.merges():
        timeline.at(_at(start, day, _MERGE), partial(_merge, timeline.shell, made, start, day))
    for service in services.SERVICES:
        for number, alarm in enumerate(service.alarms):
            _hand_over(timeline, made, start, service, alarm, number)
    _by_hand_and_in_haste(timeline, made, start)
    _mute(timeline, made, weeks)


def _at(start: datetime, day: Day, clock: time, *, number: int = 0) -> datetime:
    begun = datetime.combine(repository.on(start, day), clock, UTC)
    return begun + timedelta(minutes=11 * number)


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


def _confirm_access(shell: Shell, made: Founded, name: str) -> None:
    known = [s for s in repository.systems() if name not in _WITHOUT_ACCESS.get(s, ())]
    person = made.people[name]
    bars.confirm_access(shell, person, known, by=audit.person(person))


def _merge(shell: Shell, made: Founded, start: datetime, day: Day) -> None:
    """Let the repository's pipeline apply what stands in it, as its token may."""
    plans.apply(shell, repository.order(start, day), base=None, by=made.pipeline)


def _hand_over(
    timeline: Timeline,
    made: Founded,
    start: datetime,
    service: ServiceData,
    alarm: AlarmData,
    number: int,
) -> None:
    """Let an alarm be written by its team, if by hand, and judged by volunteers of other ones."""
    author = audit.person(made.people[_author(service.team, number)])
    if not alarm.is_in_code:
        at = _at(start, alarm.written, _MERGE, number=number)
        timeline.at(at, partial(_write, timeline.shell, service, alarm, author))
    for step in alarm.steps:
        judge = audit.person(made.people[_volunteer(service.team, number - step.day)])
        by = author if step.state in ("proposed", "retired") else judge
        at = _at(start, step.day, _SAY, number=number)
        timeline.at(at, partial(_say, timeline.shell, made, service, alarm, step, by))


def _write(shell: Shell, service: ServiceData, alarm: AlarmData, by: Actor) -> None:
    values = repository.by_hand(alarm, service)
    if alarm.managed_by == "import":
        values |= {"managed_by": "import", "source": {"path": f"rules/{service.slug}.yml"}}
    alarm_actions.create(shell, values, by=by)


def _say(
    shell: Shell, made: Founded, service: ServiceData, alarm: AlarmData, step: Step, by: Actor
) -> None:
    answers = _ANSWERS if step.state == "accepted" else ()
    said = Said(state=step.state, reason=step.why, answers=answers)
    handovers.set_state(shell, _id(shell, made, service.slug, alarm.key), said, by=by)


def _by_hand_and_in_haste(timeline: Timeline, made: Founded, start: datetime) -> None:
    """One alarm is changed by hand although it is in code; another applies without review."""
    shell = timeline.shell

    def change() -> None:
        by = audit.person(made.people["Leila Farahani"])
        alarm = _id(shell, made, "primary-database", "disk-nearly-full")
        alarm_actions.change(shell, alarm, _CHANGED_BY_HAND, by=by)

    def break_glass() -> None:
        by = audit.person(made.people["Orla Brennan"], is_admin=True)
        alarm = _id(shell, made, "nightly-exports", "export-failed")
        handovers.break_glass(shell, alarm, reason=_WHY_GLASS, by=by)

    timeline.at(_at(start, -2, _SAY), change)
    timeline.at(_at(start, -2, _SAY, number=5), break_glass)


def _mute(timeline: Timeline, made: Founded, weeks: Weeks) -> None:
    begun = weeks.begin(0)
    until = begun + timedelta(days=7) + _MUTED_FOR

    def silence(service: str, key: str, by: Actor) -> None:
        shell = timeline.shell
        alarm_actions.mute(shell, _id(shell, made, service, key), until=until, by=by)

    for service in services.SERVICES:
        for number, alarm in enumerate(service.alarms):
            if alarm.is_muted:
                by = audit.person(made.people[_author(service.team, number)])
                at = begun - timedelta(days=1)
                timeline.at(at, partial(silence, service.slug, alarm.key, by))


def _id(shell: Shell, made: Founded, service: str, key: str) -> str:
    with shell.db.transaction() as tx:
        found = alarms_store.by_key(tx, made.services[service], key)
    if found is None:
        raise LookupError(f"{service}/{key}")
    return str(found["id"])


def _author(team: str, number: int) -> str:
    names = [p.name for p in staff.ENGINEERS if p.team == team and not p.is_volunteer]
    return names[number % len(names)]


def _volunteer(team: str, number: int) -> str:
    """Return who judges an alarm: a volunteer of another team."""
    names = [p.name for p in staff.ENGINEERS if p.is_volunteer and p.team != team]
    return names[number % len(names)]
