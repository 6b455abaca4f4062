"""Main: what Terraform starts."""

from __future__ import annotations

import os
import sys

from watchbill_terraform.framework import runner
from watchbill_terraform.provider import Watchbill


def run() -> None:
    """Serve the provider; the process ends with it, whatever its threads still wait for."""
    code = runner.run(Watchbill())
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
