"""The command line among hostile repositories, configurations and servers."""

from __future__ import annotations

import http.server
import itertools
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from watchbill.cli import alarms_evidence, alarms_origin, imports, reaching
from watchbill.definitions import alertmanager_routes
from watchbill.errors import WatchbillError


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Eve", "-c", "user.email=eve@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """A folder of alarms in which a bare repository lies, as a pull request could bring one."""
    work = tmp_path / "work"
    work.mkdir()
    git(work, "init", "-q")
    (work / "a.yml").write_text("alarms: []\n")
    git(work, "add", "a.yml")
    git(work, "commit", "-q", "-m", "x")
    folder = tmp_path / "alarms"
    subprocess.run(
        ["git", "clone", "-q", "--bare", str(work), str(folder)], check=True, capture_output=True
    )
    (folder / "a.yml").write_text("alarms: []\n")
    return folder


def test_a_bare_repository_in_a_folder_speaks_for_nobody(planted: Path) -> None:
    """Its settings could start programs, and its history names whom it likes as author."""
    assert alarms_evidence.of_file(str(planted / "a.yml")) == {}
    with (planted / "config").open("a") as config:
        config.write(f"[core]\n\tbare = false\n\tworktree = {planted}\n")
    assert alarms_origin.find(planted) is None


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    heard: list[str] = []

    def do_GET(self) -> None:
        self.heard.append(f"{self.path} {self.headers.get('Authorization')}")
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{self.server.server_port}/caught")  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _Elsewhere.heard.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_token_does_not_follow_a_server_elsewhere(elsewhere: str) -> None:
    there = reaching.There(url=elsewhere, token="a-token")
    with pytest.raises(WatchbillError):
        there.services()
    with pytest.raises(WatchbillError):
        there.plan({"definitions": []})
    assert not [line for line in _Elsewhere.heard if line.startswith("/caught")]


def test_aliases_that_grow_without_end_are_no_label() -> None:
    names = "abcdefghijk"
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{one}: &{one} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, one in itertools.pairwise(names)
    )
    for where in ("match: {a: *k}", "matchers: *k", "receiver: *k", "match: {? *k : a}"):
        content = f"{bomb}route:\n  receiver: x\n  routes:\n  - {where}\n".encode()
        with pytest.raises(alertmanager_routes.BadConfiguration):
            alertmanager_routes.read(content)


def test_an_expression_that_never_finishes_is_given_up(
    tmp_path: Path,
) -> None:
    rules, routes = tmp_path / "rules.yml", tmp_path / "alertmanager.yml"
    rules.write_text(
        "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n"
        f"    labels: {{team: {'a' * 60}!}}\n"
    )
    routes.write_text(
        "route:\n  receiver: all\n  routes:\n  - {receiver: x, match_re: {team: '(a+)+b'}}\n"
    )
    with pytest.raises(imports.TooLong):
        imports._rules([rules], routes, within_s=0.3)
