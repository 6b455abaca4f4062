"""Prometheus' own promtool and our reader agree on which files of rules are well-formed.

The reader also refuses what only Watchbill minds (an alarm without a service, two alarms of one
name); those files are not here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from watchbill.definitions import reading
from watchbill.definitions.written import Document, Names

_RULE = "groups:\n- name: g\n  rules:\n  - alert: Down\n    expr: up == 0\n"
_GROUP = "groups:\n- name: g\n  rules:\n"

GOOD = {
    "one rule": _RULE,
    "everything": _RULE
    + "    for: 1h30m\n    keep_firing_for: 5m\n    labels: {severity: page, team: a, n: 5}\n"
    "    annotations: {summary: '{{ $value | humanize }} is down', runbook_url: 'https://r.example'}\n",
    "a recording rule": _GROUP + "  - record: job:up:sum\n    expr: sum by (job) (up)\n",
    "no rules": "groups:\n- name: g\n",
    "no groups": "groups: []\n",
    "an interval and a limit": "groups:\n- name: g\n  interval: 30s\n  limit: 10\n  rules: []\n",
    "zero": _RULE + "    for: 0\n",
    "zero seconds": _RULE + "    for: 0s\n",
    "milliseconds": _RULE + "    for: 1m500ms\n",
    "years": _RULE + "    for: 1y2w\n",
    "a block of expression": _GROUP
    + "  - alert: Down\n    expr: |\n      sum by (job) (\n        rate(errors_total[5m])\n      ) > 1\n",
    "a comment in the expression": _GROUP
    + "  - alert: Down\n    expr: |\n      # why\n      up == 0\n",
    "an anchor": "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    labels: &l {team: a}\n"
    "  - alert: B\n    expr: up\n    labels: *l\n",
    "a merge": "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up\n    labels: &l {team: a}\n"
    "  - alert: B\n    expr: up\n    labels: {<<: *l, x: y}\n",
    "offset and at": _GROUP
    + "  - alert: A\n    expr: 'rate(a_total[5m] offset 1d) > 2 * rate(a_total[5m] @ 1609746000)'\n",
    "subquery": _GROUP + "  - alert: A\n    expr: 'max_over_time(rate(a[1m])[1h:5m]) > 1'\n",
    "matching": _GROUP
    + "  - alert: A\n    expr: 'a / on(job) group_left(team) b > 0.01 and on() hour() > 8'\n",
    "a metric with colons and regex": _GROUP
    + '  - alert: A\n    expr: \'job:a:rate5m{job=~"x|y",env!~"dev.*"} > 1e3\'\n',
    "histogram": _GROUP
    + "  - alert: A\n    expr: 'histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m]))) > 2'\n",
    "absent and unless": _GROUP
    + "  - alert: A\n    expr: 'absent(up{job=\"x\"}) unless on() vector(1)'\n",
    "predict": _GROUP
    + "  - alert: A\n    expr: 'predict_linear(node_filesystem_free_bytes[6h], 4 * 3600) < 0'\n",
    "two groups": "groups:\n- name: a\n  rules: []\n- name: b\n  rules: []\n",
    "no annotations": _RULE + "    annotations:\n    labels:\n",
    "bool and null as text": _RULE + "    labels: {a: true, b: null, c: no}\n",
    "empty": "",
    "a comment only": "# nothing yet\n",
    "a template in a label": _RULE + "    labels: {team: '{{ $labels.team }}'}\n",
    "an empty label": _RULE + "    labels: {team: ''}\n",
    "unicode": _RULE + "    annotations: {summary: 'Größe überschritten – 3 %'}\n",
}

BAD = {
    "broken YAML": "groups:\n- name: [g\n",
    "tabs": "groups:\n-\tname: g\n\trules: []\n",
    "not UTF-8": b"groups:\n- name: \xff\xfe\n",
    "a word at the top": "groups\n",
    "a list at the top": "- groups\n",
    "an unknown part of the file": "groups: []\nalerts: []\n",
    "an unknown part of a group": "groups:\n- name: g\n  rule: []\n",
    "an unknown part of a rule": _RULE + "    summary: down\n",
    "no name of a group": "groups:\n- rules: []\n",
    "an empty name of a group": "groups:\n- name: ''\n  rules: []\n",
    "two groups of one name": "groups:\n- name: g\n  rules: []\n- name: g\n  rules: []\n",
    "groups as a mapping": "groups:\n  name: g\n",
    "groups as text": "groups: g\n",
    "rules as a mapping": "groups:\n- name: g\n  rules:\n    alert: A\n    expr: up\n",
    "a rule as text": _GROUP + "  - Down\n",
    "neither alert nor record": _GROUP + "  - expr: up\n",
    "both alert and record": _GROUP + "  - alert: A\n    record: b\n    expr: up\n",
    "no expression": _GROUP + "  - alert: A\n",
    "an empty expression": _GROUP + "  - alert: A\n    expr: ''\n",
    "an open parenthesis": _GROUP + "  - alert: A\n    expr: sum(up\n",
    "no right side": _GROUP + "  - alert: A\n    expr: up ==\n",
    "an unknown function": _GROUP + "  - alert: A\n    expr: rates(up[5m])\n",
    "a range where none may be": _GROUP + "  - alert: A\n    expr: sum(up[5m])\n",
    "no range where one must be": _GROUP + "  - alert: A\n    expr: rate(up)\n",
    "an unclosed string": _GROUP + "  - alert: A\n    expr: 'up{a=\"b}'\n",
    "an empty selector": _GROUP + "  - alert: A\n    expr: '{a=\"\"}'\n",
    "a bad regex": _GROUP + "  - alert: A\n    expr: 'up{a=~\"(\"}'\n",
    "a bad duration in the expression": _GROUP + "  - alert: A\n    expr: rate(up[5x])\n",
    "bytes in the expression": _GROUP + "  - alert: A\n    expr: up > 5MB\n",
    "a set operation with a number": _GROUP + "  - alert: A\n    expr: up and 1\n",
    "a comparison of numbers without bool": _GROUP + "  - alert: A\n    expr: 1 > 2\n",
    "a number as duration": _RULE + "    for: 5\n",
    "a duration with a blank": _RULE + "    for: 5 m\n",
    "a duration in the wrong order": _RULE + "    for: 5m1h\n",
    "a negative duration": _RULE + "    for: -5m\n",
    "a fraction": _RULE + "    for: 1.5h\n",
    "an unknown unit": _RULE + "    for: 5min\n",
    "an empty duration": _RULE + "    for: ''\n",
    "a duration too long": _RULE + "    for: 300y\n",
    "a bad interval": "groups:\n- name: g\n  interval: often\n  rules: []\n",
    "for of a recording rule": _GROUP + "  - record: a\n    expr: up\n    for: 5m\n",
    "annotations of a recording rule": _GROUP
    + "  - record: a\n    expr: up\n    annotations: {a: b}\n",
    "a bad name to record": _GROUP + "  - record: a-b\n    expr: up\n",
    "a bad name of a label": _RULE + "    labels: {a-b: c}\n",
    "a label __name__": _RULE + "    labels: {__name__: c}\n",
    "a bad name of an annotation": _RULE + "    annotations: {a-b: c}\n",
    "a label as a list": _RULE + "    labels: {a: [b]}\n",
    "labels as a list": _RULE + "    labels: [a]\n",
    "a label twice": _RULE + "    labels:\n      a: b\n      a: c\n",
    "expr twice": _RULE + "    expr: up == 1\n",
    "groups twice": "groups: []\ngroups: []\n",
    "an unclosed template": _RULE + "    annotations: {summary: '{{ $value is'}\n",
    "an alias to nothing": _RULE + "    labels: *l\n",
}


def _promtool(path: Path) -> bool:
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = shutil.which("promtool", path=places)
    assert program, "promtool is missing: make setup-tests"
    done = subprocess.run(
        [program, "check", "rules", str(path)], capture_output=True, timeout=30, text=True
    )
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode == 0


def _ours(path: Path) -> list[str]:
    document = Document(path=path.name, content=path.read_bytes())
    found = reading.read([document], names=Names(service="checkout", team="payments"))
    return [f"{p.line}: {p.field}: {p.message}" for p in found.problems]


@pytest.mark.parametrize("name", GOOD)
def test_what_promtool_takes_we_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "rules.yml"
    path.write_text(GOOD[name], encoding="utf-8")
    assert _promtool(path)
    assert not _ours(path)


@pytest.mark.parametrize("name", BAD)
def test_what_promtool_refuses_we_refuse(tmp_path: Path, name: str) -> None:
    path = tmp_path / "rules.yml"
    text = BAD[name]
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert not _promtool(path)
    assert _ours(path)
