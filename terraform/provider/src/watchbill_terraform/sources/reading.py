"""Reading: what every data source has in common."""

from __future__ import annotations

from typing import Any

from tf.schema import Schema
from tf.utils import Diagnostics

from watchbill_terraform import telling
from watchbill_terraform.client import Client, Problem
from watchbill_terraform.framework.servicer import State, Telling
from watchbill_terraform.framework.shapes import Attribute
from watchbill_terraform.framework.unknowns import Unknown


class Source:
    """Something that may be read."""

    NAME = ""
    ABOUT = ""
    ATTRIBUTES: tuple[Attribute, ...] = ()

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    @classmethod
    def get_name(cls) -> str:
        """Return the type's name without the prefix."""
        return cls.NAME

    @classmethod
    def get_schema(cls) -> Schema:
        """Return its schema."""
        return Schema(version=1, description=cls.ABOUT, attributes=list(cls.ATTRIBUTES))

    def validate(self, diags: Diagnostics, type_name: str, config: State) -> None:
        """Nothing that the schema does not say already."""

    def read(self, ctx: Any, config: State) -> State:
        """Return what was asked for."""
        try:
            found = self.find(
                {n: v for n, v in config.items() if v is not None and v is not Unknown}
            )
        except Problem as problem:
            raise telling.told(problem, f"read {self.NAME}", {}) from None
        return {a.name: found.get(a.name, config.get(a.name)) for a in self.ATTRIBUTES}

    def find(self, asked: State) -> State:
        """Return the attributes' values."""
        raise NotImplementedError

    @property
    def client(self) -> Client:
        """The server's client."""
        found: Client = self._provider.need_client()
        return found

    def one(self, path: str, what: str, **query: str) -> dict[str, Any]:
        """Return the only row of a list. Raises: Telling if there is none, or more than one."""
        rows = list(self.client.every(path, **query))
        if len(rows) != 1:
            count = "no" if not rows else "more than one"
            raise Telling(f"There is {count} {what}.", path=[next(iter(query))])
        return rows[0]
