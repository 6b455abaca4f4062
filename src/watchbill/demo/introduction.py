"""Introduction: once the demo is ready it writes `demo.json`, says where to look, posts one event.

The event goes over HTTP like anybody's, and its page comes back through the mail server.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchbill.app import Watchbill
from watchbill.clock import real_monotonic, real_now
from watchbill.errors import Unavailable
from watchbill.mailbox import Mailbox, ReceivedMail

#: Seconds until a start that does not get ready is given up.
_PATIENCE_S = 120.0
#: Seconds the first page may take to arrive before we say that it has not.
_MAIL_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """What is said and done at the start of a demo."""

    watchbill: Watchbill
    mailbox: Mailbox
    facts: dict[str, Any]
    #: Where `demo.json` goes.
    card: Path
    say: Callable[[str], None]

    def give(self) -> None:
        """Wait for the server, write the card, post the event, and say what became of it."""
        try:
            self._wait_until_ready()
            self._write()
            self._greet()
            if self.facts["alarms"]:
                self._begin()
        except OSError as error:
            self.say(f"  The demo could not introduce itself: {error}")
        except Unavailable as error:
            self.say(f"  {error}")
        self.say("  Stop with Ctrl-C; the next start finds everything as it was.")

    def _write(self) -> None:
        base_url = self.watchbill.base_url
        facts = {
            "base_url": base_url,
            **self.facts,
            "smtp": {"host": "127.0.0.1", "port": self.mailbox.port},
            "mailbox": f"{base_url}/mailbox",
            "data_dir": str(self.watchbill.settings.data_dir),
            "clock": {
                "now": self.watchbill.clock.now().isoformat(),
                "real": real_now().isoformat(),
                "speed": self.watchbill.settings.clock_speed,
            },
        }
        part = self.card.with_suffix(".part")
        part.touch(mode=0o600)
        part.write_text(json.dumps(facts, indent=2, ensure_ascii=False), encoding="utf-8")
        part.rename(self.card)

    def _greet(self) -> None:
        admin = self.facts["admin"]
        self.say(f"\n  Watchbill is at   {self.watchbill.base_url}")
        self.say(f"  sign in as        {admin['email']}   password  {admin['password']}")
        if self.facts["people"]:
            self.say("                    or as anybody of demo.json, with the same password")
        self.say(f"  the mailbox       {self.watchbill.base_url}/mailbox")
        self.say(f"  everything else   {self.card}\n")

    def _begin(self) -> None:
        """Post the first alarm's event, and wait for the mail it leads to."""
        alarm = self.facts["alarms"][0]
        summary = alarm["event"]["payload"]["summary"]
        before = len(self._pages(summary))
        _post(f"{self.watchbill.base_url}/v2/enqueue", alarm["event"])
        self.say(f"  An event was posted: {summary}.")
        if _comes_true(lambda: len(self._pages(summary)) > before, within_s=_MAIL_S):
            self.say(f"  Its page is in the mailbox, to {self._pages(summary)[0].to}.\n")
        else:
            self.say("  It joined an incident that is open, so nobody was called again.\n")

    def _pages(self, summary: str) -> list[ReceivedMail]:
        """Return the mails about an event, the newest first; others come by the clock."""
        return [mail for mail in self.mailbox.messages if summary in mail.subject]

    def _wait_until_ready(self) -> None:
        if not _comes_true(self._is_ready, within_s=_PATIENCE_S):
            raise Unavailable("the demo did not get ready; its log says why")

    def _is_ready(self) -> bool:
        url = f"{self.watchbill.base_url}/health/ready"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return True
        except (urllib.error.URLError, OSError):
            return False


def _comes_true(condition: Callable[[], bool], *, within_s: float) -> bool:
    """Wait for a condition; say whether it came true in time."""
    pause = threading.Event()
    until = real_monotonic() + within_s
    while not condition():
        if real_monotonic() > until:
            return False
        pause.wait(0.05)
    return True


def _post(url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own server
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310
        pass
