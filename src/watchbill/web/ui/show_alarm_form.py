"""The form in which an alarm is written by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from starlette.responses import Response

from watchbill.actions.dry_runs import Tried
from watchbill.core.bar import runbook_template
from watchbill.queries import alarms as queries
from watchbill.queries import reading
from watchbill.queries.alarms import AlarmRow
from watchbill.web.ui import alarm, alarm_forms, alarm_places, alarm_rows, alarm_typing, pages
from watchbill.web.ui.alarm_forms import WaiverRow
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_NOT_A_WORD = re.compile(r"[^A-Za-z0-9_.:/-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody typed into the form, and what came of it."""

    values: dict[str, str]
    waivers: tuple[WaiverRow, ...] = ()
    #: The version its writer has read.
    etag: str = ""
    #: How it stands to the bar, if they asked.
    tried: Tried | None = None
    error: str = ""
    #: What is wrong with a field, by its name.
    errors: dict[str, str] = field(default_factory=dict)


def show_new(visit: Visit) -> Response:
    """Show the form for a new alarm, filled in as far as its name says."""
    name = visit.asked("name")[:200].replace("\x00", "")
    key = _NOT_A_WORD.sub("-", name).strip("-")[:80]
    service = visit.asked("service")[:60].replace("\x00", "")
    values = dict.fromkeys(alarm_typing.typed(visit), "")
    values |= {"service": service, "key": key, "severity": "critical"}
    values["match"] = f"alarm = {name}" if name and name != key else ""
    values["runbook"] = runbook_template.template(
        key=key or "TheAlarmsKey", owner=_owner(visit, service), on=visit.now.date()
    )
    return new_form(visit, Typed(values=values))


def new_form(visit: Visit, typed: Typed, *, status: int = 200) -> Response:
    """Show the form for a new alarm with what was typed."""
    context = alarm_forms.AlarmForm(
        id="",
        heading="Write an alarm down",
        values=typed.values,
        services=_services(visit),
        teams=_teams(visit),
        waivers=(*typed.waivers, WaiverRow()),
        bar=_bar(typed),
        changed=_changed(typed.tried),
        error=typed.error,
        errors=typed.errors,
    )
    return pages.render(visit.request, pages.ALARM_FORM, context, status=status)


def show_edit(visit: Visit) -> Response:
    """Show an alarm's newest version in the form."""
    alarm_id = visit.part("id")
    with visit.site.shell.db.transaction() as tx:
        row = queries.get(tx, alarm_id, now=visit.now)
        etag = reading.version(tx, "alarms", alarm_id)
    typed = Typed(values=alarm_typing.written(row), waivers=alarm_typing.waivers_of(row), etag=etag)
    return edit_form(visit, row, typed)


def edit_form(visit: Visit, row: AlarmRow, typed: Typed, *, status: int = 200) -> Response:
    """Show it with what was typed; the form keeps the version its writer has read."""
    place = alarm_places.place(row)
    written = " ".join(filter(None, (place.repository, place.path)))
    context = alarm_forms.AlarmForm(
        id=row.id,
        heading=f"Change {row.key}",
        values=typed.values,
        services=_services(visit),
        teams=_teams(visit),
        waivers=(*typed.waivers, WaiverRow()),
        etag=typed.etag,
        code=f"{place.way}: {written}" if row.managed_by in ("yaml", "terraform") else "",
        code_href=place.href,
        saving=_saving(row),
        bar=_bar(typed),
        changed=_changed(typed.tried),
        error=typed.error,
        errors=typed.errors,
    )
    return pages.render(visit.request, pages.ALARM_FORM, context, status=status)


def _bar(typed: Typed) -> alarm.Bar | None:
    return alarm_rows.bar_of(typed.tried.findings) if typed.tried else None


def _changed(tried: Tried | None) -> str:
    if tried is None:
        return ""
    names = ", ".join(name.replace("_", " ") for name in tried.changed)
    return {"create": "It would be a new alarm.", "nothing": "Nothing would change."}.get(
        tried.would, f"It would change {names}."
    )


def _saving(row: AlarmRow) -> str:
    number = row.version + 1
    if row.state == "draft":
        return f"version {number}, still a draft"
    if row.in_force is not None:
        return f"version {number}, which is proposed; version {row.in_force} stays in force until it is accepted"
    return f"version {number}, which is proposed to the on-call team"


def _owner(visit: Visit, slug: str) -> str:
    """Return the slug of the team that owns the service, or the viewer's own."""
    company = visit.company
    owner = next((s.team_id for s in company.services.values() if s.slug == slug), visit.me.team_id)
    return company.teams[owner].slug if owner else "your-team"


def _services(visit: Visit) -> tuple[Choice, ...]:
    mine = visit.me.team_id
    found = visit.company.services.values()
    ordered = sorted(found, key=lambda s: (s.team_id != mine, s.name))
    own = [s for s in ordered if s.team_id == mine or visit.me.is_admin]
    return tuple(Choice(value=s.slug, label=s.name) for s in own or ordered)


def _teams(visit: Visit) -> tuple[Choice, ...]:
    found = sorted(visit.company.teams.values(), key=lambda team: team.name)
    return tuple(Choice(value=team.slug, label=team.name) for team in found)
