"""Alarms: their versions, the steps of their handover, what reviewers answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg.rows import dict_row

from watchbill.core.bar.facts import Answer
from watchbill.core.definitions import (
    ALARM,
    Definition,
    Match,
    as_match,
    content_hash,
    from_data,
    to_data,
)
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
  and (%(service)s::text is null or a.service_id = %(service)s)
  and (%(slugs)s::text[] is null or s.slug = any(%(slugs)s) or a.repository = %(repository)s)
order by a.id
"""
_IN_FORCE = """
select a.id, a.service_id, s.slug as service, s.team_id, a.key, a.state, a.version, a.in_force,
       a.managed_by, a.repository, a.path, a.revision, v.definition, v.runbook, v.content_hash,
       v.number
from alarms a join services s on s.id = a.service_id
join alarm_versions v on v.alarm_id = a.id and v.number = a.in_force
where a.state <> 'retired'
  and (%(service)s::text is null or a.service_id = %(service)s)
  and (%(slugs)s::text[] is null or s.slug = any(%(slugs)s) or a.repository = %(repository)s)
  and a.in_force is not null and a.in_force <> a.version
order by a.id
"""
#: Names the lock that whoever applies alarms takes.
_APPLYING = 7_311_002_003
_SERVICES = """
select slug, id, team_id from services where slug = any(%s) order by id for update
"""
_LOCKED = "select * from alarms where id = any(%s) order by id for update"
_MOVE = """
update alarms a set version = n.version, state = n.state, state_reason = '', state_at = %s
from jsonb_to_recordset(%s::jsonb) as n(id text, version int, state text)
where a.id = n.id and (a.version, a.state) is distinct from (n.version, n.state)
"""
_PLACE = """
update alarms a set managed_by = n.managed_by, repository = n.repository, path = n.path,
  revision = n.revision
from jsonb_to_recordset(%s::jsonb)
  as n(id text, managed_by text, repository text, path text, revision text)
where a.id = n.id and (a.managed_by, a.repository, a.path, a.revision)
  is distinct from (n.managed_by, n.repository, n.path, n.revision)
"""
_RETIRE = """
update alarms set state = 'retired', in_force = null, lapses_at = null, state_reason = %s,
  state_at = %s
where id = any(%s)
"""
#: Who had a hand in what nobody has accepted yet.
_AUTHORS = """
select author_id, applied_by from alarm_versions
where alarm_id = %(alarm)s and number <= %(number)s and number > coalesce((
  select max(number) from alarm_versions
  where alarm_id = %(alarm)s and number < %(number)s and accepted_at is not null), 0)
"""
#: The version that was in force before: accepted, and never given back since.
_BEFORE = """
select max(v.number) from alarm_versions v
where v.alarm_id = %(alarm)s and v.number < %(number)s and v.accepted_at is not null
  and not exists (
    select 1 from alarm_steps e where e.alarm_id = v.alarm_id
      and (e.state in ('returned', 'retired') or (e.state = 'declined' and e.version = v.number))
      and e.at >= v.accepted_at)
"""
_CLAIMS = """
select a.id, a.service_id, a.key, v.match
from alarms a join alarm_versions v on v.alarm_id = a.id and v.number in (a.version, a.in_force)
where a.state <> 'retired' and a.service_id = %s
order by a.id, v.number
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
update alarm_versions set accepted_by = null, accepted_at = null, glass_by = %s, glass_at = %s, glass_reason = %s
where alarm_id = %s and number = %s
"""
_PEOPLE = """
select lower(email), id from people where lower(email) = any(%s) and disabled_at is null
"""
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
    rows.add(tx, "alarm_versions", version_row(alarm_id, number, definition, more))


