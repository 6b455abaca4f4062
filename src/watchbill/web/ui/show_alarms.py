"""Alarms in lists: the catalogue, what nobody wrote down, and what waits for review."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response

from watchbill.core.people import ServiceId, TeamId
from watchbill.queries import alarm_screens, bars
from watchbill.queries import alarms as queries
from watchbill.queries.alarm_screens import Listed, Reader, Totals, Wanted
from watchbill.queries.alarms import Unregistered
from watchbill.web.ui import alarm_rows, alarm_steps, alarms, pages, rows
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_PAGE, _QUEUE = 30, 20
_PAGES_OF, _FIRED_OF = timedelta(days=30), timedelta(days=30)
_SHOWN = 3
ONLY = {
    "overdue": "Overdue for review",
    "without_runbook": "Without a runbook",
    "glass": "Broken glass",
    "drift": "Changed by hand",
}


def show_alarms(visit: Visit) -> Response:
    """Show a page of the catalogue, narrowed as asked."""
    asked, page = _filter(visit), _page(visit)
    wanted = Wanted(
        text=asked.text,
        team_id=asked.team,
        state=asked.state,
        only=asked.only,
        is_noisy_first=asked.order == "noisy",
    )
    since = visit.now - _PAGES_OF
    with visit.site.shell.db.transaction() as tx:
        found = alarm_screens.listed(
            tx, wanted, now=visit.now, since=since, limit=_PAGE + 1, offset=page * _PAGE
        )
        totals = alarm_screens.totals(tx, now=visit.now)
        names = queries.unregistered(tx, since=visit.now - _FIRED_OF)
    query = {name: getattr(asked, name) for name in alarms.CatalogueFilter.__slots__}
    query = {name: value for name, value in query.items() if value}
    context = alarms.Catalogue(
        filter=asked,
        counts=_counts(totals),
        teams=rows.team_choices(visit.company),
        states=_states(),
        onlys=tuple(Choice(value=value, label=label) for value, label in ONLY.items()),
        rows=tuple(alarm_rows.listed(visit, row) for row in found[:_PAGE]),
        unregistered_count=len(names),
        next_query=_query(query, page + 1) if len(found) > _PAGE else "",
        previous_query=_query(query, page - 1) if page else "",
    )
    return pages.render(visit.request, pages.ALARMS, context)


def show_unregistered(visit: Visit) -> Response:
    """Show the names that events gave and that are of no alarm."""
    with visit.site.shell.db.transaction() as tx:
        found = queries.unregistered(tx, since=visit.now - _FIRED_OF)
    context = alarms.Unregistered(
        days=_FIRED_OF.days, rows=tuple(_name(visit, row) for row in found)
    )
    return pages.render(visit.request, pages.UNREGISTERED, context)


def show_queue(visit: Visit) -> Response:
    """Show what waits for review, the longest first, with how it stands to the bar."""
    wanted = Wanted(state="waiting", is_oldest_first=True)
    since = visit.now - _PAGES_OF
    with visit.site.shell.db.transaction() as tx:
        found = alarm_screens.listed(tx, wanted, now=visit.now, since=since, limit=_QUEUE)
        totals = alarm_screens.totals(tx, now=visit.now)
        is_volunteer = visit.me.id in bars.volunteers(tx, visit.now)
        waiting = tuple(_waiting(visit, tx, row, is_volunteer=is_volunteer) for row in found)
    context = alarms.Queue(rows=waiting, count=totals.waiting, is_volunteer=is_volunteer)
    return pages.render(visit.request, pages.ALARM_QUEUE, context)


def _waiting(visit: Visit, tx: Reader, row: Listed, *, is_volunteer: bool) -> alarms.QueueRow:
    held = alarm_rows.bar_of(alarm_rows.held(visit, tx, row.id))
    blocking = [row for row in held.failed if row.is_blocking]
    is_own = row.author_id == visit.me.id
    steps = queries.steps(tx, row.id) if row.state == "in_review" else ()
    return alarms.QueueRow(
        alarm=alarm_rows.listed(visit, row),
        waits=visit.now - row.state_at,
        score=held.score,
        blocking=tuple(f"{row.rule}: {row.faults[0].message}" for row in blocking[:_SHOWN]),
        more_count=max(0, len(blocking) - _SHOWN),
        warnings_count=len(held.failed) - len(blocking),
        reviewer=next((s.person or "" for s in steps if s.state == "in_review"), ""),
        may_review=is_volunteer and not is_own,
        why_not="You wrote it, so somebody else reviews it." if is_volunteer and is_own else "",
    )


def _filter(visit: Visit) -> alarms.CatalogueFilter:
    given = {
        name: visit.asked(name)[:200].replace("\x00", "")
        for name in alarms.CatalogueFilter.__slots__
    }
    if given["state"] not in {choice.value for choice in _states()}:
        given["state"] = ""
    given["only"] = given["only"] if given["only"] in ONLY else ""
    given["order"] = "noisy" if given["order"] == "noisy" else ""
    return alarms.CatalogueFilter(**given)


def _page(visit: Visit) -> int:
    asked = visit.asked("page")
    return int(asked) if re.fullmatch(r"\d{1,4}", asked, re.ASCII) else 0


def _states() -> tuple[Choice, ...]:
    own = [Choice(value=value, label=words[0]) for value, words in alarm_steps.WORDS.items()]
    return (Choice(value="waiting", label="waiting for review"), *own)


def _query(query: dict[str, str], page: int) -> str:
    return f"?{urlencode(query | ({'page': str(page)} if page else {}))}"


def _counts(totals: Totals) -> str:
    """Return the sentence above the list, such as `29 alarms, 17 accepted, 15 in force.`."""
    alarms_word = "alarm" if totals.alarms == 1 else "alarms"
    said = [
        f"{totals.alarms} {alarms_word}",
        f"{totals.accepted} accepted",
        f"{totals.in_force} in force",
    ]
    if totals.waiting:
        said.append(f"{totals.waiting} wait{'s' if totals.waiting == 1 else ''} for review")
    for count, words in (
        (totals.overdue, "overdue"),
        (totals.returned, "returned"),
        (totals.without_runbook, "without a runbook"),
        (totals.glass, "behind broken glass"),
        (totals.drift, "changed by hand"),
        (totals.retired, "retired"),
    ):
        if count:
            said.append(f"{count} {words}")
    return ", ".join(said) + "."


def _name(visit: Visit, row: Unregistered) -> alarms.NameRow:
    service = visit.company.services.get(ServiceId(row.service_id))
    team = visit.company.teams.get(TeamId(row.team_id))
    return alarms.NameRow(
        name=row.alarm,
        service_name=service.name if service else row.service,
        team_name=team.name if team else "",
        count=row.incidents,
        held_count=row.held,
        last_at=row.last_at,
        new_href=f"/alarms/new?{urlencode({'service': row.service, 'name': row.alarm})}",
    )
