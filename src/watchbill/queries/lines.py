"""Lines: the health lines that must read zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from watchbill.core import people_on_call, rotas, uncovered
from watchbill.core.company import Company
from watchbill.core.hours import Period
from watchbill.core.people import PersonId
from watchbill.store.database import Tx

#: How far ahead somebody must be planned for every hour.
AHEAD = timedelta(weeks=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One line that must read zero."""

    #: The rule's id (`NO1`), or what it is about.
    key: str
    sentence: str
    count: int
    #: More about it, such as when somebody is missing first and who follows; or "".
    remark: str = ""


#: Counted by the database: key, sentence, query with %(now)s, %(day_ago)s and %(month_at)s.
_COUNTED = (
    (
        "ALL",
        "events set aside because they could not be folded",
        "select count(*) from inbox where failed_at is not null",
    ),
    (
        "ALL",
        "incidents the engine fails on",
        "select count(*) from incidents where failed_at is not null",
    ),
    (
        "ALL",
        "open incidents for which nobody can be reached",
        "select count(*) from incidents where state <> 'resolved' and stuck_at is not null",
    ),
    (
        "ALL",
        "notifications that failed within a day",
        "select count(*) from notifications where state = 'failed' and created_at > %(day_ago)s",
    ),
    (
        "NO1",
        "people of the owning team called out of hours this month",
        (
            "select count(*) from pages where out_of_hours and started_at >= %(month_at)s "
            "and role in ('rota', 'team', 'person')"
        ),
    ),
    (
        "NO3",
        "escalations to somebody who is not a manager this month",
        (
            "select count(*) from pages p join people w on w.id = p.person_id "
            "where p.out_of_hours and p.started_at >= %(month_at)s and p.role = 'manager' "
            "and w.role <> 'manager'"
        ),
    ),
    (
        "NO4",
        "volunteers paged this month for an alarm nobody accepted",
        (
            "select count(*) from pages p where p.out_of_hours and p.started_at >= %(month_at)s "
            "and p.role = 'volunteer' and p.reason = 'alarm_accepted' "
            'and not p.facts @> \'[["alarm_state", "accepted"]]\''
        ),
    ),
    (
        "NO5",
        "alarms in force that nobody reviewed and no glass was broken for",
        (
            "select count(*) from alarms a join alarm_versions v on v.alarm_id = a.id "
            "and v.number = a.in_force where v.accepted_at is null and v.glass_at is null"
        ),
    ),
)


def health(
    tx: Tx, company: Company, *, now: datetime, month_at: datetime
) -> tuple[HealthLine, ...]:
    """Return every line, in a fixed order."""
    values = {"now": now, "day_ago": now - timedelta(days=1), "month_at": month_at}
    counted = []
    for key, sentence, query in _COUNTED:
        row = tx.execute(query, values).fetchone()
        counted.append(HealthLine(key=key, sentence=sentence, count=row[0] if row else 0))
    return (*counted, *_planned(company, now))


def _planned(company: Company, now: datetime) -> tuple[HealthLine, ...]:
    end = now + AHEAD
    # Before there is a service there is nothing to be called for.
    missing = uncovered.stretches(company, start=now, end=end)
    shifts = [
        gap
        for gap in uncovered.gaps(company.shifts, start=now, end=end)
        if any(gap.start < part.end and part.start < gap.end for part in missing)
    ]
    managers = _unmanaged(company, start=now, end=end) if company.services else []
    zone = company.managers.zone if company.managers else "UTC"
    on_duty = {company.volunteer(now), company.duty_manager(now)}
    crowd = people_on_call.at_once(company, now)
    return (
        HealthLine(
            key="NO8",
            sentence="people on call at once beyond what the design says",
            count=max(len(crowd) - company.people_at_once, 0),
        ),
        HealthLine(
            key="RE1",
            sentence="people on duty whom no message can reach",
            count=_unreachable(company, on_duty),
        ),
        HealthLine(
            key="SH1",
            sentence="hours of the next four weeks without a volunteer",
            count=_hours(missing),
            remark=_first(company, shifts, company.volunteer, horizon=end, zone=zone),
        ),
        HealthLine(
            key="ES2",
            sentence="hours of the next four weeks without a duty manager",
            count=_hours(managers),
            remark=_first(company, managers, company.duty_manager, horizon=end, zone=zone),
        ),
    )


def _unmanaged(company: Company, *, start: datetime, end: datetime) -> list[Period]:
    if company.managers is None:
        return [Period(start=start, end=end)]
    return rotas.gaps(company.managers, company.absences, start=start, end=end)


def _first(
    company: Company,
    gaps: list[Period],
    standing: Callable[[datetime], PersonId | None],
    *,
    horizon: datetime,
    zone: str,
) -> str:
    """Return from when to when nobody stands first, and who stands then."""
    if not gaps:
        return ""
    info, gap = ZoneInfo(zone), gaps[0]
    since = f"nobody from {gap.start.astimezone(info):%a %-d %b %H:%M}"
    if gap.end >= horizon:
        return f"{since} ({zone}) on"
    person_id = standing(gap.end)
    person = company.people.get(person_id) if person_id else None
    then = f", then {person.name}" if person else ""
    return f"{since} until {gap.end.astimezone(info):%a %-d %b %H:%M} ({zone}){then}"


def _unreachable(company: Company, people: Iterable[PersonId | None]) -> int:
    return sum(
        1
        for person_id in people
        if person_id is not None
        and not (person_id in company.people and company.people[person_id].is_reachable)
    )


def _hours(periods: Iterable[Period]) -> int:
    total = sum((period.end - period.start for period in periods), timedelta())
    return -(-total // timedelta(hours=1))
