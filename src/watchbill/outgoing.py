"""Outgoing connections: every one has a deadline, and no URL reaches into a private network.

A name is resolved once, each address is judged by `core/addresses.py`, and the connection goes
to the very address that was judged; certificates and the Host header still go by the name.
A deadline holds for the whole exchange, so that a server that drips a byte a second gains nothing.
"""

from __future__ import annotations

import base64
import http.client
import importlib.metadata
import ipaddress
import queue
import select
import socket
import ssl
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from watchbill import clock
from watchbill.core import addresses
from watchbill.errors import Forbidden, Unavailable

if TYPE_CHECKING:
    from typing_extensions import Buffer  # Python 3.12 has it in collections.abc.

USER_AGENT = f"Watchbill/{importlib.metadata.version('watchbill')}"
#: Kept connections to one host, and how long an idle one is trusted, in seconds.
_KEPT = 32
_TRUSTED_S = 15.0


class Refused(Forbidden):
    """The address lies inside a private network, where Watchbill may not call."""


class NoAnswer(Unavailable):
    """The other side did not answer properly in time."""


class Deadline:
    """A point of the steady clock by which all must be done."""

    def __init__(self, seconds: float) -> None:
        self._at = clock.real_monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, more than zero. Raises: TimeoutError when there are none."""
        left = self._at - clock.real_monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _PlainSocket(socket.socket):
    """A socket each of whose waits ends at the deadline."""

    deadline: Deadline | None = None

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:
        _arm(self)
        return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: Buffer, flags: int = 0) -> None:
        _arm(self)
        super().sendall(data, flags)


class _TlsSocket(ssl.SSLSocket):
    """The same over TLS."""

    deadline: Deadline | None = None

    def recv_into(self, buffer: Buffer, nbytes: int | None = None, flags: int = 0) -> int:
        _arm(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: Buffer, flags: int = 0) -> int:
        _arm(self)
        return super().send(data, flags)


DeadlineSocket = _PlainSocket | _TlsSocket


def _arm(sock: DeadlineSocket) -> None:
    if sock.deadline is not None:
        sock.settimeout(sock.deadline.left())


def tls_context(*, ca_file: str | None = None, is_verified: bool = True) -> ssl.SSLContext:
    """Return a client's context whose sockets keep deadlines; certificates are verified."""
    context = ssl.create_default_context(cafile=ca_file)
    context.sslsocket_class = _TlsSocket
    if not is_verified:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def connect(
    host: str,
    port: int,
    deadline: Deadline,
    *,
    allowed: Sequence[addresses.IPNetwork] | None = None,
) -> _PlainSocket:
    """Return a connection to the first address of `host` that takes one.

    With `allowed`, private addresses outside it are passed over; None judges nothing.
    Raises: Refused if no address may be called, OSError.
    """
    found = resolve(host, port, deadline)
    if allowed is not None:
        found = [f for f in found if not addresses.is_refused(_ip(f[1]), allowed=allowed)]
    if not found:
        raise Refused
    failure: OSError = TimeoutError()
    for number, (family, sockaddr) in enumerate(found):
        sock = _PlainSocket(family, socket.SOCK_STREAM)
        sock.settimeout(deadline.left() / (len(found) - number))
        try:
            sock.connect(sockaddr)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.deadline = deadline
            return sock
    raise failure


def _ip(sockaddr: tuple[object, ...]) -> addresses.IPAddress:
    return ipaddress.ip_address(str(sockaddr[0]).partition("%")[0])


