"""Tonight: who answers now and why, what is open, what is held."""

from __future__ import annotations

from datetime import date, time

from starlette.responses import Response

from watchbill.core import hours
from watchbill.core.people import OfficeId, TeamId
from watchbill.queries import oncall, screens_tonight
from watchbill.queries import tonight as queries
from watchbill.queries.oncall import OnCallRow
from watchbill.queries.screens_tonight import Night
from watchbill.web.ui import pages, rows, standing, tonight
from watchbill.web.ui.visits import Visit

#: Rows of open and of held incidents; the rest is one link away.
_SHOWN = 5


def show_tonight(visit: Visit) -> Response:
    """Show the board."""
    today = visit.now.astimezone(hours.known_zone(visit.zone)).date()
    month_on = today.replace(day=1)
    night = screens_tonight.read(
        visit.site.shell.db,
        visit.company,
        visit.me.id,
        now=visit.now,
        month_start=hours.instant(month_on, time(0), visit.zone),
        today={
            office.id: visit.now.astimezone(hours.known_zone(office.hours.zone)).date()
            for office in visit.company.offices.values()
        },
        limit=_SHOWN,
    )
    return pages.render(visit.request, pages.TONIGHT, _context(visit, night, month_on))


def _context(visit: Visit, night: Night, month_on: date) -> tonight.Tonight:
    company, board = visit.company, night.board
    mine = rows.incident_rows(visit, [board.mine]) if board.mine else ()
    on_call = dict.fromkeys((company.volunteer(visit.now), company.duty_manager(visit.now)))
    return tonight.Tonight(
        mine=mine[0] if mine else None,
        volunteer=standing.shown(queries.volunteer(company, visit.now)),
        manager=standing.shown(queries.manager(company, visit.now)),
        offices=_offices(visit, night),
        open=rows.incident_rows(visit, board.open),
        open_count=board.open_count,
        held=rows.incident_rows(visit, board.held),
        held_count=board.held_count,
        on_call=tuple(rows.name_of(company, person) for person in on_call if person),
        on_call_limit=company.people_at_once,
        pages_count=night.pages_count,
        pages_target=company.pages_a_month,
        month_on=month_on,
        health=tuple(
            tonight.HealthLine(key=line.key, sentence=_sentence(line.sentence), count=line.count)
            for line in night.lines
        ),
    )


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _offices(visit: Visit, night: Night) -> tuple[tonight.OfficeNow, ...]:
    """Return every office that has teams, the viewer's first."""
    mine, company = visit.me.office_id, visit.company
    teams = oncall.on_call(company, at=visit.now)
    return tuple(
        tonight.OfficeNow(
            name=office.name,
            zone=office.hours.zone,
            holiday=night.closed.get(office.id, ""),
            teams=own,
        )
        for office in sorted(company.offices.values(), key=lambda o: (o.id != mine, o.name))
        if (own := tuple(_team(row) for row in teams if _office_of(visit, row) == office.id))
    )


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
