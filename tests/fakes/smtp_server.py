"""A mail server: keeps what arrives, and answers each command as the test says."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from aiosmtpd import controller, smtp


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    sender: str
    to: str
    content: bytes
    is_tls: bool
    login: bytes | None


class SmtpServer:
    """Listens on loopback. `replies` gives the answer to MAIL, RCPT, DATA or AUTH, if not yes."""

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        tls: ssl.SSLContext | None = None,
        login: tuple[bytes, bytes] | None = None,
        is_utf8: bool = True,
    ) -> None:
        self.received: list[Received] = []
        self.replies: dict[str, str] = {}
        self._login = login
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=0,
            ssl_context=tls,
            tls_context=starttls,
            auth_require_tls=False,
            authenticator=self._authenticate,
            enable_SMTPUTF8=is_utf8,
            ident="test server",
        )
        self._controller.start()
        self.port = self._controller.port

    def stop(self) -> None:
        self._controller.stop()

    def _authenticate(
        self,
        server: smtp.SMTP,
        session: smtp.Session,
        envelope: smtp.Envelope,
        mechanism: str,
        data: smtp.LoginPassword,
    ) -> smtp.AuthResult:
        if (data.login, data.password) == self._login:
            return smtp.AuthResult(success=True, auth_data=data.login)
        return smtp.AuthResult(success=False, handled=False, message="535 5.7.8 no for niamh")

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self._login is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return self.replies.get("MAIL", "250 2.1.0 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        reply = self.replies.get("RCPT", "250 2.1.5 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        reply = self.replies.get("DATA", "250 2.0.0 Ok: queued as 4ABC")
        if not reply.startswith("2"):
            return reply
        self.received.append(
            Received(
                sender=envelope.mail_from,
                to=envelope.rcpt_tos[0],
                content=envelope.content,
                is_tls=session.ssl is not None or self._controller.ssl_context is not None,
                login=session.auth_data,
            )
        )
        return reply


class _Controller(controller.Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
