"""The reference of the command line and of the settings, from the code that reads them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

SETTINGS = Path(__file__).resolve().parent.parent / "src" / "watchbill" / "config.py"
_WRITTEN = "Written by `make docs` from {source}."


def cli() -> str:
    """Return the page of every command with its options."""
    from watchbill.cli.main import app

    top: Any = typer.main.get_command(app)
    lines = ["# Command line", "", _WRITTEN.format(source="`src/watchbill/cli/`"), ""]
    lines += [
        "Exit codes: 0 good, 1 the answer is no, 2 usage or configuration. With `--json` a command",
        "writes one JSON value to standard output; what it tells people goes to standard error.",
        "",
        "Commands that look something up work on `DATABASE_URL`, or on the embedded PostgreSQL of",
        "`--data-dir`: they share it with a server or a demo that runs there, and start and stop it",
        "themselves if none does.",
        "",
    ]
    for name, command in top.commands.items():
        if hasattr(command, "commands"):
            for part, sub in command.commands.items():
                lines += _command(f"watchbill {name} {part}", sub)
        else:
            lines += _command(f"watchbill {name}", command)
    return "\n".join(lines)


def _command(name: str, command: Any) -> list[str]:
    lines = [f"## `{name}`", "", *_paragraphs(command.help or ""), ""]
    shown = [p for p in command.params if p.name != "help"]
    if shown:
        lines += ["| option | what it says |", "|---|---|"]
        lines += [f"| {_names(p)} | {_about(p)} |" for p in shown]
        lines.append("")
    return lines


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


def _names(param: Any) -> str:
    if param.param_type_name == "argument":
        return f"`{param.metavar or param.name.upper()}`"
    return ", ".join(f"`{name}`" for name in param.opts)


def _about(param: Any) -> str:
    shown = getattr(param, "show_default", None)
    default = shown if isinstance(shown, str) else _plain(param.default)
    needed = " Needed." if param.required else ""
    return f"{param.help or ''}{needed}" + (f" Default: {default}." if default else "")


def _plain(default: Any) -> str:
    if default is None or default is False or callable(default) or default in ("", ()):
        return ""
    return f"`{default}`" if isinstance(default, str | int | float | Path) else ""


def settings() -> str:
    """Return the page of every setting: its variable, its default, its remark."""
    lines = ["# Settings", "", _WRITTEN.format(source="`src/watchbill/config.py`"), ""]
    lines += [
        "Each is an environment variable, read once at the start. Options of a command go before",
        "them. A value that cannot be used stops the start with one line that says what it must be;",
        "a variable that begins with `WATCHBILL_` and is not listed here is named in the log.",
        "",
        "| variable | default | what it says |",
        "|---|---|---|",
    ]
    lines += [f"| `{name}` | {default} | {remark} |" for name, default, remark in _settings()]
    return "\n".join(lines) + "\n"


def _settings() -> Iterator[tuple[str, str, str]]:
    text = SETTINGS.read_text(encoding="utf-8")
    remarks = text.splitlines()
    tree = ast.parse(text)
    found = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Settings")
    for node in found.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = f"WATCHBILL_{node.target.id.upper()}"
            default = _default(ast.unparse(node.value) if node.value else "")
            yield name, default, _remark(remarks, node.lineno - 2)


def _remark(lines: list[str], last: int) -> str:
    parts: list[str] = []
    while lines[last].strip().startswith("#:"):
        parts.insert(0, lines[last].strip().removeprefix("#:").strip())
        last -= 1
    return " ".join(parts)


def _default(value: str) -> str:
    path = re.fullmatch(r"Path\('(.*)'\)", value)
    plain = path[1] if path else value.strip("'")
    return {"": "empty", "None": "none", "False": "no", "True": "yes"}.get(plain, f"`{plain}`")
