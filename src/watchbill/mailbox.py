"""The demo's mail server: takes what the real e-mail channel sends, and keeps it to be read.

A real SMTP server in a thread of its own. Nothing leaves it. aiosmtpd comes with the extra `demo`
and is imported only when a mailbox starts, so that production does without it.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections import deque
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from watchbill import clock

if TYPE_CHECKING:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, Envelope, Session

#: Mails kept; older ones are forgotten at the next start.
_KEPT = 1_000
_LINK = re.compile(r"^(?:(?P<label>[^\n]{1,80}?): )?(?P<url>https?://\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line of a mail that is a link."""

    #: What stands before it, or "".
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """A mail as the mailbox's screen shows it."""

    #: Its number in the mailbox, from 1; kept over starts.
    id: int
    to: str
    sender: str
    subject: str
    #: The mail's own Date, aware UTC, so that a demo's clock counts.
    at: datetime
    #: The plain text.
    text: str
    links: tuple[Link, ...]
    message_id: str
    #: The root of its thread, or "".
    thread: str

    def as_json(self) -> dict[str, object]:
        """Return {id, to, from, subject, at, text, links, …}, ready for JSON."""
        named = asdict(self) | {"at": self.at.isoformat(), "from": self.sender}
        del named["sender"]
        return named


class Mailbox:
    """A running mail server and the mails it took."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._mails: deque[ReceivedMail] = deque(maxlen=_KEPT)
        self._file: IO[str] | None = None
        self._controller: Controller | None = None

    @classmethod
    def start(
        cls, host: str = "127.0.0.1", port: int = 0, *, directory: Path | None = None
    ) -> Mailbox:
        """Return a mailbox that listens on `host`, on a free port if `port` is 0.

        Mails are appended to `mailbox.jsonl` in `directory`; those found there are kept.
        Raises: OSError if the port is taken.
        """
        sock = socket.create_server((host, port))
        mailbox = cls(directory / "mailbox.jsonl" if directory else None)
        mailbox._open()
        mailbox._controller = _controller(_Handler(mailbox), sock)
        mailbox._controller.start()
        return mailbox

    @property
    def port(self) -> int:
        """Return the port it listens on; 0 when it does not."""
        return self._controller.port if self._controller is not None else 0

    @property
    def messages(self) -> tuple[ReceivedMail, ...]:
        """Return the mails, newest first."""
        with self._lock:
            return tuple(reversed(self._mails))

    def get(self, id: int) -> ReceivedMail | None:  # noqa: A002
        """Return the mail of that number, or None."""
        return next((mail for mail in self.messages if mail.id == id), None)

    def stop(self) -> None:
        """Stop listening. The mails stay readable."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def take(self, to: str, content: bytes) -> None:
        """Keep one mail, on disk before it is readable."""
        with self._lock:
            number = self._mails[-1].id + 1 if self._mails else 1
            mail = _mail(number, to, content)
            if self._file is not None:
                self._file.write(json.dumps(mail.as_json()) + "\n")
                self._file.flush()
            self._mails.append(mail)

    def _open(self) -> None:
        if self._path is None:
            return
        if self._path.exists():
            with self._path.open(encoding="utf-8") as lines:
                self._mails.extend(mail for line in lines if (mail := _mail_of(line)))
        self._path.touch(mode=0o600)  # its links answer pages
        self._file = self._path.open("w", encoding="utf-8")
        self._file.writelines(json.dumps(mail.as_json()) + "\n" for mail in self._mails)
        self._file.flush()


class _Handler:
    """What aiosmtpd asks at each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        for to in envelope.rcpt_tos:
            self._mailbox.take(to, content if isinstance(content, bytes) else content.encode())
        return "250 2.0.0 Kept"


def _controller(handler: _Handler, sock: socket.socket) -> Controller:
    """Return aiosmtpd's controller, made to serve a socket that listens already."""
    from aiosmtpd.controller import Controller

    class OnSocket(Controller):
        def _create_server(self) -> Any:
            return self.loop.create_server(self._factory_invoker, sock=sock)

    host, port = sock.getsockname()[:2]
    return OnSocket(handler, hostname=host, port=port, enable_SMTPUTF8=True, ident="Watchbill demo")


def _mail(number: int, to: str, content: bytes) -> ReceivedMail:
    mail = message_from_bytes(content, policy=policy.default)
    part = mail.get_body(("plain", "html"))
    text = str(part.get_content()) if isinstance(part, EmailMessage) else ""
    text = text.replace("\r\n", "\n")
    return ReceivedMail(
        id=number,
        to=to,
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or "").strip(),
        at=_date(str(mail["Date"] or "")),
        text=text,
        links=_links(text),
        message_id=str(mail["Message-ID"] or ""),
        thread=str(mail["References"] or "").partition(" ")[0],
    )


def _date(text: str) -> datetime:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return clock.real_now()
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _links(text: str) -> tuple[Link, ...]:
    """Return the mail's links, each once: a long mail says its own above and below."""
    found = (Link(label=m["label"] or "", url=m["url"]) for m in _LINK.finditer(text))
    return tuple({link.url: link for link in reversed(tuple(found))}.values())[::-1]


def _mail_of(line: str) -> ReceivedMail | None:
    """Return the mail of a JSON line, or None for a line a crash cut short."""
    try:
        named = json.loads(line)
        named["sender"] = named.pop("from")
        named["at"] = datetime.fromisoformat(named["at"])
        named["links"] = tuple(Link(**link) for link in named["links"])
        return ReceivedMail(**{f.name: named[f.name] for f in fields(ReceivedMail)})
    except (ValueError, KeyError, TypeError):
        return None
