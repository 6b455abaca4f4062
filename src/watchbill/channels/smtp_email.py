"""E-mail: a message becomes a mail and is handed to one SMTP server.

The mail's buttons are links to pages that only show a button; a POST from there answers. So a
mail scanner that opens every link answers nothing.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import Enum

from watchbill import outgoing
from watchbill.core import addresses, mails, messages
from watchbill.errors import DeliveryFailed, Misconfigured


class Security(Enum):
    """How the connection to the mail server is protected."""

    #: TLS from the first byte (port 465).
    TLS = "tls"
    #: STARTTLS, or nothing is sent (port 587).
    STARTTLS = "starttls"
    #: STARTTLS where the server offers it, its certificate unverified: keeps listeners out, no more.
    OFFERED = "offered"
    #: None: for a server on the same machine.
    NONE = "none"


class PasswordUnprotected(Misconfigured):
    """An SMTP password needs security `tls` or `starttls`; `offered` could give it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where mail goes out, and in whose name."""

    host: str
    #: `Watchbill <pages@example.org>`; its domain names the Message-IDs.
    sender: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    #: A file of certificates to trust instead of the system's, or None.
    ca_file: str | None = None


_LATER = messages.TemporaryFailure
_NEVER = messages.PermanentFailure

#: What a reply code means. One that is not listed goes by its first digit: 4 later, 5 never.
#: Refused log-ins, missing encryption and commands not understood are our own settings, which somebody will mend: later.
#: A full mailbox (552) is never: nobody empties it in a page's minutes, and a failure that shows
#: at once sends the next contact method on its way.
#: Source: RFC 5321 §4.2.3; RFC 4954 §6; RFC 3207 §4.
REPLIES: Mapping[int, tuple[type[messages.TemporaryFailure | messages.PermanentFailure], str]] = {
    421: (_LATER, "The mail server is closing."),
    432: (_LATER, "The mail server wants the password changed."),
    450: (_LATER, "The mailbox is busy, or the server greylists."),
    451: (_LATER, "The mail server has a local error."),
    452: (_LATER, "The mail server is out of storage."),
    454: (_LATER, "The mail server cannot check the log-in, or start TLS, just now."),
    500: (_LATER, "The mail server does not understand: check the SMTP settings."),
    502: (_LATER, "The mail server does not know a command: check the SMTP settings."),
    503: (_LATER, "The mail server expects other commands first: check the SMTP settings."),
    530: (_LATER, "The mail server wants a log-in or TLS first: check the SMTP settings."),
    534: (_LATER, "The mail server wants another way of log-in: check the SMTP settings."),
    535: (_LATER, "The mail server refused the log-in: check the SMTP settings."),
    538: (_LATER, "The mail server wants TLS before the log-in: check the SMTP settings."),
    550: (_NEVER, "The mailbox does not exist, or may not be written to."),
    551: (_NEVER, "The mailbox is elsewhere."),
    552: (_NEVER, "The mailbox is full, or the mail is too big."),
    553: (_NEVER, "The mail server does not allow this address."),
    554: (_NEVER, "The mail server refuses the mail."),
    556: (_NEVER, "The address's domain takes no mail."),
}


class EmailChannel:
    """Sends messages as mails, one connection each."""

    name = "email"
    interrupts = False

    def __init__(
        self, settings: SmtpSettings, *, deadline_s: float = 15.0, concurrency: int = 8
    ) -> None:
        """Take the settings. Raises: PasswordUnprotected, addresses.BadMailAddress."""
        if settings.password and settings.security is Security.OFFERED:
            raise PasswordUnprotected
        self._settings = settings
        self._from = addresses.mail_address(parseaddr(settings.sender)[1])
        self._tls = outgoing.tls_context(
            ca_file=settings.ca_file, is_verified=settings.security is not Security.OFFERED
        )
        self.deadline_s = deadline_s
        self.concurrency = concurrency

    def check(self, address: str) -> None:
        """Refuse what is not a mail address."""
        try:
            addresses.mail_address(address)
        except addresses.BadMailAddress as error:
            reason = str(error)
        else:
            return
        raise messages.PermanentFailure(reason)

    def send(self, message: messages.Message) -> messages.Receipt:
        """Hand the mail to the server; its 250 after the last line is the receipt."""
        try:
            to = addresses.mail_address(message.address)
            mail = mails.compose(message, sender=self._settings.sender, to=to)
            remark = self._hand_over(to, mail.content, is_utf8=mail.is_utf8)
        except addresses.BadMailAddress as error:
            failure: DeliveryFailed = messages.PermanentFailure(str(error))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            failure = failure_of(error)
        else:
            return messages.Receipt(provider_id=mail.message_id, remark=remark)
        raise failure

    def _hand_over(self, to: str, content: bytes, *, is_utf8: bool) -> str:
        """Return the server's last word. Raises: smtplib.SMTPException, OSError."""
        deadline = outgoing.Deadline(self.deadline_s)
        smtp = self._connected(deadline)
        try:
            self._log_in(smtp)
            options = ["SMTPUTF8", "BODY=8BITMIME"] if is_utf8 else []
            if is_utf8 and not smtp.has_extn("smtputf8"):
                raise smtplib.SMTPResponseException(553, b"")
            _expect(smtp.mail(self._from, options))
            _expect(smtp.rcpt(to))
            # Returns the code of the last line, and raises at a refused DATA itself.
            reply = smtp.data(content)
            _expect(reply)
            smtp.putcmd("quit")
            return addresses.redacted(f"{reply[0]} {reply[1].decode('utf-8', 'replace')}", to)
        finally:
            smtp.close()

    def _connected(self, deadline: outgoing.Deadline) -> _Smtp:
        tls = self._tls if self._settings.security is Security.TLS else None
        smtp = _Smtp(deadline, tls, greeting=self._from.rpartition("@")[2])
        code, text = smtp.connect(self._settings.host, self._settings.port)
        if code != 220:
            smtp.close()
            raise smtplib.SMTPResponseException(code, text)
        return smtp

    def _log_in(self, smtp: _Smtp) -> None:
        security = self._settings.security
        smtp.ehlo_or_helo_if_needed()
        is_offered = smtp.has_extn("starttls")
        if security is Security.STARTTLS and not is_offered:
            raise smtplib.SMTPResponseException(530, b"")
        if is_offered and security in {Security.STARTTLS, Security.OFFERED}:
            smtp.protect(self._tls, self._settings.host)
        if self._settings.username:
            smtp.login(self._settings.username, self._settings.password)


