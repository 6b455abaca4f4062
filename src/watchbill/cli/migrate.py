"""`watchbill migrate`: bring the database to this version's schema."""

from __future__ import annotations

import json
import os

import typer

from watchbill.cli import options


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)


def migrate(data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """Bring the database to this version's schema; doing it again changes nothing."""
    from watchbill import config
    from watchbill.app import database
    from watchbill.cli import opening
    from watchbill.store import migrations

    settings = config.read(os.environ, data_dir=data_dir)
    with database(settings) as url:
        opening.need_answer(url)
        before = migrations.current(url)
        migrations.upgrade(url)
        after = migrations.current(url)
    if as_json:
        typer.echo(json.dumps({"from": before, "to": after}))
    else:
        came = "" if before == after else f", from {before or 'nothing'}"
        typer.echo(f"The database is at {after}{came}.")
