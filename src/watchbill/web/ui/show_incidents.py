"""The list of incidents, and declaring one by hand."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from watchbill.core import hours
from watchbill.queries import incidents as queries
from watchbill.queries.incidents import Filter
from watchbill.web.ui import incidents, pages, rows
from watchbill.web.ui.visits import Visit

_PAGE = 30
_STATES = frozenset({"", "open", "triggered", "acknowledged", "held", "snoozed", "resolved"})


def show_incidents(visit: Visit) -> Response:
    """Show a page of the list, narrowed as asked."""
    asked = _filter(visit)
    mine, cursor = visit.asked("mine"), visit.asked("cursor")
    wanted = _wanted(visit, asked, mine=mine)
    with visit.site.shell.db.transaction() as tx:
        found = queries.listed(tx, wanted, limit=_PAGE, cursor=cursor)
    query = {name: getattr(asked, name) for name in incidents.IncidentFilter.__slots__}
    query = {name: value for name, value in query.items() if value or name == "state"}
    query |= {"mine": mine} if mine else {}
    more = {**query, "cursor": found.next_cursor} if found.next_cursor else {}
    context = incidents.IncidentList(
        filter=asked,
        teams=rows.team_choices(visit.company),
        services=rows.service_choices(visit.company),
        rows=rows.incident_rows(visit, found.items),
        next_query=f"?{urlencode(more)}" if more else "",
        first_query=f"?{urlencode(query)}" if cursor else "",
    )
    return pages.render(visit.request, pages.INCIDENTS, context)


def show_declare(visit: Visit) -> Response:
    """Show the form that declares an incident."""
    return declare_form(visit)


def declare_form(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Show the form with what was typed before and what was wrong with it."""
    company = visit.company
    who = rows.name_of(company, company.volunteer(visit.now))
    context = incidents.Declare(
        services=rows.service_choices(company),
        reaches=f"the team in its working hours, and otherwise {who or 'the duty manager'},",
        service=visit.field("service"),
        sentence=visit.field("sentence"),
        reason=visit.field("reason"),
        error=error,
    )
    return pages.render(visit.request, pages.DECLARE, context, status=status)


def _filter(visit: Visit) -> incidents.IncidentFilter:
    given = {
        name: visit.asked(name)[:200].replace("\x00", "")
        for name in incidents.IncidentFilter.__slots__
    }
    if "state" not in visit.request.query_params or given["state"] not in _STATES:
        given["state"] = "open"
    for name in ("since", "until"):
        given[name] = given[name] if _day(given[name]) else ""
    return incidents.IncidentFilter(**given)


def _wanted(visit: Visit, asked: incidents.IncidentFilter, *, mine: str) -> Filter:
    since, until = _day(asked.since), _day(asked.until)
    text = asked.text.lower()
    return Filter(
        text=asked.text,
        services_called=tuple(
            service.id
            for service in visit.company.services.values()
            if text and text in service.name.lower()
        ),
        state=asked.state,
        team_id=asked.team,
        service_id=asked.service,
        severity=asked.severity,
        since=_midnight(since, visit.zone) if since else None,
        until=_midnight(until + timedelta(days=1), visit.zone) if until else None,
        calling=visit.me.id if mine else "",
    )


def _day(text: str) -> date | None:
    """Return a day as the browser writes it; None if it is none, or in no year of ours."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1990 <= day.year < 2200 else None


def _midnight(day: date, zone: str) -> datetime:
    return hours.instant(day, time(0), zone)
