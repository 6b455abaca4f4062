"""Input that is well-formed and meant badly."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.actions import seed
from tests.integration.api.client import Client


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def nested(deep: int) -> str:
    return '{"a":' * deep + "1" + "}" * deep


SPOILED = (
    nested(9),
    nested(500),
    nested(5_000),
    '{"n":1e400}',
    '{"n":NaN}',
    f'{{"n":1{"0" * 400}}}',
    '{"u":"\\u0000"}',
    '{"\\u0000":1}',
    '{"u":["\\ud800"]}',
    "[]",
    f'{{"a":"{"x" * 21_000}"}}',
)


@pytest.mark.parametrize("settings", SPOILED)
def test_a_doors_settings_cannot_spoil_the_list_of_doors(
    seeded: seed.Seeded, settings: str
) -> None:
    api = Client(seeded, seeded.token("ada", "admin"))
    head = {"service_id": seeded.checkout, "source": "generic", "name": "x"}
    body = json.dumps(head)[:-1] + f', "settings": {settings}}}'
    kind = {"content-type": "application/json"}
    reply = api("POST", "/integrations", content=body, headers=kind)
    assert reply.status_code in (400, 422), reply.text
    assert [door["name"] for door in api.json("GET", "/integrations")["items"]] == ["Prometheus"]


def test_a_doors_settings_may_be_what_sources_know(seeded: seed.Seeded) -> None:
    api = Client(seeded, seeded.token("ada", "admin"))
    settings: dict[str, Any] = {"mapping": {"summary": ["a", {"path": "b", "n": 1.5}]}, "x": None}
    body = {"service_id": seeded.checkout, "source": "generic", "name": "x", "settings": settings}
    made = api.json("POST", "/integrations", json=body, expect=201)
    assert made["integration"]["settings"] == settings


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_log_of_what_nobody_foresaw_shows_no_variables(log_format: str) -> None:
    """A variable may be a password, and a nested one takes minutes to draw."""
    program = (
        f"import logging; from watchbill import logs; logs.configure({log_format!r})\n"
        "def sign_in(password):\n    raise ZeroDivisionError\n"
        "try:\n    sign_in('open' + 'sesame')\n"
        "except ZeroDivisionError:\n    logging.getLogger('uvicorn.error').exception('failed')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert "ZeroDivisionError" in done.stderr
    assert "opensesame" not in done.stderr
