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
        said = f"{remark.message} {remark.note or remark.fix}"
        word = _WORDS[remark.level]
        yield annotation(word, file=remark.file, line=str(remark.line), title=about, text=said)


def annotation(word: str, *, file: str, line: str, title: str, text: str) -> str:
    r"""Return a line that marks a place; nothing in it begins a command of its own.

    >>> annotation("error", file="a,b.yml", line="3", title="A1", text="no\n::stop-commands::x")
    '::error file=a%2Cb.yml,line=3,title=A1::no%0A::stop-commands::x'
    """
    where = f"file={_property(file)},line={_property(line)},title={_property(title)}"
    return f"::{word} {where}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
