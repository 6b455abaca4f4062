"""Rows: read, add, change and remove one row of a table that people keep by hand.

Table and column names come from the code, never from a request, and are quoted all the same.
What the database refuses becomes an error that names the rule.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg.types.range import TimestamptzRange

from watchbill.errors import Conflict, Invalid
from watchbill.store.database import Tx

Row = dict[str, Any]

#: What belongs to a row although it lies in another table; part of its version.
_PARTS: dict[str, sql.SQL] = {
    "offices": sql.SQL(
        "(select string_agg(day::text || name, ',' order by day) from closing_days where office_id = t.id)"
    ),
    "rotas": sql.SQL(
        "(select string_agg(person_id, ',' order by position) from rota_members where rota_id = t.id)"
    ),
    "integrations": sql.SQL("(select every_s::text from heartbeats where integration_id = t.id)"),
    "people": sql.SQL(
        "(select string_agg(method_id || after_s, ',' order by id) from contact_rules where person_id = t.id)"
    ),
}


class Taken(Conflict):
    """Something else already has this name, key or address."""


class Unknown(Invalid):
    """It refers to something that does not exist, or that does not fit here."""


class InUse(Conflict):
    """Other things still refer to it, so it cannot be removed."""


class AgainstTheRules(Conflict):
    """The rules of the house do not allow this."""


class Overlapping(Conflict):
    """It overlaps another one."""


class Changed(Conflict):
    """Somebody else changed it meanwhile; read it again."""


def find(tx: Tx, table: str, row_id: str) -> Row | None:
    """Return the row, locked, or None."""
    query = sql.SQL("select * from {} where id = %s for update").format(sql.Identifier(table))
    with tx.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, [row_id]).fetchone()


def version(tx: Tx, table: str, row_id: str) -> str | None:
    """Return a text that changes with the row and its parts, or None without the row."""
    part = _PARTS.get(table, sql.SQL("''"))
    query = sql.SQL("select md5(t::text || coalesce({}, '')) from {} t where id = %s").format(
        part, sql.Identifier(table)
    )
    row = tx.execute(query, [row_id]).fetchone()
    return str(row[0]) if row else None


def add(tx: Tx, table: str, values: Mapping[str, object]) -> None:
    """Insert one row.

    Raises: Taken, Unknown, AgainstTheRules, Overlapping.
    """
    query = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    with refused():
        tx.execute(query, [_bound(value) for value in values.values()])


def add_many(tx: Tx, table: str, many: Sequence[Mapping[str, object]]) -> None:
    """Insert rows that have the same columns, in one statement.

    Raises: Taken, Unknown, AgainstTheRules, Overlapping.
    """
    if not many:
        return
    query = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, many[0]))
    )
    with refused(), tx.cursor() as cursor, cursor.copy(query) as copy:
        for values in many:
            copy.write_row([_bound(value) for value in values.values()])


def change(tx: Tx, table: str, row_id: str, values: Mapping[str, object]) -> None:
    """Set columns of one row.

    Raises: Taken, Unknown, AgainstTheRules, Overlapping.
    """
    if not values:
        return
    sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
    query = sql.SQL("update {} set {} where id = %s").format(sql.Identifier(table), sets)
    with refused():
        tx.execute(query, [*(_bound(value) for value in values.values()), row_id])


def remove(tx: Tx, table: str, row_id: str) -> None:
    """Delete one row.

    Raises: InUse.
    """
    query = sql.SQL("delete from {} where id = %s").format(sql.Identifier(table))
    try:
        tx.execute(query, [row_id])
    except psycopg.errors.ForeignKeyViolation as error:
        raise InUse(constraint=error.diag.constraint_name) from error


def between(start: datetime, end: datetime) -> TimestamptzRange:
    """Return [start, end) as the database's own range."""
    return TimestamptzRange(start, end)


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Turn the database's refusals into ours."""
    try:
        yield
    except psycopg.errors.UniqueViolation as error:
        raise Taken(constraint=error.diag.constraint_name) from error
    except psycopg.errors.ForeignKeyViolation as error:
        raise Unknown(constraint=error.diag.constraint_name) from error
    except psycopg.errors.ExclusionViolation as error:
        raise Overlapping(constraint=error.diag.constraint_name) from error
    except psycopg.errors.IntegrityError as error:
        raise AgainstTheRules(constraint=error.diag.constraint_name) from error
    except psycopg.DataError as error:
        raise Invalid("The database cannot keep one of the values.") from error


def _bound(value: object) -> object:
    """Return a value as its column takes it: lists and dicts are JSON, tuples are arrays."""
    if isinstance(value, dict | list):
        return Jsonb(value)
    return list(value) if isinstance(value, tuple) else value
