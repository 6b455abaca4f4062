"""The composition root: the only module that names concrete sources and channels.

`Watchbill` puts the parts together and runs them in one process: intake, engine, sender, screens,
API. Any number of such processes on one PostgreSQL share the work.
"""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import structlog
import uvicorn
from starlette.types import ASGIApp

from watchbill import outgoing
from watchbill.actions import bootstrap, busy_calendars, notifications
from watchbill.actions import shell as shells
from watchbill.actions.bells import Bells
from watchbill.actions.shell import Links, Shell
from watchbill.channels.smtp_email import EmailChannel, Security, SmtpSettings
from watchbill.channels.webhook import WebhookChannel
from watchbill.clock import Clock, RunningClock
from watchbill.config import Settings, networks
from watchbill.core.messages import Channel
from watchbill.core.sources import Fetch, KeyedSource, Refused, Source
from watchbill.engine.calendar_reader import CalendarReader
from watchbill.engine.loop import Engine
from watchbill.errors import WatchbillError
from watchbill.mailbox import Mailbox
from watchbill.sender.loop import Sender
from watchbill.sources import alertmanager, datadog, grafana, heartbeat, sentry
from watchbill.sources.generic import intake as generic
from watchbill.sources.pagerduty_v2 import change, enqueue
from watchbill.sources.sns import intake as sns
from watchbill.store import embedded, migrations, postgres_files
from watchbill.store.database import Database, with_role
from watchbill.web import express, rest, screens
from watchbill.web.front import Front
from watchbill.web.intake import Intake
from watchbill.web.live import Hub
from watchbill.web.metrics import Metrics, create_metrics
from watchbill.web.oncall import OnCall
from watchbill.web.ui.visits import Site

log = structlog.get_logger()

KEYED: dict[str, KeyedSource] = {"/v2/enqueue": enqueue, "/v2/change/enqueue": change}


SOURCES: tuple[Source, ...] = (
    alertmanager,
    datadog,
    generic,
    grafana,
    heartbeat,
    sentry,
    sns,
)

#: Seconds that one link may take, and all links of a runbook together; how many are asked at once.
_LINK_S, _LINKS_S = 5.0, 10.0
_LINKS_AT_ONCE = 8
#: Seconds and bytes that a person's calendar may take.
_CALENDAR_S, _CALENDAR_LIMIT = 20.0, 2_000_000


def make_fetch(calls: outgoing.Outgoing) -> Fetch:
    """Return what gets a document for a source: guarded, and its failures in the source's words."""

    def fetch(url: str) -> bytes:
        try:
            reply = calls.fetch(url)
        except WatchbillError as error:
            raise Refused(503, f"cannot get what this needs: {error}") from error
        if reply.status != 200:
            raise Refused(503, f"cannot get what this needs: status {reply.status}")
        return reply.body

    return fetch


def make_calendar_fetch(calls: outgoing.Outgoing) -> busy_calendars.Fetch:
    """Return what gets a person's calendar: over https, guarded, two redirects at most."""

    def fetch(url: str, etag: str) -> busy_calendars.Fetched:
        headers = {"If-None-Match": etag} if etag else {}
        try:
            reply = _followed(calls, url, headers, left=2)
        except WatchbillError as error:
            return busy_calendars.Fetched(error=error.title())
        if not reply.is_whole:
            return busy_calendars.Fetched(error="It is larger than 2 MB.")
        return busy_calendars.Fetched(
            status=reply.status, body=reply.body, etag=reply.headers.get("etag", "")
        )

    return fetch


def _followed(
    calls: outgoing.Outgoing, url: str, headers: Mapping[str, str], *, left: int
) -> outgoing.Reply:
    """GET an address and follow `left` redirects, each guarded anew and over https only."""
    reply = calls.request(
        "GET", url, headers=headers, deadline_s=_CALENDAR_S, limit=_CALENDAR_LIMIT
    )
    place = urljoin(url, reply.headers.get("location", ""))
    if left and reply.status in (301, 302, 303, 307, 308) and place.startswith("https://"):
        return _followed(calls, place, headers, left=left - 1)
    return reply


def make_links(
    settings: Settings, calls: outgoing.Outgoing, *, within_s: float = _LINKS_S
) -> Links:
    """Return what says whether runbooks and dashboards answer: allowed hosts only, and guarded.

    However many there are and however slowly they drip, all are looked at within that time; what
    has not answered by then has not answered.
    """
    names = settings.runbook_hosts.lower().split(",")
    hosts = frozenset(name.strip() for name in names if name.strip())

    def look(urls: Sequence[str]) -> dict[str, int]:
        deadline = outgoing.Deadline(within_s)

        def status(url: str) -> int:
            try:
                if urlsplit(url).hostname not in hosts:
                    return -1
                patience = min(_LINK_S, deadline.left())
                return calls.fetch(url, deadline_s=patience, limit=1024).status
            except (WatchbillError, TimeoutError, ValueError):
                return 0

        wanted = list(dict.fromkeys(urls))
        with ThreadPoolExecutor(_LINKS_AT_ONCE) as pool:
            return dict(zip(wanted, pool.map(status, wanted), strict=True))

    return look


def make_channels(settings: Settings, calls: outgoing.Outgoing) -> dict[str, Channel]:
    """Return every channel by its lane; webhooks of programs have a lane of their own."""
    mail = SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=Security(settings.smtp_security),
        username=settings.smtp_username,
        password=settings.smtp_password,
        sender=settings.mail_from,
    )
    return {
        "email": EmailChannel(mail),
        "webhook": WebhookChannel(calls),
        "hook": WebhookChannel(calls),
    }


