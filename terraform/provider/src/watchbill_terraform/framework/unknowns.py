"""Unknowns: values that a plan cannot know yet.

Terraform 1.6 and later sends *refined* unknowns as a msgpack extension of another code, which `tf`
1.2 leaves as raw bytes. Every extension is "unknown" to us.
"""

from __future__ import annotations

from typing import Any

import tf.utils
from tf.types import Unknown

__all__ = ["Unknown", "is_known", "known", "understand_all"]


def understand_all() -> None:
    """Let the framework read every kind of unknown value; done once, before it serves."""
    tf.utils._msgpack_ext_hook = _any


def _any(_code: int, _data: bytes) -> Any:
    return Unknown


def is_known(value: Any) -> bool:
    """Say whether nothing in the value is unknown, however deep."""
    if value is Unknown:
        return False
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    if isinstance(value, list):
        return all(is_known(item) for item in value)
    return True


def known(values: dict[str, Any]) -> dict[str, Any]:
    """Return only what is wholly known."""
    return {name: value for name, value in values.items() if is_known(value)}
