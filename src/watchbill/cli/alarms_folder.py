"""Alarms of a folder: finding their files, reading them, and the runbooks beside them.

Everything below the folder that ends in `.yml` or `.yaml`, in order of its path; what begins with
a dot is left out. Symbolic links are followed within the work tree, or the folder, and no further.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from watchbill.cli import alarms_origin
from watchbill.cli.alarms_origin import Home
from watchbill.definitions import companies, reading, terraform_plans, yaml_nodes
from watchbill.definitions.definition_fields import TEXT_LIMIT
from watchbill.definitions.written import Document, Names, NoDocument, Place, Reading

_YAML = (".yml", ".yaml")
_JSON = ".json"


@dataclass(slots=True, kw_only=True)
class Folder:
    """What was read: its alarms and problems, the files, and what they said there is."""

    reading: Reading
    documents: list[Document] = field(default_factory=list)
    home: Home | None = None
    company: companies.Names = field(default_factory=companies.Names)


def read(paths: Sequence[Path], names: Names, *, repository: str = "") -> Folder:
    """Return everything that is written under `paths`, which exist; no file is read twice."""
    walk = _Walk()
    homes = [alarms_origin.find(path, repository=repository) for path in paths]
    for path, home in zip(paths, homes, strict=True):
        walk.root = home.folder if home else _top(path)
        walk.take(path)

    def beside(file: str, name: str) -> Document:
        return _beside(Path(file).parent / name, name, root=walk.roots[file])

    found = reading.read(walk.documents, names=names, beside=beside)
    company = companies.read(walk.company, found) if walk.company else companies.Names()
    found.problems[:0] = walk.found.problems
    return Folder(reading=found, documents=walk.documents, home=homes[0], company=company)


def company(path: Path, found: Reading) -> companies.Names:
    """Return what a file says there is. `found` notes what is wrong with it."""
    walk = _Walk()
    document = walk.document(path, yaml_nodes.SIZE_LIMIT)
    found.problems += walk.found.problems
    return companies.read(document, found) if document else companies.Names()


def _top(path: Path) -> Path:
    """Return the folder that nothing may lead out of, without a work tree."""
    real = path.resolve()
    return real if real.is_dir() else real.parent


@dataclass(slots=True)
class _Walk:
    """Collects the files below some paths."""

    documents: list[Document] = field(default_factory=list)
    found: Reading = field(default_factory=Reading)
    company: Document | None = None
    #: What nothing may lead out of, for what is taken next; and what it was for each document.
    root: Path = field(default_factory=Path)
    roots: dict[str, Path] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def take(self, path: Path) -> None:
        """Take a file or a folder that was named."""
        if path.is_dir():
            self._folder(path, above=frozenset())
        elif path.suffix in (*_YAML, _JSON):
            self._file(path)
        else:
            fix = "Name a folder, or a file that ends in .yml, .yaml or .json."
            self._wrong(path, "is no file of alarms", fix)

    def _folder(self, path: Path, above: frozenset[str]) -> None:
        real = self._real(path)
        if real is None:
            return
        if real in above:
            self._wrong(path, "is a link that leads back to where it is", "Take the link out.")
            return
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except OSError as error:
            self._wrong(path, f"cannot be read: {error.strerror}", "Look at its rights.")
            return
        for entry in entries:
            if not entry.name.startswith("."):
                self._entry(entry, above | {real})

    def _entry(self, entry: os.DirEntry[str], above: frozenset[str]) -> None:
        path = Path(entry.path)
        if path.is_dir():
            self._folder(path, above)
        elif len(above) == 1 and entry.name == companies.FILE:
            self.company = self.document(path, yaml_nodes.SIZE_LIMIT)
        elif path.suffix in _YAML:
            self._file(path)

    def _file(self, path: Path) -> None:
        real = self._real(path)
        if real is None or real in self._seen:
            return
        self._seen.add(real)
        most = terraform_plans.SIZE_LIMIT if path.suffix == _JSON else yaml_nodes.SIZE_LIMIT
        document = self.document(path, most)
        if document:
            self.documents.append(document)
            self.roots[document.path] = self.root

    def document(self, path: Path, most: int) -> Document | None:
        """Return a file; None if it cannot be taken, which is noted."""
        try:
            return _document(path, most)
        except NoDocument as error:
            self._wrong(path, str(error), error.fix)
        return None

    def _real(self, path: Path) -> str | None:
        """Return where a path leads; None if that is nowhere or outside."""
        try:
            real = os.path.realpath(path, strict=True)
        except OSError:
            self._wrong(path, "is a link that leads nowhere", "Take the link out.")
            return None
        if not Path(real).is_relative_to(self.root):
            self._wrong(path, "is a link that leads out of the folder", "Put the file itself here.")
            return None
        return real

    def _wrong(self, path: Path, message: str, fix: str) -> None:
        self.found.wrong(Place(file=path.as_posix()), "", message, fix)


def _document(path: Path, most: int) -> Document:
    try:
        if not path.is_file():
            raise NoDocument("is no ordinary file", fix="Put an ordinary file here.")
        size = path.stat().st_size
        if size > most:
            message = f"the file has {size:,} bytes; the most is {most:,}"
            raise NoDocument(message, fix="Split it into several files.")
        return Document(path=path.as_posix(), content=path.read_bytes())
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise NoDocument(message, fix="Look at its rights.") from None


def _beside(path: Path, name: str, *, root: Path) -> Document:
    """Return a runbook's file. Raises: NoDocument if it is not there or lies outside `root`."""
    shown = Path(os.path.normpath(path))
    try:
        real = Path(os.path.realpath(path, strict=True))
    except OSError:
        fix = "Write the runbook there, or mend the path; it is relative to this file."
        raise NoDocument(f"there is no file {name[:200]}", fix=fix) from None
    if not real.is_relative_to(root):
        fix = "Keep runbooks in the repository of their alarms."
        raise NoDocument(f"the file {name[:200]} lies outside {root.name}", fix=fix)
    return _document(shown, 4 * TEXT_LIMIT)
