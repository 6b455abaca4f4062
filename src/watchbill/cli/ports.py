"""Whether a port can be listened on, asked before anything is started."""

from __future__ import annotations

import errno
import socket

from watchbill.errors import Misconfigured


class PortTaken(Misconfigured):
    """Something else listens on this port; give another --port."""


class NoSuchHost(Misconfigured):
    """This machine has no such address to listen on; give another --host."""


class NotAllowed(Misconfigured):
    """This account may not listen on this port; give a --port above 1023."""


def need_free(host: str, port: int) -> None:
    """Refuse a port that is taken, before anything is started.

    Raises: PortTaken; NotAllowed; NoSuchHost.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
            trial.listen(1)
    except socket.gaierror:
        raise NoSuchHost(host=host) from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port=port) from None
        if error.errno == errno.EACCES:
            raise NotAllowed(port=port) from None
        raise NoSuchHost(host=host) from None
