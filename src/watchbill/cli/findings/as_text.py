"""Findings as text: `file:line: RULE level: message`, as compilers write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from watchbill.cli.findings.remarks import Report

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def write(report: Report) -> str:
    """Return a report for people: every remark, what could not be checked, and the sum."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    for remark in report.remarks:
        place = f"{line(remark.file)}:{remark.line}"
        alarm = f" [{line(remark.alarm)}]" if remark.alarm else ""
        yield f"{place}: {remark.rule} {remark.level.value}: {line(remark.message)}{alarm}"
        if remark.note:
            yield f"    {line(remark.note)}"
        else:
            yield f"    fix: {line(remark.fix)}"
    missing = report.not_checked
    if missing:
        yield f"Not checked here: {', '.join(missing)} (history, people, network: Watchbill knows)."
    yield report.summary


def line(text: str) -> str:
    r"""Return a text as one line that moves no cursor and begins no command.

    >>> line("no\n::stop-commands::\x1b[2J")
    'no ::stop-commands::?[2J'
    """
    return _CONTROL.sub("?", " ".join(text.split()))
