"""Handoffs: a shift's note as the next volunteer's mail says it, with what is open, held and changed.

Source: requirement SH4.
"""

from __future__ import annotations

from collections.abc import Sequence

#: A list names so many; the screen has the rest.
_MOST = 10


def text(note: str, *, open_: Sequence[str], held: Sequence[str], changed: Sequence[str]) -> str:
    r"""Return the note and after it what stands, each thing in a line.

    >>> text("Quiet.", open_=["#4 Slow"], held=[], changed=[])
    'Quiet.\n\nOpen:\n- #4 Slow\n\nNothing is held. Nothing changed.'
    """
    lists = (("Open", open_), ("Held", held), ("Changed in the shift", changed))
    parts = [note.strip(), *(_listed(title, items) for title, items in lists if items)]
    none = ("Nothing is open.", "Nothing is held.", "Nothing changed.")
    empty = [word for word, (_, items) in zip(none, lists, strict=True) if not items]
    return "\n\n".join([*parts, *([" ".join(empty)] if empty else [])])


def _listed(title: str, items: Sequence[str]) -> str:
    more = [f"- and {len(items) - _MOST} more"] if len(items) > _MOST else []
    return "\n".join([f"{title}:", *(f"- {item}" for item in items[:_MOST]), *more])
