"""Bars: everything the bar's rules may ask of the company and its history, read for one alarm.

Source: on-call-practice §7, §8; core/bar/facts.py says what each value is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from watchbill.core.bar import bar, replay, runbooks
from watchbill.core.bar.facts import Evidence, Facts, History, Limits, Sibling
from watchbill.core.bar.replay import Fired
from watchbill.core.bar.rules import Finding
from watchbill.core.company import Company
from watchbill.core.definitions import ALARM, Definition, Origin, to_data
from watchbill.core.events import Severity
from watchbill.core.people import ServiceId
from watchbill.store import alarms as alarms_store
from watchbill.store import terms as terms_store
from watchbill.store.database import Tx, as_json

#: Most past alerts of a service that are looked at.
_MOST = 20_000

_BAR = "select version, limits, agreed_at, agreed_by from bars order by version desc limit 1"
_VOLUNTEERS = """
select distinct t.person_id, p.name from terms t join people p on p.id = t.person_id
where t.during && tstzrange(%s, %s) and p.disabled_at is null
"""
_CONFIRMED = "select person_id, system from access_confirmations where system = any(%s)"
_FIRED = """
select alarm, severity, fields, first_at, incident_id from alerts
where service_id = %(service)s and first_at > %(since)s
  and (%(names)s::text[] is null or alarm = any(%(names)s))
order by first_at desc limit %(most)s
"""
#: The trial begins when the alarm was first proposed for the events it matches today.
_TRIAL = """
select min(at) from alarm_steps where alarm_id = %(alarm)s and state = 'proposed'
  and version > coalesce((
    select max(number) from alarm_versions where alarm_id = %(alarm)s and match <> %(match)s::jsonb), 0)
"""
_USES = """
select i.id, i.opened_at, i.acknowledged_at, i.resolution, i.state,
       exists (select 1 from pages p where p.incident_id = i.id) as paged,
       (select bool_or(r.action <> 'nothing') from reviews r where r.incident_id = i.id) as acted,
       (select bool_or(r.runbook = 'helped') from reviews r where r.incident_id = i.id) as helped
from incidents i where i.service_id = %s and i.alarm = %s and i.opened_at > %s
order by i.opened_at desc limit 2000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BarRow:
    """The numbers the volunteers agreed on, and which version of them this is."""

    #: 0 until anybody has agreed on other numbers than the first ones.
    version: int
    limits: Limits
    agreed_at: datetime | None
    agreed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """An alarm and one of its versions, as rows; no version: the definition is yet to be stored."""

    alarm: Mapping[str, Any]
    version: Mapping[str, Any] | None = None


def current(tx: Tx) -> BarRow:
    """Return the bar as it is today."""
    row = tx.execute(_BAR).fetchone()
    if row is None:
        return BarRow(version=0, limits=Limits(), agreed_at=None, agreed_by="")
    known = {field.name for field in fields(Limits)}
    limits = Limits(**{name: value for name, value in row[1].items() if name in known})
    return BarRow(version=row[0], limits=limits, agreed_at=row[2], agreed_by=row[3])


def access(tx: Tx, person_id: str) -> list[str]:
    """Return the systems a person has confirmed they can get into."""
    query = "select system from access_confirmations where person_id = %s order by system"
    return [row[0] for row in tx.execute(query, [person_id])]


def volunteers(tx: Tx, now: datetime) -> dict[str, str]:
    """Return who is of the on-call team, or will be soon: id to name."""
    return dict(tx.execute(_VOLUNTEERS, [now, now + terms_store.SOON]).fetchall())


def facts(
    tx: Tx,
    company: Company,
    definition: Definition,
    *,
    now: datetime,
    stored: Stored | None = None,
    links: Mapping[str, int] | None = None,
    origin: Origin | None = None,
) -> Facts:
    """Return what is known of a definition, and of the alarm it is or would change.

    `links` is what was found on the network.
    """
    alarm, version = (stored.alarm, stored.version) if stored else (None, None)
    slugs = {service.slug: service for service in company.services.values()}
    service = slugs.get(definition.service)
    limits, people = current(tx).limits, volunteers(tx, now)
    own = alarm["id"] if alarm else ""
    known = Facts(
        today=now.date(),
        limits=limits,
        teams=frozenset(team.slug for team in company.teams.values()),
        services={s.slug: company.teams[s.team_id].slug for s in company.services.values()},
        siblings=_siblings(tx, service.id, own) if service else (),
        origin=origin or (_origin(alarm) if alarm else Origin()),
        volunteers=frozenset(people),
        links=links,
        history=_history(
            tx, company, service.id if service else None, definition, limits, own, now
        ),
        without_access=_without_access(tx, definition, people),
    )
    return _of_version(tx, known, alarm, version) if alarm and version else known


