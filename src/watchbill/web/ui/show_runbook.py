"""A runbook for a phone at night: the version in force, Mitigation one tap away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup
from starlette.responses import Response

from watchbill.core.bar import runbooks
from watchbill.core.people import ServiceId
from watchbill.queries import alarms as queries
from watchbill.web import markdown
from watchbill.web.ui import alarm, alarm_places, pages
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

#: In this order one wants them at 3 a.m.
_FIRST = ("Mitigation", "Diagnosis", "Verification", "Escalation", "Impact", "Meaning", "Access")
#: Ids that the layout has.
_TAKEN = frozenset({"main", "said", "link-state"})
_TITLE, _UNDERLINE = re.compile(r"#\s"), re.compile(r"=+|-+")
_INCIDENT = re.compile(r"inc_\w{1,40}")


def show_runbook(visit: Visit) -> Response:
    """Show the runbook of the alarm of the address, as it was accepted."""
    with visit.site.shell.db.transaction() as tx:
        row = queries.get(tx, visit.part("id"), now=visit.now)
        number = row.in_force or row.version
        version = queries.version(tx, row.id, number)
    said = version.definition
    found = tuple(sections(version.runbook))
    incident = visit.asked("incident")
    context = alarm.Runbook(
        id=row.id,
        title=str(said.get("title", "")),
        service_name=visit.company.services[ServiceId(row.service_id)].name,
        shown=f"version {number}, {'in force' if row.in_force else 'not accepted yet'}",
        required_action=str(said.get("required_action", "")),
        customer_impact=str(said.get("customer_impact", "")),
        sections=found,
        jumps=_jumps(found),
        href=alarm_places.web_href(str(said.get("runbook_url", ""))),
        incident_id=incident if _INCIDENT.fullmatch(incident) else "",
    )
    return pages.render(visit.request, pages.RUNBOOK, context)


def sections(text: str) -> Iterator[alarm.Section]:
    """Return a runbook cut at its headings of the second level (or the first, if those are many)."""
    lines = text.split("\n")
    cuts = _cuts(text)
    seen: set[str] = set()
    starts = [0, *(line - 1 for line, _ in cuts)]
    titles = ["", *(title for _, title in cuts)]
    for at, title, end in zip(starts, titles, [*starts[1:], len(lines)], strict=True):
        body = _body(lines[at + 1 if title else at : end], is_first=not title)
        if title or body.strip():
            yield alarm.Section(id=_anchor(title, seen), title=title, html=readable(body))


def _body(lines: list[str], *, is_first: bool) -> str:
    """Return a section's text without its heading's underline, or the runbook's own title."""
    if is_first:
        lines = [line for line in lines if not _TITLE.match(line)]
    elif lines and _UNDERLINE.fullmatch(lines[0].strip()):
        lines = lines[1:]
    return "\n".join(lines)


def readable(text: str) -> Markup:
    """Return Markdown as HTML whose code is copied with one tap and scrolls by itself."""
    html = str(markdown.to_html(text))
    return Markup(html.replace("<pre>", '<pre tabindex="0">'))  # noqa: S704  only a pre changes


def _cuts(text: str) -> list[tuple[int, str]]:
    """Return line and title of the headings to cut at."""
    parsed = runbooks.parse(text)
    headings = [
        (line.number, line.text, line.depth)
        for line in parsed.lines
        if line.shape.value == "heading" and line.depth <= 2
    ]
    return [(number, title) for number, title, depth in headings if depth == 2] or [
        (number, title) for number, title, _ in headings[1:]
    ]


def _anchor(title: str, seen: set[str]) -> str:
    """Return an id for a section that no other has."""
    name = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "begin"
    anchor, count = name, 2
    while anchor in seen or anchor in _TAKEN:
        anchor, count = f"{name}-{count}", count + 1
    seen.add(anchor)
    return anchor


def _jumps(found: tuple[alarm.Section, ...]) -> tuple[Choice, ...]:
    """Return what to jump to, in the order in which one wants it."""
    named = {name.casefold(): at for at, name in enumerate(_FIRST)}
    titled = [section for section in found if section.title]
    ordered = sorted(titled, key=lambda s: named.get(_bare(s.title), len(_FIRST)))
    return tuple(Choice(value=section.id, label=section.title) for section in ordered[:8])


def _bare(title: str) -> str:
    return title.strip(" *_:.0123456789)").casefold()
