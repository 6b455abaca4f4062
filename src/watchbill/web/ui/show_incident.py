"""One incident: what is wrong, why me, what to do, and what has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.responses import Response

from watchbill.core import helpers, routing
from watchbill.core.incidents import Incident, IncidentState
from watchbill.core.routing import Reason, Side, StepRole
from watchbill.queries import alarm_screens, details
from watchbill.queries.alarm_screens import Reader
from watchbill.queries.alerts import AlertRow
from watchbill.queries.details import EntryRow, Story
from watchbill.queries.pages import NotificationRow, PageRow
from watchbill.web import markdown
from watchbill.web.ui import incidents, pages, rows, wording
from watchbill.web.ui.incidents import Verb
from watchbill.web.ui.shell import Fact
from watchbill.web.ui.visits import Visit

_ALERTS, _FIELDS, _LINKS, _HELPERS = 20, 24, 12, 20
SNOOZES = (
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(days=1)
)  # fmt: skip
_CHANNELS = {"email": "e-mail", "webhook": "webhook"}


def show_incident(visit: Visit) -> Response:
    """Show the incident of the address."""
    return incident_page(visit, visit.part("id"))


def incident_page(
    visit: Visit, incident_id: str, *, error: str = "", status: int = 200
) -> Response:
    """Show an incident, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        story = details.story(tx, incident_id, alerts_limit=_ALERTS)
        verdict = None if story.incident.is_open else _verdict(visit, tx, incident_id)
    context = replace(
        _context(visit, story, error),
        alarm_id=story.alarm.id if story.alarm else "",
        verdict=verdict,
    )
    return pages.render(visit.request, pages.INCIDENT, context, status=status)


def _verdict(visit: Visit, tx: Reader, incident_id: str) -> incidents.Verdict | None:
    """Return what the viewer says of it now that it is over; None if they were never called."""
    given = alarm_screens.verdict(tx, incident_id, visit.me.id)
    if given is not None:
        return incidents.Verdict(
            is_given=True,
            needed=given.needed,
            action=given.action,
            runbook=given.runbook,
            note=given.note,
        )
    was_called = alarm_screens.was_called(tx, incident_id, visit.me.id)
    return incidents.Verdict() if was_called else None


def _context(visit: Visit, story: Story, error: str) -> incidents.Incident:
    incident, company = story.incident, visit.company
    service, team = company.services[incident.service_id], company.teams[incident.team_id]
    by, alarm = incident.resolved_by or incident.acknowledged_by, story.alarm
    is_calling = incident.state is IncidentState.TRIGGERED
    asking = incident.help_asked_by if is_calling else None
    return incidents.Incident(
        id=incident.id,
        number=incident.number,
        sentence=incident.title,
        customer_pain=alarm.customer_impact if alarm else "",
        state=incident.state.value,
        severity=incident.severity.value,
        service_name=service.name,
        team_id=team.id,
        team_name=team.name,
        team_zone=team.hours.zone,
        alarm_key=incident.alarm,
        opened_at=incident.opened_at,
        until_at=incident.hold_until or incident.snoozed_until or incident.ack_until,
        answered_by=story.names.get(by, "") if by else _unnamed(incident),
        answered_at=incident.resolved_at or incident.acknowledged_at,
        asking_name=story.names.get(asking, "somebody") if asking else "",
        asks_myself=asking == visit.me.id,
        called=_called(story),
        why=_why(visit, story),
        next_step=_next_step(visit, incident),
        can=_can(visit, story),
        snoozes=SNOOZES,
        runbook=_runbook(story),
        runbook_href=_web_href(alarm.runbook_url) if alarm else "",
        pages=tuple(_page(story, page, visit.zone) for page in story.pages),
        alerts=tuple(_alert(alert) for alert in story.alerts),
        alerts_count=incident.alerts,
        links=_links(story),
        timeline=tuple(_entry(story, entry, visit.zone) for entry in story.timeline),
        helpers=_helpers(visit, story),
        error=error,
    )


def _unnamed(incident: Incident) -> str:
    """Return who answered when no person did."""
    if incident.state is IncidentState.RESOLVED:
        return {"stale": "silence"}.get(incident.resolution, "its source")
    return "its source" if incident.acknowledged_at else ""


def _own_page(visit: Visit, story: Story) -> PageRow | None:
    mine = (p for p in story.pages if p.person_id == visit.me.id and p.ended_at is None)
    return next(mine, None)


def _why(visit: Visit, story: Story) -> incidents.Why:
    incident = story.incident
    page = _own_page(visit, story)
    calling = page or next((p for p in story.pages if p.ended_at is None), None)
    if calling is not None and (asking := incident.help_asked_by):
        called = "" if page else story.names.get(calling.person_id, "Somebody")
        sentence = wording.to_help(story.names.get(asking, "somebody"), called)
    elif page is not None:
        sentence = wording.why_me(StepRole(page.role), Reason(page.reason))
    elif calling is not None:
        name = story.names.get(calling.person_id, "Somebody")
        sentence = wording.why_them(name, StepRole(calling.role), Reason(calling.reason))
    else:
        sentence = wording.why_so(incident.reason)
    if incident.stuck_at is not None:
        sentence = f"Nobody can be reached; it is tried again and again. {sentence}"
    facts = calling.facts if calling else incident.facts
    return incidents.Why(
        reason=calling.reason if calling else incident.reason.value,
        sentence=sentence,
        facts=tuple(
            Fact(label=wording.FACTS.get(name, name), value=value) for name, value in facts if value
        ),
        is_me=page is not None,
    )


