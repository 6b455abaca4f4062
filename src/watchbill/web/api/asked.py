"""Asked: what every endpoint of the API takes and gives: callers, parts of lists, versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Header, Path, Query, Request, Response
from fastapi.security import HTTPBearer
from pydantic import AfterValidator, AwareDatetime, BaseModel

from watchbill.actions import fields
from watchbill.queries.reading import Part
from watchbill.web import auth
from watchbill.web.auth import Caller

T = TypeVar("T")

_BEARER = HTTPBearer(auto_error=False, description="An API token, or the cookie of a screen.")


def _needs(scope: str) -> Callable[..., Caller]:
    def dependency(request: Request, _: Annotated[object, Depends(_BEARER)]) -> Caller:
        return auth.caller(request.app.state.shell, request.headers, scope=scope)

    dependency.__doc__ = scope
    return dependency


Reader = Annotated[Caller, Depends(_needs("read"))]
Answerer = Annotated[Caller, Depends(_needs("answer"))]
Writer = Annotated[Caller, Depends(_needs("write"))]
Admin = Annotated[Caller, Depends(_needs("admin"))]


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds half a character")
    return text


def _planned(at: datetime) -> datetime:
    fields.checked({"instant": fields.instant}, {"instant": at})
    return at


#: Text that can be stored, and an instant in a year that a plan may speak of.
Text = Annotated[str, AfterValidator(_storable)]
Instant = Annotated[AwareDatetime, AfterValidator(_planned)]
Id = Annotated[Text, Path(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=200, description="Most items of this part.")]
Cursor = Annotated[
    Text | None, Query(max_length=2000, description="`next_cursor` of the last part.")
]
Filter = Annotated[Text, Query(max_length=300)]
IfMatch = Annotated[str | None, Header(description="The `ETag` that was read.")]


class Listing(BaseModel, Generic[T]):
    """One part of a list; `next_cursor` continues it and is null at the end."""

    items: list[T]
    next_cursor: str | None


class Problem(BaseModel):
    """What went wrong, as RFC 9457 says it."""

    type: str
    title: str
    status: int
    #: The stable name of the error.
    code: str
    detail: str | None = None
    details: dict[str, Any] | None = None


def listing(part: Part[Any]) -> dict[str, object]:
    """Return a part of a list as it is sent."""
    return {"items": part.items, "next_cursor": part.next_cursor}


def matched(header: str | None) -> str | None:
    """Return the version of an `If-Match` header; None if any will do."""
    if header is None or header.strip() == "*":
        return None
    return header.strip().removeprefix("W/").strip('"')


def tag(response: Response, version: str) -> None:
    """Send a row's version along."""
    response.headers["ETag"] = f'"{version}"'
