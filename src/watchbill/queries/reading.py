"""Reading: rows as frozen values, and lists in parts that a cursor continues."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from psycopg import sql
from psycopg.rows import class_row

from watchbill.errors import Invalid, NotFound
from watchbill.store import rows as rows_store
from watchbill.store.database import Tx

T = TypeVar("T")

#: Most rows of one part of a list.
MOST = 200


class NotThere(NotFound):
    """There is nothing with this id here."""


class BadCursor(Invalid):
    """The cursor was not made here; begin the list again without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """One part of a list, and the cursor that continues it; None at the end."""

    items: tuple[T, ...]
    next_cursor: str | None = None


def many(tx: Tx, kind: type[T], query: Any, params: Any = None) -> tuple[T, ...]:
    """Return every row; the query's columns are the fields of `kind`."""
    with tx.cursor(row_factory=class_row(kind)) as cursor:
        return tuple(cursor.execute(query, params).fetchall())


def one(tx: Tx, kind: type[T], query: Any, params: Any = None) -> T:
    """Return the only row.

    Raises: NotThere.
    """
    found = many(tx, kind, query, params)
    if not found:
        raise NotThere
    return found[0]


def listed(
    tx: Tx,
    kind: type[T],
    base: str,
    where: Mapping[str, object],
    *,
    order: tuple[str, ...],
    page: tuple[int, str | None],
) -> Part[T]:
    """Return one part of a list, newest first.

    `where` maps conditions to the value of their placeholder, or a tuple of several or none; `order` names the columns
    (the last one the id) that sort and continue the list, as `alias.column`; `page` is the limit
    and the cursor.
    """
    limit, cursor = max(1, min(page[0], MOST)), page[1]
    found = many(tx, kind, *_query(base, where, order=order, limit=limit + 1, cursor=cursor))
    if len(found) <= limit:
        return Part(items=found)
    last = found[limit - 1]
    return Part(
        items=found[:limit],
        next_cursor=_encoded([getattr(last, name.rpartition(".")[2]) for name in order]),
    )


def _query(
    base: str,
    where: Mapping[str, object],
    *,
    order: tuple[str, ...],
    limit: int,
    cursor: str | None,
) -> tuple[sql.Composed, list[Any]]:
    """Return the query of one part and its values."""
    conditions: list[sql.Composable] = [sql.SQL(condition) for condition in where]
    values: list[Any] = []
    for value in where.values():
        values.extend(value if isinstance(value, tuple) else (value,))
    keys = [sql.Identifier(*name.split(".")) for name in order]
    if cursor:
        after = _decoded(cursor, len(order))
        marks = sql.SQL(", ").join(sql.Placeholder() * len(after))
        conditions.append(sql.SQL("({}) < ({})").format(sql.SQL(", ").join(keys), marks))
        values += after
    query = sql.SQL("{} {} {} order by {} limit {}").format(
        sql.SQL(base),
        sql.SQL("where") if conditions else sql.SQL(""),
        sql.SQL(" and ").join(conditions),
        sql.SQL(", ").join(sql.SQL("{} desc").format(key) for key in keys),
        sql.Literal(limit),
    )
    return query, values


def version(tx: Tx, table: str, row_id: str) -> str:
    """Return the ETag of a row.

    Raises: NotThere.
    """
    found = rows_store.version(tx, table, row_id)
    if found is None:
        raise NotThere
    return found


def _encoded(values: Sequence[object]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _decoded(cursor: str, count: int) -> list[Any]:
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = msgspec.json.decode(raw)
        if not isinstance(values, list) or len(values) != count:
            raise BadCursor
        return [_typed(value, i == count - 1) for i, value in enumerate(values)]
    except (ValueError, binascii.Error) as error:
        raise BadCursor from error


def _typed(value: object, is_id: bool) -> object:  # noqa: FBT001 - private, called once
    """Return a cursor's value as its column's type: instants first, the id last."""
    if not isinstance(value, str) or "\x00" in value:
        raise BadCursor
    if is_id:
        return value
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise BadCursor
    return at
