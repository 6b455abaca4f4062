"""The row of replay: nine and a half years of real pages through the rules, in memory.

Two figures, because two things can be meant. *Routed*: each page is asked of the one rule of the
house, who answers and why, which is what a what-if compares. *Lived*: each page is an event that
opens an incident, calls somebody, is acknowledged after three minutes and resolved when it was
fixed, with every step due in between, through the very functions the engine calls. The what-if itself is not built yet.
"""

from __future__ import annotations

import csv
import heapq
import itertools
import lzma
import pathlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall
from zoneinfo import ZoneInfo

import figures
import rounds

from watchbill.core import (
    alarms,
    alerts,
    answers,
    company,
    escalation,
    hours,
    people,
    rotas,
    routing,
)
from watchbill.core.events import Event, EventAction, Severity
from watchbill.core.incidents import Decision, Incident
from watchbill.core.pages import Page

_FILE = pathlib.Path(__file__).with_name("data") / "lanl_pages_1996_2004.csv.xz"
_ZONE = "America/Denver"
_ANSWER = timedelta(minutes=3)
_SERVICE = people.ServiceId("machines")
_TEAM = people.TeamId("operations")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Real:
    """One page of the log."""

    started_at: datetime
    fixed_at: datetime
    system: str
    key: str


def routed(bench: rounds.Bench) -> figures.Row:
    """Ask of every page who answers it."""
    return _row(
        bench,
        name="replay",
        title="9.5 years of real pages (20,629), each routed against a rota, in process",
        once=_route_all,
    )


def lived(bench: rounds.Bench) -> figures.Row:
    """Let every page live its whole life."""
    return _row(
        bench,
        name="lived",
        title="the same pages lived through: opened, called, answered, resolved, in process",
        once=_live_all,
    )


def _row(
    bench: rounds.Bench,
    *,
    name: str,
    title: str,
    once: Callable[[list[_Real], company.Company], str],
) -> figures.Row:
    """Measure one way of replaying."""
    pages, house = _read(), _company()
    taken, note = [], ""
    for _ in range(bench.rounds if name == "replay" else 1):
        began = time.perf_counter()
        note = once(pages, house)
        taken.append(time.perf_counter() - began)
    return figures.Row(
        name=name,
        title=title,
        unit="s",
        higher=False,
        bar=figures.Bar(limit=1) if name == "replay" else None,
        ours=figures.Measure(rounds=tuple(taken), note=note),
        why_no_peer="Alertmanager knows no people",
    )


def _read() -> list[_Real]:
    """Return the log, sorted by start, its wall-clock times as instants."""
    zone = ZoneInfo(_ZONE)
    with lzma.open(_FILE, "rt", encoding="utf-8", newline="") as file:
        return [
            _Real(
                started_at=_instant(row["started_local"], zone),
                fixed_at=_instant(row["fixed_local"], zone),
                system=row["system"],
                key=f"{row['system']}/{row['node']}/{number}",
            )
            for number, row in enumerate(csv.DictReader(file))
        ]


