"""`watchbill token`: tokens for programs that use the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from watchbill.cli import options, printing

tokens_app = typer.Typer(
    name="token", help="Make, list and revoke tokens for the API.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(tokens_app)


@tokens_app.command()
def make(
    person: Annotated[str, typer.Option(help="E-mail address of whom it acts for.")],
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, answer, write or admin; may be repeated.")
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(help="Days until it ends.", min=1, max=3650, show_default="never"),
    ] = None,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Make a token and print it, this once."""
    from watchbill.actions import audit
    from watchbill.actions import tokens as token_actions
    from watchbill.cli import finding, opening

    with opening.opened(data_dir) as shell:
        with shell.db.transaction() as tx:
            owner = finding.person(shell, tx, person)
        ends = shell.clock.now() + timedelta(days=days) if days else None
        token_id, token = token_actions.make(
            shell, owner.id, name=name, scopes=scope or ["read"], expires_at=ends, by=audit.CLI
        )
    if as_json:
        printing.as_json({"id": token_id, "token": token, "expires_at": ends})
    else:
        typer.echo(token)
        typer.echo(f"Keep it: it is not shown again. Its id is {token_id}.", err=True)


@tokens_app.command("list")
def list_(data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """List tokens; of each the last characters are shown."""
    from watchbill.cli import opening
    from watchbill.queries import reading, settings

    with opening.opened(data_dir) as shell, shell.db.transaction() as tx:
        rows = reading.many(tx, settings.TokenRow, settings.TOKENS + " order by k.id")
        now = shell.clock.now()
    if as_json:
        printing.as_json(rows)
        return
    table = [("id", "name", "person", "scopes", "ends with", "state")]
    for row in rows:
        is_over = row.expires_at is not None and row.expires_at <= now
        state = "revoked" if row.revoked_at else "over" if is_over else "good"
        scopes = ",".join(row.scopes)
        table.append((row.id, row.name, row.person, scopes, row.hint, state))
    printing.table(table)


@tokens_app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, tok_…")],
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """End a token at once; again changes nothing."""
    from watchbill.actions import audit
    from watchbill.actions import tokens as token_actions
    from watchbill.cli import opening

    with opening.opened(data_dir) as shell:
        token_actions.revoke(shell, token_id, by=audit.CLI)
    if as_json:
        printing.as_json({"id": token_id, "revoked": True})
    else:
        typer.echo(f"{token_id} is revoked.")
