"""Busy calendars: a person's own calendar says when they are away.

It is read once an hour, with its entity tag, outside of any transaction and apart from the engine:
a slow calendar delays no page. What was read replaces what was read before, as a whole; when
reading fails, the last good state stays and its owner sees why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from watchbill.actions import audit, changes, fields
from watchbill.actions.audit import Actor
from watchbill.actions.changes import Noun, Values
from watchbill.actions.shell import Shell
from watchbill.core.people import PersonId
from watchbill.errors import Conflict, Invalid, WatchbillError
from watchbill.store import busy_calendars as store
from watchbill.store import rows

if TYPE_CHECKING:
    from watchbill.definitions.busy_times import BusyTime  # its libraries take 20 MB

NOUN = Noun(
    word="busy_calendar",
    table="busy_calendars",
    prefix="bcal",
    checks={"url": fields.web_address, "counts_all": fields.flag},
    decides=False,
)
#: How often a calendar is read; after a failure, the longer the more often it failed.
EVERY, LONGEST = timedelta(hours=1), timedelta(days=1)
#: How far ahead it counts.
AHEAD = timedelta(weeks=60)
_MOST = 5


class TooManyCalendars(Conflict):
    """Five calendars are read in for you; remove one to add another."""


class NotSecure(Invalid):
    """The address must begin with https://."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What the other side answered; `error` says in a sentence why it did not."""

    status: int = 0
    body: bytes = b""
    etag: str = ""
    error: str = ""


#: Gets an address with an entity tag ("" for none), guarded; never raises.
Fetch = Callable[[str, str], Fetched]


class Parse(Protocol):
    """Reads times away out of a calendar, apart from this process. Raises: BadCalendar."""

    def __call__(
        self, body: bytes, *, start: datetime, end: datetime, zone: str, is_all: bool
    ) -> Sequence[BusyTime]:
        """Return what touches [start, end)."""
        ...


def add(shell: Shell, values: Values, *, by: Actor) -> str:
    """Let one's own calendar at `url` say when one is away; it is read at once.

    Whole days and what is marked out of office count; with `counts_all`, meetings too: a person
    with meetings every day would otherwise have no week to stand.

    Raises: OnlyThemselves, NotSecure, TooManyCalendars, BadFields.
    """
    fields.need(values, "url")
    good = fields.checked(NOUN.checks, values)
    url, counts_all = str(good["url"]), bool(good.get("counts_all"))
    if not url.startswith("https://"):
        raise NotSecure
    if by.person_id is None:
        raise audit.OnlyThemselves
    now, hint = shell.clock.now(), _hint(url)
    with shell.db.transaction() as tx:
        if store.count(tx, by.person_id) >= _MOST:
            raise TooManyCalendars
        calendar_id = shell.new_id(NOUN.prefix)
        own: dict[str, object] = {"id": calendar_id, "person_id": by.person_id, "due_at": now}
        rows.add(tx, NOUN.table, {**own, "secret_url": url, "hint": hint, "counts_all": counts_all})
        facts = {"hint": hint, "counts_all": counts_all}
        audit.record(shell, tx, by, "busy_calendar.created", calendar_id, facts)
    shell.calendar_bell.set()
    return calendar_id


def _hint(url: str) -> str:
    """Return the host, and the end of what is likely the secret."""
    parts = urlsplit(url)
    return f"{(parts.hostname or '')[-60:]} …{max(parts.path.split('/'), key=len)[-4:]}"


def remove(shell: Shell, calendar_id: str, *, by: Actor) -> None:
    """Forget a calendar, and what was read from it. Raises: OnlyThemselves."""
    with shell.db.transaction() as tx:
        before = changes.load(tx, NOUN, calendar_id)
        audit.need_self_or_admin(by, before["person_id"])
        rows.remove(tx, NOUN.table, calendar_id)
        audit.record(shell, tx, by, "busy_calendar.removed", calendar_id, {})
        changes.look_again(shell, tx)
    shell.ring()


def next_due(shell: Shell) -> datetime | None:
    """Return when the next calendar is to be read."""
    with shell.db.transaction() as tx:
        return store.next_due(tx)


def read_due(shell: Shell, fetch: Fetch, parse: Parse) -> int:
    """Read the calendars that are due, one after the other; return how many."""
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        due = store.claim(tx, now=now, until=now + EVERY)
    for calendar in due:
        _read(shell, calendar, fetch(calendar.url, calendar.etag), parse)
    return len(due)


def _read(shell: Shell, calendar: store.Calendar, fetched: Fetched, parse: Parse) -> None:
    times: Sequence[BusyTime] | None = None
    error = fetched.error
    if fetched.status == 200:
        try:
            times = _times(shell, calendar, fetched.body, parse)
        except WatchbillError as refused:
            error = refused.title()
    elif fetched.status != 304 and not error:
        error = f"Its server answers with status {fetched.status}."
    if error:
        _note(shell, calendar, error)
    else:
        _keep(shell, calendar, fetched, times)


def _times(shell: Shell, calendar: store.Calendar, body: bytes, parse: Parse) -> Sequence[BusyTime]:
    with shell.db.transaction() as tx:
        person = shell.company(tx).people.get(PersonId(calendar.person_id))
    now = shell.clock.now()
    last = now.replace(hour=0, minute=0, second=0, microsecond=0) + AHEAD  # the same all day
    zone = person.zone if person else "UTC"
    return parse(body, start=now, end=last, zone=zone, is_all=calendar.counts_all)


def _note(shell: Shell, calendar: store.Calendar, error: str) -> None:
    wait = min(EVERY * 2 ** min(calendar.failures + 1, 10), LONGEST)
    with shell.db.transaction() as tx:
        store.failed(tx, calendar.id, error=error[:300], due_at=shell.clock.now() + wait)


def _keep(
    shell: Shell, calendar: store.Calendar, fetched: Fetched, times: Sequence[BusyTime] | None
) -> None:
    now = shell.clock.now()
    with shell.db.transaction() as tx:
        if not store.done(tx, calendar.id, etag=fetched.etag[:300], now=now, due_at=now + EVERY):
            return  # removed while it was read
        changed = times is not None and store.replace(
            tx, calendar, [(t.start, t.end, t.uid) for t in times], new_id=shell.new_id, now=now
        )
        if changed:
            changes.look_again(shell, tx)
    if changed:
        shell.ring()
