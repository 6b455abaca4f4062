"""The rules of the bar about what an alarm is called and whose it is: A1 to A6.

Source: on-call-practice §7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Fault, Kind, Rule, Unknown, Weight
from watchbill.core.bar.said import TEMPLATE
from watchbill.core.definitions import Definition

_LONGEST_KEY = 80
_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*|[A-Za-z][A-Za-z0-9]*")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHORTEST_TITLE, _LONGEST_TITLE = 10, 120


def _a1(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    key = definition.key
    if len(key) > _LONGEST_KEY:
        message = f"The key has {len(key)} characters; at most {_LONGEST_KEY} fit."
        yield Fault(message=message, field="key")
    if not _KEY.fullmatch(key):
        message = f"The key {key[:_LONGEST_KEY]!r} is neither a slug nor CamelCase."
        yield Fault(message=message, field="key")
    if facts.siblings is None:
        yield Unknown(note="the service's other alarms are not known here")
        return
    same = [s for s in facts.siblings if s.definition.key == key and s.definition is not definition]
    for sibling in same:
        place = f" ({sibling.place})" if sibling.place else ""
        message = f"Another alarm of the service has the key {key!r}{place}."
        yield Fault(message=message, field="key")


def _a2(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    team = definition.team
    if "@" in team:
        yield Fault(message=f"The team {team!r} is a person's address, not a team.", field="team")
    elif not team:
        if facts.services is None:
            yield Unknown(note="who owns its service is not known here")
        elif definition.service not in facts.services:
            yield Fault(message="It has no team, and no service that a team owns.", field="team")
    elif not _SLUG.fullmatch(team):
        yield Fault(message=f"The team {team!r} is no team's slug.", field="team")
    elif facts.teams is None:
        yield Unknown(note="the teams are not known here")
    elif team not in facts.teams:
        yield Fault(message=f"There is no team {team!r}.", field="team")


def _a3(definition: Definition, facts: Facts) -> Iterator[Fault | Unknown]:
    service, team = definition.service, definition.team
    if not service.strip():
        yield Fault(message="The service is missing.", field="service")
    elif facts.services is None:
        yield Unknown(note="the services are not known here")
    elif service not in facts.services:
        yield Fault(message=f"There is no service {service!r}.", field="service")
    elif team and facts.services[service] != team:
        owner = facts.services[service]
        message = f"The service {service!r} belongs to the team {owner!r}, not to {team!r}."
        yield Fault(message=message, field="service")


def _a4(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    title = definition.title.strip()
    template = TEMPLATE.search(title)
    if not _SHORTEST_TITLE <= len(title) <= _LONGEST_TITLE:
        bounds = f"it needs {_SHORTEST_TITLE} to {_LONGEST_TITLE}"
        yield Fault(message=f"The title has {len(title)} characters; {bounds}.", field="title")
    elif len(title.split()) < 2 or "\n" in title:
        yield Fault(message="The title is not one sentence on one line.", field="title")
    if template:
        message = f"The title holds the template {template[0][:40]!r}."
        yield Fault(message=message, field="title")


def _a5(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    if not definition.description.strip():
        yield Fault(message="The description is missing.", field="description")
    elif not TEMPLATE.search(definition.description):
        yield Fault(message="The description holds no measured value.", field="description")


def _a6(definition: Definition, _facts: Facts) -> Iterator[Fault]:
    if definition.severity is None:
        message = "The severity is none of critical, error, warning and info."
        yield Fault(message=message, field="severity")


RULES: tuple[Rule, ...] = (
    Rule(
        id="A1",
        title="Its name is unique and can be typed",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a1,
        fix="Give it a key of its own: a slug or CamelCase, at most 80 characters, no spaces.",
        why="The key names the alarm in code, in events and in talk for as long as it lives.",
        source="monitoring-mixins guidelines",
        good="key: CheckoutErrorsHigh",
        bad="key: Checkout errors high!",
    ),
    Rule(
        id="A2",
        title="A product team owns it",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a2,
        fix="Name the slug of the team that owns it; never a person.",
        why="Whoever owns an alarm mends what it reports. People move on, teams stay.",
        source="AWS Well-Architected, actionable alerts; cloudflare/pint rule/owner; GitLab runbooks",
        good="team: payments",
        bad="team: jane.doe@example.com",
    ),
    Rule(
        id="A3",
        title="It belongs to a service of that team",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a3,
        fix="Name a service that exists and that the alarm's team owns.",
        why="The service says whose working hours count and whose morning a held incident is.",
        source="GitLab runbooks",
        good="service: checkout\nteam: payments",
        bad="service: search\nteam: payments",
    ),
    Rule(
        id="A4",
        title="Its title is a sentence",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a4,
        fix="Say in one sentence of 10 to 120 characters what is wrong, without templates.",
        why="It is the first thing a person reads when woken, and the same words every time.",
        source="monitoring-mixins guidelines",
        good="title: Customers cannot pay by card",
        bad='title: "{{ $labels.job }} error rate {{ $value }}"',
    ),
    Rule(
        id="A5",
        title="Its description says what is measured",
        kind=Kind.LINT,
        weight=Weight.WARN,
        check=_a5,
        fix="Describe what is measured, with a template for the value it has.",
        why="How bad it is decides what to do first.",
        source="monitoring-mixins guidelines",
        good='description: "{{ $value | humanizePercentage }} of card payments fail."',
        bad="description: Payments are failing.",
    ),
    Rule(
        id="A6",
        title="Its severity is one of the known ones",
        kind=Kind.LINT,
        weight=Weight.BLOCK,
        check=_a6,
        fix="Write critical, error, warning or info; only critical may page out of hours.",
        why="An unknown word would either wake people or hide an outage.",
        source="monitoring-mixins guidelines; PagerDuty alerting principles",
        good="severity: critical",
        bad='severity: ""',
    ),
)
