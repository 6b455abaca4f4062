"""Entries: new versions of alarms, written down together in as few statements as there are tables.

One alarm by hand and two thousand of a folder go the same way. Who may write, and what may be
written, was asked before; after it the caller asks `versions.need_apart`.

Source: requirements AL1-AL3, NO5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from watchbill.actions import audit, changes
from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.core.bar.facts import Evidence
from watchbill.core.definitions import Definition, Origin, changed_fields
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """How a version comes to be: by hand, from YAML, from Terraform, by an import; and its proof."""

    managed_by: str = "hand"
    origin: Origin = field(default_factory=Origin)
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An alarm as it is to be written down."""

    alarm_id: str
    service_id: str
    #: The alarm's row, locked, and its newest version's definition; None: it is new.
    alarm: rows.Row | None
    before: Definition | None
    after: Definition
    #: The state it is in then.
    state: str
    writing: Writing

    @property
    def differs(self) -> tuple[str, ...]:
        """Return the names of the fields that a new version changes; none: it needs no new one."""
        return changed_fields(self.before, self.after)

    @property
    def number(self) -> int:
        """Return the number of the alarm's newest version afterwards."""
        if self.alarm is None:
            return 1
        return int(self.alarm["version"]) + (1 if self.differs else 0)

    @property
    def is_moved(self) -> bool:
        """True if anything but where it is written is otherwise afterwards."""
        return self.alarm is None or bool(self.differs) or self.alarm["state"] != self.state


def write(shell: Shell, tx: Tx, entries: Sequence[Entry], *, by: Actor) -> None:
    """Write alarms, their new versions, the steps of their handovers and the audit's lines."""
    now = shell.clock.now()
    new = [entry for entry in entries if entry.alarm is None]
    moved = [entry for entry in entries if entry.is_moved]
    rows.add_many(
        tx, "alarms", [{**_row(entry), "created_at": now, "state_at": now} for entry in new]
    )
    _versions(shell, tx, [entry for entry in moved if entry.alarm is None or entry.differs], by)
    moves = [_move(entry) for entry in entries if entry.alarm is not None]
    alarms_store.move_many(tx, moves, at=now)
    said = [(entry.alarm_id, entry.number, entry.state, _what(entry)) for entry in moved]
    steps(shell, tx, said, by=by)
    audit.record_many(shell, tx, by, [_line(entry) for entry in moved])
    if moved:
        changes.look_again(shell, tx)


def steps(shell: Shell, tx: Tx, said: Sequence[tuple[str, int, str, str]], *, by: Actor) -> None:
    """Write down steps of handovers: the alarm, its version, the state it came into, and why."""
    now = shell.clock.now()
    lines = [
        {
            "id": shell.new_id("als"),
            "alarm_id": alarm_id,
            "version": number,
            "at": now,
            "state": state,
            "person_id": by.person_id,
            "actor": by.name,
            "reason": reason,
        }
        for alarm_id, number, state, reason in said
    ]
    rows.add_many(tx, "alarm_steps", lines)


def _versions(shell: Shell, tx: Tx, entries: Sequence[Entry], by: Actor) -> None:
    """Write contents; their author is who the evidence names, if we know that person."""
    people = alarms_store.people_of(tx, (entry.writing.evidence.author for entry in entries))
    now = shell.clock.now()
    versions = []
    for entry in entries:
        more: dict[str, object] = {
            "managed_by": entry.writing.managed_by,
            "evidence": asdict(entry.writing.evidence),
            "author_id": people.get(entry.writing.evidence.author.lower(), by.person_id),
            "applied_by": by.person_id,
            "actor": by.name,
            "created_at": now,
        }
        versions.append(alarms_store.version_row(entry.alarm_id, entry.number, entry.after, more))
    rows.add_many(tx, "alarm_versions", versions)


def _row(entry: Entry) -> dict[str, object]:
    return {
        "id": entry.alarm_id,
        "service_id": entry.service_id,
        "key": entry.after.key,
        "state": entry.state,
        "version": 1,
        "managed_by": entry.writing.managed_by,
        **asdict(entry.writing.origin),
    }


def _move(entry: Entry) -> dict[str, object]:
    place = _place(entry.alarm or {}, entry.writing)
    return {"id": entry.alarm_id, "version": entry.number, "state": entry.state, **place}


def _place(alarm: Mapping[str, object], writing: Writing) -> dict[str, object]:
    """Return where an alarm is written; a change by hand leaves what code says of that as it is."""
    known = {name: alarm[name] for name in ("managed_by", "repository", "path", "revision")}
    if writing.managed_by != "hand":
        return {"managed_by": writing.managed_by, **asdict(writing.origin)}
    if alarm["managed_by"] != "hand":
        return known
    return known | {name: value for name, value in asdict(writing.origin).items() if value}


def _what(entry: Entry) -> str:
    if entry.alarm is None or not entry.differs:
        return ""
    return f"changed: {', '.join(entry.differs)}"


def _line(entry: Entry) -> tuple[str, str, dict[str, object]]:
    facts: dict[str, object] = {
        "service": entry.after.service,
        "key": entry.after.key,
        "changed": list(entry.differs),
    }
    return f"alarm.{'created' if entry.alarm is None else 'changed'}", entry.alarm_id, facts
