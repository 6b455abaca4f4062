"""Write docs/reference/openapi.json from the API's code."""

from __future__ import annotations

import json
from pathlib import Path

from watchbill.web.api import create

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "openapi.json"


def text() -> str:
    """Return the document as it is committed."""
    return json.dumps(create.schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text())
