"""`watchbill serve`: one process of Watchbill."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")
    ] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on.", min=1, max=65535, show_default="8080")
    ] = None,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Where the embedded PostgreSQL keeps its files.", show_default="data"),
    ] = None,
) -> None:
    """Run intake, engine, sender, screens and API until stopped.

    Settings come from the environment (WATCHBILL_…, DATABASE_URL); options go before them.
    """
    from watchbill import config, logs
    from watchbill.app import Watchbill
    from watchbill.cli import ports

    settings = config.read(os.environ, host=host, port=port, data_dir=data_dir)
    logs.configure(settings.log_format)
    config.warn(os.environ)
    ports.need_free(settings.host, settings.port)
    watchbill = Watchbill(settings)
    try:
        watchbill.start()
        watchbill.serve()
    finally:
        watchbill.close()