class _Smtp(smtplib.SMTP):
    """smtplib over sockets that keep one deadline."""

    def __init__(
        self, deadline: outgoing.Deadline, tls: ssl.SSLContext | None, greeting: str
    ) -> None:
        self._deadline = deadline
        self._tls = tls
        super().__init__(local_hostname=greeting)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del timeout  # The deadline is stricter.
        sock = outgoing.connect(host, port, self._deadline)
        return sock if self._tls is None else outgoing.wrap(sock, self._tls, host, self._deadline)

    def protect(self, tls: ssl.SSLContext, host: str) -> None:
        """Start TLS, and forget what the server said before. Source: RFC 3207 §4.2."""
        code, text = self.docmd("STARTTLS")
        if code != 220 or self.sock is None:
            raise smtplib.SMTPResponseException(code, text)
        self.sock = outgoing.wrap(self.sock, tls, host, self._deadline)
        self.file = None
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.ehlo_or_helo_if_needed()


def _expect(reply: tuple[int, bytes]) -> None:
    if not 200 <= reply[0] < 300:
        raise smtplib.SMTPResponseException(*reply)


def failure_of(error: Exception) -> messages.TemporaryFailure | messages.PermanentFailure:
    """Return what an error of smtplib or of the network means, in words without addresses."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _failure_of_reply(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return _LATER("The mail server closed the connection, or did not answer in time.")
    if isinstance(error, smtplib.SMTPException):
        return _LATER("The mail server and Watchbill have no way of log-in in common.")
    return _LATER("The mail server: " + outgoing.cause(error))


def _failure_of_reply(
    code: int, text: bytes | str
) -> messages.TemporaryFailure | messages.PermanentFailure:
    kind, words = REPLIES.get(code, (None, "The mail server refuses."))
    if kind is None:
        kind = _NEVER if 500 <= code < 600 else _LATER
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    status = re.match(r"[245]\.\d{1,3}\.\d{1,3}", said)
    return kind(f"{words} ({code}{' ' + status[0] if status else ''})")
