"""Tonight: who answers now and why, what is open, what is held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta

from starlette.responses import Response

from watchbill.core import hours
from watchbill.core.people import OfficeId, TeamId
from watchbill.queries import alarm_screens, companies, oncall
from watchbill.queries import tonight as queries
from watchbill.queries.alarm_screens import Glass, Lapsing
from watchbill.queries.oncall import OnCallRow
from watchbill.queries.tonight import Figures
from watchbill.web.ui import pages, received, rows, standing, tonight
from watchbill.web.ui.visits import Visit

#: Rows of open and of held incidents; the rest is one link away.
_SHOWN = 5
#: An office's date is at most two days from the viewer's, the date line between them.
_AROUND = timedelta(days=2)
#: How long before it ends an acceptance is shown.
_LAPSING = timedelta(days=14)

#: Office id → its holidays and closing days around today, named.
Closed = Mapping[str, Mapping[date, str]]


def show_tonight(visit: Visit) -> Response:
    """Show the board."""
    today = _today(visit, visit.zone)
    month_on = today.replace(day=1)
    month_at = hours.instant(month_on, time(0), visit.zone)
    with visit.site.shell.db.transaction() as tx:
        figures = queries.figures(
            tx,
            visit.company,
            now=visit.now,
            month_at=month_at,
            person_id=visit.me.id,
            limit=_SHOWN,
        )
        closed = companies.closed_days(tx, today - _AROUND, today + _AROUND)
        broken = alarm_screens.glass(tx)
        lapsing = alarm_screens.lapsing(tx, until=visit.now + _LAPSING)
    context = replace(
        _context(visit, figures, closed, month_on),
        glass=tuple(_glass(row) for row in broken),
        lapsing=tuple(_lapsing(visit, row) for row in lapsing),
        handed=received.shown(visit),
    )
    return pages.render(visit.request, pages.TONIGHT, context)


def _glass(row: Glass) -> tonight.GlassRow:
    return tonight.GlassRow(
        id=row.alarm_id,
        title=row.title,
        service_name=row.service,
        person_name=row.by,
        reason=row.reason,
        at=row.at,
    )


def _lapsing(visit: Visit, row: Lapsing) -> tonight.LapsingRow:
    return tonight.LapsingRow(
        id=row.alarm_id,
        title=row.title,
        team_name=row.team,
        at=row.lapses_at,
        is_over=row.lapses_at <= visit.now,
    )


def _context(visit: Visit, figures: Figures, closed: Closed, month_on: date) -> tonight.Tonight:
    company, board = visit.company, figures.board
    mine = rows.incident_rows(visit, [board.mine]) if board.mine else ()
    on_call = dict.fromkeys((company.volunteer(visit.now), company.duty_manager(visit.now)))
    return tonight.Tonight(
        mine=mine[0] if mine else None,
        volunteer=standing.shown(queries.volunteer(company, visit.now)),
        manager=standing.shown(queries.manager(company, visit.now)),
        offices=_offices(visit, closed),
        has_services=bool(company.services),
        open=rows.incident_rows(visit, board.open),
        open_count=board.open_count,
        held=rows.incident_rows(visit, board.held),
        held_count=board.held_count,
        on_call=tuple(rows.name_of(company, person) for person in on_call if person),
        on_call_limit=company.people_at_once,
        pages_count=figures.pages_count,
        pages_target=company.pages_a_month,
        month_on=month_on,
        health=tuple(
            tonight.HealthLine(
                key=line.key,
                sentence=" ".join(_sentence(s) for s in (line.sentence, line.remark) if s),
                count=line.count,
            )
            for line in figures.health
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _offices(visit: Visit, closed: Closed) -> tuple[tonight.OfficeNow, ...]:
    """Return every office that has teams, the viewer's first."""
    mine, company = visit.me.office_id, visit.company
    teams = oncall.on_call(company, at=visit.now)
    return tuple(
        tonight.OfficeNow(
            name=office.name,
            zone=office.hours.zone,
            holiday=closed.get(office.id, {}).get(_today(visit, office.hours.zone), ""),
            teams=own,
        )
        for office in sorted(company.offices.values(), key=lambda o: (o.id != mine, o.name))
        if (own := tuple(_team(row) for row in teams if _office_of(visit, row) == office.id))
    )


def _today(visit: Visit, zone: str) -> date:
    return visit.now.astimezone(hours.known_zone(zone)).date()


def _office_of(visit: Visit, row: OnCallRow) -> OfficeId:
    return visit.company.teams[TeamId(row.team_id)].office_id


def _team(row: OnCallRow) -> tonight.TeamNow:
    answers = standing.answers_of(row)
    return tonight.TeamNow(
        id=row.team_id,
        name=row.team,
        is_working=row.is_working,
        changes_at=row.changes_at,
        kind=answers.kind,
        answers_name=answers.name,
        remark=answers.remark,
    )
