"""YAML nodes: a document as a small tree that keeps every line, however hostile the document is.

Built from the parser's events without recursion: depth, aliases, repeated keys and foreign tags
are judged as they come. Scalars stay the text that was written; what a field means by it is the
reader's business, so that `no` may be Norway.

Source: YAML 1.1 as PyYAML's libyaml reads it; ADR 0050.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from watchbill.definitions.written import Place, Reading

#: The largest file that is read, in bytes.
SIZE_LIMIT = 1_000_000
#: How many lists and mappings may lie within each other.
_DEPTH = 40
#: How large a document may be with every alias written out: nodes, and a node for each 64 letters.
_WEIGHT = 300_000
_LETTERS = 64
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "map", "seq")
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Scalar:
    """A text as it is written, where, and whether it stands without quotes."""

    text: str
    file: str
    line: int
    #: The line on which its first line stands, if its lines are the file's lines.
    text_line: int | None
    is_plain: bool

    @property
    def place(self) -> Place:
        """Return where it begins."""
        return Place(file=self.file, line=self.line, text_line=self.text_line)

    @property
    def weight(self) -> int:
        """Return how many nodes it is as large as."""
        return 1 + len(self.text) // _LETTERS

    @property
    def is_null(self) -> bool:
        """True for nothing: an empty place, `~` or `null` without quotes."""
        return self.is_plain and self.text in _NULLS


@dataclass(slots=True)
class Items:
    """A list."""

    place: Place
    nodes: list[Node] = field(default_factory=list)
    weight: int = 1


@dataclass(slots=True)
class Entry:
    """A key and its value."""

    key: Scalar
    value: Node

    @property
    def place(self) -> Place:
        """Return where the key stands; the lines of a block of text follow it."""
        text_line = self.value.text_line if isinstance(self.value, Scalar) else None
        return Place(file=self.key.file, line=self.key.line, text_line=text_line)


@dataclass(slots=True)
class Table:
    """A mapping from text; each key once."""

    place: Place
    entries: dict[str, Entry] = field(default_factory=dict)
    weight: int = 1


Node = Scalar | Items | Table


class _Broken(Exception):
    """The document ends here: nothing after this place can be trusted."""

    def __init__(self, line: int, message: str, fix: str) -> None:
        super().__init__(message)
        self.line, self.message, self.fix = line, message, fix


def read(path: str, content: bytes, found: Reading) -> Node | None:
    """Return the one document of a file; None if it is empty, or broken, which `found` then says."""
    try:
        return _Tree(path, found).read(_decoded(content))
    except _Broken as broken:
        found.wrong(Place(file=path, line=broken.line), "", broken.message, broken.fix)
    return None


def _decoded(content: bytes) -> str:
    if len(content) > SIZE_LIMIT:
        size = f"{len(content):,} bytes; the most is {SIZE_LIMIT:,}"
        raise _Broken(1, f"the file has {size}", "Split it into several files.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Broken(line, "the file is not UTF-8", "Save it as UTF-8.") from None


def _events(text: str) -> Iterator[yaml.Event]:
    try:
        yield from yaml.parse(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"broken YAML: {error.reason}"
        raise _Broken(line, message, "Take the character out, or write it as an escape.") from None
    except yaml.MarkedYAMLError as error:
        raise _broken(error) from None


def _broken(error: yaml.MarkedYAMLError) -> _Broken:
    mark = error.problem_mark or error.context_mark
    said = ", ".join(part for part in (error.context, error.problem) if part)
    fix = "Look at this line and the one before: indentation, a colon, a quotation mark."
    return _Broken(mark.line + 1 if mark else 1, f"broken YAML: {said}", fix)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    node: Items | Table
    anchor: str | None
    #: A mapping's key whose value comes next.
    key: Scalar | None = None
    is_key_next: bool = True
    #: What `<<` brings in, to be put below the mapping's own entries.
    merged: list[Table] = field(default_factory=list)


class _Tree:
    """Builds the tree of one file."""

    def __init__(self, path: str, found: Reading) -> None:
        self._path = path
        self._found = found
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._root: Node | None = None
        self._documents = 0

    def read(self, text: str) -> Node | None:
        for event in _events(text):
            self._take(event)
        if isinstance(self._root, Scalar) and self._root.is_null:
            return None
        return self._root

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._value(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                fix = "Keep one document in a file: take the `---` out, or split the file."
                raise _Broken(_line(event), "a second document begins here", fix)

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        self._check_tag(event)
        line, is_block = _line(event), event.style == "|"
        text_line = line + 1 if is_block else None
        if "\n" not in event.value:
            text_line = line
        is_plain = not event.style and event.tag is None
        return Scalar(event.value, self._path, line, text_line, is_plain)

    def _check_tag(self, event: yaml.Event) -> None:
        tag = event.tag
        if tag is not None and tag not in _PLAIN_TAGS and tag != "!":
            fix = "Write plain text, numbers, lists and mappings only."
            raise _Broken(_line(event), f"the tag {tag} is not allowed", fix)

    def _begin(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        self._check_tag(event)
        if len(self._open) >= _DEPTH:
            fix = "An alarm needs three levels."
            raise _Broken(_line(event), "it is nested too deeply", fix)
        place = Place(file=self._path, line=_line(event))
        is_table = isinstance(event, yaml.MappingStartEvent)
        node = Table(place) if is_table else Items(place)
        if event.anchor:
            self._anchors[event.anchor] = None
        self._open.append(_Open(node, event.anchor))

    def _end(self) -> None:
        opened = self._open.pop()
        if isinstance(opened.node, Table):
            for table in opened.merged:
                for name, entry in table.entries.items():
                    opened.node.entries.setdefault(name, entry)
        self._value(opened.node, opened.anchor)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name, line = event.anchor, _line(event)
        if name not in self._anchors:
            fix = f"Write `&{name}` before what is meant."
            raise _Broken(line, f"the alias *{name} names nothing above it", fix)
        node = self._anchors[name]
        if node is None:
            message = f"the alias *{name} contains itself"
            raise _Broken(line, message, "Write it out.")
        self._value(node, None)

    def _value(self, node: Node, anchor: str | None) -> None:
        """Put a finished node where it belongs."""
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        inside = self._open[-1]
        inside.node.weight += node.weight
        if inside.node.weight > _WEIGHT:
            message = "its aliases stand for more than can be read"
            raise _Broken(inside.node.place.line, message, "Write out what is meant.")
        if isinstance(inside.node, Items):
            inside.node.nodes.append(node)
        else:
            self._entry(inside, inside.node, node)

    def _entry(self, inside: _Open, table: Table, node: Node) -> None:
        if inside.is_key_next:
            inside.is_key_next = False
            inside.key = self._key(node)
            return
        inside.is_key_next, key = True, inside.key
        if key is None:
            return
        if key.text == _MERGE and key.is_plain:
            self._merge(inside, key, node)
        elif key.text in table.entries:
            first = table.entries[key.text].key.place.line
            message = f"the key is written twice; first in line {first}"
            self._found.wrong(key.place, key.text, message, "Keep one of them.")
        else:
            table.entries[key.text] = Entry(key, node)

    def _key(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar):
            return node
        self._found.wrong(
            node.place, "", "a key must be a word", "Write one word before the colon."
        )
        return None

    def _merge(self, inside: _Open, key: Scalar, node: Node) -> None:
        tables = node.nodes if isinstance(node, Items) else [node]
        for table in tables:
            if isinstance(table, Table):
                inside.merged.append(table)
            else:
                message = "`<<` takes a mapping, or a list of mappings"
                self._found.wrong(key.place, _MERGE, message, "Name the anchor of a mapping.")


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1


def nearest(name: str, known: Iterator[str] | list[str]) -> str:
    """Return what to do about a name that is not known: the nearest one, or those there are."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"Did you mean {near[0]}?"
    return f"There are: {', '.join(names)}."
