"""A bare ASGI application that reads a body and answers 202: what the load generator can reach.

Run by uvicorn. The generator is good enough while this is well above every server measured.
"""

from __future__ import annotations

from typing import Any

_START = {
    "type": "http.response.start",
    "status": 202,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"2")],
}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer any request once its body is complete."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send(_START)
    await send({"type": "http.response.body", "body": b"{}"})
