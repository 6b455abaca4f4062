"""Sessions and attempts to sign in; of cookies and addresses only hashes are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchbill.store.database import Tx

_STORED = """
select id, password_hash from people where lower(email) = lower(%s) and disabled_at is null
"""
_STORED_OF = "select password_hash from people where id = %s"
_BEGIN = """
insert into sessions (id_hash, person_id, created_at, seen_at, expires_at, agent)
values (%s, %s, %s, %s, %s, %s)
"""
_FIND = """
select s.person_id, p.is_admin, s.seen_at
from sessions s join people p on p.id = s.person_id
where s.id_hash = %s and s.expires_at > %s and p.disabled_at is null
"""
_SEEN = "update sessions set seen_at = %s, expires_at = %s where id_hash = %s"
_END = "delete from sessions where id_hash = %s"
_END_ONE = "delete from sessions where person_id = %s and left(id_hash, 24) = %s"
_END_ALL = "delete from sessions where person_id = %s"
_ATTEMPTS = "select count(*) from sign_in_attempts where who = %s and at > %s"
_ATTEMPTED = "insert into sign_in_attempts (who, at) values (%s, %s)"
_FORGET = "delete from sign_in_attempts where who = %s"
_DROP_OLD = (
    "delete from sessions where expires_at <= %(now)s",
    "delete from sign_in_attempts where at <= %(day_ago)s",
    "update contact_methods set code_hash = null, code_until = null where code_until <= %(now)s",
)
_TURN = """
insert into engine_runs (process, step, finished_at) values ('any', 'tidy', %(now)s)
on conflict (process, step) do update set finished_at = excluded.finished_at
where engine_runs.finished_at <= %(hour_ago)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who is signed in."""

    person_id: str
    is_admin: bool
    seen_at: datetime


def password(tx: Tx, email: str) -> tuple[str, str | None] | None:
    """Return the id and password hash of the person with this mail address, or None."""
    row = tx.execute(_STORED, [email]).fetchone()
    return (row[0], row[1]) if row else None


def stored_password(tx: Tx, person_id: str) -> str:
    """Return a person's password hash, or ""."""
    row = tx.execute(_STORED_OF, [person_id]).fetchone()
    return str(row[0] or "") if row else ""


def begin(
    tx: Tx, id_hash: str, person_id: str, *, now: datetime, expires_at: datetime, agent: str
) -> None:
    """Store a new session."""
    tx.execute(_BEGIN, [id_hash, person_id, now, now, expires_at, agent])


def find(tx: Tx, id_hash: str, *, now: datetime) -> Visitor | None:
    """Return who is signed in, unless the session is over or the person disabled."""
    row = tx.execute(_FIND, [id_hash, now]).fetchone()
    return Visitor(person_id=row[0], is_admin=row[1], seen_at=row[2]) if row else None


def seen(tx: Tx, id_hash: str, *, now: datetime, expires_at: datetime) -> None:
    """Let a session last on from its use."""
    tx.execute(_SEEN, [now, expires_at, id_hash])


def end(tx: Tx, id_hash: str) -> None:
    """Delete one session."""
    tx.execute(_END, [id_hash])


def end_one(tx: Tx, person_id: str, id_begin: str) -> None:
    """Delete one session of a person by the beginning of its hash."""
    tx.execute(_END_ONE, [person_id, id_begin])


def end_all(tx: Tx, person_id: str) -> int:
    """Delete every session of a person; return how many."""
    return tx.execute(_END_ALL, [person_id]).rowcount


def attempts(tx: Tx, who: str, *, since: datetime) -> int:
    """Return how often this account or address tried since an instant."""
    row = tx.execute(_ATTEMPTS, [who, since]).fetchone()
    return int(row[0]) if row else 0


def attempted(tx: Tx, who: Sequence[str], *, now: datetime) -> None:
    """Remember an attempt of each of `who`."""
    for one in who:
        tx.execute(_ATTEMPTED, [one, now])


def forget_attempts(tx: Tx, who: str) -> None:
    """Forget the attempts of an account that has got in."""
    tx.execute(_FORGET, [who])


def drop_old(tx: Tx, *, now: datetime, hour_ago: datetime, day_ago: datetime) -> int:
    """Delete what is over, if nobody has within the hour; return how many rows."""
    times = {"now": now, "hour_ago": hour_ago, "day_ago": day_ago}
    if tx.execute(_TURN, times).rowcount == 0:
        return 0
    return sum(tx.execute(statement, times).rowcount for statement in _DROP_OLD)
