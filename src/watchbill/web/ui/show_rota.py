"""The rota: people and weeks, from what is published; and the viewer's own shifts."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from watchbill.core import uncovered, volunteers
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId, PersonId
from watchbill.core.volunteers import Week
from watchbill.queries import bars, rota_table
from watchbill.queries import volunteers as volunteer_queries
from watchbill.queries.rota_table import Member, ShiftLine
from watchbill.web.ui import pages, rota, rows, times
from watchbill.web.ui.visits import Visit

_WEEKS = 13
#: Shifts that were stood are listed so far back.
_BACK = timedelta(weeks=26)


def show_rota(visit: Visit) -> Response:
    """Show thirteen weeks from the one under way, or from where was asked."""
    with visit.site.shell.db.transaction() as tx:
        team = rota_table.team(tx)
        weeks = volunteers.weeks(team, start=_from(visit, team), count=_WEEKS)
        lines = rota_table.between(tx, weeks[0].start, weeks[-1].end)
        members = rota_table.members(tx, weeks[0].start, weeks[-1].end)
    open_ = uncovered.stretches(
        visit.company, start=max(weeks[0].start, visit.now), end=weeks[-1].end
    )
    context = rota.Rota(
        sentence=_sentence(visit),
        warning=_warning(visit, open_),
        weeks=tuple(_column(visit, week, lines, open_) for week in weeks),
        people=tuple(_line(visit, member, weeks, lines) for member in members),
        earlier=f"{weeks[0].start - _WEEKS * volunteers.WEEK:%Y-%m-%d}",
        later=f"{weeks[-1].end:%Y-%m-%d}",
    )
    return pages.render(visit.request, pages.ROTA, context)


def show_mine(visit: Visit) -> Response:
    """Show the viewer's own shifts: the one under way, those ahead, those stood."""
    with visit.site.shell.db.transaction() as tx:
        own = rota_table.own(tx, visit.me.id, since=visit.now - _BACK)
        is_one = visit.me.id in bars.volunteers(tx, visit.now)
        ready = volunteer_queries.readiness(tx, visit.me.id)
    found = [_mine(visit, line) for line in own]
    stood = tuple(row for row in found if row.is_over)
    context = rota.MyShifts(
        now=next((row for row in found if row.is_now and not row.is_shadow), None),
        ahead=tuple(row for row in found if row.start > visit.now),
        stood=stood[::-1],
        stood_length=sum((row.length for row in stood if not row.is_shadow), timedelta()),
        is_ready=ready.is_ready,
        is_volunteer=is_one,
    )
    return pages.render(visit.request, pages.MY_SHIFTS, context)


def _from(visit: Visit, team: volunteers.OnCallTeam) -> datetime:
    """Return where the table begins: the week under way, or the day that was asked for."""
    try:
        asked = datetime.fromisoformat(visit.asked("from")).replace(tzinfo=ZoneInfo(team.zone))
    except ValueError:
        return volunteers.week_of(team, visit.now).start
    return min(max(asked, visit.now - 20 * _BACK), visit.now + 20 * _BACK)


def _sentence(visit: Visit) -> str:
    company, now = visit.company, visit.now
    person_id = company.volunteer(now)
    later = [s for s in company.shifts if s.start > now and not s.is_shadow]
    ahead = next((s for s in later if s.person_id != person_id), None)
    following = (
        f" {rows.name_of(company, ahead.person_id)} is next,"
        f" from {times.moment(ahead.start, visit.zone).striptags()}."
        if ahead
        else " Nobody is planned after that."
    )
    if person_id is None:
        manager = rows.name_of(company, company.duty_manager(now)) or "nobody"
        return f"Nobody stands the watch now; the duty manager has it: {manager}.{following}"
    current = next(
        s for s in reversed(company.shifts) if s.start <= now < s.end and not s.is_shadow
    )
    until = times.moment(current.end, visit.zone).striptags()
    return f"{rows.name_of(company, person_id)} stands the watch until {until}.{following}"


def _warning(visit: Visit, open_: list[Period]) -> str:
    if not open_:
        return ""
    first = open_[0]
    start, end = (times.moment(at, visit.zone).striptags() for at in (first.start, first.end))
    more = f" {len(open_) - 1} more are marked below." if len(open_) > 1 else ""
    return f"Nobody stands from {start} to {end}; the duty manager has it until then.{more}"


def _column(
    visit: Visit, week: Week, lines: tuple[ShiftLine, ...], open_: list[Period]
) -> rota.WeekColumn:
    return rota.WeekColumn(
        start=week.start,
        end=week.end,
        is_now=week.start <= visit.now < week.end,
        open=tuple(piece for gap in open_ if (piece := _within(gap.start, gap.end, week))),
        standing=tuple(
            (line.name, piece)
            for line in lines
            if not line.shadow and (piece := _within(line.starts_at, line.ends_at, week))
        ),
    )


def _line(
    visit: Visit, member: Member, weeks: list[Week], lines: tuple[ShiftLine, ...]
) -> rota.PersonLine:
    own = [line for line in lines if line.person_id == member.person_id]
    return rota.PersonLine(
        person_id=member.person_id,
        name=member.name,
        office=member.office or "",
        is_me=member.person_id == visit.me.id,
        cells=tuple(_cell(visit, member, week, own) for week in weeks),
    )


def _cell(visit: Visit, member: Member, week: Week, own: list[ShiftLine]) -> rota.Cell:
    here = [line for line in own if _within(line.starts_at, line.ends_at, week)]
    shadows = bool(here) and all(line.shadow for line in here)
    pieces = tuple(
        piece
        for line in here
        if line.shadow == shadows and (piece := _within(line.starts_at, line.ends_at, week))
    )
    who = PersonId(member.person_id)
    return rota.Cell(
        pieces=pieces,
        is_whole=pieces == (Period(start=week.start, end=week.end),),
        is_shadow=shadows,
        is_away=any(
            a.person_id == who and a.start < week.end and week.start < a.end
            for a in visit.company.absences
        ),
        is_holiday=_holidays(visit, member.office_id, week.start, week.end) > 0,
        shift_id=here[0].id if here else "",
    )


def _mine(visit: Visit, line: ShiftLine) -> rota.MyShiftRow:
    return rota.MyShiftRow(
        id=line.id,
        start=line.starts_at,
        end=line.ends_at,
        length=line.ends_at - line.starts_at,
        is_shadow=line.shadow,
        is_now=line.starts_at <= visit.now < line.ends_at,
        is_over=line.ends_at <= visit.now,
        holidays=_holidays(visit, line.office_id, line.starts_at, line.ends_at),
    )


def _holidays(visit: Visit, office_id: str | None, start: datetime, end: datetime) -> int:
    """Return how many holidays and closing days of an office lie in [start, end)."""
    office = visit.company.offices.get(OfficeId(office_id)) if office_id else None
    if office is None:
        return 0
    zone = ZoneInfo(office.hours.zone)
    first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
    return sum(1 for day in office.hours.closed_on if first <= day <= last)


def _within(start: datetime, end: datetime, week: Week) -> Period | None:
    a, b = max(start, week.start), min(end, week.end)
    return Period(start=a, end=b) if a < b else None
