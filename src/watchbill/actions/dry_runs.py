"""Dry runs: what writing an alarm would do, and how one stands to the bar. Nothing is written."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from watchbill.actions import alarms, versions
from watchbill.actions.changes import NoSuchThing, Values
from watchbill.actions.shell import Shell
from watchbill.core.bar import bar, runbooks
from watchbill.core.bar.rules import Finding
from watchbill.core.definitions import Definition, changed_fields, from_data
from watchbill.queries import bars
from watchbill.store import alarms as alarms_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What writing an alarm would do."""

    #: `create`, `change`, `nothing`.
    would: str
    #: The state it would be in.
    state: str
    changed: tuple[str, ...]
    #: 0 to 100.
    score: int
    blocking: int
    findings: tuple[Finding, ...]


def dry_run(shell: Shell, values: Values) -> Tried:
    """Say what writing this alarm would do and what of it stands below the bar.

    Raises: BadFields for what could not even be stored.
    """
    good, writing, begins = alarms.new(shell, values)
    definition = from_data(good)
    with shell.db.transaction() as tx:
        service = versions.service_of(tx, definition)
        definition = versions.with_runbook(tx, definition)
        row = alarms_store.by_key(tx, service["id"], definition.key)
        before = None
        if row is not None:
            newest = alarms_store.version(tx, row["id"], row["version"])
            before = alarms_store.definition_of(newest)
            definition = alarms.changed(before, good)
            definition = versions.with_runbook(tx, definition)
        known = bars.facts(
            tx,
            shell.company(tx),
            definition,
            now=shell.clock.now(),
            stored=bars.Stored(alarm=row) if row else None,
            origin=writing.origin if any(astuple(writing.origin)) else None,
        )
    findings = bars.judge(definition, known)
    differs = changed_fields(before, definition)
    return Tried(
        would="create" if row is None else "change" if differs else "nothing",
        state=versions.state_after(row["state"], changes=bool(differs)) if row else begins.value,
        changed=differs,
        score=bar.score(findings),
        blocking=len(bar.blocking(findings)),
        findings=findings,
    )


def held(shell: Shell, alarm_id: str, *, asks_network: bool = False) -> dict[str, Any]:
    """Hold an alarm's newest version against the bar. Raises: NoSuchThing."""
    definition, version = _newest(shell, alarm_id)
    links = None
    if asks_network and shell.links is not None:
        links = shell.links(_addresses(definition))
    with shell.db.transaction() as tx:
        definition, known = bars.newest(
            tx, shell.company(tx), alarm_id, now=shell.clock.now(), links=links
        )
        bar_version = bars.current(tx).version
    findings = bars.judge(definition, known)
    return {
        "version": version,
        "bar_version": bar_version,
        "score": bar.score(findings),
        "findings": bars.as_data(findings),
    }


def _newest(shell: Shell, alarm_id: str) -> tuple[Definition, int]:
    with shell.db.transaction() as tx:
        try:
            alarm = alarms_store.look(tx, alarm_id)
        except KeyError:
            raise NoSuchThing(noun="alarm", id=alarm_id) from None
        version = alarms_store.version(tx, alarm_id, alarm["version"])
        return alarms_store.definition_of(version), alarm["version"]


def _addresses(definition: Definition) -> list[str]:
    """Return the addresses that a definition's runbook is at or names, at most 50."""
    own = [definition.runbook_url] if definition.runbook_url else []
    return [*own, *(link.url for link in runbooks.parse(definition.runbook).links)][:50]
