"""A client that checks every reply against the committed OpenAPI document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
from starlette.testclient import TestClient

from tests.integration.actions.seed import Seeded
from watchbill.web.api import create
from watchbill.web.oncall import OnCall

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"
OPENAPI: dict[str, Any] = json.loads(DOCUMENT.read_text())
OPERATIONS = [
    (method, path, operation)
    for path, operations in OPENAPI["paths"].items()
    for method, operation in operations.items()
]
_PATTERNS = [
    (re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), path) for path in OPENAPI["paths"]
]


class Client:
    """Sends requests with a token and validates what comes back."""

    def __init__(self, seeded: Seeded, token: str = "") -> None:
        self.on_call = OnCall(seeded.shell)
        self.http = TestClient(
            create.create_api(seeded.shell, self.on_call),
            base_url="http://localhost:8080",
            raise_server_exceptions=False,
        )
        if token:
            self.http.headers["Authorization"] = f"Bearer {token}"

    def __call__(self, method: str, path: str, *, expect: int | None = None, **more: Any) -> Any:
        reply = self.http.request(method, f"/api/v1{path}", **more)
        check(method, f"/api/v1{path}".partition("?")[0], reply)
        if expect is not None:
            assert reply.status_code == expect, (reply.status_code, reply.text)
        return reply

    def json(self, method: str, path: str, *, expect: int = 200, **more: Any) -> Any:
        return self(method, path, expect=expect, **more).json()


def check(method: str, path: str, reply: Any) -> None:
    """Refuse a reply that the document does not describe."""
    status = reply.status_code
    assert status < 500 or status == 503, reply.text
    if status >= 400:
        assert reply.headers["content-type"] == "application/problem+json", reply.text
        _valid({"$ref": "#/components/schemas/Problem"}, reply.json())
        assert reply.json()["status"] == status
        assert "Traceback" not in reply.text
        return
    found = next(
        (
            path_
            for pattern, path_ in sorted(_PATTERNS, key=lambda p: "{" in p[1])
            if pattern.match(path)
        ),
        None,
    )
    assert found, f"{path} is not in the document"
    described = OPENAPI["paths"][found][method.lower()]["responses"]
    assert str(status) in described, (method, found, status, list(described))
    content = described[str(status)].get("content")
    if content:
        _valid(content["application/json"]["schema"], reply.json())
    else:
        assert reply.content == b""


def _valid(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": OPENAPI["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)
