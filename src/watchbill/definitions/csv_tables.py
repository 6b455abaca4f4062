"""CSV tables: people and time away as a spreadsheet exports them, with every fault by its line.

UTF-8 with or without a byte order mark; commas or semicolons; quotes as in RFC 4180. The first line
names the columns, in any order and case; unknown ones are a fault, so that a typo loses nothing.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchbill.errors import Invalid

#: Lines of one file.
MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a line, and what to do; `column` is "" for the line as a whole."""

    line: int
    column: str
    text: str


class BadTable(Invalid):
    """The file cannot be used as it is; nothing of it was taken.

    `details.faults` has the line, column and text of each, 200 at most.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        shown = [f"line {f.line}{', ' + f.column if f.column else ''}: {f.text}" for f in faults]
        more = f" … and {len(shown) - 20} more." if len(shown) > 20 else ""
        told = [[f.line, f.column, f.text] for f in faults[:200]]
        super().__init__(" ".join(shown[:20]) + more, faults=told)
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line: its number in the file, and its cells by column, without space around them."""

    number: int
    cells: Mapping[str, str]


def read(body: bytes, *, needed: Sequence[str], others: Sequence[str] = ()) -> list[Line]:
    """Return the lines of a table whose columns are `needed` and perhaps `others`.

    Empty lines are left out. Raises: BadTable.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise BadTable([Fault(line=line, column="", text="Save the file as UTF-8.")]) from None
    if "\x00" in text:
        raise BadTable([Fault(line=1, column="", text="This is no text; export it as CSV.")])
    stream = io.StringIO(text, newline="")
    skipped = len(stream.readline()) if text[:4].lower() == "sep=" else 0  # Excel's own line
    head = text[skipped:].partition("\n")[0]
    stream.seek(skipped)
    reader = csv.reader(stream, delimiter=";" if head.count(";") > head.count(",") else ",")
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        _check_names(names, needed, others)
        return list(_lines(reader, names))
    except csv.Error as error:
        raise BadTable([Fault(line=reader.line_num, column="", text=f"{error}.")]) from None


def _check_names(names: Sequence[str], needed: Sequence[str], others: Sequence[str]) -> None:
    faults = [
        Fault(line=1, column=name, text="This column is missing.")
        for name in needed
        if name not in names
    ]
    known = {*needed, *others}
    faults += [
        Fault(line=1, column=name[:50], text=f"Unknown; there are {', '.join(sorted(known))}.")
        for name in names
        if name and name not in known
    ]
    faults += [
        Fault(line=1, column=name, text="This column is there twice.")
        for name in sorted({name for name in names if name and names.count(name) > 1})
    ]
    if faults:
        raise BadTable(faults)


def _lines(reader: object, names: Sequence[str]) -> list[Line]:
    found: list[Line] = []
    faults: list[Fault] = []
    for cells in reader:  # type: ignore[attr-defined]
        number: int = reader.line_num  # type: ignore[attr-defined]
        if not any(cell.strip() for cell in cells):
            continue
        if len(found) >= MOST:
            text = f"More than {MOST:,} lines; split the file."
            raise BadTable([Fault(line=number, column="", text=text)])
        if len(cells) > len(names):
            faults.append(Fault(line=number, column="", text="More cells than columns."))
        padded = [*cells, *[""] * (len(names) - len(cells))]
        own = {n: c.strip() for n, c in zip(names, padded, strict=False) if n}
        found.append(Line(number=number, cells=own))
    if faults:
        raise BadTable(faults)
    return found
