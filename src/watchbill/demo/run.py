"""Run the demo: a company, a mail server with a screen, and one real event to begin with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from watchbill.actions import people
from watchbill.app import Watchbill, forget
from watchbill.clock import real_now
from watchbill.config import Settings
from watchbill.demo import homes, seed
from watchbill.demo.homes import Home
from watchbill.demo.introduction import Introduction
from watchbill.mailbox import Mailbox


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
    """Serve the demo until stopped; a second start finds its company.

    Raises: InUse if another demo uses the directory.
    """
    with homes.alone(options.data_dir):
        _serve(options, say)


def _serve(options: Options, say: Callable[[str], None]) -> None:
    home = homes.choose(options.data_dir, at=options.at, now=real_now(), is_empty=options.is_empty)
    home.path.mkdir(exist_ok=True)
    if home.start is not None and home.start != options.at:
        say(f"The company's clock goes on where it stopped: {home.start:%Y-%m-%d %H:%M} UTC.")
    say("Starting the demo's PostgreSQL and mail server …")
    mailbox = Mailbox.start(directory=home.path)
    try:
        _run(options, home, mailbox, say)
    finally:
        mailbox.stop()


def _run(options: Options, home: Home, mailbox: Mailbox, say: Callable[[str], None]) -> None:
    watchbill = _open(options, home, mailbox)
    card = options.data_dir / "demo.json"
    card.unlink(missing_ok=True)
    try:
        facts = home.facts or _make(options, home, watchbill, say)
        watchbill.demo_sign_in = (facts["admin"]["email"], facts["admin"]["password"])
        watchbill.start()
        introduction = Introduction(
            watchbill=watchbill, mailbox=mailbox, facts=facts, card=card, say=say
        )
        threading.Thread(target=introduction.give, daemon=True).start()
        watchbill.serve()
    finally:
        card.unlink(missing_ok=True)
        home.leave(stopped_at=watchbill.clock.now())
        watchbill.close()


def _open(options: Options, home: Home, mailbox: Mailbox) -> Watchbill:
    """Open the home's database; one whose making was cut short is begun anew."""
    settings = _settings(options, home, mailbox)
    watchbill = Watchbill(settings, mailbox=mailbox)
    if home.facts is not None or people.is_empty(watchbill.shell):
        return watchbill
    watchbill.close()
    forget(home.path)
    return Watchbill(settings, mailbox=mailbox)


def _make(
    options: Options, home: Home, watchbill: Watchbill, say: Callable[[str], None]
) -> dict[str, Any]:
    say("Making an empty company …" if options.is_empty else "Making the demo company …")
    made_at = watchbill.clock.now()
    facts = seed.make(watchbill.shell, is_empty=options.is_empty, say=say)
    home.keep(facts, made_at=made_at, is_empty=options.is_empty)
    return facts


def _settings(options: Options, home: Home, mailbox: Mailbox) -> Settings:
    host = "127.0.0.1" if options.host in ("0.0.0.0", "::") else options.host  # noqa: S104
    shown = f"[{host}]" if ":" in host else host
    return Settings(
        data_dir=home.path,
        host=options.host,
        port=options.port,
        base_url=f"http://{shown}:{options.port}",
        smtp_host="127.0.0.1",
        smtp_port=mailbox.port,
        smtp_security="none",
        mail_from="Watchbill <pages@demo.watchbill.example>",
        private_networks="127.0.0.0/8",
        clock_start=home.start,
        clock_speed=options.speed,
    )