def _next_step(visit: Visit, incident: Incident) -> incidents.NextStep | None:
    """Return who is called when, unless hours end before and somebody else decides."""
    at = incident.step_ends_at
    if incident.state is not IncidentState.TRIGGERED or at is None:
        return None
    if incident.boundary_at is not None and incident.boundary_at <= at:
        return None
    route = routing.route(visit.company, incident.subject, at=visit.now)
    if not route.steps:
        return None
    step = route.steps[min(incident.step + 1, len(route.steps) - 1)]
    who = [
        f"{rows.name_of(visit.company, person)} ({wording.ROLES[role]})"
        for person, role in step.people
    ]
    return incidents.NextStep(at=at, target=wording.several(who))


def _called(story: Story) -> str:
    return wording.several(
        [story.names.get(p.person_id, "somebody") for p in story.pages if p.ended_at is None]
    )


def _can(visit: Visit, story: Story) -> frozenset[Verb]:
    """Return what is offered; the core decides again when it is asked for."""
    incident = story.incident
    if not incident.is_open:
        return frozenset({"note"})
    verbs: set[Verb] = {"resolve", "note"}
    is_silent = incident.side in (Side.HOLD, Side.NOBODY)
    if incident.state in (IncidentState.TRIGGERED, IncidentState.SNOOZED):
        verbs.add("acknowledge")
    if incident.state in (IncidentState.TRIGGERED, IncidentState.ACKNOWLEDGED):
        verbs.add("snooze")
        verbs |= set() if is_silent else {"help"}
    if is_silent:
        verbs.add("break_glass")
    if _own_page(visit, story) is not None:
        verbs.add("decline")
    return frozenset(verbs)


def _runbook(story: Story) -> Markup | None:
    alarm = story.alarm
    if alarm is None or not alarm.runbook:
        return None
    first = f"**What to do:** {alarm.required_action}\n\n" if alarm.required_action else ""
    return markdown.to_html(first + alarm.runbook)


def _page(story: Story, page: PageRow, zone: str) -> incidents.PageRow:
    return incidents.PageRow(
        person_name=story.names.get(page.person_id, "somebody"),
        role=wording.ROLES[StepRole(page.role)],
        state=page.outcome or "calling",
        started_at=page.started_at,
        notifications=tuple(
            _sent(note, zone)
            for note in page.notifications
            if note.kind == "page" and note.state != "cancelled"
        ),
    )


def _sent(note: NotificationRow, zone: str) -> str:
    name, why = _CHANNELS.get(note.channel, note.channel), note.error[:120]
    when = wording.short(note.sent_at or note.due_at, zone).rsplit(" ", 1)[-1]
    if note.state == "failed":
        return f"{name} failed: {why}"
    if note.state in ("planned", "claimed"):
        return f"{name} not taken yet: {why}" if why else f"{name} due {when}"
    return f"{name} sent {when}"


def _alert(alert: AlertRow) -> incidents.AlertRow:
    return incidents.AlertRow(
        summary=alert.summary,
        is_firing=alert.state == "firing",
        severity=alert.severity,  # type: ignore[arg-type]  # written from the enum
        started_at=alert.first_at,
        events_count=alert.events,
        fields=tuple(Fact(label=n, value=v[:1000]) for n, v in alert.fields[:_FIELDS]),
    )


def _links(story: Story) -> tuple[incidents.Link, ...]:
    found: dict[str, str] = {}
    for alert in story.alerts:
        for link in alert.links:
            if _web_href(link["href"]):
                found.setdefault(link["href"], link.get("text") or link["href"])
    links = (incidents.Link(href=href, text=text[:120]) for href, text in found.items())
    return tuple(links)[:_LINKS]


def _web_href(href: str) -> str:
    """Return an address that a browser may follow, or ""."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return ""
    return href if parts.scheme in ("http", "https") and parts.netloc else ""


def _entry(story: Story, entry: EntryRow, zone: str) -> incidents.TimelineRow:
    name = story.names.get(entry.person_id, "") if entry.person_id else ""
    sentence, who = wording.happened(entry.kind, entry.facts, name, story.names, zone)
    note = str(entry.facts.get("text", ""))
    return incidents.TimelineRow(at=entry.at, sentence=sentence, person_name=who, note=note)


def _helpers(visit: Visit, story: Story) -> tuple[incidents.Helper, ...]:
    if not story.incident.is_open:
        return ()
    asked = {
        str(person): entry.at
        for entry in reversed(story.timeline)
        if entry.kind == "helpers_asked"
        for person in entry.facts.get("people", ())
    }
    company, said = visit.company, {(entry.kind, entry.person_id) for entry in story.timeline}
    about = helpers.about(
        company, story.incident.service_id, story.incident.title, story.incident.alarm
    )
    near = helpers.awake(company, at=visit.now, asking=visit.me.id)
    best = helpers.best_first(near, team_id=story.incident.team_id, about=about)
    return tuple(
        incidents.Helper(
            id=person.id,
            name=person.name,
            team_name=company.teams[person.team_id].name if person.team_id else "no team",
            office_name=company.offices[person.office_id].name if person.office_id else "",
            zone=person.zone,
            knows=", ".join(helpers.knows(person, about)),
            asked_at=asked.get(person.id),
            offers=("help_offered", person.id) in said,
            has_helped=("helped", person.id) in said,
        )
        for person in best[:_HELPERS]
    )
