"""A Terraform plan's alarms: planned values of all modules, their address as their place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from watchbill.core.definitions import Definition
from watchbill.definitions import reading
from watchbill.definitions.written import Document, Reading


def resource(name: str, module: str = "", **values: Any) -> dict[str, Any]:
    address = ".".join([module, f"watchbill_alarm.{name}"]).lstrip(".")
    return {"address": address, "mode": "managed", "type": "watchbill_alarm", "values": values}


def plan(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": list(resources)}},
        **more,
    }


def read(value: object) -> Reading:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return reading.read([Document(path="plan.json", content=content)])


CARD = {
    "key": "CardErrors",
    "service": "checkout",
    "team": None,
    "title": "Cards fail at the checkout",
    "severity": "critical",
    "match": {"alarm": ["CardErrors"], "env": ["production", "live"]},
    "respond_within_minutes": 15,
    "for_minutes": 2.5,
    "expected_pages_per_month": 1,
    "review_by": "2026-06-30",
    "runbook": "# CardErrors\n",
    "waiver": [{"rule": "A17", "reason": "new", "owner": "ann@example.org", "until": "2026-04-01"}],
    "source_ref": [{"repository": "acme/alarms", "path": "main.tf", "revision": "abc"}],
    "evidence": [],
    "id": "al_1",
    "version": 3,
    "content_hash": None,
}


def test_a_planned_alarm_is_read_with_its_address() -> None:
    found = read(plan(resource("card", **CARD)))
    assert not found.problems
    (written,) = found.written
    definition = written.definition
    assert isinstance(definition, Definition)
    assert (definition.key, definition.service, definition.team) == ("CardErrors", "checkout", "")
    assert definition.match == (("alarm", ("CardErrors",)), ("env", ("live", "production")))
    assert (definition.respond_within_minutes, definition.for_minutes) == (15, 2.5)
    assert [waiver.rule for waiver in definition.waivers] == ["A17"]
    assert written.place.file == "watchbill_alarm.card"


def test_alarms_of_all_modules_are_read_and_other_resources_are_not() -> None:
    value = plan(
        resource("a", key="A", service="s"),
        {"address": "watchbill_team.t", "type": "watchbill_team", "values": {"slug": "t"}},
    )
    value["planned_values"]["root_module"]["child_modules"] = [
        {
            "address": "module.m",
            "resources": [resource("b", "module.m", key="B", service="s")],
            "child_modules": [
                {"resources": [resource("c", "module.m.module.n", key="C", service="s")]}
            ],
        }
    ]
    assert [w.place.file for w in read(value).written] == [
        "watchbill_alarm.a",
        "module.m.watchbill_alarm.b",
        "module.m.module.n.watchbill_alarm.c",
    ]


def test_what_is_known_only_after_applying_is_said() -> None:
    change = {"address": "watchbill_alarm.a", "change": {"after_unknown": {"service": True}}}
    (problem,) = read(plan(resource("a", key="A"), resource_changes=[change])).problems
    assert (problem.file, problem.field) == ("watchbill_alarm.a", "service")
    assert "only after applying" in problem.message


def test_two_alarms_of_one_name_are_named_by_address() -> None:
    value = plan(resource("a", key="A", service="s"), resource("b", key="A", service="s"))
    (problem,) = read(value).problems
    assert (problem.file, problem.field) == ("watchbill_alarm.b", "key")
    assert "watchbill_alarm.a" in problem.message


@pytest.mark.parametrize(
    "value",
    [b"", b"{", b"[]", b"\xff", {}, {"planned_values": []}, b"[" * 5000, {"values": None},
     {"planned_values": {"root_module": {"resources": [5, {"type": "watchbill_alarm"}]}}}],
)  # fmt: skip
def test_what_is_no_plan_gives_no_alarms(value: object) -> None:
    assert not read(value).written


@pytest.mark.parametrize("value", [b"", b"{", b"[]", {}])
def test_what_is_no_plan_is_said(value: object) -> None:
    (problem,) = read(value).problems
    assert "terraform show -json" in problem.fix