def _instant(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def _company() -> company.Company:
    """Return one team at work from Monday to Friday, six volunteers in turn, two managers."""
    staff = [_person(f"engineer-{n}", _TEAM) for n in range(8)]
    volunteers = [_person(f"volunteer-{n}", None) for n in range(6)]
    managers = [_person(f"manager-{n}", None, people.PersonRole.MANAGER) for n in range(2)]
    office = people.OfficeId("los-alamos")
    spans = tuple(hours.Span(weekday=day, start=wall(9), end=wall(17)) for day in range(5))
    working = hours.WorkingHours(zone=_ZONE, spans=spans, closed_on=frozenset())
    policy = (
        people.PolicyStep(target=people.PolicyTarget.ROTA, wait=timedelta(minutes=5)),
        people.PolicyStep(target=people.PolicyTarget.TEAM, wait=timedelta(minutes=10)),
    )
    team = people.Team(
        id=_TEAM,
        slug=str(_TEAM),
        name="Operations",
        office_id=office,
        hours=working,
        policy=policy,
        members=tuple(each.id for each in staff),
    )
    return company.Company(
        people={each.id: each for each in (*staff, *volunteers, *managers)},
        teams={team.id: team},
        services={
            _SERVICE: people.Service(
                id=_SERVICE,
                slug=str(_SERVICE),
                name="Machines",
                team_id=_TEAM,
                grouping=people.Grouping.ALERT,
            )
        },
        alarms={
            (_SERVICE, system): alarms.Alarm(
                id=system,
                service_id=_SERVICE,
                key=system,
                title=f"System {system}",
                state=alarms.AlarmState.ACCEPTED,
                is_in_force=True,
                severity=Severity.CRITICAL,
                has_runbook=True,
            )
            for system in map(str, range(2, 25))
        },
        team_rotas={_TEAM: _rota("team", [each.id for each in staff])},
        managers=_rota("managers", [each.id for each in managers]),
        shifts=tuple(_shifts([each.id for each in volunteers])),
    )


def _person(
    name: str,
    team_id: people.TeamId | None,
    role: people.PersonRole = people.PersonRole.ENGINEER,
) -> people.Person:
    method = people.ContactMethod(id=name, channel="email", address=f"{name}@bench.example")
    return people.Person(
        id=people.PersonId(name),
        name=name,
        email=method.address,
        role=role,
        team_id=team_id,
        office_id=people.OfficeId("los-alamos"),
        zone=_ZONE,
        methods=(method,),
    )


def _rota(name: str, members: list[people.PersonId]) -> rotas.Rota:
    return rotas.Rota(
        id=name,
        zone=_ZONE,
        turn=rotas.Turn.WEEK,
        starts_on=date(1995, 1, 2),
        members=tuple(members),
    )


def _shifts(volunteers: list[people.PersonId]) -> Iterator[rotas.Shift]:
    """Return a shift for each week from 1995 to 2005."""
    start = datetime(1995, 1, 2, 16, tzinfo=UTC)
    for number in range(530):
        begin = start + timedelta(weeks=number)
        yield rotas.Shift(
            person_id=volunteers[number % len(volunteers)],
            start=begin,
            end=begin + timedelta(weeks=1),
        )


def _route_all(pages: list[_Real], house: company.Company) -> str:
    """Route every page, and count who was asked first and the pages of each person."""
    sides: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for page in pages:
        subject = routing.Subject(
            service_id=_SERVICE, alarm=page.system, severity=Severity.CRITICAL
        )
        answer = routing.route(house, subject, at=page.started_at)
        sides[answer.side.value] += 1
        asked.update(person for person, _ in answer.steps[0].people)
    return ", ".join(f"{count:,} to the {side}" for side, count in sides.most_common())


@dataclass(slots=True)
class _Life:
    """The incidents under way, and when each is due."""

    house: company.Company
    numbers: Iterator[int] = field(default_factory=itertools.count)
    incidents: dict[str, Incident] = field(default_factory=dict)
    pages: dict[str, tuple[Page, ...]] = field(default_factory=dict)
    due: list[tuple[datetime, str, bool]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self.numbers):09d}"

    def keep(self, decision: Decision, *, now: datetime) -> None:
        """Save what was decided, as the shell does; who is called will answer."""
        incident = decision.incident
        if not incident.is_open:
            self.incidents.pop(incident.id, None)
            self.pages.pop(incident.id, None)
            return
        self.incidents[incident.id] = incident
        open_now = {page.id: page for page in self.pages.get(incident.id, ())}
        open_now.update((page.id, page) for page in decision.pages)
        self.pages[incident.id] = tuple(page for page in open_now.values() if page.is_open)
        called = sum(page.is_open for page in decision.pages)
        if called:
            self.counts["calls"] += called
            heapq.heappush(self.due, (now + _ANSWER, incident.id, True))
        if incident.due_at is not None:
            heapq.heappush(self.due, (incident.due_at, incident.id, False))

    def pass_to(self, until: datetime) -> None:
        """Advance what is due before then, and let those answer who were called."""
        while self.due and self.due[0][0] < until:
            at, incident_id, is_answer = heapq.heappop(self.due)
            incident = self.incidents.get(incident_id)
            if incident is None:
                continue
            if is_answer:
                self._answer(incident, at)
            elif incident.due_at == at:
                self.counts["steps"] += 1
                pages = self.pages.get(incident_id, ())
                self.keep(
                    escalation.advance(self.house, incident, pages, now=at, new_id=self.new_id),
                    now=at,
                )

    def _answer(self, incident: Incident, at: datetime) -> None:
        """Let the first who is being called take it."""
        pages = self.pages.get(incident.id, ())
        if pages:
            self.counts["answers"] += 1
            by = pages[0].person_id
            self.keep(
                answers.acknowledge(self.house, incident, pages, by=by, now=at, new_id=self.new_id),
                now=at,
            )


def _live_all(pages: list[_Real], house: company.Company) -> str:
    """Live through every page; whoever is called has it after three minutes."""
    life = _Life(house)
    moments = [(page.started_at, False, page) for page in pages]
    moments += [(page.fixed_at, True, page) for page in pages]
    known: dict[str, alerts.Alert] = {}
    for at, is_end, page in sorted(moments, key=lambda each: each[:2]):
        life.pass_to(at)
        action = EventAction.RESOLVE if is_end else EventAction.TRIGGER
        event = Event(
            action=action,
            dedup_key=page.key,
            summary=f"System {page.system} is down",
            severity=Severity.CRITICAL,
            alarm=page.system,
        )
        received = alerts.Received(
            id=0, service_id=_SERVICE, integration_id="log", at=at, event=event
        )
        alert = known.pop(page.key, None)
        incident = life.incidents.get(alert.incident_id) if alert else None
        open_pages = life.pages.get(incident.id, ()) if incident else ()
        folded = alerts.fold(
            house, received, alert, incident, open_pages, now=at, new_id=life.new_id
        )
        if folded.alert is not None and not is_end:
            known[page.key] = folded.alert
        if folded.decision is not None:
            life.keep(folded.decision, now=at)
    return f"{life.counts['calls']:,} calls, {life.counts['steps']:,} due steps, {life.counts['answers']:,} answers"
