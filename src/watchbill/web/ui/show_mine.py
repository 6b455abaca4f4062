"""The viewer's own shifts: the one under way, those ahead, those stood."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from starlette.responses import Response

from watchbill.actions import handoffs as actions
from watchbill.core.hours import Period
from watchbill.core.people import OfficeId
from watchbill.queries import bars, companies, handoffs, rota_table
from watchbill.queries import volunteers as volunteer_queries
from watchbill.queries.rota_table import ShiftLine
from watchbill.web.ui import pages, pieces, received, rota
from watchbill.web.ui.visits import Visit

#: Shifts that were stood are listed so far back.
_BACK = timedelta(weeks=26)
#: The last part of a shift, in which its handoff is written: a day of a week.
_ENDING = 7


def show_mine(visit: Visit) -> Response:
    """Show the viewer's own shifts."""
    now = visit.now
    with visit.site.shell.db.transaction() as tx:
        own = rota_table.own(tx, visit.me.id, since=now - _BACK)
        noted = handoffs.noted(tx, visit.me.id, since=now - _BACK)
        last = max((line.ends_at for line in own), default=now)
        closed = companies.closed_days(tx, (now - 2 * _BACK).date(), last.date())
        is_one = visit.me.id in bars.volunteers(tx, now)
        ready = volunteer_queries.readiness(tx, visit.me.id)
    ahead = _rows(visit, (line for line in own if line.starts_at > now), noted, closed)
    over = [line for line in own if line.ends_at <= now]
    carried = (line for line in over if not line.shadow)
    context = rota.MyShifts(
        now=_now(visit, own, noted),
        received=received.shown(visit),
        owed=_owed(now, over, noted),
        ahead=ahead,
        stood=_rows(visit, over, noted, closed)[::-1],
        stood_length=pieces.exact(sum((_length(line) for line in carried), timedelta())),
        is_unready=not ready.is_ready and (is_one or bool(ahead)),
        is_volunteer=is_one,
    )
    return pages.render(visit.request, pages.MY_SHIFTS, context)


def _now(visit: Visit, own: Iterable[ShiftLine], noted: Collection[str]) -> rota.MyNow | None:
    for line in own:
        if not line.shadow and line.starts_at <= visit.now < line.ends_at:
            return rota.MyNow(
                id=line.id,
                end=line.ends_at,
                is_ending=line.ends_at - visit.now <= _length(line) / _ENDING,
                has_note=line.id in noted,
            )
    return None


def _owed(now: datetime, over: list[ShiftLine], noted: Collection[str]) -> rota.Piece | None:
    late = [line for line in over if not line.shadow and now < line.ends_at + actions.LATE]
    if not late or late[-1].id in noted:
        return None
    return _piece(late[-1])


def _rows(
    visit: Visit,
    lines: Iterable[ShiftLine],
    noted: Collection[str],
    closed: Mapping[str, Mapping[date, str]],
) -> tuple[rota.MyShiftRow, ...]:
    """Return a row for each shift; pieces of one stand that follow one another share theirs."""
    grouped = itertools.groupby(lines, key=lambda line: (line.stand_id or line.id, line.shadow))
    return tuple(_row(visit, list(group), noted, closed) for _, group in grouped)


def _row(
    visit: Visit,
    lines: list[ShiftLine],
    noted: Collection[str],
    closed: Mapping[str, Mapping[date, str]],
) -> rota.MyShiftRow:
    periods = [Period(start=line.starts_at, end=line.ends_at) for line in lines]
    office_id = lines[0].office_id
    office = visit.company.offices.get(OfficeId(office_id)) if office_id else None
    zone = office.hours.zone if office else visit.zone
    return rota.MyShiftRow(
        id=lines[0].id,
        start=lines[0].starts_at,
        end=lines[-1].ends_at,
        pieces=tuple(_piece(line) for line in lines),
        length=pieces.exact(sum(map(_length, lines), timedelta())),
        is_shadow=lines[0].shadow,
        weekends=pieces.weekends(periods, zone),
        holidays=pieces.holidays(periods, zone, closed.get(office.id, {}) if office else {}),
        has_note=any(line.id in noted for line in lines),
    )


def _piece(line: ShiftLine) -> rota.Piece:
    return rota.Piece(id=line.id, start=line.starts_at, end=line.ends_at)


def _length(line: ShiftLine) -> timedelta:
    return line.ends_at - line.starts_at
