"""The managers' rota, its overrides, and how often it was needed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from starlette.responses import Response

from watchbill.core import rotas
from watchbill.core.people import PersonRole
from watchbill.queries import handoffs, rota_table
from watchbill.web.ui import managers, pages, rows, times
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_AHEAD, _BACK = timedelta(weeks=13), timedelta(days=180)
_WHYS = ("help", "timeout", "declined", "uncovered")


def show_managers(visit: Visit) -> Response:
    """Show who stands behind the volunteer."""
    return managers_page(visit)


def managers_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the screen, with what was wrong with the form just sent."""
    company, rota = visit.company, visit.company.managers
    with visit.site.shell.db.transaction() as tx:
        uses = handoffs.escalations(tx, since=visit.now - _BACK)
        overrides = rota_table.overrides(tx, rota.id, after=visit.now) if rota else ()
    context = managers.Managers(
        sentence=_sentence(visit),
        turns=_turns(visit),
        overrides=tuple(
            managers.OverrideRow(id=o.id, name=o.name, start=o.starts_at, end=o.ends_at)
            for o in overrides
        ),
        members=tuple(rows.name_of(company, m) or m for m in (rota.members if rota else ())),
        uses=_uses(uses),
        managers=tuple(
            Choice(value=person.id, label=person.name)
            for person in sorted(company.people.values(), key=lambda person: person.name)
            if person.role is PersonRole.MANAGER
        ),
        rota_id=rota.id if rota else "",
        may_change=visit.me.is_admin or visit.me.role is PersonRole.MANAGER,
        error=error,
    )
    return pages.render(visit.request, pages.MANAGERS, context, status=status)


def _sentence(visit: Visit) -> str:
    name = rows.name_of(visit.company, visit.company.duty_manager(visit.now))
    if not name:
        return "Nobody stands the managers' rota now: every manager is called when it is needed."
    turn = next((row for row in _turns(visit) if row.is_now), None)
    until = f" until {times.moment(turn.end, visit.zone).striptags()}" if turn else ""
    return f"{name} is the duty manager{until}."


def _turns(visit: Visit) -> tuple[managers.TurnRow, ...]:
    rota = visit.company.managers
    if rota is None:
        return ()
    # From before, so that the turn under way is not cut at its edge.
    found = rotas.stretches(
        rota, visit.company.absences, start=visit.now - _AHEAD, end=visit.now + _AHEAD
    )
    return tuple(
        managers.TurnRow(
            name=rows.name_of(visit.company, each.person_id) or "nobody",
            start=each.start,
            end=each.end,
            is_now=each.start <= visit.now,
            is_override=each.is_override,
        )
        for each in found
        if each.end > visit.now
    )


def _uses(found: tuple[handoffs.EscalationRow, ...]) -> tuple[managers.UseRow, ...]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in found:
        counts[row.month][row.why] = row.incidents
    return tuple(
        managers.UseRow(month=month, **{why: counts[month].get(why, 0) for why in _WHYS})
        for month in sorted(counts, reverse=True)
    )
