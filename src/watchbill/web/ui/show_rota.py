"""The rota: people and weeks, from what is published, and what of it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from watchbill.core import uncovered, volunteers
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId, PersonId
from watchbill.core.volunteers import OnCallTeam, Week
from watchbill.queries import companies, rota_table
from watchbill.queries import tonight as standing
from watchbill.queries.rota_table import Member, ShiftLine
from watchbill.web.ui import pages, pieces, rota, rows, times
from watchbill.web.ui.visits import Visit

_WEEKS = 13
#: Nobody looks further back or ahead.
_FAR = timedelta(weeks=520)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """What was read for the table."""

    weeks: list[Week]
    lines: tuple[ShiftLine, ...]
    members: tuple[Member, ...]
    #: Office id → its holidays and closing days, named.
    closed: Mapping[str, Mapping[date, str]]
    #: What nobody stands, ahead.
    open: list[Period]


def show_rota(visit: Visit) -> Response:
    """Show thirteen weeks from the one under way, or from where was asked."""
    with visit.site.shell.db.transaction() as tx:
        team = rota_table.team(tx)
        weeks = volunteers.weeks(team, start=_from(visit, team), count=_WEEKS)
        first, last = weeks[0].start, weeks[-1].end
        table = _Table(
            weeks=weeks,
            lines=rota_table.between(tx, first, last),
            members=rota_table.members(tx, first, last),
            closed=companies.closed_days(tx, first.date(), last.date()),
            open=_open(visit, max(first, visit.now), last),
        )
    zone = ZoneInfo(team.zone)
    people = tuple(_line(visit, table, member) for member in table.members)
    context = rota.Rota(
        sentence=_sentence(visit),
        warning=_warning(visit, table.open),
        weeks=tuple(
            _column(visit, table.open, week, [(line, line.cells[n]) for line in people])
            for n, week in enumerate(weeks)
        ),
        people=people,
        holidays=_holidays(visit, table),
        earlier=f"{first.astimezone(zone) - _WEEKS * volunteers.WEEK:%Y-%m-%d}",
        later=f"{last.astimezone(zone):%Y-%m-%d}",
    )
    return pages.render(visit.request, pages.ROTA, context)


def _from(visit: Visit, team: OnCallTeam) -> datetime:
    """Return where the table begins: the week under way, or the day that was asked for."""
    try:
        asked = datetime.fromisoformat(visit.asked("from")).replace(tzinfo=ZoneInfo(team.zone))
    except ValueError:
        return volunteers.week_of(team, visit.now).start
    return min(max(asked, visit.now - _FAR), visit.now + _FAR)


def _open(visit: Visit, start: datetime, end: datetime) -> list[Period]:
    """Return the gaps in which some time is uncovered, each as one stretch."""
    bare = uncovered.stretches(visit.company, start=start, end=end)
    return [
        gap
        for gap in uncovered.gaps(visit.company.shifts, start=start, end=end)
        if any(pieces.within(part.start, part.end, gap) for part in bare)
    ]


def _sentence(visit: Visit) -> str:
    company, now = visit.company, visit.now
    current = standing.volunteer(company, now)
    me = current.person_id if current else None
    later = (s for s in company.shifts if s.start > now and not s.is_shadow)
    ahead = next((s for s in later if s.person_id != me), None)
    following = (
        f" {rows.name_of(company, ahead.person_id)} is next, from {_moment(visit, ahead.start)}."
        if ahead
        else " Nobody is planned after that."
    )
    if current is None:
        manager = rows.name_of(company, company.duty_manager(now)) or "nobody"
        return f"Nobody stands the watch now; the duty manager has it: {manager}.{following}"
    return f"{current.name} stands the watch until {_moment(visit, current.until_at)}.{following}"


def _warning(visit: Visit, open_: list[Period]) -> str:
    if not open_:
        return ""
    start, end = _moment(visit, open_[0].start), _moment(visit, open_[0].end)
    count = len(open_) - 1
    more = f" {count} more {'is' if count == 1 else 'are'} marked below." if count else ""
    return f"Nobody stands from {start} to {end}; the duty manager has it then.{more}"


def _moment(visit: Visit, at: datetime) -> str:
    return str(times.moment(at, visit.zone).striptags())


def _column(
    visit: Visit, open_: list[Period], week: Week, cells: list[tuple[rota.PersonLine, rota.Cell]]
) -> rota.WeekColumn:
    outer = Period(start=week.start, end=week.end)
    local = week.start.astimezone(ZoneInfo(visit.zone))
    bare = [part for gap in open_ if (part := pieces.within(gap.start, gap.end, outer))]
    return rota.WeekColumn(
        label=f"{local.day} {local:%b}",
        start=week.start,
        is_now=week.start <= visit.now < week.end,
        open=tuple(
            rota.OpenPart(part=part, name=rows.name_of(visit.company, who) or "nobody")
            for who, part in uncovered.falls_to(visit.company, bare)
        ),
        is_partly=bool(bare) and pieces.merged(bare) != (outer,),
        standing=tuple(
            rota.StandingPart(
                name=line.name,
                is_me=line.is_me,
                is_shadow=cell.is_shadow,
                shift_id=cell.shift_id,
                lines=() if cell.lines == _WHOLE else cell.lines,
                holidays=cell.holidays,
            )
            for line, cell in sorted(cells, key=lambda pair: pair[1].is_shadow)
            if cell.lines
        ),
        away=tuple(line.name for line, cell in cells if cell.is_away),
    )


_WHOLE = ("whole",)


def _line(visit: Visit, table: _Table, member: Member) -> rota.PersonLine:
    return rota.PersonLine(
        person_id=member.person_id,
        name=member.name,
        office=member.office or "",
        is_me=member.person_id == visit.me.id,
        cells=tuple(_cell(visit, table, member, week) for week in table.weeks),
    )


def _cell(visit: Visit, table: _Table, member: Member, week: Week) -> rota.Cell:
    outer = Period(start=week.start, end=week.end)
    here = [
        (line, part)
        for line in table.lines
        if line.person_id == member.person_id
        and (part := pieces.within(line.starts_at, line.ends_at, outer))
    ]
    is_shadow = bool(here) and all(line.shadow for line, _ in here)
    parts = pieces.merged(part for line, part in here if line.shadow == is_shadow)
    return rota.Cell(
        lines=_WHOLE if parts == (outer,) else pieces.lines(parts, visit.zone) if parts else (),
        is_shadow=is_shadow,
        is_away=_is_away(visit, member.person_id, week),
        holidays=_closed(visit, table, member.office_id, [outer]),
        shift_id=here[0][0].id if here else "",
    )


def _is_away(visit: Visit, person_id: str, week: Week) -> bool:
    who = PersonId(person_id)
    return any(
        a.person_id == who and a.start < week.end and week.start < a.end
        for a in visit.company.absences
    )


def _holidays(visit: Visit, table: _Table) -> tuple[rota.OfficeDays, ...]:
    """Return the holidays of the offices whose people are on the rota, in these weeks."""
    whole = [Period(start=table.weeks[0].start, end=table.weeks[-1].end)]
    offices = {m.office_id: m.office for m in table.members if m.office_id}
    return tuple(
        rota.OfficeDays(office=name or "", days=days)
        for office_id, name in sorted(offices.items(), key=lambda pair: pair[1] or "")
        if (days := _closed(visit, table, office_id, whole))
    )


def _closed(
    visit: Visit, table: _Table, office_id: str | None, periods: Sequence[Period]
) -> tuple[str, ...]:
    office = visit.company.offices.get(OfficeId(office_id)) if office_id else None
    if office is None:
        return ()
    return pieces.holidays(periods, office.hours.zone, table.closed.get(office.id, {}))