def version_row(
    alarm_id: str, number: int, definition: Definition, more: Mapping[str, object]
) -> dict[str, object]:
    """Return a version's columns; `more` are those that are not its definition."""
    data = to_data(definition)
    runbook = data.pop("runbook")
    return {
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


def move_many(tx: Tx, moves: Sequence[Mapping[str, object]], *, at: datetime) -> None:
    """Set version, state and place of alarms; those whose state or version changes begin it `at`.

    Each has `id`, `version`, `state`, `managed_by`, `repository`, `path`, `revision`.
    """
    if moves:
        with rows.refused():
            tx.execute(_MOVE, [at, as_json(list(moves))])
            tx.execute(_PLACE, [as_json(list(moves))])


def retire_many(tx: Tx, alarm_ids: Sequence[str], *, reason: str, at: datetime) -> None:
    """Take alarms out of use."""
    if alarm_ids:
        tx.execute(_RETIRE, [reason, at, list(alarm_ids)])


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


def locked(tx: Tx, alarm_ids: Iterable[str]) -> dict[str, rows.Row]:
    """Return the columns of alarms by id, locked in the order of their ids."""
    with tx.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_LOCKED, [sorted(alarm_ids)]).fetchall()
    return {row["id"]: row for row in found}


def lock_applying(tx: Tx) -> None:
    """Let one transaction at a time apply alarms; the others wait until it has ended."""
    tx.execute("select pg_advisory_xact_lock(%s)", [_APPLYING])


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A service and whose it is."""

    id: str
    team_id: str


def lock_services(tx: Tx, slugs: Iterable[str]) -> dict[str, Owned]:
    """Return services by slug, locked: nobody writes an alarm of theirs meanwhile."""
    found = tx.execute(_SERVICES, [sorted(slugs)])
    return {row[0]: Owned(id=row[1], team_id=row[2]) for row in found}


def definition_of(row: Mapping[str, Any]) -> Definition:
    """Return the definition that a version's columns hold."""
    return from_data({**row["definition"], "runbook": row["runbook"]})


def by_key(tx: Tx, service_id: str, key: str) -> rows.Row | None:
    """Return the alarm of this name, locked, unless it is retired."""
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_BY_KEY, [service_id, key]).fetchone()


def written(
    tx: Tx,
    *,
    service_id: str | None = None,
    near: tuple[Collection[str], str | None] | None = None,
    in_force: bool = False,
) -> list[Written]:
    """Return the alarms that are not retired, with their newest versions.

    Of one service; or `near` services, by slug, and a repository, if one is given. With `in_force`, those only
    whose accepted version is another than the newest, with that one.
    """
    slugs, repository = near if near is not None else (None, None)
    values = {
        "service": service_id,
        "slugs": list(slugs) if slugs is not None else None,
        "repository": repository,
    }
    with tx.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_IN_FORCE if in_force else _WRITTEN, values).fetchall()
    return [_to_written(row) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Which events an alarm's newest version is of, or the one that is in force."""

    id: str
    service_id: str
    key: str
    conditions: Match


def claims(tx: Tx, service_id: str) -> list[Claim]:
    """Return what a service's alarms match, those that are not retired."""
    return [
        Claim(
            id=row[0],
            service_id=row[1],
            key=row[2],
            conditions=as_match(row[3]) or ((ALARM, (row[2],)),),
        )
        for row in tx.execute(_CLAIMS, [service_id])
    ]


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


def people_of(tx: Tx, mails: Iterable[str]) -> dict[str, str]:
    """Return people's ids by their mail addresses, in small letters; the unknown are left out."""
    wanted = sorted({mail.lower() for mail in mails if mail})
    return dict(tx.execute(_PEOPLE, [wanted]).fetchall()) if wanted else {}


def authors(tx: Tx, alarm_id: str, number: int) -> frozenset[str]:
    """Return the ids of who wrote or applied a version, or one since the last accepted (NO4)."""
    found = tx.execute(_AUTHORS, {"alarm": alarm_id, "number": number})
    return frozenset(person for row in found for person in row if person is not None)


def standing_before(tx: Tx, alarm_id: str, number: int) -> int | None:
    """Return the accepted version that stood before this one, None if there is none."""
    row = tx.execute(_BEFORE, {"alarm": alarm_id, "number": number}).fetchone()
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
