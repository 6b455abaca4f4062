"""Alarms in YAML: every field has its line, and every fault is named with its place and a way out."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath

import pytest

from watchbill.core.definitions import Definition, Waiver
from watchbill.core.events import Severity
from watchbill.definitions import reading
from watchbill.definitions.written import Document, Names, NoDocument, Reading

FULL = """\
# The alarms of payments.
defaults:
  service: checkout
  team: payments
  match: {env: production}
alarms:
- key: CardErrors
  title: "Customers cannot pay: cards fail"
  severity: critical
  match:
    alarm: [CardErrors, CardErrorsEU]
  impact_kind: inevitable
  impact_within_minutes: 30
  respond_within_minutes: 15
  threshold: 0.05
  for_minutes: 2.5
  expected_pages_per_month: 1
  review_by: 2026-06-30
  waivers:
  - rule: A17
    reason: It is new.
    owner: ann@example.org
    until: 2026-04-01
  runbook: |
    # CardErrors

    ## Meaning
- key: Refunds
  service: refunds
  runbook: runbooks/refunds.md
"""


def read(text: str | bytes, **files: str) -> Reading:
    content = text if isinstance(text, bytes) else text.encode()

    def beside(file: str, name: str) -> Document:
        if name not in named:
            raise NoDocument(f"there is no file {name}", fix="Write it.")
        path = PurePosixPath(file).parent / name
        return Document(path=str(path), content=named[name].encode())

    named = {name.replace("__", "/") + ".md": text for name, text in files.items()}
    return reading.read([Document(path="alarms/payments.yml", content=content)], beside=beside)


def faults(text: str | bytes, **files: str) -> list[str]:
    return [f"{p.line} {p.field}: {p.message}" for p in read(text, **files).problems]


def test_every_field_is_read() -> None:
    found = read(FULL, runbooks__refunds="# Refunds\n")
    assert not found.problems
    card, refunds = [written.definition for written in found.written]
    assert card == Definition(
        key="CardErrors",
        service="checkout",
        team="payments",
        title="Customers cannot pay: cards fail",
        severity=Severity.CRITICAL,
        match=(("alarm", ("CardErrors", "CardErrorsEU")), ("env", ("production",))),
        impact_kind="inevitable",
        impact_within_minutes=30,
        respond_within_minutes=15,
        threshold="0.05",
        for_minutes=2.5,
        expected_pages_per_month=1.0,
        review_by=date(2026, 6, 30),
        waivers=(
            Waiver(
                rule="A17", reason="It is new.", owner="ann@example.org", until=date(2026, 4, 1)
            ),
        ),
        runbook="# CardErrors\n\n## Meaning\n",
    )
    assert (refunds.service, refunds.team, refunds.runbook) == (
        "refunds",
        "payments",
        "# Refunds\n",
    )


def test_a_match_of_the_defaults_narrows_an_alarm_and_does_not_replace_its_name() -> None:
    refunds = read(FULL, runbooks__refunds="# Refunds\n").written[1].definition
    assert refunds.match == (("alarm", ("Refunds",)), ("env", ("production",)))


def test_every_field_has_its_place() -> None:
    card, _ = read(FULL, runbooks__refunds="# Refunds\n").written
    lines = {name: card.where(name).line for name in card.places}
    assert lines == {
        "service": 3, "team": 4, "match": 10, "key": 7, "title": 8, "severity": 9,
        "impact_kind": 12, "impact_within_minutes": 13, "respond_within_minutes": 14,
        "threshold": 15, "for_minutes": 16, "expected_pages_per_month": 17, "review_by": 18,
        "waivers": 19, "runbook": 24,
    }  # fmt: skip
    assert str(card.place) == "alarms/payments.yml:7"
    assert card.where("rationale").line == 7  # what is not written stands where the alarm does


def test_a_line_of_a_runbook_is_a_line_of_its_file() -> None:
    card, refunds = read(FULL, runbooks__refunds="# Refunds\n\nNo.\n").written
    assert card.where("runbook", 3).line == 27
    assert str(refunds.where("runbook", 3)) == "alarms/runbooks/refunds.md:3"


def test_a_folded_runbook_has_no_lines_of_its_own() -> None:
    text = "alarms:\n- key: A\n  service: s\n  runbook: >\n    # A\n\n    b\n\n    c\n"
    assert read(text).written[0].where("runbook", 3).line == 4


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "alarms:\n", "alarms: []\n"])
def test_an_empty_file_has_no_alarms_and_no_fault(text: str) -> None:
    found = read(text)
    assert (found.written, found.problems) == ([], [])


def test_no_word_of_yaml_becomes_anything_but_text() -> None:
    """Norway is a country: `no`, 0x1f and 1:30 stay what was written where text is wanted."""
    text = "alarms:\n- {key: 0x1f, service: no, match: {country: [no, yes], at: 1:30}}\n"
    definition = read(text).written[0].definition
    assert (definition.key, definition.service) == ("0x1f", "no")
    assert definition.match == (("at", ("1:30",)), ("country", ("no", "yes")))


def test_anchors_and_merges_are_followed() -> None:
    text = (
        "alarms:\n- &a {key: A, service: s, team: t, title: x}\n"
        "- {<<: *a, key: B}\n- {<<: [*a, {title: y, threshold: z}], key: C}\n"
    )
    found = read(text)
    assert not found.problems
    said = [(d.key, d.team, d.title, d.threshold) for d in (w.definition for w in found.written)]
    assert said == [("A", "t", "x", ""), ("B", "t", "x", ""), ("C", "t", "x", "z")]


_ALARM = "alarms:\n- key: A\n  service: s\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("alarms:\n- key: [\n", "3 : Broken YAML: while parsing a flow node"),
        ("alarms:\n\t- key: A\n", "2 : Broken YAML: while scanning for the next token"),
        ("a: b: c\n", "1 : Broken YAML: mapping values are not allowed in this context"),
        ("alarms:\n- key: \x07\n", "2 : Broken YAML: control characters are not allowed"),
        (b"alarms:\n- key: \xff\n", "2 : The file is not UTF-8"),
        ("- key: A\n", "1 : The file is no mapping"),
        ("just words\n", "1 : The file is no mapping"),
        ("alarm: []\n", "1 : The file has neither `alarms:` nor"),
        ("alarms: A\n", "1 alarms: Must be a list of alarms"),
        ("alarms: {A: {}}\n", "1 alarms: Must be a list of alarms"),
        ("alarms:\n- A\n", "2 alarms: An alarm must be a mapping"),
        ("alarms: []\ndefault: {}\n", "2 default: A file of alarms has no such part"),
        ("defaults: {team: a}\n", "1 alarms: The file has no alarms"),
        ("defaults: 5\nalarms: []\n", "1 defaults: Must be a mapping of fields"),
        ("defaults:\n  key: A\nalarms: []\n", "2 key: Cannot be the same for all alarms"),
        ("alarms:\n- service: s\n", "2 key: The alarm has no key"),
        ("alarms:\n- key: ''\n  service: s\n", "2 key: The alarm has no key"),
        ("alarms:\n- key: A\n", "2 service: The alarm has no service"),
        ("alarms:\n- key: [A]\n  service: s\n", "2 key: Must be text"),
        (_ALARM + "  key: B\n", "4 key: The key is written twice; first in line 2"),
        (_ALARM + "  titles: x\n", "4 titles: There is no such field"),
        (_ALARM + "  title: [x]\n", "4 title: Must be text"),
        (_ALARM + '  title: "x\\0"\n', "4 title: The character U+0000 cannot be stored"),
        (_ALARM + f"  title: {'x' * 256}\n", "4 title: Must be one line of at most 255"),
        (_ALARM + f"  rationale: {'x' * 100_001}\n", "4 rationale: Has 100,001 characters"),
        (_ALARM + "  respond_within_minutes: '15'\n", "4 respond_within_minutes: Must be a whole"),
        (_ALARM + "  respond_within_minutes: 1.5\n", "4 respond_within_minutes: Must be a whole"),
        (_ALARM + "  respond_within_minutes: -5\n", "4 respond_within_minutes: Must be a whole"),
        (_ALARM + "  for_minutes: .inf\n", "4 for_minutes: Must be a number"),
        (_ALARM + "  for_minutes: soon\n", "4 for_minutes: Must be a number"),
        (_ALARM + "  review_by: 2026-02-30\n", "4 review_by: Must be a day of the calendar"),
        (_ALARM + "  review_by: 30.09.2026\n", "4 review_by: Must be a day of the calendar"),
        (_ALARM + "  review_by: [2026-02-03]\n", "4 review_by: Must be a day of the calendar"),
        (_ALARM + "  match: A\n", "4 match: Must be a mapping of labels"),
        (_ALARM + "  match:\n    env: []\n", "5 match: The label env must have a value"),
        (_ALARM + "  match:\n    env: {a: b}\n", "5 match: The label env must have a value"),
        (_ALARM + "  match:\n    env:\n", "5 match: The label env must have a value"),
        (_ALARM + "  waivers: A17\n", "4 waivers: Must be a list"),
        (_ALARM + "  waivers: [A17]\n", "4 waivers: A waiver must be a mapping"),
        (_ALARM + "  waivers:\n  - rule: A17\n", "5 waivers: A waiver lacks reason, owner, until"),
        (_ALARM + "  waivers:\n  - rules: A17\n", "5 waivers: A waiver has no field rules"),
        (
            _ALARM + "  waivers:\n  - {rule: A1, reason: b, owner: c, until: soon}\n",
            "5 waivers: In a waiver: must be a day",
        ),
        (_ALARM + "  runbook_url: javascript:x\n", "4 runbook_url: Must be an address"),
        (_ALARM + "  runbook: no.md\n", "4 runbook: There is no file no.md"),
        (_ALARM + "  runbook: |\n    # A\n\n    <script>\n", "7 runbook: HTML that runs or loads"),
        (_ALARM + "  !!python/object:os.system key2: x\n", "4 : The tag tag:yaml.org"),
        (_ALARM + "  title: !!binary eA==\n", "4 : The tag tag:yaml.org,2002:binary is not"),
        (_ALARM + "  title: *x\n", "4 : The alias *x names nothing above it"),
        ("alarms: &a\n- *a\n", "2 : The alias *a contains itself"),
        ("alarms: []\n---\nalarms: []\n", "2 : A second document begins here"),
        ("alarms: " + "[" * 60 + "]" * 60, "1 : It is nested too deeply"),
        ("[a]: b\nalarms: []\n", "1 : A key must be a word"),
        ("<<: 5\nalarms: []\n", "1 <<: `<<` takes a mapping"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_field(text: str | bytes, wanted: str) -> None:
    assert any(said.startswith(wanted) for said in faults(text)), faults(text)


@pytest.mark.parametrize(
    "text", ["alarms: [{titles: x, key: A, service: s}]", "alarms:\n- key: [\n"]
)
def test_a_fault_says_what_to_do(text: str) -> None:
    assert all(problem.fix for problem in read(text).problems)
    assert read("alarms: [{titles: x}]").problems[0].fix == "Did you mean title?"


def test_all_faults_are_named_and_good_alarms_are_read_all_the_same() -> None:
    text = (
        "alarms:\n"
        "- {key: A, service: s, titles: x, review_by: no, for_minutes: long}\n"
        "- {key: B, service: s}\n"
        "- {key: C, service: s, severities: critical}\n"
    )
    found = read(text)
    assert [written.definition.key for written in found.written] == ["B"]
    assert [(p.line, p.field) for p in found.problems] == [
        (2, "titles"), (2, "review_by"), (2, "for_minutes"), (4, "severities"),
    ]  # fmt: skip


def test_a_severity_that_is_none_is_left_to_the_bar() -> None:
    found = read("alarms: [{key: A, service: s, severity: urgent}]")
    assert found.written[0].definition.severity is None
    assert not found.problems


def test_two_alarms_of_one_name_are_both_named() -> None:
    text = "alarms:\n- {key: A, service: s}\n- {key: A, service: s}\n- {key: A, service: t}\n"
    assert faults(text) == [
        "3 key: The alarm A of s is written twice; first in alarms/payments.yml:2."
    ]


def test_two_alarms_of_one_event_are_both_named() -> None:
    text = (
        "alarms:\n- {key: A, service: s}\n- {key: B, service: s, match: {alarm: [A, B]}}\n"
        "- {key: C, service: t, match: {alarm: A}}\n"
    )
    message = "3 match: The alarm B could match the same event as A (alarms/payments.yml:2)."
    assert faults(text) == [message]


def test_a_bomb_of_aliases_is_refused() -> None:
    first = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    levels = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert any("aliases stand for more" in said for said in faults(first + "".join(levels)))


def test_a_bomb_of_long_texts_is_refused() -> None:
    text = f"a: &a {'x' * 900_000}\nb: [{', '.join(['*a'] * 30_000)}]\n"[:999_999]
    text = text[: text.rindex(",")] + "]\n"
    assert any("aliases stand for more" in said for said in faults(text))


def test_a_file_too_large_is_not_read() -> None:
    (said,) = faults("#" + "x" * 1_000_000)
    assert said.startswith("1 : The file has 1,000,001 bytes")


def test_a_runbook_too_large_is_refused() -> None:
    text = _ALARM + "  runbook: big.md\n"
    (said,) = faults(text, big="x" * 100_001)
    assert said.startswith("1 runbook: The runbook has 100,001 characters")
    (said,) = faults(text, big="x" * 400_001)
    assert "is larger than" in said


def test_options_name_service_and_team_of_alarms_that_name_none() -> None:
    document = Document(path="a.yml", content=b"alarms: [{key: A}, {key: B, service: s, team: t}]")
    found = reading.read([document], names=Names(service="checkout", team="payments"))
    said = [(w.definition.service, w.definition.team) for w in found.written]
    assert said == [("checkout", "payments"), ("s", "t")]
