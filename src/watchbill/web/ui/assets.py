"""Assets: the style sheet and scripts, read once, without indentation, gzipped and cacheable.

An asset's address carries a hash of its content, so browsers may keep it for a year.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import Response

from watchbill.errors import NotFound

_STATIC = resources.files("watchbill.web").joinpath("static")
_TYPES = {
    "app.css": "text/css; charset=utf-8",
    "app.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "vendor/htmx-4.0.1.min.js": "text/javascript; charset=utf-8",
}


class AssetNotFound(NotFound):
    """There is no such file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    content_type: str
    plain: bytes
    zipped: bytes
    #: First 12 hex digits of the content's SHA-256.
    version: str


@cache
def find(name: str) -> Asset:
    """Return the asset called `name`.

    Raises: AssetNotFound if we ship no such file.
    """
    if name not in _TYPES:
        raise AssetNotFound(name=name)
    plain = _squeezed(name, _STATIC.joinpath(name).read_bytes())
    return Asset(
        content_type=_TYPES[name],
        plain=plain,
        zipped=gzip.compress(plain, mtime=0),
        version=hashlib.sha256(plain).hexdigest()[:12],
    )


def href(name: str) -> str:
    """Return the asset's address with its version."""
    return f"/static/{name}?v={find(name).version}"


def send(request: Request) -> Response:
    """Answer `/static/{name:path}`."""
    asset = find(request.path_params["name"])
    fresh = request.query_params.get("v") == asset.version
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if fresh else "public, max-age=300",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.zipped, media_type=asset.content_type, headers=headers)
    return Response(asset.plain, media_type=asset.content_type, headers=headers)


def _squeezed(name: str, content: bytes) -> bytes:
    if name == "app.css":
        return squeeze_css(content.decode()).encode()
    if name == "app.js":
        return squeeze_js(content.decode()).encode()
    return content


def squeeze_css(text: str) -> str:
    r"""Return a style sheet without comments and needless space.

    >>> squeeze_css("a { /* x */\n  color: red;\n}\n")
    'a{color:red}'
    """
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,]) ?", r"\1", text).replace(": ", ":")
    return text.replace(";}", "}").strip()


def squeeze_js(text: str) -> str:
    r"""Return a script without indentation and whole-line comments; the lines stay.

    >>> squeeze_js("// x\nif (a)\n  b();\n")
    'if (a)\nb();'
    """
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
