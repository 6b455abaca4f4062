"""Wording: reasons, roles and happenings of an incident as sentences for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from watchbill.core.incidents import EntryKind
from watchbill.core.routing import Reason, StepRole
from watchbill.queries.messages import WHY
from watchbill.web.ui import times

#: In which capacity, as a word beside a name.
ROLES: dict[StepRole, str] = {
    StepRole.ROTA: "on the team's rota",
    StepRole.TEAM: "of the team",
    StepRole.PERSON: "named by the team's policy",
    StepRole.VOLUNTEER: "the volunteer",
    StepRole.MANAGER: "of the managers' rota",
}
_TO_ME: dict[StepRole, str] = {
    StepRole.ROTA: "You stand your team's rota.",
    StepRole.TEAM: "You belong to the owning team, and nobody asked before you has answered.",
    StepRole.PERSON: "Your team's policy names you.",
    StepRole.VOLUNTEER: "You stand the volunteers' shift.",
    StepRole.MANAGER: "You stand the managers' rota, and nobody asked before you has answered.",
}
#: Reasons whose sentence speaks to the person who reads it; the same, told of somebody else.
_OF_OTHERS: dict[Reason, str] = {
    Reason.TEAM_AT_WORK: "The owning team is at work and answers for its own service.",
    Reason.TEAM_UNREACHABLE: "Nobody of the owning team can be reached, so managers are called.",
    Reason.TEAM_NEVER_AT_WORK: "The owning team has no working hours ahead, so managers are called.",
}
_SAYS_ALL = frozenset({Reason.NO_VOLUNTEER, Reason.TEAM_UNREACHABLE, Reason.TEAM_NEVER_AT_WORK})

FACTS: dict[str, str] = {
    "service": "Service",
    "team": "Team",
    "team_zone": "The team's zone",
    "team_local_time": "The team's local time",
    "alarm": "Alarm",
    "alarm_state": "The alarm is",
    "severity": "Severity",
    "version": "Company, version",
}
_ENDED: dict[str, str] = {
    "escalated": "did not answer in time",
    "failed": "could not be reached",
}
_PLAIN: dict[EntryKind, str] = {
    EntryKind.ALERTS_RESOLVED: "Its last alert was resolved by the source.",
    EntryKind.ACKNOWLEDGED: "Acknowledged",
    EntryKind.ACK_EXPIRED: "The acknowledgement ran out.",
    EntryKind.DECLINED: "Cannot take it; the next is called",
    EntryKind.HELP_ASKED: "Asked for help; the duty manager is called",
    EntryKind.HELPED: "Helped",
    EntryKind.HELP_OFFERED: "Can help",
    EntryKind.WOKE: "The snooze ended.",
    EntryKind.STUCK: "Nobody can be reached. It is tried again every minute.",
    EntryKind.NOTE: "Note",
}
_SIDES: dict[str, str] = {
    "team": "Passed to the owning team.",
    "volunteers": "Passed to the volunteer.",
    "hold": "Held for working hours.",
    "nobody": "Nobody is asked for now.",
}


def why_me(role: StepRole, reason: Reason) -> str:
    """Return why a person is called, spoken to that person."""
    if role is StepRole.MANAGER and reason in _SAYS_ALL:
        return WHY[reason]
    return f"{_TO_ME[role]} {WHY[reason]}"


def to_help(asking: str, called: str) -> str:
    """Return why the managers are called ("": told to one of them) by somebody who has it."""
    who = f"{called} is called" if called else "You are called"
    return f"{who} to help: {asking} has it, and asked."


def why_them(name: str, role: StepRole, reason: Reason) -> str:
    """Return why a person is called, told to somebody else."""
    return f"{name} is called: {ROLES[role]}. {_OF_OTHERS.get(reason, WHY[reason])}"


def why_so(reason: Reason) -> str:
    """Return why an incident is where it is, told to anybody."""
    return _OF_OTHERS.get(reason, WHY[reason])


def several(names: Sequence[str]) -> str:
    """Return names as people list them: `Ann, Ben and Cas`; of many the first three."""
    shown = names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def happened(
    kind: str, facts: Mapping[str, Any], name: str, names: Mapping[str, str], zone: str
) -> tuple[str, str]:
    """Return a timeline entry as a sentence, and who did it ("" if the sentence says it)."""
    what = EntryKind(kind)
    if what in _PLAIN:
        return _PLAIN[what], name
    if what is EntryKind.HELPERS_ASKED:
        return _asked(facts, names), name
    return _told(what, facts, name, zone)


def _asked(facts: Mapping[str, Any], names: Mapping[str, str]) -> str:
    asked = [names.get(str(p), "somebody") for p in facts.get("people", ())]
    before = [names.get(str(p), "somebody") for p in facts.get("asked_before", ())]
    said = f"; asked within ten minutes before: {', '.join(before)}" if before else ""
    return f"Asked by mail: {', '.join(asked) or 'nobody'}{said}"


def _told(what: EntryKind, facts: Mapping[str, Any], name: str, zone: str) -> tuple[str, str]:
    until = facts.get("until")
    when = f" until {short(datetime.fromisoformat(until), zone)}" if until else ""
    told: dict[EntryKind, tuple[str, str]] = {
        EntryKind.OPENED: (_opened(facts), name),
        EntryKind.GREW: (f"Grew from {facts.get('was', '?')} to {facts.get('firing', '?')}.", ""),
        EntryKind.ROUTED: (_SIDES.get(str(facts.get("side")), "Passed on."), ""),
        EntryKind.PAGED: (f"{name} is called: {_role(facts)}.", ""),
        EntryKind.PAGE_ENDED: (f"{name} {_ENDED.get(str(facts.get('outcome')), 'is not called any more')}.", ""),
        EntryKind.HELD: (f"Held{when}. {_reason(facts)}".strip(), ""),
        EntryKind.SNOOZED: (f"Snoozed{when}", name),
        EntryKind.GLASS_BROKEN: (f"Broke the glass: {facts.get('reason', '')}", name),
        EntryKind.RESOLVED: (f"Resolved {facts.get('resolution', '')}".strip(), name),
    }  # fmt: skip
    return told.get(what, (what.value.replace("_", " ").capitalize(), name))


def _opened(facts: Mapping[str, Any]) -> str:
    reason = facts.get("reason")  # only what a person declares has one
    said = f"{'Declared' if reason else 'Opened'}: {facts.get('summary', '')}"
    return f"{said} ({reason})" if reason else said


def short(at: datetime, zone: str) -> str:
    """Return an instant as plain words."""
    return times.moment(at, zone).striptags()


def _role(facts: Mapping[str, Any]) -> str:
    value = facts.get("role")
    return ROLES[StepRole(value)] if value in {role.value for role in StepRole} else "called"


def _reason(facts: Mapping[str, Any]) -> str:
    value = facts.get("reason")
    return why_so(Reason(value)) if value in {reason.value for reason in Reason} else ""
