"""The servicer: no exception is a crash, defaults hold, what is unchanged stays."""

from __future__ import annotations

from typing import Any

import msgpack
import pytest
from tf.gen import tfplugin_pb2 as pb
from tf.schema import Schema
from tf.types import Unknown
from tf.utils import read_dynamic_value, to_dynamic_value
from watchbill_terraform.framework import unknowns
from watchbill_terraform.framework.servicer import Servicer, Telling
from watchbill_terraform.framework.shapes import Attribute, ListBlock, String


class Thing:
    """A resource that raises what it is told to."""

    raises: Exception | None = None

    def __init__(self, _provider: object) -> None:
        pass

    @classmethod
    def get_name(cls) -> str:
        return "thing"

    @classmethod
    def get_schema(cls) -> Schema:
        return Schema(
            version=1,
            attributes=[
                Attribute("id", String(), computed=True),
                Attribute("name", String(), required=True, requires_replace=True),
                Attribute("size", String(), optional=True, computed=True, default="small"),
            ],
            block_types=[ListBlock("part", [Attribute("name", String(), required=True)])],
        )

    def plan_create(self, diags: Any, planned: dict[str, Any]) -> dict[str, Any]:
        self.fail()
        diags.add_warning("asked", path=["name"])
        return planned

    def plan_update(self, diags: Any, prior: Any, planned: dict[str, Any]) -> dict[str, Any]:
        return planned

    def create(self, ctx: Any, planned: dict[str, Any]) -> dict[str, Any]:
        self.fail()
        return planned | {"id": "1"}

    def update(self, ctx: Any, current: Any, planned: dict[str, Any]) -> dict[str, Any]:
        self.fail()
        return planned

    def read(self, ctx: Any, current: dict[str, Any]) -> dict[str, Any]:
        self.fail()
        return current

    def delete(self, ctx: Any, current: dict[str, Any]) -> None:
        self.fail()

    def fail(self) -> None:
        if self.raises is not None:
            raise self.raises


class Provider:
    def get_model_prefix(self) -> str:
        return "test_"

    def get_resources(self) -> list[Any]:
        return [Thing]

    def new_resource(self, kind: Any) -> Any:
        return kind(self)


@pytest.fixture
def servicer(monkeypatch: pytest.MonkeyPatch) -> Servicer:
    monkeypatch.setattr(Thing, "raises", None)
    unknowns.understand_all()
    return Servicer(Provider())


def plan(servicer: Servicer, prior: Any, config: Any, proposed: Any) -> Any:
    return servicer.PlanResourceChange(
        pb.PlanResourceChange.Request(
            type_name="test_thing",
            prior_state=to_dynamic_value(prior),
            proposed_new_state=to_dynamic_value(proposed),
            config=to_dynamic_value(config),
        ),
        None,
    )


NEW = {"id": None, "name": "a", "size": None, "part": []}
KEPT = {"id": "1", "name": "a", "size": "large", "part": []}


def test_a_new_thing_is_planned_with_its_defaults_and_asked_about(servicer: Servicer) -> None:
    answer = plan(servicer, None, NEW, NEW)
    planned = read_dynamic_value(answer.planned_state)
    assert planned["id"] is Unknown
    assert planned["size"] == "small"
    (told,) = answer.diagnostics
    assert told.attribute.steps[0].attribute_name == "name"


def test_a_default_holds_again_when_the_code_says_nothing_any_more(servicer: Servicer) -> None:
    answer = plan(servicer, KEPT, KEPT | {"id": None, "size": None}, KEPT)
    assert read_dynamic_value(answer.planned_state)["size"] == "small"


def test_what_is_unchanged_is_planned_unchanged(servicer: Servicer) -> None:
    answer = plan(servicer, KEPT, KEPT | {"id": None}, KEPT)
    assert read_dynamic_value(answer.planned_state) == KEPT
    assert not answer.requires_replace


def test_what_cannot_be_changed_in_place_is_replaced(servicer: Servicer) -> None:
    changed = KEPT | {"name": "b"}
    answer = plan(servicer, KEPT, changed | {"id": None}, changed)
    assert [path.steps[0].attribute_name for path in answer.requires_replace] == ["name"]


def test_a_removal_is_planned_as_it_is_asked_for(servicer: Servicer) -> None:
    answer = plan(servicer, KEPT, None, None)
    assert not answer.diagnostics
    assert read_dynamic_value(answer.planned_state) is None


@pytest.mark.parametrize("call", ["ReadResource", "ApplyResourceChange", "PlanResourceChange"])
def test_whatever_is_raised_becomes_a_diagnostic(
    servicer: Servicer, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    monkeypatch.setattr(Thing, "raises", Telling("No.", "Do this.", ["part", (0,), "name"]))
    answer = called(servicer, call)
    (told,) = answer.diagnostics
    assert (told.severity, told.summary, told.detail) == (pb.Diagnostic.ERROR, "No.", "Do this.")
    assert [step.WhichOneof("selector") for step in told.attribute.steps] == [
        "attribute_name", "element_key_int", "attribute_name",
    ]  # fmt: skip
    monkeypatch.setattr(Thing, "raises", ZeroDivisionError("oh"))
    (told,) = called(servicer, call).diagnostics
    assert told.summary == "ZeroDivisionError: oh"
    assert "report" in told.detail


def called(servicer: Servicer, call: str) -> Any:
    if call == "PlanResourceChange":
        return plan(servicer, None, NEW, NEW)
    kept = pb.DynamicValue(msgpack=msgpack.packb(KEPT))
    if call == "ReadResource":
        request = pb.ReadResource.Request(type_name="test_thing", current_state=kept)
        answer = servicer.ReadResource(request, None)
    else:
        request = pb.ApplyResourceChange.Request(
            type_name="test_thing", prior_state=kept, planned_state=kept
        )
        answer = servicer.ApplyResourceChange(request, None)
    assert read_dynamic_value(answer.new_state) == KEPT, "what failed leaves the state as it was"
    return answer
