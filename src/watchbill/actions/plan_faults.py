"""Plan faults: what stands in the way of applying alarms as they are written, all of it at once.

Each names the place in the code, the field, what is wrong and what to do.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from watchbill.actions import alarms, fields
from watchbill.core import matching
from watchbill.core.bar import bar, runbooks
from watchbill.core.bar.facts import Evidence, Facts, Sibling
from watchbill.core.company import Company
from watchbill.core.definitions import Definition, Match, Origin, from_data
from watchbill.store import alarms as alarms_store
from watchbill.store.alarms import Written
from watchbill.store.database import Tx

#: Of so many alarms that could match the same event one is told; more do not help.
_MOST_PAIRS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An alarm as it is written, and where."""

    definition: Definition
    origin: Origin = field(default_factory=Origin)
    evidence: Evidence = field(default_factory=Evidence)
    #: For a person: `payments.yml:12`, a Terraform address.
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All alarms of one repository as they are to be."""

    wanted: tuple[Wanted, ...]
    repository: str
    #: What could not be read; nothing is applied then.
    unreadable: tuple[PlanFault, ...] = ()
    #: `yaml`, `import`; an import may be below the bar, for nobody has worked on it yet.
    managed_by: str = "yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """Why it cannot be applied: where, what, and what to do."""

    service: str
    key: str
    place: str
    field: str
    message: str
    fix: str
    line: int | None = None
    #: The rule of the bar, or "".
    rule: str = ""

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {name: getattr(self, name) for name in PlanFault.__dataclass_fields__}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """An alarm as it would be, for telling events apart."""

    service_id: str
    key: str
    conditions: Match
    place: str


def read(definitions: Iterable[Mapping[str, Any]]) -> tuple[list[Wanted], list[PlanFault]]:
    """Return alarms as they are sent, and what of them cannot be read.

    Each has the fields of a definition, and perhaps `source`, `evidence` and `place`.
    """
    wanted: list[Wanted] = []
    faults: list[PlanFault] = []
    for number, data in enumerate(definitions, 1):
        given = {name: value for name, value in data.items() if name not in ("place", "managed_by")}
        said = data.get("place")
        place = _sayable(said, 500) if isinstance(said, str) else ""
        try:
            fields.need(given, "service", "key")
            good, writing = alarms.split(given)
        except fields.BadFields as error:
            faults += _unreadable(given, place or f"definitions[{number}]", error)
            continue
        wanted.append(
            Wanted(
                definition=from_data(good),
                origin=writing.origin,
                evidence=writing.evidence,
                place=place,
            )
        )
    return wanted, faults


def _unreadable(
    given: Mapping[str, Any], place: str, error: fields.BadFields
) -> Iterator[PlanFault]:
    named: Any = error.details["fields"]
    for name, message in named.items():
        yield PlanFault(
            service=_sayable(given.get("service", "")),
            key=_sayable(given.get("key", "")),
            place=place,
            field=_sayable(name),
            message=f"{message}.",
            fix="Write it as the reference of definitions says.",
        )


def _sayable(given: object, most: int = 100) -> str:
    """Return something that was sent as a text that can be answered, without halves of characters."""
    return str(given)[:most].encode(errors="replace").decode()


def name(wanted: Wanted) -> tuple[str, str]:
    """Return what tells alarms apart: service and key."""
    return wanted.definition.service, wanted.definition.key


def _fault(wanted: Wanted, field: str, message: str, fix: str, **more: Any) -> PlanFault:
    service, key = name(wanted)
    return PlanFault(
        service=service, key=key, place=wanted.place, field=field, message=message, fix=fix, **more
    )


def checked(
    tx: Tx, order: Order, owners: Mapping[str, str]
) -> tuple[list[Wanted], list[PlanFault]]:
    """Return the alarms with their owners and the texts of the runbooks they name; and the faults.

    `owners` are the services' slugs with their teams'.
    """
    full, faults, seen = [], [], set()
    for wanted in order.wanted:
        given = wanted.definition
        definition = replace(given, team=given.team or owners.get(given.service, ""))
        if name(wanted) in seen:
            faults.append(_fault(wanted, "key", "is written twice.", "Keep one of them."))
            continue
        seen.add(name(wanted))
        if definition.runbook_slug:
            hosted = alarms_store.hosted_runbook(tx, definition.runbook_slug)
            if hosted is None:
                slug = definition.runbook_slug
                message = f"there is no runbook {slug!r}."
                faults.append(_fault(wanted, "runbook_slug", message, "Make it first."))
            else:
                definition = replace(definition, runbook=hosted[0], runbook_url=hosted[1])
        if definition.severity is None:
            fix = "Say critical, error, warning or info."
            faults.append(_fault(wanted, "severity", "is none of ours.", fix))
        faults += [
            _fault(wanted, "runbook", fault.message, "Take it out.", line=fault.line)
            for fault in runbooks.unsafe(definition.runbook)
        ]
        full.append(replace(wanted, definition=definition))
    return full, faults


def elsewhere(
    order: Order, full: Sequence[Wanted], known: dict[tuple[str, str], Written]
) -> Iterator[PlanFault]:
    """Return alarms that another repository, or another way in, already holds."""
    for wanted in full:
        there = known.get(name(wanted))
        if there is None or there.managed_by in ("hand", "import"):
            continue
        if (there.managed_by, there.repository) != (order.managed_by, order.repository):
            where = there.repository or there.managed_by
            message = f"is already written in {where} ({there.path})."
            yield _fault(wanted, "key", message, "Keep it in one place.")


def unknown(company: Company, full: Sequence[Wanted]) -> Iterator[PlanFault]:
    """Return services and teams that are named and not there."""
    services = {service.slug: service for service in company.services.values()}
    teams = {team.slug for team in company.teams.values()}
    for wanted in full:
        definition = wanted.definition
        if definition.service not in services:
            message = f"there is no service {definition.service!r}."
            yield _fault(wanted, "service", message, f"Services: {_some(services)}.")
        if definition.team and definition.team not in teams:
            message = f"there is no team {definition.team!r}."
            yield _fault(wanted, "team", message, f"Teams: {_some(teams)}.")


def _some(names: Any) -> str:
    listed = sorted(names)
    return ", ".join(listed[:10]) + (" …" if len(listed) > 10 else "")


def same_events(
    full: Sequence[Wanted],
    known: Sequence[Written],
    in_force: Sequence[Written],
    gone: set[tuple[str, str]],
) -> Iterator[PlanFault]:
    """Return alarms of one service that could match the same event, once all is applied."""
    wanted = {name(each): each for each in full}
    claims = [
        *(_claim(w.definition, w.place) for w in full),
        *(_claim(k.definition, k.id) for k in known if (k.service, k.key) not in wanted),
        *(_claim(k.definition, k.id) for k in in_force),
    ]
    kept = [claim for claim in claims if (claim.service_id, claim.key) not in gone]
    found = itertools.islice(matching.overlaps(kept), _MOST_PAIRS)
    for one, other in found:
        mine = wanted.get((other.service_id, other.key)) or wanted.get((one.service_id, one.key))
        if one.key == other.key or mine is None:
            continue
        theirs = one if mine.definition.key == other.key else other
        place = f" ({theirs.place})" if theirs.place else ""
        message = f"could match the same event as {theirs.key}{place}."
        yield _fault(mine, "match", message, "Tell them apart by a label.")


def _claim(definition: Definition, place: str) -> _Claim:
    return _Claim(
        service_id=definition.service,
        key=definition.key,
        conditions=definition.conditions,
        place=place,
    )


def below_the_bar(
    known: Facts,
    repository: str,
    full: Sequence[Wanted],
    there: Sequence[Written],
    touched: set[tuple[str, str]],
) -> Iterator[PlanFault]:
    """Return what of the text alone stands below the bar, of what is new or changed."""
    services, siblings = known.services or {}, _siblings(full, there)
    for wanted in full:
        if name(wanted) not in touched:
            continue
        near, origin = siblings[wanted.definition.service], wanted.origin
        facts = replace(known, siblings=near, origin=replace(origin, repository=repository))
        for finding in bar.blocking(bar.judge(wanted.definition, facts)):
            if finding.rule == "A3" and wanted.definition.service not in services:
                continue  # said already: there is no such service
            more = {"line": finding.line, "rule": finding.rule}
            yield _fault(wanted, finding.field, finding.message, finding.fix, **more)


def _siblings(full: Sequence[Wanted], there: Sequence[Written]) -> dict[str, tuple[Sibling, ...]]:
    """Return by service all alarms there will be, once each; no rule compares one with itself."""
    in_force = {(k.service, k.key) for k in there if k.in_force is not None}
    names = {name(wanted) for wanted in full}
    found: defaultdict[str, list[Sibling]] = defaultdict(list)
    for wanted in full:
        found[wanted.definition.service].append(
            Sibling(
                definition=wanted.definition,
                is_accepted=name(wanted) in in_force,
                place=wanted.place,
            )
        )
    for each in there:
        if (each.service, each.key) not in names:
            found[each.service].append(
                Sibling(
                    definition=each.definition,
                    is_accepted=each.in_force is not None,
                    place=each.id,
                )
            )
    return {service: tuple(alarms) for service, alarms in found.items()}
