"""Write the table of metrics from the registry itself."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from watchbill.actions import shell as shells
from watchbill.clock import RunningClock
from watchbill.store.database import Database
from watchbill.web.metrics import GAUGES, Metrics

_HEAD = """# Metrics

Written by `make docs` from the code. `GET /metrics` answers in Prometheus' text format and needs
no token: keep it inside your network.

| name | kind | labels | what it says |
|---|---|---|---|
"""


def text() -> str:
    """Return the page."""
    shell = shells.shell(Database("postgresql://nowhere"), RunningClock())
    metrics = Metrics(shell, version="0", finished_at=lambda: None)
    rows = [(name, "gauge", labels, sentence) for name, sentence, labels in GAUGES]
    for value in vars(metrics).values():
        if isinstance(value, Counter | Histogram):
            family = next(iter(value.describe()))
            suffix = "_total" if isinstance(value, Counter) else ""
            labels = tuple(value._labelnames)  # noqa: SLF001 - nowhere else to read them
            rows.append((family.name + suffix, family.type, labels, family.documentation))
    lines = (
        f"| `{name}` | {kind} | {', '.join(labels) or '–'} | {sentence} |"
        for name, kind, labels, sentence in sorted(rows)
    )
    return _HEAD + "\n".join(lines) + "\n"
