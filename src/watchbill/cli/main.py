"""`watchbill`: the commands, and nothing else. Each imports what it needs when it runs.

Exit codes: 0 good, 1 the answer is no, 2 usage or configuration. `--json` gives one JSON value on
standard output; what is said to people goes to standard error then.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from watchbill.errors import Invalid, Misconfigured, WatchbillError

app = typer.Typer(
    name="watchbill",
    help="On-call for people who volunteered, and silence for everyone else.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

#: Modules of this package that add a command or a group of them, in the order of `--help`.
COMMANDS = (
    "serve",
    "demo",
    "migrate",
    "doctor",
    "oncall",
    "route",
    "shifts",
    "alarms",
    "imports",
    "token",
    "person",
)

for _name in COMMANDS:
    import_module(f"watchbill.cli.{_name}").add_to(app)

#: What a wrong option is refused with: all of them are one kind.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
#: Facts that the sentence itself already says.
_SAID = frozenset({"fields"})


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a foreseen error is one clear line and an exit code."""
    try:
        code = app(arguments, standalone_mode=False)
    except _UsageError as error:
        _refuse(error)
        code = 2
    except typer.Abort:
        _tell("stopped")
        code = 1
    except WatchbillError as error:
        _tell(sentence(error))
        code = 2 if isinstance(error, Invalid | Misconfigured) else 1
    raise SystemExit(code if isinstance(code, int) else 0)


def sentence(error: WatchbillError) -> str:
    """Return what is wrong as one line: the rule, what was said about it, and the facts."""
    facts = (f"{name}={value}" for name, value in error.details.items() if name not in _SAID)
    return " ".join([error.detail or error.title(), *facts]).replace("\n", " ")


def _refuse(error: BaseException) -> None:
    """Say which option is wrong; asked without a command, show what there is."""
    show = getattr(error, "show", None)
    if type(error).__name__ == "NoArgsIsHelpError" and show:
        show()
        return
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "watchbill"
    _tell(f"{' '.join(message.split())} Try '{command} --help'.")


def _tell(line: str) -> None:
    print(f"watchbill: {line}", file=sys.stderr)
