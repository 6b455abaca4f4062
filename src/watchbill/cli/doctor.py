"""`watchbill doctor`: look at everything that must be in order before a night."""

from __future__ import annotations

import os
import smtplib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watchbill.cli import options, printing
from watchbill.errors import Misconfigured

if TYPE_CHECKING:
    from watchbill.actions.shell import Shell
    from watchbill.config import Settings
    from watchbill.queries.doctor import Finding
    from watchbill.store.database import Tx

_MAIL_S = 5.0
_VERSIONS = range(15, 19)
_SHOWN = 5
#: The mail server of whoever said nothing.
_HOST = "localhost"
_WORDS = {True: "ok", False: "WRONG", None: "unknown"}


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """Look at settings, database, clock, mail server, rotas and what was set aside.

    Exit 1 if anything is wrong.
    """
    findings = list(_examine(data_dir))
    is_good = all(finding.is_good is not False for finding in findings)
    if as_json:
        printing.as_json({"is_good": is_good, "findings": findings})
    else:
        printing.table([(_WORDS[f.is_good], f.name, f.said) for f in findings])
    if not is_good:
        raise typer.Exit(1)


def _examine(data_dir: Path | None) -> Iterator[Finding]:
    from watchbill import config
    from watchbill.cli import opening
    from watchbill.queries.doctor import Finding

    settings = opening.settings(data_dir)
    strange = config.unknown(os.environ)
    said = f"no such setting: {', '.join(strange)}" if strange else "all are known"
    yield Finding(name="settings", is_good=not strange, said=said)
    try:
        with opening.opened(data_dir) as shell:
            yield _mails_beside(shell, settings)
            yield from _inside(shell)
    except Misconfigured as error:
        yield _mail(settings)
        facts = " ".join(f"{k}={v}" for k, v in error.details.items())
        yield Finding(name="database", is_good=False, said=f"{error} {facts}")


def _inside(shell: Shell) -> Iterator[Finding]:
    """Look at what lies in the database; its schema was seen to be this version's."""
    from watchbill.queries import doctor as queries
    from watchbill.queries.doctor import Finding
    from watchbill.store import migrations

    with shell.db.transaction() as tx:
        major = queries.server_version(tx)
        yield Finding(
            name="database", is_good=major in _VERSIONS, said=f"PostgreSQL {major} (15 to 18)"
        )
        yield Finding(name="schema", is_good=True, said=f"at {migrations.head()}")
        yield _clock(shell, tx)
        yield from _duty(shell, tx)
        waiting = queries.set_aside(tx)
        yield Finding(name="set aside", is_good=not waiting, said="; ".join(waiting) or "nothing")


def _clock(shell: Shell, tx: Tx) -> Finding:
    from watchbill.queries import doctor as queries
    from watchbill.queries.doctor import Finding

    now, newest = shell.clock.now(), queries.newest(tx)
    is_back = newest is not None and newest > now
    said = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if is_back:
        said += f", before the newest incident or event, of {newest:%Y-%m-%d %H:%M:%S}"
    return Finding(name="clock", is_good=not is_back, said=said)


def _duty(shell: Shell, tx: Tx) -> Iterator[Finding]:
    from watchbill.queries import doctor as queries
    from watchbill.queries import lines, tonight
    from watchbill.queries.doctor import Finding

    company, now = shell.company(tx), shell.clock.now()
    for name, one in (
        ("volunteer", tonight.volunteer(company, now)),
        ("duty manager", tonight.manager(company, now)),
    ):
        said = f"{one.name}, until {printing.local(one.until_at, one.zone)}" if one else "nobody"
        yield Finding(name=name, is_good=one is not None, said=said)
    mute = [person.name for person in queries.unreachable(company)]
    more = f" and {len(mute) - _SHOWN} more" if len(mute) > _SHOWN else ""
    said = f"no way to reach {', '.join(mute[:_SHOWN])}{more}" if mute else "everybody on a rota"
    yield Finding(name="reachable", is_good=not mute, said=said)
    month = tonight.month_start(company, now)
    for line in lines.health(tx, company, now=now, month_at=month):
        said = f"{line.count} {line.sentence}" + (f": {line.remark}" if line.remark else "")
        yield Finding(name=line.key, is_good=line.count == 0, said=said)


def _mails_beside(shell: Shell, settings: Settings) -> Finding:
    """Look at the mail server, unless only a server that runs here knows which it is."""
    from watchbill.queries import doctor as queries
    from watchbill.queries.doctor import Finding

    is_told = "WATCHBILL_SMTP_HOST" in os.environ or settings.smtp_host != _HOST
    with shell.db.transaction() as tx:
        is_served = queries.is_served(tx)
    if is_told or not is_served:
        return _mail(settings)
    said = "the server that runs has its own; set WATCHBILL_SMTP_HOST here as it has it, to look"
    return Finding(name="mail server", is_good=None, said=said)


def _mail(settings: Settings) -> Finding:
    """Say whether the mail server greets us; no mail is sent."""
    from watchbill.queries.doctor import Finding

    where = f"{settings.smtp_host}:{settings.smtp_port}"
    kind = smtplib.SMTP_SSL if settings.smtp_security == "tls" else smtplib.SMTP
    try:
        with kind(settings.smtp_host, settings.smtp_port, timeout=_MAIL_S) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return Finding(name="mail server", is_good=False, said=f"{where} does not answer: {error}")
    return Finding(name="mail server", is_good=True, said=f"{where} answers")
