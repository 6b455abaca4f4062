"""Rows: incidents in lists, and the choices of forms, by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from watchbill.core.company import Company
from watchbill.core.people import PersonId
from watchbill.queries import people
from watchbill.queries.incidents import IncidentRow as Row
from watchbill.web.ui.shell import Choice, IncidentRow
from watchbill.web.ui.visits import Visit


def incident_rows(visit: Visit, rows: Iterable[Row]) -> tuple[IncidentRow, ...]:
    """Return list rows with names instead of ids."""
    found = list(rows)
    wanted = {p for row in found for p in (row.answered_by, row.asking, *row.calling[:3]) if p}
    known = {str(p): person.name for p, person in visit.company.people.items()}
    if gone := wanted - known.keys():
        with visit.site.shell.db.transaction() as tx:
            known |= people.names(tx, gone)
    viewer = visit.viewer.id if visit.viewer else ""
    return tuple(_row(row, known, viewer) for row in found)


def _row(row: Row, names: Mapping[str, str], viewer: str) -> IncidentRow:
    return IncidentRow(
        id=row.id,
        number=row.number,
        sentence=row.title,
        state=row.state,  # type: ignore[arg-type]  # the database checks it
        severity=row.severity,  # type: ignore[arg-type]  # written from the enum
        service_name=row.service,
        team_name=row.team,
        opened_at=row.opened_at,
        alerts_count=row.alerts,
        person_name=_people(row, names),
        asking_name=names.get(row.asking, "") if row.asking else "",
        until_at=row.until_at,
        is_mine=viewer in row.calling,
    )


def _people(row: Row, names: Mapping[str, str]) -> str:
    """Return who is being called, or who has or had it."""
    if row.calling:
        more = f" and {len(row.calling) - 3} more" if len(row.calling) > 3 else ""
        return ", ".join(names.get(p, "somebody") for p in row.calling[:3]) + more
    return names.get(row.answered_by, "") if row.answered_by else ""


def team_choices(company: Company) -> tuple[Choice, ...]:
    """Return every team, by name."""
    named = sorted((team.name, team.id) for team in company.teams.values())
    return tuple(Choice(value=team_id, label=name) for name, team_id in named)


def service_choices(company: Company) -> tuple[Choice, ...]:
    """Return every service, by name."""
    named = sorted((service.name, service.id) for service in company.services.values())
    return tuple(Choice(value=service_id, label=name) for name, service_id in named)


def name_of(company: Company, person_id: PersonId | None) -> str:
    """Return what a person is called, or ""."""
    person = company.people.get(person_id) if person_id else None
    return person.name if person else ""
