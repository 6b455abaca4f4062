"""Terraform mirror: Watchbill's own Terraform provider, for Terraform to install from this server.

The network mirror protocol is three kinds of files: `index.json` with the versions,
`<version>.json` with each platform's archive and its hashes, and the archives. `watchbill-terraform
pack` writes them to a folder. They are the same whatever host Terraform thinks the provider has,
and they are public: nobody signs in for them.
"""

from __future__ import annotations

import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

PREFIX = "/terraform/"
_FILES = re.compile(
    r"(index|\d[0-9A-Za-z.+-]{0,60})\.json|terraform-provider-watchbill_[0-9A-Za-z._+-]{1,100}\.zip"
)
_NONE = "No provider is served here: WATCHBILL_TERRAFORM_MIRROR is not set."
_UNKNOWN = "There is no such file of Watchbill's Terraform provider."


def create_mirror(folder: Path | None) -> ASGIApp:
    """Return the mirror of a folder; None: it says that there is none."""

    def answer(request: Request) -> Response:
        if folder is None:
            return PlainTextResponse(_NONE, 404)
        name = request.path_params["name"]
        path = folder / name
        if not _FILES.fullmatch(name) or not path.is_file():
            return PlainTextResponse(_UNKNOWN, 404)
        return FileResponse(path, media_type=_kind(name))

    def otherwise(_request: Request) -> Response:
        return PlainTextResponse(_UNKNOWN if folder else _NONE, 404)

    return Starlette(
        routes=[
            Route(PREFIX + "{host}/watchbill/watchbill/{name}", answer),
            Route(PREFIX + "{rest:path}", otherwise),
        ]
    )


def _kind(name: str) -> str:
    return "application/json" if name.endswith(".json") else "application/zip"
