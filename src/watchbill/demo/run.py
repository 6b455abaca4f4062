"""Run the demo: a company, a mail server with a screen, and one real event to begin with."""

from __future__ import annotations

import json
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from watchbill.app import Watchbill
from watchbill.clock import real_monotonic
from watchbill.config import Settings
from watchbill.demo import seed
from watchbill.errors import Unavailable
from watchbill.mailbox import Mailbox

#: Seconds until a start that does not get ready is given up.
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `watchbill demo` was asked for."""

    port: int
    data_dir: Path
    at: datetime | None = None
    speed: float = 1.0
    is_empty: bool = False
    host: str = "127.0.0.1"


def run(options: Options, *, say: Callable[[str], None]) -> None:
    """Serve the demo until stopped; a second start with the same directory finds its data."""
    options.data_dir.mkdir(parents=True, exist_ok=True)
    card = options.data_dir / "demo.json"
    card.unlink(missing_ok=True)
    say("Starting the demo's PostgreSQL and mail server …")
    mailbox = Mailbox.start(port=0, directory=options.data_dir)
    try:
        watchbill = Watchbill(_settings(options, mailbox), mailbox=mailbox)
        try:
            say("Making the demo company …")
            facts = seed.prepare(
                watchbill.shell, options.data_dir, is_empty=options.is_empty, say=say
            )
            watchbill.start()
            threading.Thread(
                target=_introduce, args=(watchbill, mailbox, facts, card, options, say), daemon=True
            ).start()
            watchbill.serve()
        finally:
            card.unlink(missing_ok=True)
            watchbill.close()
    finally:
        mailbox.stop()


def _settings(options: Options, mailbox: Mailbox) -> Settings:
    return Settings(
        data_dir=options.data_dir,
        host=options.host,
        port=options.port,
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="Watchbill <pages@demo.watchbill.example>",
        private_networks="127.0.0.0/8",
        clock_start=options.at,
        clock_speed=options.speed,
    )


def _introduce(
    watchbill: Watchbill,
    mailbox: Mailbox,
    facts: dict[str, Any],
    card: Path,
    options: Options,
    say: Callable[[str], None],
) -> None:
    """Once the server is ready: write `demo.json`, say where to look, post one event."""
    base_url = watchbill.base_url
    _wait_until_ready(base_url)
    facts = {
        "base_url": base_url,
        **facts,
        "smtp": {"host": "127.0.0.1", "port": mailbox.port},
        "mailbox": f"{base_url}/mailbox",
    }
    part = card.with_suffix(".part")
    part.write_text(json.dumps(facts, indent=2), encoding="utf-8")
    part.chmod(0o600)
    part.rename(card)
    say(f"\n  Watchbill is at   {base_url}")
    say(f"  sign in as        {facts['admin']['email']}  password  {facts['admin']['password']}")
    say(f"  the mailbox       {base_url}/mailbox")
    say(f"  everything else   {card}\n")
    if facts["alarms"]:
        alarm = facts["alarms"][0]
        _post(f"{base_url}/v2/enqueue", alarm["event"])
        say(f"  An event was posted for “{alarm['key']}”. Its page is in the mailbox now.")
    say("  Stop with Ctrl-C; the next start finds everything as it was.")


def _wait_until_ready(base_url: str) -> None:
    pause = threading.Event()
    until = real_monotonic() + _PATIENCE_S
    while real_monotonic() < until:
        try:
            with urllib.request.urlopen(f"{base_url}/health/ready", timeout=2):  # noqa: S310
                return
        except (urllib.error.URLError, OSError):
            pause.wait(0.05)
    raise Unavailable("the demo did not get ready; its log says why")


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass


def to_stderr(line: str) -> None:
    """Say a line to whoever started the demo."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201 - this is what they read
