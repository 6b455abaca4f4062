"""How large a folder of alarms may be, and for whom."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests import builders
from tests.e2e.world import World
from watchbill.actions import tokens
from watchbill.actions.audit import SYSTEM
from watchbill.web import middleware

ORDER = json.dumps({"definitions": [], "repository": "acme/alarms"}).encode()


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    with World(database_url, builders.company(), at=builders.dublin("Tue 10:00")) as made:
        yield made
        made.log.entries.clear()


def token(world: World) -> str:
    shell = world.watchbill.shell
    made = tokens.make(shell, builders.ANN, name="t", scopes=["write"], expires_at=None, by=SYSTEM)
    return made[1]


def status(world: World, path: str, size: int, **headers: str) -> int:
    """Return what is answered to an order that was padded to a size."""
    connection = http.client.HTTPConnection(urlsplit(world.base_url).netloc, timeout=30)
    sent = {"content-type": "application/json", **headers}
    connection.request("POST", path, ORDER.ljust(size), sent)
    reply = connection.getresponse()
    reply.read()
    connection.close()
    return reply.status


def test_a_folder_of_two_thousand_alarms_is_taken_from_who_may_write(world: World) -> None:
    bearer = {"authorization": f"Bearer {token(world)}"}
    for path in ("/api/v1/alarms:plan", "/api/v1/alarms:apply"):
        assert status(world, path, 8_000_000, **bearer) == 200
        assert status(world, path, middleware.FOLDER_LIMIT + 1, **bearer) == 413


def test_everything_else_stays_small(world: World) -> None:
    bearer = {"authorization": f"Bearer {token(world)}"}
    for path in ("/api/v1/alarms", "/api/v1/alarms:dryRun", "/api/v1/runbooks"):
        assert status(world, path, middleware.BODY_LIMIT + 1, **bearer) == 413


def test_from_nobody_nothing_large_is_read(world: World) -> None:
    assert status(world, "/api/v1/alarms:plan", middleware.BODY_LIMIT + 1) == 413
    bearer = {"authorization": "Bearer wb_not_a_token"}
    assert status(world, "/api/v1/alarms:plan", 8_000_000, **bearer) == 401
