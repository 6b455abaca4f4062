"""`watchbill route`: who gets an alarm, at that time, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from watchbill.cli import options, printing

if TYPE_CHECKING:
    from watchbill.core.routing import Route
    from watchbill.queries.oncall import StepRow


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(route)


def route(
    service: Annotated[str, typer.Option(help="The service, by its slug.")],
    alarm: Annotated[
        str, typer.Option(help="The alarm's key, as events name it; empty: they name none.")
    ] = "",
    severity: Annotated[
        str, typer.Option(help="What the event calls itself: critical, error, warning or info.")
    ] = "critical",
    at: options.At = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Say who gets an alarm, in which order, and why; exit 1 if nobody is called now."""
    moment = options.instant(at) if at else None
    level = options.severity(severity)
    from watchbill.cli import finding, opening
    from watchbill.core import routing
    from watchbill.core.routing import Subject
    from watchbill.queries import oncall

    with opening.opened(data_dir) as shell, shell.db.transaction() as tx:
        company = shell.company(tx)
        now = moment or shell.clock.now()
        of = finding.service(company, service)
        subject = Subject(service_id=of.id, alarm=alarm, severity=level)
        found = routing.route(company, subject, at=now)
        steps = oncall.steps(company, found)
        zone = company.teams[of.team_id].hours.zone
    if as_json:
        names = ("side", "reason", "until")
        answer = {name: getattr(found, name) for name in names}
        printing.as_json({"at": now, **answer, "steps": steps, "facts": dict(found.facts)})
    else:
        _print(found, steps, zone)
    if not steps:
        raise typer.Exit(1)


def _print(found: Route, steps: tuple[StepRow, ...], zone: str) -> None:
    from watchbill.web.ui import wording

    until = f" until {printing.local(found.until, zone)}" if found.until else ""
    if found.is_waiting:
        typer.echo(f"Nobody is called{until}.")
    else:
        typer.echo(f"{printing.order(steps) or 'Nobody can be reached'}.")
        typer.echo(f"This holds{until or ' for good'}.")
    typer.echo(f"Why: {wording.why_so(found.reason)}")
    for name, value in found.facts:
        typer.echo(f"  {name}: {value or '-'}")
