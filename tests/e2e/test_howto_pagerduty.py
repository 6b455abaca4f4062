"""PagerDuty's own Python client, pointed at Watchbill: what the how-to about moving promises.

The client speaks HTTPS only, so a small proxy stands in front, as in production.
"""

from __future__ import annotations

import http.server
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pagerduty
import pytest

from tests.e2e import processes
from tests.fakes import certificates

pytestmark = pytest.mark.timeout(120)

ALERTS = "select state from alerts where dedup_key = %s"


@contextmanager
def https(folder: Path, *, port: int) -> Iterator[str]:
    """Give the address of a proxy that speaks HTTPS and passes everything on to `port`."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = urllib.request.Request(f"http://127.0.0.1:{port}{self.path}", body)
            try:
                with urllib.request.urlopen(asked) as reply:
                    status, text = reply.status, reply.read()
            except urllib.error.HTTPError as error:
                status, text = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    authority = certificates.Authority(folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.socket = authority.server_context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, name="https")
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_pagerdutys_own_client_triggers_acknowledges_resolves_and_tells_of_changes(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.seed(database_url, processes.company())
    with (
        processes.Serve(tmp_path, database_url=database_url) as server,
        https(tmp_path, port=server.port) as address,
    ):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        client = pagerduty.EventsApiV2Client(processes.KEY, base_url=address)
        key = client.trigger("Disk full", "db-1", severity="critical", custom_details={"free": 0})
        processes.until_folded(database_url)
        assert processes.rows(database_url, ALERTS, key) == [("firing",)]
        assert client.acknowledge(key) == key
        assert client.resolve(key) == key
        client.send_change_event({"summary": "Version 7 is out", "source": "ci"})
        processes.until_folded(database_url)
        assert processes.rows(database_url, ALERTS, key) == [("resolved",)]
        assert len(processes.rows(database_url, "select 1 from events")) == 4
        stranger = pagerduty.EventsApiV2Client("0" * 32, base_url=address)
        with pytest.raises(pagerduty.HttpError, match="400"):
            stranger.trigger("Disk full", "db-1")
