"""Telling: a problem of the server as a diagnostic of Terraform, on the attribute it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from watchbill_terraform.client import Problem
from watchbill_terraform.framework.servicer import Telling

_HINTS = {
    401: "Check the token (WATCHBILL_TOKEN): it may be mistyped, revoked or over.",
    403: "The token's person or scopes do not allow this. It needs the scope `write`, and an admin"
    " or somebody of the owning team.",
    429: "The server had no time, again and again. Run Terraform again, perhaps with"
    " -parallelism=2.",
    503: "The server is not ready. Run Terraform again.",
}


def told(problem: Problem, doing: str, paths: Mapping[str, str]) -> Telling:
    """Return the problem as it is shown. `paths` are the schema's names of the API's fields."""
    lines = [problem.detail] if problem.detail else []
    lines += [
        f"{name}: {text}" for name, text in problem.fields.items() if text not in problem.detail
    ]
    if problem.status in _HINTS:
        lines.append(_HINTS[problem.status])
    named = next((paths[name] for name in problem.fields if name in paths), None)
    path: list[Any] | None = [named] if named else None
    return Telling(f"Watchbill refused to {doing}: {problem.title}", "\n".join(lines), path)


def conflict(doing: str, names: list[str]) -> Telling:
    """Return what is said when somebody else was faster."""
    which = f"Changed: {', '.join(names)}. " if names else ""
    return Telling(
        f"Cannot {doing}: somebody changed it since Terraform looked.",
        f"{which}Nothing was changed here. Plan again and see what was done by hand; then apply, or"
        " take the change over into the code.",
    )
