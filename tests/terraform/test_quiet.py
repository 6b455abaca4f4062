"""What must not be left behind: a process, a token."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from tests.e2e import processes
from tests.terraform.servers import ADMIN, Server
from tests.terraform.terraforms import Terraform

TEAM = """
data "watchbill_team" "payments" { slug = "payments" }

resource "watchbill_service" "it" {
  slug    = "WORD"
  name    = "It"
  team_id = data.watchbill_team.payments.id
}
"""


def test_the_token_appears_nowhere(terraform: Terraform, server: Server, word: str) -> None:
    """Not in the plan, the state, what is printed, or the most talkative log."""
    log = terraform.folder / "trace.log"
    terraform.environment |= {"TF_LOG": "TRACE", "TF_LOG_PATH": str(log)}
    terraform.write(TEAM.replace("WORD", word))
    terraform.init()
    terraform.plan()
    terraform("show", "-no-color", "plan.out")
    terraform.apply(planned=True)
    terraform("show", "-json")
    token = server.tokens[ADMIN].encode()
    files = [path for path in terraform.folder.rglob("*") if path.is_file()]
    assert log in files
    assert any(path.name == "terraform.tfstate" for path in files)
    assert [path for path in files if token in path.read_bytes()] == []


def test_a_killed_terraform_leaves_no_provider(terraform: Terraform, tmp_path: Path) -> None:
    terraform.write(TEAM.replace("WORD", "killed"))
    terraform.init()
    with _silent_server() as (url, asked):
        terraform.environment["WATCHBILL_URL"] = url
        running, _ = terraform.start("plan", "-no-color")
        assert asked.wait(20), "the provider asks the server"
        (provider,) = _providers(terraform.folder)
        # Terraform 1.0 runs as two processes: the one below a wrapper has started the provider.
        os.kill(_parent(provider), signal.SIGKILL)
        running.kill()
        running.wait(5)
        processes.until(
            lambda: provider not in _providers(terraform.folder),
            within_s=10,
            what="the provider is gone",
        )


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def _providers(folder: Path) -> list[int]:
    """Return the ids of the providers that run in a folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes().replace(b"\0", b" ")
            if b"watchbill_terraform.main" in command and (path / "cwd").resolve() == folder:
                found.append(int(path.name))
        except OSError:
            continue
    return found


@contextmanager
def _silent_server() -> Iterator[tuple[str, Event]]:
    """Give a server that takes a request and never answers; the event is set when it has one."""
    asked, over = Event(), Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.set()
            over.wait(30)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
