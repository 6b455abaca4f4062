"""`watchbill oncall`: who answers, now or at another time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchbill.cli import options, printing

if TYPE_CHECKING:
    from datetime import datetime

    from watchbill.core.company import Company
    from watchbill.queries.oncall import OnCallRow
    from watchbill.queries.tonight import Standing


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(oncall)


def oncall(
    at: options.At = None,
    team: Annotated[
        str | None, typer.Option(help="Only this team, by its slug.", show_default="every team")
    ] = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Say who answers if an accepted alarm fires; exit 1 if for some team nobody does."""
    moment = options.instant(at) if at else None
    from watchbill.cli import finding, opening
    from watchbill.queries import oncall as oncall_queries
    from watchbill.queries import tonight

    with opening.opened(data_dir) as shell, shell.db.transaction() as tx:
        company = shell.company(tx)
        now = moment or shell.clock.now()
        team_id = finding.team(company, team).id if team else ""
        rows = oncall_queries.on_call(company, at=now, team_id=team_id)
        standing = (tonight.volunteer(company, now), tonight.manager(company, now))
    if as_json:
        printing.as_json(_facts(company, now, standing, rows))
    else:
        _print(now, standing, rows)
    if not rows or any(not row.steps for row in rows):
        raise typer.Exit(1)


def _facts(
    company: Company,
    now: datetime,
    standing: tuple[Standing | None, Standing | None],
    rows: tuple[OnCallRow, ...],
) -> dict[str, Any]:
    volunteer, manager = (
        {
            "name": one.name,
            "email": next(p.email for p in company.people.values() if p.id == one.person_id),
            "until": one.until_at,
            "next": one.next_name,
        }
        if one
        else None
        for one in standing
    )
    return {"at": now, "volunteer": volunteer, "duty_manager": manager, "teams": rows}


def _print(
    now: datetime,
    standing: tuple[Standing | None, Standing | None],
    rows: tuple[OnCallRow, ...],
) -> None:
    typer.echo(f"At {now:%a %Y-%m-%d %H:%M} UTC\n")
    for word, one in zip(("Volunteer", "Duty manager"), standing, strict=True):
        until = f"{one.name}, until {printing.local(one.until_at, one.zone)}" if one else "nobody"
        typer.echo(f"{word:<14}{until}")
    typer.echo("")
    for row in rows:
        hours = "at work" if row.is_working else "closed"
        change = f" until {printing.local(row.changes_at, row.zone)}" if row.changes_at else ""
        typer.echo(f"{row.team}: {hours}{change}")
        typer.echo(f"  {printing.order(row.steps) or 'nobody can be reached'}")
