"""Shapes: what `tf` lacks to describe a schema: an object type and blocks that keep their order."""

from __future__ import annotations

import json
from typing import Any

from tf.gen import tfplugin_pb2 as pb
from tf.provider import _decode_state, _encode_state_d
from tf.schema import Attribute, Block, NestedBlock, NestMode
from tf.types import Bool, List, Map, Number, Set, String, TfType, Unknown
from tf.utils import Diagnostics

__all__ = [
    "Attribute", "Block", "Bool", "List", "ListBlock", "Map", "Number", "Object", "Set", "String",
]  # fmt: skip


class Object(TfType):
    """A value with named members, each of a type of its own."""

    def __init__(self, members: dict[str, TfType]) -> None:
        self.members = members

    def encode(self, value: Any) -> Any:
        if value is None or value is Unknown:
            return value
        return {name: kind.encode(value.get(name)) for name, kind in self.members.items()}

    def decode(self, value: Any) -> Any:
        if value is None or value is Unknown:
            return value
        return {name: kind.decode(value.get(name)) for name, kind in self.members.items()}

    def tf_type(self) -> bytes:
        members = {name: json.loads(kind.tf_type()) for name, kind in self.members.items()}
        return json.dumps(["object", members], separators=(",", ":")).encode()


class ListBlock(NestedBlock):
    """A block that may be repeated, in an order that is kept."""

    def __init__(self, name: str, attributes: list[Attribute], *, most: int | None = None) -> None:
        super().__init__(name, NestMode.Set, Block(attributes=attributes), max_items=most)

    def to_pb(self) -> Any:
        """Describe it on the wire."""
        return pb.Schema.NestedBlock(
            type_name=self.type_name,
            block=self.block.to_pb(),
            nesting=pb.Schema.NestedBlock.NestingMode.LIST,
            max_items=self.max_items,
        )

    def encode(self, value: Any) -> Any:
        """Return the blocks as they are sent; none is an empty list."""
        if value is Unknown:
            return value
        return [
            one if one is Unknown else _encode_state_d(self._amap(), {}, one, None)
            for one in value or ()
        ]

    def decode(self, value: Any) -> Any:
        """Return the blocks as mappings; what is unknown stays so."""
        if value is None or value is Unknown:
            return value
        read = Diagnostics()
        return [
            one if one is Unknown else _decode_state(read, self._amap(), {}, one)[1]
            for one in value
        ]

    def semantically_equal(self, a_decoded: Any, b_decoded: Any) -> bool:
        """Say whether both say the same."""
        return bool(a_decoded == b_decoded)
