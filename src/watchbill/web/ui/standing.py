"""Standing: who answers for a team at an instant, and who stands a shift, as screens say it."""

from __future__ import annotations

from dataclasses import dataclass

from watchbill.core.routing import Reason, StepRole
from watchbill.queries import tonight as queries
from watchbill.queries.oncall import OnCallRow
from watchbill.web.ui.tonight import AnswerKind, Standing

_KINDS: dict[StepRole, AnswerKind] = {
    StepRole.ROTA: "rota",
    StepRole.TEAM: "rota",
    StepRole.PERSON: "rota",
    StepRole.VOLUNTEER: "volunteer",
    StepRole.MANAGER: "duty_manager",
}
_REMARKS = {
    Reason.TEAM_UNREACHABLE: "nobody of the team can be reached",
    Reason.NO_VOLUNTEER: "no volunteer can be reached",
}
#: How the kinds read beside a name.
IN_WORDS: dict[AnswerKind, str] = {
    "rota": "from its rota",
    "volunteer": "the volunteer",
    "duty_manager": "the duty manager",
    "nobody": "not covered",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Who is called first for an accepted alarm of a team, and why, if it is unusual."""

    kind: AnswerKind
    name: str
    remark: str = ""


def answers_of(row: OnCallRow) -> Answers:
    """Return who answers for a team, in words."""
    if not row.steps:
        return Answers(kind="nobody", name="", remark="nobody can be reached")
    first = row.steps[0].people
    role = StepRole(first[0].role)
    if role is StepRole.TEAM and len(first) > 1:
        return Answers(kind="rota", name="The whole team", remark="nobody stands its rota")
    remark = _REMARKS.get(Reason(row.reason), "")
    return Answers(kind=_KINDS[role], name=first[0].name, remark=remark)


def in_words(answers: Answers) -> str:
    """Return the same in one line: `Niamh Byrne, the volunteer`."""
    remark = f": {answers.remark}" if answers.remark else ""
    return f"{answers.name or 'Nobody'}, {IN_WORDS[answers.kind]}{remark}"


def shown(found: queries.Standing | None) -> Standing | None:
    """Return who stands a shift, as the screen shows it."""
    if found is None:
        return None
    return Standing(
        name=found.name,
        office_name=found.office or "No office",
        zone=found.zone,
        until_at=found.until_at,
        next_name=found.next_name,
    )
