"""Resources: list, read, make, change and remove one kind of thing, the same way for all kinds.

Without `from __future__ import annotations`: FastAPI reads the endpoints' types, which are made
here for each kind.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from watchbill.actions.audit import Actor
from watchbill.actions.shell import Shell
from watchbill.queries import reading
from watchbill.queries.reading import Part
from watchbill.web.api import asked

Make = Callable[..., str]
Change = Callable[..., None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One kind of thing: where it is, what is read, and which actions change it."""

    #: Plural and singular, as in the path and in operation ids.
    path: str
    noun: str
    row: type
    query: str
    #: The id's column with its alias, and the table.
    key: str
    table: str
    #: Query parameters that narrow the list: name to condition.
    filters: Mapping[str, str] = field(default_factory=dict)
    new: type[BaseModel] | None = None
    changed: type[BaseModel] | None = None
    create: Make | None = None
    change: Change | None = None
    remove: Callable[..., object] | None = None
    #: Who may read it.
    reader: Any = asked.Reader
    #: Leaves out of the rows what is not for whoever reads them.
    veil: Callable[[Any, Sequence[Any]], Sequence[Any]] | None = None
    has_version: bool = True


def values(body: BaseModel) -> dict[str, object]:
    """Return what was sent, without what was not."""
    return body.model_dump(exclude_unset=True)


def add(router: APIRouter, kind: Resource, *, but_list: bool = False) -> None:
    """Add the kind's endpoints to the router; its list may be one of its own."""
    if not but_list:
        _add_list(router, kind)
    _add_get(router, kind)
    if kind.create is not None and kind.new is not None:
        _add_create(router, kind, kind.create, kind.new)
    if kind.change is not None and kind.changed is not None:
        _add_change(router, kind, kind.change, kind.changed)
    if kind.remove is not None:
        _add_remove(router, kind, kind.remove)


def read(shell: Shell, kind: Resource, row_id: str, response: Response) -> Any:
    """Return one row, and send its version along."""
    with shell.db.transaction() as tx:
        found: Any = reading.one(tx, kind.row, f"{kind.query} where {kind.key} = %s", [row_id])
        if kind.has_version:
            asked.tag(response, reading.version(tx, kind.table, row_id))
    return found


def part(
    shell: Shell,
    row: type,
    query: str,
    where: Mapping[str, object],
    *,
    key: str,
    page: tuple[int, str | None],
) -> dict[str, object]:
    """Return one part of a list, by the id's column `key`, as it is sent."""
    with shell.db.transaction() as tx:
        found: Part[Any] = reading.listed(tx, row, query, where, order=(key,), page=page)
    return asked.listing(found)


def _add_list(router: APIRouter, kind: Resource) -> None:
    Caller = kind.reader  # noqa: N806 - a type

    def endpoint(
        caller: Caller,  # type: ignore[valid-type]
        request: Request,
        limit: asked.Limit = 50,
        cursor: asked.Cursor = None,
    ) -> Any:
        given = {c: request.query_params.get(name) for name, c in kind.filters.items()}
        where: dict[str, object] = {c: value for c, value in given.items() if value}
        shell = caller.shell  # type: ignore[attr-defined]
        found = part(shell, kind.row, kind.query, where, key=kind.key, page=(limit, cursor))
        if kind.veil is not None:
            found["items"] = kind.veil(caller, found["items"])  # type: ignore[arg-type]
        return found

    router.get(
        f"/{kind.path}",
        response_model=asked.Listing[kind.row],  # type: ignore[name-defined]
        operation_id=f"list_{kind.path.replace('-', '_')}",
        summary=f"List {kind.path}",
        openapi_extra={"parameters": [_parameter(name) for name in kind.filters]},
    )(endpoint)


def _add_get(router: APIRouter, kind: Resource) -> None:
    Caller = kind.reader  # noqa: N806 - a type

    def endpoint(caller: Caller, row_id: asked.Id, response: Response) -> Any:  # type: ignore[valid-type]
        found = read(caller.shell, kind, row_id, response)  # type: ignore[attr-defined]
        return found if kind.veil is None else kind.veil(caller, [found])[0]

    router.get(
        f"/{kind.path}/{{row_id}}",
        response_model=kind.row,
        operation_id=f"get_{kind.noun}",
        summary=f"Read one of the {kind.path}",
    )(endpoint)


def _add_create(router: APIRouter, kind: Resource, create: Make, new: type[BaseModel]) -> None:
    def endpoint(caller: asked.Writer, body: new, response: Response) -> Any:  # type: ignore[valid-type]
        made = create(caller.shell, values(body), by=caller.actor)
        response.headers["Location"] = f"/api/v1/{kind.path}/{made}"
        return read(caller.shell, kind, made, response)

    router.post(
        f"/{kind.path}",
        status_code=201,
        response_model=kind.row,
        operation_id=f"create_{kind.noun}",
        summary=f"Add to the {kind.path}",
        description=(create.__doc__ or "").strip(),
    )(endpoint)


def _add_change(
    router: APIRouter, kind: Resource, change: Change, changed: type[BaseModel]
) -> None:
    def endpoint(
        caller: asked.Writer,
        row_id: asked.Id,
        body: changed,  # type: ignore[valid-type]
        response: Response,
        if_match: asked.IfMatch = None,
    ) -> Any:
        version = asked.matched(if_match)
        change(caller.shell, row_id, values(body), by=caller.actor, if_match=version)
        return read(caller.shell, kind, row_id, response)

    router.patch(
        f"/{kind.path}/{{row_id}}",
        response_model=kind.row,
        operation_id=f"change_{kind.noun}",
        summary=f"Change one of the {kind.path}",
        description=(change.__doc__ or "").strip(),
    )(endpoint)


def _add_remove(router: APIRouter, kind: Resource, remove: Callable[..., object]) -> None:
    takes_version = "if_match" in remove.__annotations__

    def endpoint(
        caller: asked.Writer, row_id: asked.Id, if_match: asked.IfMatch = None
    ) -> Response:
        by: Actor = caller.actor
        version = asked.matched(if_match)
        if takes_version:
            remove(caller.shell, row_id, by=by, if_match=version)
        else:
            remove(caller.shell, row_id, by=by)
        return Response(status_code=204)

    router.delete(
        f"/{kind.path}/{{row_id}}",
        status_code=204,
        response_class=Response,
        operation_id=f"remove_{kind.noun}",
        summary=f"Remove one of the {kind.path}",
        description=(remove.__doc__ or "").strip(),
    )(endpoint)


def _parameter(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": {"type": "string", "maxLength": 300},
    }
