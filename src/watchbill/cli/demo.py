"""`watchbill demo`: a whole company, real mail included, on one machine."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from watchbill.cli import options


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)


def demo(
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8080,
    data_dir: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path(
        "data/demo"
    ),
    at: Annotated[
        str | None,
        typer.Option(help="Start its clock then: 2026-03-07T03:00+00:00.", show_default="now"),
    ] = None,
    speed: Annotated[
        float, typer.Option(help="How many times faster its clock runs.", min=0.01, max=100_000)
    ] = 1.0,
    empty: Annotated[bool, typer.Option("--empty", help="No company, only an admin.")] = False,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Run a whole demo company on this machine, with real mail to its own mailbox."""
    start = options.instant(at) if at else None
    from watchbill import config, logs
    from watchbill.cli import ports
    from watchbill.demo import run

    if config.is_production(os.environ):
        raise config.BadSetting("The demo's mailbox is open to everybody: not in production.")
    logs.configure("text")
    ports.need_free(host, port)
    wanted = run.Options(
        port=port,
        data_dir=data_dir.absolute(),
        at=start,
        speed=speed,
        is_empty=empty,
        host=host,
    )
    run.run(wanted, say=partial(typer.echo, err=True))
