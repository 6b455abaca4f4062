"""Written: an alarm as somebody wrote it and where each field stands; or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from watchbill.core.definitions import Definition
from watchbill.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was read: its path as people are shown it, and its bytes."""

    path: str
    content: bytes


class NoDocument(NotFound):
    """A file that an alarm names cannot be taken."""

    def __init__(self, detail: str, *, fix: str) -> None:
        super().__init__(detail)
        self.fix = fix


#: Returns the document that a file names by a path relative to itself: (file, path) -> document.
#: Raises: NoDocument, which says why not.
Beside = Callable[[str, str], Document]


def nothing_beside(file: str, path: str) -> Document:
    """Return no document; for readers that are handed one file only. Raises: NoDocument."""
    del file
    message = f"the file {path} cannot be read from here"
    raise NoDocument(message, fix="Write the runbook into the alarm.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands: a file, or a Terraform address, and a line from 1."""

    file: str
    line: int = 1
    #: The line on which a text of several lines begins; None if its lines cannot be told apart.
    text_line: int | None = None

    def at(self, line: int | None) -> Place:
        """Return the place of a line of the text, which counts from 1; None is the field itself."""
        if line is None or self.text_line is None:
            return self
        return Place(file=self.file, line=self.text_line + line - 1)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An alarm that can be read, and where it and its fields stand."""

    definition: Definition
    place: Place
    #: Each field that is written; a default stands where the default does.
    places: Mapping[str, Place] = field(default_factory=dict)

    def where(self, name: str, line: int | None = None) -> Place:
        """Return where a field stands, or a line of its text; the alarm's own place without one."""
        return self.places.get(name, self.place).at(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an alarm, or a file, cannot be read: where, what is wrong, and what to do."""

    file: str
    line: int
    #: "" when it is about the whole file or alarm.
    field: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The service and team of an alarm that does not say its own; "" if there are none."""

    service: str = ""
    team: str = ""


@dataclass(slots=True, kw_only=True)
class Reading:
    """What was found so far: alarms in their order, and everything that is wrong."""

    written: list[Written] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, place: Place, name: str, message: str, fix: str) -> None:
        """Note a problem; the message and the fix become sentences."""
        message = message[:1].upper() + message[1:].rstrip(".") + "."
        found = Problem(file=place.file, line=place.line, field=name, message=message, fix=fix)
        self.problems.append(found)
