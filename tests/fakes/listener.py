"""A TCP server on loopback whose every connection is handled by a plain function in a thread."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

Handle = Callable[[socket.socket, threading.Event], None]


@contextlib.contextmanager
def listening(handle: Handle) -> Iterator[int]:
    """Yield the port; at the end every connection is closed and every thread has ended."""
    stop = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []
    open_now: list[socket.socket] = []

    def one(sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            handle(sock, stop)

    def accept() -> None:
        while not stop.is_set():
            try:
                sock, _ = server.accept()
            except OSError:
                return
            open_now.append(sock)
            threads.append(threading.Thread(target=one, args=(sock,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield int(server.getsockname()[1])
    finally:
        stop.set()
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        for sock in open_now:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in [accepting, *threads]:
            thread.join(5)


def black_hole(sock: socket.socket, stop: threading.Event) -> None:
    """Take everything and never answer."""
    while not stop.is_set() and sock.recv(65_536):
        pass


def drip(content: bytes) -> Handle:
    """Return a handler that answers `content` a byte at a time, each just before patience ends."""

    def handle(sock: socket.socket, stop: threading.Event) -> None:
        for byte in content:
            sock.sendall(bytes([byte]))
            if stop.wait(0.1):
                return

    return handle


def saying(content: bytes) -> Handle:
    """Return a handler that says `content` first, and then takes everything in silence."""

    def handle(sock: socket.socket, stop: threading.Event) -> None:
        sock.sendall(content)
        black_hole(sock, stop)

    return handle


def closing(sock: socket.socket, stop: threading.Event) -> None:
    """Close at once."""


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
