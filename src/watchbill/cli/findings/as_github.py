"""Findings as GitHub's annotations: a line each that marks the place in a pull request.

Source: GitHub Actions, workflow commands (`::error file=…,line=…,title=…::message`).
"""

from __future__ import annotations

from collections.abc import Iterator

from watchbill.cli.findings.remarks import Level, Report

_WORDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def write(report: Report) -> str:
    """Return a report for a job of GitHub Actions; its last line is for people."""
    return "\n".join([*_lines(report), report.summary])


def _lines(report: Report) -> Iterator[str]:
    for remark in report.remarks:
        about = f"{remark.rule} {remark.alarm}".strip()
        where = f"file={_property(remark.file)},line={remark.line},title={_property(about)}"
        yield f"::{_WORDS[remark.level]} {where}::{_data(f'{remark.message} {remark.note or remark.fix}')}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
