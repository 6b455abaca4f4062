"""The managers' rota, its overrides, and how often it was needed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from starlette.responses import Response

from watchbill.core import rotas
from watchbill.core.people import Person, PersonRole
from watchbill.queries import escalations, rota_table
from watchbill.queries.escalations import EscalationRow
from watchbill.web.ui import managers, pages, rows, times
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_AHEAD, _BACK = timedelta(weeks=13), timedelta(days=90)
_WHYS = ("help", "timeout", "declined", "uncovered")


def show_managers(visit: Visit) -> Response:
    """Show who stands behind the volunteer."""
    return managers_page(visit)


def managers_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the screen, with what was wrong with the form just sent."""
    company, rota = visit.company, visit.company.managers
    members = rota.members if rota else ()
    with visit.site.shell.db.transaction() as tx:
        uses = escalations.since(tx, visit.now - _BACK)
        overrides = rota_table.overrides(tx, rota.id, after=visit.now) if rota else ()
    found = [p for p in company.people.values() if p.role is PersonRole.MANAGER]
    turns = _turns(visit)
    context = managers.Managers(
        sentence=_sentence(visit, turns),
        turns=turns,
        overrides=tuple(
            managers.OverrideRow(id=o.id, name=o.name, start=o.starts_at, end=o.ends_at)
            for o in overrides
        ),
        members=tuple(
            managers.MemberRow(person_id=m, name=rows.name_of(company, m) or "nobody any more")
            for m in members
        ),
        uses=_uses(uses),
        managers=_choices(found),
        others=_choices(person for person in found if person.id not in members),
        rota_id=rota.id if rota else "",
        may_change=visit.me.is_admin or visit.me.role is PersonRole.MANAGER,
        person_id=visit.field("person_id"),
        starts_at=visit.field("starts_at"),
        ends_at=visit.field("ends_at"),
        error=error,
    )
    return pages.render(visit.request, pages.MANAGERS, context, status=status)


def _choices(people: Iterable[Person]) -> tuple[Choice, ...]:
    by_name = sorted(people, key=lambda person: person.name)
    return tuple(Choice(value=person.id, label=person.name) for person in by_name)


def _sentence(visit: Visit, turns: tuple[managers.TurnRow, ...]) -> str:
    name = rows.name_of(visit.company, visit.company.duty_manager(visit.now))
    if not name:
        return "Nobody stands the managers’ rota now: every manager is called when one is needed."
    turn = next((row for row in turns if row.is_now), None)
    until = f" until {times.moment(turn.end, visit.zone).striptags()}" if turn else ""
    following = next((row.name for row in turns if not row.is_now and row.name != name), "")
    then = f", then {following}" if following else ""
    return f"{name} is the duty manager{until}{then}."


def _turns(visit: Visit) -> tuple[managers.TurnRow, ...]:
    rota = visit.company.managers
    if rota is None:
        return ()
    # From before and beyond, so that no turn that is shown is cut at an edge.
    found = rotas.stretches(
        rota, visit.company.absences, start=visit.now - _AHEAD, end=visit.now + 2 * _AHEAD
    )
    return tuple(
        managers.TurnRow(
            name=rows.name_of(visit.company, each.person_id) or "Nobody",
            start=each.start,
            end=each.end,
            is_now=each.start <= visit.now,
            is_override=each.is_override,
            is_gap=each.person_id is None,
        )
        for each in found
        if each.end > visit.now and each.start < visit.now + _AHEAD
    )


def _uses(found: tuple[EscalationRow, ...]) -> tuple[managers.UseRow, ...]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in found:
        counts[row.month][row.why] = row.incidents
    return tuple(
        managers.UseRow(month=month, **{why: counts[month].get(why, 0) for why in _WHYS})
        for month in sorted(counts, reverse=True)
    )
