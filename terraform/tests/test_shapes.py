"""What `tf` lacks: objects, ordered blocks, refined unknowns."""

from __future__ import annotations

import msgpack
from tf.gen import tfplugin_pb2 as pb
from tf.types import Unknown
from tf.utils import read_dynamic_value
from watchbill_terraform.framework import unknowns
from watchbill_terraform.framework.shapes import Attribute, List, ListBlock, Number, Object, String


def test_every_extension_is_unknown_refined_ones_too() -> None:
    unknowns.understand_all()
    sent = {"a": msgpack.ExtType(0, b"\x00"), "b": msgpack.ExtType(12, b"\x81\x01\xc2"), "c": "x"}
    value = read_dynamic_value(pb.DynamicValue(msgpack=msgpack.packb(sent)))
    assert value["a"] is Unknown
    assert value["b"] is Unknown
    assert unknowns.known(value) == {"c": "x"}


def test_an_object_keeps_null_and_unknown_members() -> None:
    kind = List(Object({"name": String(), "wait_s": Number()}))
    assert kind.tf_type() == b'["list",["object",{"name":"string","wait_s":"number"}]]'
    value = [{"name": None, "wait_s": Unknown}]
    assert kind.decode(kind.encode(value)) == value
    assert kind.encode([{"name": "x", "more": 1}]) == [{"name": "x", "wait_s": None}]


def test_a_list_block_keeps_its_order_and_may_be_unknown() -> None:
    block = ListBlock("step", [Attribute("target", String(), required=True)], most=3)
    sent = block.to_pb()
    assert sent.nesting == pb.Schema.NestedBlock.NestingMode.LIST
    assert sent.max_items == 3
    steps = [{"target": "rota"}, {"target": "team"}]
    assert block.decode(block.encode(steps)) == steps
    assert not block.semantically_equal(steps, steps[::-1])
    assert block.encode(Unknown) is Unknown
    assert block.decode([Unknown, {"target": Unknown}]) == [Unknown, {"target": Unknown}]
    assert block.encode(None) == []
