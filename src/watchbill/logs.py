"""Logs: one structured record a happening, to standard error; for people or for machines."""

from __future__ import annotations

import logging
import sys

import structlog

#: Libraries that say what we say ourselves, once for each outage.
_REPEATS_US = ("psycopg.pool",)


def configure(log_format: str) -> None:
    """Write records as lines for people (`text`) or as JSON (`json`)."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # rich's shows locals: passwords
        )
    )
    ours: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if log_format == "json":
        ours.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*ours, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=ours,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _REPEATS_US:
        logging.getLogger(name).setLevel(logging.CRITICAL)