def _of_version(
    tx: Tx, known: Facts, alarm: Mapping[str, Any], version: Mapping[str, Any]
) -> Facts:
    """Return facts with who stands for a version that is stored, and what was said of it."""
    return replace(
        known,
        evidence=_evidence(version["evidence"]),
        author_id=version["author_id"],
        reviewer_id=version["accepted_by"],
        answers=alarms_store.answers(tx, alarm["id"], version["number"]),
    )


def newest(
    tx: Tx,
    company: Company,
    alarm_id: str,
    *,
    now: datetime,
    links: Mapping[str, int] | None = None,
) -> tuple[Definition, Facts]:
    """Return the newest version of an alarm and what is known of it.

    Raises: KeyError without such an alarm.
    """
    alarm = alarms_store.look(tx, alarm_id)
    version = alarms_store.version(tx, alarm_id, alarm["version"])
    definition = alarms_store.definition_of(version)
    known = facts(
        tx, company, definition, now=now, stored=Stored(alarm=alarm, version=version), links=links
    )
    return definition, known


def as_data(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return findings as JSON knows them."""
    return [
        {
            **asdict(finding),
            "kind": finding.kind.value,
            "weight": finding.weight.value,
            "outcome": finding.outcome.value,
        }
        for finding in findings
    ]


def judge(definition: Definition, known: Facts) -> tuple[Finding, ...]:
    """Hold a definition against the whole bar."""
    return bar.judge(definition, known)


def _siblings(tx: Tx, service_id: str, own: str) -> tuple[Sibling, ...]:
    known = alarms_store.written(tx, service_id=service_id)
    return tuple(
        Sibling(definition=a.definition, is_accepted=a.in_force is not None, place="")
        for a in known
        if a.id != own
    )


def _origin(alarm: Mapping[str, Any]) -> Origin:
    return Origin(repository=alarm["repository"], path=alarm["path"], revision=alarm["revision"])


def _evidence(data: Mapping[str, Any]) -> Evidence:
    return Evidence(
        url=data.get("url", ""),
        author=data.get("author", ""),
        approvers=tuple(data.get("approvers", ())),
        revision=data.get("revision", ""),
    )


def _history(
    tx: Tx,
    company: Company,
    service_id: ServiceId | None,
    definition: Definition,
    limits: Limits,
    alarm_id: str,
    now: datetime,
) -> History:
    if service_id is None:
        return History()
    since = now - timedelta(days=limits.replay_days)
    fired = _fired(tx, service_id, definition, since)
    match = as_json(to_data(definition)["match"])
    trial = tx.execute(_TRIAL, {"alarm": alarm_id, "match": match}).fetchone()
    begun = trial[0] if trial else None
    uses = tx.execute(_USES, [service_id, definition.key, since]).fetchall()
    ours = [row for row in uses if begun is None or row[1] >= begun]
    return History(
        night_pages=replay.night_pages(company, service_id, definition, fired),
        trial_days=(now - begun).days if begun else 0,
        incidents=len(ours),
        fleeting=sum(1 for row in ours if _is_fleeting(row)),
        reviewed=sum(1 for row in ours if row[6] is not None),
        actionable=sum(1 for row in ours if row[6]),
        helped=tuple(row[7] for row in uses if row[7] is not None)[: limits.uses],
        last_used_on=_last_used(uses),
    )


def _fired(tx: Tx, service_id: ServiceId, definition: Definition, since: datetime) -> list[Fired]:
    """Return past alerts that may be of a definition, oldest first; of too many the newest."""
    names = dict(definition.conditions).get(ALARM)
    values = {
        "service": service_id,
        "since": since,
        "names": list(names) if names is not None else None,
        "most": _MOST,
    }
    found = tx.execute(_FIRED, values).fetchall()
    return [
        Fired(
            alarm=row[0],
            severity=Severity(row[1]),
            fields=tuple((name, value) for name, value in row[2]),
            first_at=row[3],
            incident_id=row[4],
        )
        for row in reversed(found)
    ]


def _is_fleeting(row: tuple[Any, ...]) -> bool:
    """True if an incident ended by itself, and nobody had taken it."""
    return row[4] == "resolved" and row[2] is None and row[3] != "by hand"


def _last_used(uses: list[tuple[Any, ...]]) -> date | None:
    """Return the day of the newest incident somebody was called about."""
    return next((row[1].date() for row in uses if row[5]), None)


def _without_access(
    tx: Tx, definition: Definition, people: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return by system of the runbook which volunteers have not confirmed that they get in."""
    systems = runbooks.systems(definition.runbook)
    confirmed = set(tx.execute(_CONFIRMED, [list(systems)]).fetchall()) if systems else set()
    return {
        system: tuple(name for who, name in people.items() if (who, system) not in confirmed)
        for system in systems
    }
