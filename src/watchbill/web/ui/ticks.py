"""Ticks: what a sentence marks as code, as code."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`\n]+)`")


def ticks(text: str) -> Markup:
    """Return a sentence with what stands between backticks as code, and all of it escaped.

    >>> ticks("Write `## Impact` & more.")
    Markup('Write <code>## Impact</code> &amp; more.')
    """
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704  just escaped
