"""The list of what is too long may only shrink."""

from __future__ import annotations

from pathlib import Path

from tools.lint import sizes
from tools.lint.finding import Text

TOP = Path(__file__).resolve().parents[2]


def test_every_line_of_the_list_is_still_needed() -> None:
    """Whoever shortens one of these below the limit also strikes its line."""
    over = {
        name
        for path in {name.split("::")[0] for name in sizes.ratchet()}
        for name, _, length, limit in sizes.measure(
            Text(path=path, text=(TOP / path).read_text(encoding="utf-8"))
        )
        if length > limit
    }
    assert set(sizes.ratchet()) - over == set()


def test_a_listed_function_may_not_grow() -> None:
    text = Text(path="src/watchbill/core/x.py", text="def f():\n" + "    x = 1\n" * 50)
    assert not list(sizes.check_against(text, {"src/watchbill/core/x.py::f": 51}))
    assert list(sizes.check_against(text, {"src/watchbill/core/x.py::f": 50}))
