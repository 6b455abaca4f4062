"""Whatever is in a file, the readers answer with alarms and problems, never with a traceback."""

from __future__ import annotations

import json
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.good_alarms import values
from watchbill.core.bar import bar
from watchbill.core.bar.facts import Facts
from watchbill.core.definitions import FIELDS, content_hash
from watchbill.definitions import companies, reading
from watchbill.definitions.written import Document, Names, Reading

_WORDS = st.sampled_from(
    [*FIELDS, "alarms", "defaults", "groups", "rules", "name", "alert", "record", "expr", "for",
     "labels", "annotations", "rule", "reason", "owner", "until", "<<", "watchbill_waivers",
     "critical", "2026-03-02", "5m", "15", "0.5", "null", "a.md", "{{ $value }}", "up == 0"]
)  # fmt: skip
_LEAVES = st.one_of(
    _WORDS, st.text(max_size=20), st.none(), st.booleans(), st.integers(), st.floats()
)
_TREES = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=5),
    max_leaves=30,
)
_LINES = st.lists(
    st.sampled_from(
        ["alarms:", "groups:", "- ", "  - key: A", "  service: s", "  rules:", "  - alert: B",
         "    expr: up", "    labels: {a: b}", "&a", "*a", "<<: *a", "|", ">-", "? ", ": ", "---",
         "...", "%YAML 1.1", "!!str", "!x", "'", '"', "{", "}", "[", "]", "#", "\t", "\ufeff", "\u2028",
         "defaults: &a", "  match: {env: [a, b]}", "  runbook: |", "      # A", "\0", "é", "😀"]
    ),
    max_size=25,
)  # fmt: skip


def _look(path: str, content: bytes) -> Reading:
    """Read, and hold what was read against the bar: what the readers let through is usable."""
    document = Document(path=path, content=content)
    found = reading.read([document], names=Names(service="s", team="t"))
    for problem in found.problems:
        assert problem.line >= 1
        assert problem.message
        assert problem.fix
    for written in found.written:
        content_hash(written.definition).encode()
        json.dumps(written.definition.title).encode()
        bar.judge(written.definition, Facts(today=date(2026, 3, 2)))
    companies.read(document, Reading())
    return found


@pytest.mark.parametrize("path", ["a.yml", "a.json"])
@given(content=st.binary(max_size=300))
def test_any_bytes(path: str, content: bytes) -> None:
    _look(path, content)


@given(text=st.text(max_size=300))
def test_any_text(text: str) -> None:
    _look("a.yml", text.encode("utf-8", "surrogatepass"))


@given(lines=_LINES, between=st.sampled_from(["\n", " ", ""]))
def test_any_lines_that_look_like_yaml(lines: list[str], between: str) -> None:
    _look("a.yml", between.join(lines).encode())


@given(tree=_TREES)
def test_any_tree(tree: object) -> None:
    _look("a.yml", yaml.safe_dump(tree, allow_unicode=True).encode("utf-8", "surrogatepass"))
    _look("a.json", json.dumps(tree).encode())


@given(alarms=st.lists(st.dictionaries(st.sampled_from(FIELDS), _TREES), max_size=3))
def test_any_alarms(alarms: list[dict[str, object]]) -> None:
    text = yaml.safe_dump({"alarms": alarms, "defaults": {"service": "s"}})
    _look("a.yml", text.encode("utf-8", "surrogatepass"))
    resources = [{"type": "watchbill_alarm", "address": "a", "values": each} for each in alarms]
    _look("a.json", json.dumps({"values": {"root_module": {"resources": resources}}}).encode())


@given(rules=st.lists(st.dictionaries(_WORDS, _TREES, max_size=6), max_size=3))
def test_any_rules(rules: list[dict[str, object]]) -> None:
    text = yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]})
    _look("a.yml", text.encode("utf-8", "surrogatepass"))


@given(at=st.integers(0, 3000), byte=st.binary(min_size=1, max_size=2), cut=st.integers(0, 3))
def test_a_good_file_with_a_few_bytes_changed(at: int, byte: bytes, cut: int) -> None:
    good = yaml.safe_dump(
        {"alarms": [{k: v for k, v in values().items() if k != "source"}]}
    ).encode()
    at %= len(good)
    _look("a.yml", good[:at] + byte + good[at + cut :])