def resolve(host: str, port: int, deadline: Deadline) -> list[tuple[int, tuple[object, ...]]]:
    """Return the (family, socket address) pairs of `host`, without waiting past the deadline.

    Raises: OSError. The system's resolver cannot be interrupted, so it runs in a thread aside.
    """
    with suppress(OSError):
        return _lookup(host, port, socket.AI_NUMERICHOST)
    answers: queue.SimpleQueue[list[tuple[int, tuple[object, ...]]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(_lookup(host, port, 0))
        except OSError as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _lookup(host: str, port: int, flags: int) -> list[tuple[int, tuple[object, ...]]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    except UnicodeError:
        raise socket.gaierror("not a host name") from None
    return [(int(family), sockaddr) for family, _, _, _, sockaddr in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the other side answered."""

    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    #: At most the limit asked for.
    body: bytes
    #: Whether `body` is all there was.
    is_whole: bool


@dataclass(slots=True)
class _Kept:
    sock: DeadlineSocket
    since: float = field(default_factory=clock.real_monotonic)

    def is_fresh(self) -> bool:
        """Say whether the connection was idle briefly, and the other side left it open."""
        if clock.real_monotonic() - self.since > _TRUSTED_S:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return not poll.poll(0)


_target = lru_cache(maxsize=4096)(addresses.target)


class Outgoing:
    """Calls URLs over kept connections; safe to share between threads."""

    def __init__(
        self, *, allowed: Sequence[addresses.IPNetwork] = (), ca_file: str | None = None
    ) -> None:
        self._allowed = tuple(allowed)
        self._tls = tls_context(ca_file=ca_file)
        self._kept: dict[tuple[bool, str, int], deque[_Kept]] = {}

    def check(self, url: str, *, deadline_s: float = 2.0) -> None:
        """Refuse a URL that can never be called. A name unknown just now is let through.

        Raises: addresses.BadUrl, Refused.
        """
        target = _target(url)
        try:
            found = resolve(target.host, target.port, Deadline(deadline_s))
        except OSError:
            return
        if all(addresses.is_refused(_ip(a), allowed=self._allowed) for _, a in found):
            raise Refused

    def fetch(self, url: str, *, deadline_s: float = 5.0, limit: int = 65_536) -> Reply:
        """GET `url`; redirects are not followed. Raises: as `request`."""
        return self.request("GET", url, deadline_s=deadline_s, limit=limit)

    def request(
        self,
        method: str,
        url: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        deadline_s: float,
        limit: int = 1024,
    ) -> Reply:
        """Call `url` and return the answer with at most `limit` bytes of its body.

        A kept connection that the other side closed in the meantime is replaced once.
        Raises: addresses.BadUrl, Refused, NoAnswer (its text names the cause, never the URL).
        """
        target = _target(url)
        deadline = Deadline(deadline_s)
        try:
            content = _content(method, target, body, headers or {})
            call = _Call(method=method, content=content, limit=limit)
            kept = self._take(target)
            if kept is not None:
                with suppress(ConnectionError):
                    return self._exchange(kept, call, target, deadline)
            return self._exchange(self._open(target, deadline), call, target, deadline)
        except (OSError, http.client.HTTPException, ValueError) as error:
            words = cause(error)
        raise NoAnswer(words)

    def close(self) -> None:
        """Close the kept connections."""
        for kept in self._kept.values():
            while kept:
                kept.pop().sock.close()

    def _take(self, target: addresses.Target) -> DeadlineSocket | None:
        kept = self._kept.get(target.place)
        while kept:
            try:
                last = kept.pop()
            except IndexError:
                return None
            if last.is_fresh():
                return last.sock
            last.sock.close()
        return None

    def _keep(self, target: addresses.Target, sock: DeadlineSocket) -> None:
        kept = self._kept.setdefault(target.place, deque())
        if len(kept) >= _KEPT:
            sock.close()
        else:
            kept.append(_Kept(sock))

    def _open(self, target: addresses.Target, deadline: Deadline) -> DeadlineSocket:
        sock = connect(target.host, target.port, deadline, allowed=self._allowed)
        return wrap(sock, self._tls, target.host, deadline) if target.is_tls else sock

    def _exchange(
        self, sock: DeadlineSocket, call: _Call, target: addresses.Target, deadline: Deadline
    ) -> Reply:
        is_reusable = False
        try:
            sock.deadline = deadline
            sock.sendall(call.content)
            response = http.client.HTTPResponse(sock, method=call.method)
            response.begin()
            content = _read(response, call.limit)
            is_whole = response.isclosed()
            is_reusable = is_whole and not response.will_close
        finally:
            if is_reusable:
                self._keep(target, sock)
            else:
                sock.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Reply(status=response.status, headers=headers, body=content, is_whole=is_whole)


def wrap(sock: socket.socket, context: ssl.SSLContext, host: str, deadline: Deadline) -> _TlsSocket:
    """Return `sock` under TLS for the name `host`. Raises: OSError, of which ssl.SSLError is one."""
    sock.settimeout(deadline.left())
    try:
        wrapped = context.wrap_socket(sock, server_hostname=host)
    except (OSError, ValueError):
        sock.close()
        raise
    assert isinstance(wrapped, _TlsSocket)  # noqa: S101
    wrapped.deadline = deadline
    return wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    method: str
    #: Head and body, as they go out.
    content: bytes
    #: How much of the answer's body is wanted.
    limit: int


def _content(
    method: str, target: addresses.Target, body: bytes, headers: Mapping[str, str]
) -> bytes:
    """Return the request's bytes. Raises: ValueError for a header that would end its line."""
    lines = [
        f"{method} {target.path} HTTP/1.1",
        f"Host: {target.host_header}",
        f"User-Agent: {USER_AGENT}",
        "Accept-Encoding: identity",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if target.credentials:
        token = base64.b64encode(target.credentials.encode("utf-8", "replace")).decode()
        lines.append(f"Authorization: Basic {token}")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def _read(response: http.client.HTTPResponse, limit: int) -> bytes:
    """Return the body up to `limit`; one that breaks off or comes too late is b"", no error."""
    with suppress(OSError, http.client.HTTPException):
        return response.read(limit)
    return b""


def cause(error: Exception) -> str:
    """Return in words why there was no answer, without host or path."""
    for kind, words in _CAUSES:
        if isinstance(error, kind):
            return words
    return "The other side answered something that cannot be understood."


#: From the particular to the general.
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "The other side did not answer in time."),
    (ssl.SSLCertVerificationError, "The other side's certificate is not valid."),
    (ssl.SSLError, "No secure connection could be made."),
    (socket.gaierror, "The host's name cannot be resolved."),
    (ConnectionRefusedError, "The connection was refused."),
    (ConnectionError, "The connection was closed."),
    (OSError, "The host cannot be reached."),
)
