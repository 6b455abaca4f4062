"""Functions that a configuration may call, from Terraform 1.8 on."""

from __future__ import annotations

from typing import Any

from tf.function import FunctionSignature, Parameter, Return

from watchbill_terraform.framework.shapes import Number, String
from watchbill_terraform.scores import runbook_score


class RunbookScore:
    """`provider::watchbill::runbook_score(markdown)`."""

    def __init__(self, _provider: Any) -> None:
        pass

    @classmethod
    def get_name(cls) -> str:
        """Return its name."""
        return "runbook_score"

    @classmethod
    def get_signature(cls) -> FunctionSignature:
        """Return what it takes and gives."""
        about = "How much of a runbook is there, 0 to 100: 25 for each of Impact, Diagnose, Mitigate, Escalate."
        return FunctionSignature(
            parameters=[Parameter("markdown", String(), "The runbook's text.")],
            return_type=Return(Number()),
            summary=about,
            description=about,
        )

    def call(self, _context: Any, arguments: list[Any]) -> int:
        """Return the score."""
        return runbook_score(arguments[0])
