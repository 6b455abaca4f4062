"""Scores: how much of a runbook is there, told without a server.

A quarter each for the four sections that a stranger needs at 3 a.m. It says that they are there and
not empty, not that they are good: that is for the bar of the server, and for a volunteer.
"""

from __future__ import annotations

import re

#: Words that a heading of each section holds.
SECTIONS: dict[str, tuple[str, ...]] = {
    "Impact": ("impact",),
    "Diagnose": ("diagnose", "diagnosis", "diagnostics", "check", "checks", "investigate"),
    "Mitigate": ("mitigate", "mitigation", "fix", "remedy", "act", "action", "actions"),
    "Escalate": ("escalate", "escalation"),
}
_HEADING = re.compile(r"^ {0,3}(?P<level>#{1,6})\s+(?P<title>.*?)\s*#*\s*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def runbook_score(markdown: str) -> int:
    r"""Return 0 to 100.

    >>> runbook_score("# Impact\nNobody can pay.\n# Mitigate\nRestart it.")
    50
    """
    texts = _sections(markdown)
    found = {
        name
        for title, text in texts
        for name, words in SECTIONS.items()
        if text.strip() and set(re.findall(r"[a-z]+", title.lower())) & set(words)
    }
    return 100 * len(found) // len(SECTIONS)


def _sections(markdown: str) -> list[tuple[str, str]]:
    """Return each heading with the text below it, that of its subheadings too."""
    found: list[tuple[str, list[str]]] = []
    open_: list[tuple[int, list[str]]] = []
    fenced = False
    for line in markdown.splitlines():
        fenced ^= bool(_FENCE.match(line))
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            for _, below in open_:
                below.append(line)
            continue
        level = len(heading["level"])
        open_ = [one for one in open_ if one[0] < level]
        text: list[str] = []
        open_.append((level, text))
        found.append((heading["title"], text))
    return [(title, "\n".join(below)) for title, below in found]
