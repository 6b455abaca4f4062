"""Alarms: their versions, the steps of their handover, what reviewers answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from watchbill.core.bar.facts import Answer, Evidence
from watchbill.core.definitions import Definition, Match, content_hash, from_data, to_data
from watchbill.store import rows
from watchbill.store.database import Tx, as_json

_VERSION = "select * from alarm_versions where alarm_id = %s and number = %s"
_BY_KEY = """
select * from alarms where service_id = %s and key = %s and state <> 'retired' for update
"""
_WRITTEN = """
select a.id, a.service_id, s.slug as service, s.team_id, a.key, a.state, a.version, a.in_force,
       a.managed_by, a.repository, a.path, a.revision, v.definition, v.runbook, v.content_hash,
       v.number
from alarms a join services s on s.id = a.service_id
join alarm_versions v on v.alarm_id = a.id and v.number = a.version
where a.state <> 'retired'
"""
_IN_FORCE = """
select a.id, a.service_id, s.slug as service, s.team_id, a.key, a.state, a.version, a.in_force,
       a.managed_by, a.repository, a.path, a.revision, v.definition, v.runbook, v.content_hash,
       v.number
from alarms a join services s on s.id = a.service_id
join alarm_versions v on v.alarm_id = a.id and v.number = a.in_force
where a.state <> 'retired' and a.in_force is not null and a.in_force <> a.version
"""
_ANSWERS = """
select rule, person_id, is_yes from alarm_answers where alarm_id = %s and version = %s order by at
"""
_ANSWER = """
insert into alarm_answers (alarm_id, version, rule, person_id, is_yes, at)
values (%s, %s, %s, %s, %s, %s)
on conflict (alarm_id, version, rule, person_id) do update set is_yes = excluded.is_yes, at = excluded.at
"""
_ACCEPT = """
update alarm_versions set accepted_by = %s, accepted_at = %s, bar_version = %s, findings = %s
where alarm_id = %s and number = %s
"""
_BREAK = """
update alarm_versions set glass_by = %s, glass_at = %s, glass_reason = %s
where alarm_id = %s and number = %s
"""
_PERSON = "select id from people where lower(email) = lower(%s) and disabled_at is null"
_RETIRED_OF = "delete from alarms where service_id = %s and state = 'retired'"
_OWNER = "select t.slug from services s join teams t on t.id = s.team_id where s.slug = %s"
_RUNBOOK = "select body, url from runbooks where slug = %s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An alarm as it stands in the database, with one version's definition."""

    id: str
    service_id: str
    service: str
    team_id: str
    key: str
    state: str
    version: int
    in_force: int | None
    managed_by: str
    repository: str
    path: str
    revision: str
    content_hash: str
    #: The number of the version whose definition this is.
    number: int
    definition: Definition

    @property
    def conditions(self) -> Match:
        """Return which events this version is of."""
        return self.definition.conditions


def add_version(
    tx: Tx, alarm_id: str, number: int, definition: Definition, more: Mapping[str, object]
) -> None:
    """Insert a version; `more` are its columns that are not its definition."""
    data = to_data(definition)
    runbook = data.pop("runbook")
    values = {
        "alarm_id": alarm_id,
        "number": number,
        "definition": data,
        "title": definition.title,
        "severity": data["severity"],
        "runbook": runbook,
        "runbook_url": definition.runbook_url,
        "match": data["match"],
        "review_by": definition.review_by,
        "content_hash": content_hash(definition),
        **more,
    }
    rows.add(tx, "alarm_versions", values)


def version(tx: Tx, alarm_id: str, number: int) -> rows.Row:
    """Return the columns of one version. Raises: KeyError without one."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_VERSION, [alarm_id, number]).fetchone()
    if row is None:
        raise KeyError((alarm_id, number))
    return row


def look(tx: Tx, alarm_id: str) -> rows.Row:
    """Return an alarm's columns, not locked. Raises: KeyError without one."""
    with tx.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select * from alarms where id = %s", [alarm_id]).fetchone()
    if row is None:
        raise KeyError(alarm_id)
    return row


def definition_of(row: Mapping[str, Any]) -> Definition:
    """Return the definition that a version's columns hold."""
    return from_data({**row["definition"], "runbook": row["runbook"]})


def by_key(tx: Tx, service_id: str, key: str) -> rows.Row | None:
    """Return the alarm of this name, locked, unless it is retired."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BY_KEY, [service_id, key]).fetchone()


def written(tx: Tx, *, service_id: str | None = None, in_force: bool = False) -> list[Written]:
    """Return the alarms that are not retired, with their newest versions.

    With `in_force`, those only whose accepted version is another than the newest, with that one.
    """
    query = _IN_FORCE if in_force else _WRITTEN
    params: list[object] = []
    if service_id is not None:
        query, params = query + " and a.service_id = %s", [service_id]
    with tx.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(query + " order by a.id", params).fetchall()
    return [_to_written(row) for row in found]


def accept(
    tx: Tx, alarm_id: str, number: int, *, by: str, at: datetime, bar_version: int, findings: Any
) -> None:
    """Write down that a version is accepted. Raises: AgainstTheRules."""
    with rows.refused():
        tx.execute(_ACCEPT, [by, at, bar_version, as_json(findings), alarm_id, number])


def break_glass(tx: Tx, alarm_id: str, number: int, *, by: str, at: datetime, reason: str) -> None:
    """Write down that a version applies without review. Raises: AgainstTheRules."""
    with rows.refused():
        tx.execute(_BREAK, [by, at, reason, alarm_id, number])


def answers(tx: Tx, alarm_id: str, number: int) -> tuple[Answer, ...]:
    """Return what reviewers answered about a version, oldest first."""
    found = tx.execute(_ANSWERS, [alarm_id, number])
    return tuple(Answer(rule=row[0], person_id=row[1], is_yes=row[2]) for row in found)


def answer(tx: Tx, alarm_id: str, number: int, given: Iterable[Answer], *, at: datetime) -> None:
    """Write down what a reviewer answers; a later answer of theirs replaces the earlier."""
    for each in given:
        tx.execute(_ANSWER, [alarm_id, number, each.rule, each.person_id, each.is_yes, at])


def person_of(tx: Tx, evidence: Evidence | None) -> str | None:
    """Return the person whose mail address the evidence names as author, or None."""
    if evidence is None or not evidence.author:
        return None
    row = tx.execute(_PERSON, [evidence.author]).fetchone()
    return row[0] if row else None


def forget_retired(tx: Tx, service_id: str) -> None:
    """Delete the retired alarms of a service that is to go."""
    tx.execute(_RETIRED_OF, [service_id])


def owner_of(tx: Tx, service: str) -> str:
    """Return the slug of the team that owns a service, "" without such a service."""
    row = tx.execute(_OWNER, [service]).fetchone()
    return str(row[0]) if row else ""


def hosted_runbook(tx: Tx, slug: str) -> tuple[str, str] | None:
    """Return text and address of the runbook that is kept on its own, or None."""
    row = tx.execute(_RUNBOOK, [slug]).fetchone()
    return (row[0], row[1]) if row else None


def _to_written(row: rows.Row) -> Written:
    definition = definition_of(row)
    names = [name for name in Written.__dataclass_fields__ if name != "definition"]
    return Written(definition=definition, **{name: row[name] for name in names})
