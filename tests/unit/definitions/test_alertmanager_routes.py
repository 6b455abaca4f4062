"""Alertmanager's routing tree, read as Alertmanager reads it: `amtool` says the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchbill.definitions import alertmanager_routes
from watchbill.definitions.alertmanager_routes import BadConfiguration

CONFIG = """
route:
  receiver: everybody
  group_by: [alertname]
  routes:
    - receiver: payments
      matchers: [team = payments]
      routes:
        - receiver: payments-loud
          matchers: ['severity=~"critical|page"']
    - matchers: ['{service="search", env!="test"}']
      receiver: search
      continue: true
    - match: {service: search}
      receiver: search-copy
    - match_re: {service: "queue-.*"}
    - matchers: ["quiet!~.*"]
      receiver: never
    - matchers: [service=""]
      receiver: nameless
receivers: [{name: everybody}, {name: payments}, {name: payments-loud}, {name: search},
  {name: search-copy}, {name: never}, {name: nameless}]
"""
CASES: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"team": "payments"}, ("payments",)),
    ({"team": "payments", "severity": "page"}, ("payments-loud",)),
    ({"team": "payments", "severity": "pages"}, ("payments",)),
    ({"service": "search"}, ("search", "search-copy")),
    ({"service": "search", "env": "test"}, ("search-copy",)),
    ({"service": "queue-mail"}, ("everybody",)),
    ({"service": "other"}, ("everybody",)),
    ({"team": "web"}, ("nameless",)),
]


@pytest.mark.parametrize(("labels", "receivers"), CASES)
def test_an_alert_goes_where_alertmanager_sends_it(
    labels: dict[str, str], receivers: tuple[str, ...]
) -> None:
    assert (
        alertmanager_routes.receivers(alertmanager_routes.read(CONFIG.encode()), labels)
        == receivers
    )


def amtool() -> str:
    """Return Debian's amtool, which comes with its Alertmanager."""
    beside = Path(sys.prefix) / "alertmanager" / "usr" / "bin" / "amtool"
    found = str(beside) if beside.exists() else shutil.which("amtool")
    assert found is not None, "no amtool: sudo apt-get install prometheus-alertmanager"
    return found


@pytest.mark.parametrize(("labels", "receivers"), CASES)
def test_amtool_agrees(labels: dict[str, str], receivers: tuple[str, ...], tmp_path: Path) -> None:
    config = tmp_path / "alertmanager.yml"
    config.write_text(CONFIG)
    command = [amtool(), "config", "routes", "test", f"--config.file={config}"]
    said = subprocess.run(
        [*command, *(f"{name}={value}" for name, value in labels.items())],
        capture_output=True, text=True, check=True, timeout=30,
    )  # fmt: skip
    assert said.stdout.strip() == ",".join(receivers)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "route: 3", "route: {matchers: [a]}", "route: {routes: 3}", "route: {match: 3}",
     "route: {routes: [3]}", "{", "a: &a [*a]", "route: &r {receiver: x, routes: [*r]}"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(BadConfiguration):
        alertmanager_routes.read(text.encode())


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content: bytes) -> None:
    try:
        alertmanager_routes.read(content)
    except BadConfiguration:
        return
