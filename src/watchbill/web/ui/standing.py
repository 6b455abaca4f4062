"""Standing: who answers for a team at an instant, and who stands a shift, as screens say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.core import rotas, routing
from watchbill.core.company import Company
from watchbill.core.events import Severity
from watchbill.core.people import PersonId, TeamId
from watchbill.core.routing import Reason, StepRole, Subject
from watchbill.web.ui.rows import name_of
from watchbill.web.ui.tonight import AnswerKind, Standing

#: How far ahead a rota is looked at for its next person.
_AHEAD = timedelta(weeks=16)
#: Nobody's id: asks the router as if somebody had broken the glass, so that nothing is held.
_SOMEBODY = PersonId("-")

_KINDS: dict[StepRole, AnswerKind] = {
    StepRole.ROTA: "rota",
    StepRole.TEAM: "rota",
    StepRole.PERSON: "rota",
    StepRole.VOLUNTEER: "volunteer",
    StepRole.MANAGER: "duty_manager",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Who would be called first for a critical alarm of a team, and why, if it is unusual."""

    kind: AnswerKind
    name: str
    remark: str = ""


def answers_for(company: Company, team_id: TeamId, at: datetime) -> Answers:
    """Return who answers for a team at `at`, by the very rule that pages."""
    service = next((s for s in company.services.values() if s.team_id == team_id), None)
    if service is None:
        return Answers(kind="nobody", name="", remark="it owns no service")
    subject = Subject(
        service_id=service.id, alarm="", severity=Severity.CRITICAL, glass_by=_SOMEBODY
    )
    route = routing.route(company, subject, at=at)
    if not route.steps:
        return Answers(kind="nobody", name="", remark="nobody can be reached")
    people = route.steps[0].people
    person_id, role = people[0]
    if role is StepRole.TEAM and len(people) > 1:
        return Answers(kind="rota", name="The whole team", remark="nobody stands its rota")
    remarks = {
        Reason.TEAM_UNREACHABLE: "nobody of the team can be reached",
        Reason.NO_VOLUNTEER: "no volunteer can be reached",
    }
    return Answers(
        kind=_KINDS[role],
        name=name_of(company, person_id),
        remark=remarks.get(route.reason, ""),
    )


def volunteer(company: Company, at: datetime) -> Standing | None:
    """Return the volunteer on shift, with who comes next."""
    shifts = [shift for shift in company.shifts if not shift.is_shadow and shift.end > at]
    now = next((shift for shift in shifts if shift.start <= at), None)
    if now is None:
        return None
    after = next((shift for shift in shifts if shift.start >= now.end), None)
    return _standing(company, now.person_id, now.end, after.person_id if after else None)


def duty_manager(company: Company, at: datetime) -> Standing | None:
    """Return the duty manager, with who comes next."""
    if company.managers is None:
        return None
    ahead = rotas.stretches(company.managers, company.absences, start=at, end=at + _AHEAD)
    now, after = ahead[0], ahead[1] if len(ahead) > 1 else None
    if now.person_id is None:
        return None
    return _standing(company, now.person_id, now.end, after.person_id if after else None)


def _standing(
    company: Company, person_id: PersonId, until: datetime, after: PersonId | None
) -> Standing:
    person = company.people.get(person_id)
    office = company.offices.get(person.office_id) if person and person.office_id else None
    return Standing(
        name=person.name if person else "Somebody who has left",
        office_name=office.name if office else "No office",
        zone=person.zone if person else "UTC",
        until_at=until,
        next_name=name_of(company, after),
    )
