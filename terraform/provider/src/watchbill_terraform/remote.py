"""Remote: what every resource has in common: one row of the server, kept as the code says.

Before it changes or removes a row, a resource reads it again: if what it manages differs from what
the plan was made from, somebody else was faster, and nothing is changed. The row's ETag holds that
until the write.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tf.schema import Schema
from tf.utils import Diagnostics

from watchbill_terraform import telling
from watchbill_terraform.client import Client, Problem
from watchbill_terraform.framework.servicer import State, Telling
from watchbill_terraform.framework.shapes import Attribute, ListBlock, String
from watchbill_terraform.framework.unknowns import Unknown

_ABSENT, _CHANGED = 404, 412
_EMPTY: tuple[Any, ...] = ("", None, [], {})


class Remote:
    """A resource that is one row of the API."""

    #: The type's name without the prefix, and the path of its rows.
    NAME = ""
    PATH = ""
    #: What Terraform's users read about it.
    ABOUT = ""
    #: What the code says, and what only the server knows.
    GIVEN: tuple[Attribute, ...] = ()
    COMPUTED: tuple[Attribute, ...] = ()
    BLOCKS: tuple[ListBlock, ...] = ()
    #: Names of the API whose names here differ.
    RENAMED: ClassVar[dict[str, str]] = {}
    #: What the API wants for a value that is not set, if that is not null.
    UNSET: ClassVar[dict[str, Any]] = {}
    #: Names of the API that every change sends, changed or not.
    ALWAYS: tuple[str, ...] = ()
    #: Computed values that a change of the row may alter.
    VOLATILE: tuple[str, ...] = ()
    #: How an import id that is no id of the server is looked up: the filter's name.
    LOOKUP = ""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    @classmethod
    def get_name(cls) -> str:
        """Return the type's name without the prefix."""
        return cls.NAME

    @classmethod
    def get_schema(cls) -> Schema:
        """Return its schema."""
        identity = Attribute("id", String(), "The server's id.", computed=True)
        return Schema(
            version=1,
            description=cls.ABOUT,
            attributes=[identity, *cls.GIVEN, *cls.COMPUTED],
            block_types=list(cls.BLOCKS),
        )

    # What a resource may say otherwise ------------------------------------------------------

    def to_body(self, state: State) -> dict[str, Any]:
        """Return what the API is sent for a state: every managed field, under the API's names."""
        return {
            name: _sent(state.get(self._here(name)), self.UNSET.get(name)) for name in self._sent()
        }

    def to_state(self, row: dict[str, Any], current: State) -> State:
        """Return a row as state. What is empty stays as it was written: null, or empty."""
        state = {a.name: row.get(a.name) for a in self.COMPUTED} | {"id": row["id"]}
        for name in self._sent():
            here = self._here(name)
            state[here] = _as_written(row.get(name), current.get(here))
        for block in self.BLOCKS:
            state[block.type_name] = state.get(block.type_name) or []
        return state

    def is_gone(self, row: dict[str, Any]) -> bool:
        """Say whether a row that can still be read counts as removed."""
        return False

    def check(self, diags: Diagnostics, planned: State) -> None:
        """Add what is wrong with a plan that only the code's words can tell."""

    # What Terraform calls -------------------------------------------------------------------

    def validate(self, diags: Diagnostics, type_name: str, config: State) -> None:
        """Nothing that the schema does not say already."""

    def plan_create(self, diags: Diagnostics, planned: State) -> State:
        """Plan something new."""
        self.check(diags, planned)
        return planned

    def plan_update(self, diags: Diagnostics, prior: State, planned: State) -> State:
        """Plan a change."""
        self.check(diags, planned)
        return planned | dict.fromkeys(self.VOLATILE, Unknown)

    def create(self, ctx: Any, planned: State) -> State:
        """Make the row."""
        body = {name: value for name, value in self.to_body(planned).items() if value is not None}
        row = self._asked("create", "POST", self.PATH, body)
        return self.to_state(self._made(row), planned | self._secret(row))

    def read(self, ctx: Any, current: State) -> State | None:
        """Read the row; None if it is gone."""
        found = self._find(current["id"])
        return None if found is None else self.to_state(found[0], current)

    def update(self, ctx: Any, current: State, planned: State) -> State:
        """Change what differs."""
        _, etag = self._unchanged("change", current)
        before, after = self.to_body(current), self.to_body(planned)
        changed = {
            name: value
            for name, value in after.items()
            if name in self.ALWAYS or value != before.get(name)
        }
        row = self._asked("change", "PATCH", f"{self.PATH}/{current['id']}", changed, etag)
        return self.to_state(row, planned | {a.name: current.get(a.name) for a in self.COMPUTED})

    def delete(self, ctx: Any, current: State) -> None:
        """Remove the row; one that is gone already is as good.

        What has a history stays on the server, which forgets nothing: Terraform lets go of it.
        """
        if self._find(current["id"]) is None:
            return
        _, etag = self._unchanged("remove", current)
        try:
            self.client.ask("DELETE", f"{self.PATH}/{_quoted(current['id'])}", etag=etag)
        except Problem as problem:
            if problem.code != "in-use":
                raise self._failed(problem, "remove") from None
            ctx.diagnostics.add_warning(
                f"The {self._noun} {current.get('slug') or current['id']} stays on the server.",
                "Its history, or something else, refers to it. Terraform no longer knows it; to take"
                " it into code again, import it.",
            )

    def import_(self, ctx: Any, id: str) -> State | None:  # noqa: A002 - the framework's name
        """Find the row of an id, or of a name that is as good."""
        found = self._find(id)
        row = found[0] if found else self._look_up(id)
        if row is None:
            raise Telling(f"There is no {self._noun} {id!r}.")
        return self.to_state(row, {})

    def upgrade(self, ctx: Any, version: int, old: State) -> State:
        """Every state so far has this shape."""
        return old

    # Shared ---------------------------------------------------------------------------------

    @property
    def client(self) -> Client:
        """The server's client. Raises: Telling if the provider is not configured."""
        found: Client = self._provider.need_client()
        return found

    def _look_up(self, text: str) -> dict[str, Any] | None:
        if not self.LOOKUP:
            return None
        rows = self.client.every(self.PATH, **{self.LOOKUP: text})
        return next((row for row in rows if not self.is_gone(row)), None)

    def _find(self, row_id: str) -> tuple[dict[str, Any], str] | None:
        try:
            reply = self.client.ask("GET", f"{self.PATH}/{_quoted(row_id)}")
        except Problem as problem:
            if problem.status == _ABSENT:
                return None
            raise self._told(problem, "read") from None
        return None if self.is_gone(reply.data) else (reply.data, reply.etag)

    def _unchanged(self, doing: str, current: State) -> tuple[dict[str, Any], str]:
        """Return the row and its ETag, if it is still as the plan saw it."""
        found = self._find(current["id"])
        if found is None:
            raise telling.conflict(f"{doing} this {self._noun}", ["it is gone"])
        seen = self.to_state(found[0], current)
        given = [a.name for a in self.GIVEN] + [b.type_name for b in self.BLOCKS]
        changed = [name for name in given if seen.get(name) != current.get(name)]
        if changed:
            raise telling.conflict(f"{doing} this {self._noun}", changed)
        return found

    def _asked(self, doing: str, method: str, path: str, body: Any, etag: str = "") -> Any:
        try:
            return self.client.ask(method, path, body, etag=etag).data
        except Problem as problem:
            raise self._failed(problem, doing) from None

    def _failed(self, problem: Problem, doing: str) -> Telling:
        if problem.status == _CHANGED:
            return telling.conflict(f"{doing} this {self._noun}", [])
        return self._told(problem, doing)

    def _told(self, problem: Problem, doing: str) -> Telling:
        return telling.told(problem, f"{doing} this {self._noun}", self._paths())

    @property
    def _noun(self) -> str:
        return self.NAME.replace("_", " ")

    def _paths(self) -> dict[str, str]:
        return {name: self._here(name) for name in self._sent()}

    def _sent(self) -> list[str]:
        back = {here: name for name, here in self.RENAMED.items()}
        names = [a.name for a in self.GIVEN] + [b.type_name for b in self.BLOCKS]
        return [back.get(name, name) for name in names]

    def _here(self, name: str) -> str:
        return self.RENAMED.get(name, name)

    def _made(self, row: Any) -> dict[str, Any]:
        """Return the row within the answer to a creation."""
        found: dict[str, Any] = row
        return found

    def _secret(self, row: Any) -> State:
        """Return what only the answer to a creation holds."""
        return {}


def _sent(value: Any, unset: Any) -> Any:
    return unset if value is None or value is Unknown else value


def _as_written(value: Any, current: Any) -> Any:
    if value in _EMPTY:
        return current if current in _EMPTY and current is not Unknown else None
    return value


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")