class Watchbill:
    """One process of Watchbill: open it, serve, close it."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        channels: Mapping[str, Channel] | None = None,
        mailbox: Mailbox | None = None,
    ) -> None:
        """Start the embedded database if no other is named, migrate, and put the parts together.

        `mailbox` is the demo's mail server, whose mails then have a screen; a story brings its
        own clock and channels.
        """
        self.settings = settings
        self.mailbox = mailbox
        #: Address and password the demo's sign-in screen offers.
        self.demo_sign_in: tuple[str, str] | None = None
        self._embedded = None if settings.database_url else embedded.start(settings.data_dir)
        url = settings.database_url or (self._embedded.url if self._embedded else "")
        migrations.upgrade(url)
        self.clock = clock or RunningClock(start=settings.clock_start, speed=settings.clock_speed)
        self.db = Database(url)
        self.db.open()
        self._calls = outgoing.Outgoing(allowed=networks(settings.private_networks))
        links = make_links(settings, self._calls)
        self.shell: Shell = shells.shell(self.db, self.clock, links=links)
        self.base_url = settings.base_url or f"http://{settings.host}:{settings.port}"
        bootstrap.prepare(self.shell, base_url=self.base_url)
        if self._embedded:  # no other process sends from it: its claims died with our last life
            notifications.release_all(self.shell)
        self.metrics = Metrics(
            self.shell,
            version=importlib.metadata.version("watchbill"),
            finished_at=lambda: self.engine.finished_at,
        )
        self.channels = self.metrics.watch(channels or make_channels(settings, self._calls))
        self.on_call = OnCall(self.shell)
        self.hub = Hub(newest_mail=lambda: len(mailbox.messages) if mailbox else 0)
        self.intake = self._make_intake()
        self.engine = Engine(self.shell)
        self.sender = Sender(self.shell, self.channels)
        self.calendars = CalendarReader(self.shell, make_calendar_fetch(self._calls))
        self.bells = self._make_bells()

    def _make_intake(self) -> Intake:
        return Intake(
            shell=self.shell,
            sources={source.name: source for source in SOURCES},
            keyed=KEYED,
            fetch=make_fetch(self._calls),
            count=self.metrics.took_in,
        )

    def _make_bells(self) -> Bells:
        return Bells(
            self.shell,
            on_incidents=self.hub.tell,
            on_company=self._forget,
            on_lost=self._embedded.ensure_running if self._embedded else lambda: None,
        )

    def start(self) -> None:
        """Start engine, sender, calendar reader and bells in threads of their own."""
        self.bells.start()
        self.engine.start()
        self.sender.start()
        self.calendars.start()

    def serve(self) -> None:
        """Answer requests until SIGINT or SIGTERM."""
        gc.collect()
        gc.freeze()  # what is here stays: the collector need not look at it again
        gc.set_threshold(20_000, 20, 50)  # requests are many and short-lived, cycles few
        before = signal.signal(signal.SIGTERM, _leave)
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            self.server().run()  # repeats the signal that ended it, once it is done
        signal.signal(signal.SIGTERM, before)

    def server(self) -> uvicorn.Server:
        """Return the HTTP server, not yet running."""
        config = uvicorn.Config(
            Front(self.intake, self._rest()),
            host=self.settings.host,
            port=self.settings.port,
            loop="uvloop",
            http=express.over(self.intake),
            ws="none",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        return _Server(config, self.hub)

    def _rest(self) -> ASGIApp:
        site = Site(
            shell=self.shell,
            base_url=self.base_url,
            speed=self.settings.clock_speed,
            trusted_proxies=networks(self.settings.trusted_proxies),
            mailbox=self.mailbox,
            demo=self.demo_sign_in,
        )
        return rest.create_rest(
            lambda: screens.create_screens(
                site, self.hub, finished_at=lambda: self.engine.finished_at
            ),
            {
                "/api/": self._api,
                "/metrics": lambda: create_metrics(self.metrics),
                "/terraform/": self._mirror,
            },
            base_url=self.base_url,
            count=self.metrics.answered,
        )

    def _api(self) -> ASGIApp:
        from watchbill.web.api import create

        return create.create_api(self.shell, self.on_call)

    def _mirror(self) -> ASGIApp:
        from watchbill.web import terraform_mirror

        folder = self.settings.terraform_mirror
        return terraform_mirror.create_mirror(Path(folder) if folder else None)

    def _forget(self) -> None:
        """Look at the company again: it changed."""
        self.intake.forget_doors()
        self.on_call.forget()

    def close(self) -> None:
        """Finish what is under way and stop, the database last."""
        self.bells.stop()
        self.engine.stop()
        self.sender.stop()
        self.calendars.stop()
        self._calls.close()
        self.db.close()
        if self._embedded:
            self._embedded.stop()


class _Server(uvicorn.Server):
    """Ends the live streams when it stops, so that nobody waits for them."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the streams, then the rest."""
        self._hub.close()
        await super().shutdown(sockets)


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)


def forget(data_dir: Path) -> None:
    """Delete the embedded database of a directory that no process uses: a demo cut short."""
    postgres_files.forget(data_dir)


@contextlib.contextmanager
def hasty(shell: Shell, clock: Clock) -> Iterator[Shell]:
    """Give a shell at another time whose commits do not wait for the disk.

    For what can be made again, such as a demo's past; the next ordinary commit makes it last.
    """
    db = Database(with_role(shell.db.url, options="-c synchronous_commit=off"), size=2)
    db.open()
    try:
        yield shells.shell(db, clock)
    finally:
        db.close()


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """Give the URL of the database the settings name, or of the embedded one, started if need be."""
    running = settings.database_url or embedded.find(settings.data_dir)
    if running:
        yield running
        return
    with embedded.start(settings.data_dir) as server:
        yield server.url
