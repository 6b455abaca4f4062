"""`watchbill alarms`: alarms that live in code. Each part adds its commands."""

from __future__ import annotations

from importlib import import_module

import typer

#: Modules of this package that add commands to the group, in the order of `--help`.
PARTS = ("alarms_check", "alarms_apply")


def add_to(app: typer.Typer) -> None:
    """Add the group of commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for name in PARTS:
        import_module(f"watchbill.cli.{name}").add_to(group)
    app.add_typer(group, name="alarms", help="Alarms in code: check, plan, apply, export.")
