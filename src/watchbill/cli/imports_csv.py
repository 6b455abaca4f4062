"""`watchbill import people` and `watchbill import absences`: CSV files, all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchbill.cli import options, printing

if TYPE_CHECKING:
    from watchbill.actions.csv_imports import Report

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file, UTF-8.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")]


def add_to(group: typer.Typer) -> None:
    """Add both to the group of imports."""
    group.command()(people)
    group.command()(absences)


def people(
    file: File,
    dry_run: DryRun = False,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Add and change people: columns name, email, and perhaps role, team, office, zone, skills.

    Nobody is removed, and nobody is put on call: a term is agreed to by oneself.
    """
    from watchbill.actions import audit, csv_imports
    from watchbill.cli import opening

    with opening.opened(data_dir) as shell:
        done = csv_imports.import_people(shell, file.read_bytes(), dry_run=dry_run, by=audit.CLI)
    _say(done, dry_run=dry_run, as_json=as_json)


def absences(
    file: File,
    dry_run: DryRun = False,
    data_dir: options.DataDir = None,
    as_json: options.AsJson = False,
) -> None:
    """Replace what files said of time away: columns email, from, to; days, or times by one's clocks."""
    from watchbill.actions import audit, csv_imports
    from watchbill.cli import opening

    with opening.opened(data_dir) as shell:
        done = csv_imports.import_absences(shell, file.read_bytes(), dry_run=dry_run, by=audit.CLI)
    _say(done, dry_run=dry_run, as_json=as_json)


def _say(done: Report, *, dry_run: bool, as_json: bool) -> None:
    counts = {
        "created": done.created,
        "changed": done.changed,
        "unchanged": done.unchanged,
        "dry_run": dry_run,
    }
    if as_json:
        printing.as_json(counts)
        return
    would = "Would be: " if dry_run else ""
    typer.echo(
        f"{would}{done.created} created, {done.changed} changed, {done.unchanged} unchanged."
    )
