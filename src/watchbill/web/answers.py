"""Answers: the links in messages. Looking changes nothing; the button on the page answers.

Mail scanners follow every link, so a GET only shows how it stands. The POST answers as the person
the link was sent to, without a sign-in: whoever holds the message is that person, as with every
on-call product's reply. What is shown afterwards is read anew, so reloading is harmless.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Literal
from urllib.parse import quote

from starlette.responses import Response

from watchbill.actions import incidents
from watchbill.core.incidents import Incident, IncidentState
from watchbill.errors import Conflict
from watchbill.queries import answer_links
from watchbill.queries.answer_links import AnswerLink
from watchbill.web.ui import access, pages
from watchbill.web.ui.visits import Visit

#: How long a link answers after its page has ended.
LASTS = timedelta(hours=24)

_ACTS = {
    "acknowledge": incidents.acknowledge,
    "decline": incidents.decline,
    "help": incidents.need_help,
    "resolve": incidents.resolve,
}
_LABELS = {
    "acknowledge": "I have it",
    "decline": "I cannot take it",
    "help": "I need help",
    "resolve": "Resolve it",
}


def show(visit: Visit) -> Response:
    """Show the question with its one button, or how the incident stands."""
    link = answer_links.read(visit.site.shell.db, visit.part("token"))
    verb = _verb(visit)
    outcome = _outcome(visit, link, verb)
    incident = link.incident
    person = visit.company.people.get(link.person_id)
    if person is not None:  # times as they are where the person lives
        visit.request.state.shell = replace(visit.request.state.shell, zone=person.zone)
    context = access.AnswerPage(
        outcome=outcome,
        verb=verb,
        label=_LABELS[verb],
        sentence=incident.title,
        person_name=link.person_name,
        action=_href(visit, verb),
        incident_href=f"/incidents/{incident.id}",
        state=incident.state.value,
        answered_by=link.answered_by,
        answered_at=incident.resolved_at or incident.acknowledged_at,
    )
    return pages.render(visit.request, pages.ANSWER, context)


def take(visit: Visit) -> Response:
    """Answer as the person the link was sent to, and show how it stands now."""
    link = answer_links.read(visit.site.shell.db, visit.part("token"))
    verb = _verb(visit)
    if _outcome(visit, link, verb) == "ask":
        with suppress(Conflict):  # somebody was faster; the page says who
            _ACTS[verb](visit.site.shell, link.incident.id, by=link.person_id)
    return visit.back(_href(visit, verb))


def _outcome(
    visit: Visit, link: AnswerLink, verb: str
) -> Literal["ask", "done", "already", "expired"]:
    """Return how it stands, from what is stored alone."""
    if not link.is_here:
        return "expired"
    if _is_done(link, verb):
        return "done"
    is_long_over = link.ended_at is not None and visit.now - link.ended_at > LASTS
    if is_long_over:
        return "expired"
    return "ask" if _is_wanted(link, verb) else "already"


def _is_done(link: AnswerLink, verb: str) -> bool:
    """True if the person's answer is what holds now."""
    incident, person = link.incident, link.person_id
    if verb == "decline":
        return link.outcome == "declined"
    if not incident.is_open:
        return incident.resolved_by == person and verb == "resolve"
    if verb == "help":
        return incident.help_asked_by == person
    is_taken = incident.state is IncidentState.ACKNOWLEDGED
    return verb == "acknowledge" and is_taken and incident.acknowledged_by == person


def _is_wanted(link: AnswerLink, verb: str) -> bool:
    """True if the answer would still change something."""
    incident = link.incident
    if not incident.is_open:
        return False
    if verb == "decline":
        return link.ended_at is None
    if verb == "help":
        return _is_theirs(incident, link) or incident.state is IncidentState.TRIGGERED
    return verb == "resolve" or incident.state is not IncidentState.ACKNOWLEDGED


def _is_theirs(incident: Incident, link: AnswerLink) -> bool:
    return incident.acknowledged_by == link.person_id


def _verb(visit: Visit) -> str:
    verb = visit.asked("verb")
    return verb if verb in _ACTS else "acknowledge"


def _href(visit: Visit, verb: str) -> str:
    path = f"/a/{quote(visit.part('token'))}"
    return path if verb == "acknowledge" else f"{path}?verb={verb}"
