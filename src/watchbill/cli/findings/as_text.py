"""Findings as text: `file:line: RULE level: message`, as compilers write it."""

from __future__ import annotations

from collections.abc import Iterator

from watchbill.cli.findings.remarks import Report


def write(report: Report) -> str:
    """Return a report for people: every remark, what could not be checked, and the sum."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    for remark in report.remarks:
        place = f"{remark.file}:{remark.line}"
        alarm = f" [{remark.alarm}]" if remark.alarm else ""
        yield f"{place}: {remark.rule} {remark.level.value}: {_line(remark.message)}{alarm}"
        if remark.note:
            yield f"    {_line(remark.note)}"
        else:
            yield f"    fix: {_line(remark.fix)}"
    missing = report.not_checked
    if missing:
        yield f"Not checked here: {', '.join(missing)} (history, people, network: Watchbill knows)."
    yield report.summary


def _line(text: str) -> str:
    return " ".join(text.split())
