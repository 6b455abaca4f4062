"""Options that several commands take, and the instants people type."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from watchbill.core.events import Severity
from watchbill.errors import Invalid

#: For commands that look into a database.
DataDir = Annotated[
    Path | None,
    typer.Option(
        help="Data directory of the embedded PostgreSQL, if no DATABASE_URL is set; one that a "
        "server or demo is using, too.",
        show_default="WATCHBILL_DATA_DIR, or data",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
At = Annotated[
    str | None,
    typer.Option(
        help="At this instant, with its zone: 2026-03-07T03:00+00:00.", show_default="now"
    ),
]


class NoInstant(Invalid):
    """--at takes an instant with its zone, such as 2026-03-07T03:00+00:00."""


def instant(text: str) -> datetime:
    """Return the instant a person typed, in UTC.

    Raises: NoInstant without a zone, or outside 1990 to 2199.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NoInstant(given=text) from None
    if at.tzinfo is None or not 1990 <= at.year < 2200:
        raise NoInstant(given=text)
    return at.astimezone(UTC)


class NoSeverity(Invalid):
    """--severity is critical, error, warning or info."""


def severity(text: str) -> Severity:
    """Return the severity a person typed.

    Raises: NoSeverity.
    """
    try:
        return Severity(text.lower())
    except ValueError:
        raise NoSeverity(given=text) from None
