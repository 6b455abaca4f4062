"""Main: what Terraform starts."""

from __future__ import annotations

import sys

from watchbill_terraform.framework import runner
from watchbill_terraform.provider import Watchbill


def run() -> None:
    """Serve the provider; the process ends with it."""
    sys.exit(runner.run(Watchbill()))


if __name__ == "__main__":
    run()
