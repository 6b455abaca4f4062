"""SQL reads no clock: `now` is a bound parameter everywhere, so that time can be handed in.

Source: docs/adr/0004-time-is-handed-in.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.finding import Finding, Text

_CLOCK = re.compile(
    r"\b(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|\bcurrent_(?:timestamp|date|time)\b|\blocaltime(?:stamp)?\b|'now'",
    re.IGNORECASE,
)
_SQL = re.compile(r"\b(?:select|insert|update|delete|create|alter|where|default)\b", re.IGNORECASE)
_MESSAGE = "SQL reads the clock; bind now as a parameter"


def check(file: Text) -> Iterator[Finding]:
    """Find readers of the server's clock in `.sql` files and in SQL strings."""
    if file.path.endswith(".sql"):
        for number, line in enumerate(file.text.splitlines(), start=1):
            if _CLOCK.search(line.split("--", 1)[0]):
                yield Finding(line=number, message=_MESSAGE)
    elif file.is_source:
        for string in file.strings:
            value = str(string.value)
            if _SQL.search(value) and _CLOCK.search(value):
                yield Finding(line=string.lineno, message=_MESSAGE)
