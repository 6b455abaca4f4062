"""Serve every screen with sample contexts, to be looked at: `python -m tools.preview`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import AsyncIterator

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tools import samples
from watchbill.web.ui import assets, pages
from watchbill.web.ui.shell import Theme

THEMES: tuple[Theme, ...] = ("light", "dark")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Policy:
    """Adds the content security policy, so that the preview is as strict as the product."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"content-security-policy", CSP.encode()))
            await send(message)

        await self.app(scope, receive, with_policy)


def show(name: str) -> Route:
    """Return the route of one sample."""
    path, screen, context, shell = samples.SCREENS[name]

    def endpoint(request: Request) -> Response:
        asked = request.query_params.get("theme") or request.cookies.get("wb_theme")
        theme: Theme = next((t for t in THEMES if t == asked), "")
        request.state.shell = dataclasses.replace(shell, theme=theme)
        return pages.render(request, screen, context)

    return Route(path, endpoint)


async def choose_theme(request: Request) -> Response:
    """Keep the chosen colours in a cookie."""
    form = await request.form()
    response = RedirectResponse(request.headers.get("referer", "/"), status_code=303)
    response.set_cookie("wb_theme", str(form.get("theme", "")))
    return response


async def quiet() -> AsyncIterator[str]:
    """Yield a stream on which nothing ever changes."""
    yield ": nothing changes here\n\n"
    await anyio.sleep_forever()


def live(_request: Request) -> Response:
    """Answer `/live`."""
    return StreamingResponse(quiet(), media_type="text/event-stream")


def build() -> Starlette:
    """Return the application with one route per sample."""
    return Starlette(
        routes=[
            *(show(name) for name in sorted(samples.SCREENS, key=lambda n: n != "declare")),
            Route("/theme", choose_theme, methods=["POST"]),
            Route("/live", live),
            Route("/static/{name:path}", assets.send),
        ],
        middleware=[Middleware(Policy)],
    )


if __name__ == "__main__":
    uvicorn.run(build(), port=int(sys.argv[1]) if len(sys.argv) > 1 else 8099, log_level="warning")
