"""R1 to R17: each rule lets its good example pass and its bad one fail, and says where and what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from watchbill.core.bar import runbook_rules
from watchbill.core.bar.facts import Answer, Facts, History
from watchbill.core.bar.rules import Finding, Kind, Outcome, Weight, hold
from watchbill.core.bar.runbook_template import TEMPLATE, template
from watchbill.core.definitions import Definition

TODAY = date(2026, 11, 25)
DEFINITION = Definition(
    key="CheckoutErrorRate", service="checkout", team="payments", runbook=TEMPLATE
)
BOARD = "https://grafana.example/d/checkout"
#: Everything is known and well: who reviewed it, the links, the history, who can get in.
KNOWN = Facts(
    today=TODAY,
    links={BOARD: 200, "https://grafana.example/d/errors.png": 200},
    author_id="tom",
    reviewer_id="niamh",
    reviewer_teams=frozenset({"search"}),
    volunteers=frozenset({"niamh"}),
    answers=tuple(Answer(rule=r, person_id="niamh", is_yes=True) for r in ("R7", "R11", "R15")),
    history=History(helped=(True, True, False)),
    without_access={},
)
RULES = {rule.id: rule for rule in runbook_rules.RULES}
OF_TEXT = [rule_id for rule_id in RULES if rule_id not in {"R14", "R15", "R16"}]
#: What else of the template says what a rule looks for, and gives way to its example.
GIVES_WAY = {
    "R8": ["- Access: Grafana, Kubernetes (cluster `production`)\n"],
    "R9": [f"({BOARD})"],
    "R11": ["in the morning", "Stop here and go back to sleep. ", "when its working hours begin"],
}


def said(text: str = TEMPLATE, facts: Facts = KNOWN, **fields: object) -> tuple[Finding, ...]:
    """Return the findings that are not passed, of a definition with this runbook."""
    definition = replace(DEFINITION, runbook=text, **fields)
    findings = hold(runbook_rules.RULES, definition, facts)
    return tuple(f for f in findings if f.outcome is not Outcome.PASSED)


def failed(findings: Iterable[Finding]) -> set[str]:
    return {f.rule for f in findings if f.outcome is Outcome.FAILED}


def only(findings: Iterable[Finding], rule: str) -> Finding:
    (found,) = [f for f in findings if f.rule == rule]
    return found


def example(rule_id: str, fragment: str) -> str:
    """Return the template with a rule's example in the place of what it has there."""
    text: str = yaml.safe_load(fragment)["runbook"]
    if not text:
        return text
    whole = TEMPLATE
    for other in GIVES_WAY.get(rule_id, []):
        assert other in whole
        whole = whole.replace(other, "")
    if text.startswith("# "):
        return re.sub(r"\A# .*\n", text, whole)
    if text.startswith("## "):
        heading = text.split("\n", 1)[0]
        return re.sub(rf"(?ms)^{heading}$.*?(?=^## |\Z)", "", whole) + "\n" + text
    for label in re.findall(r"(?m)^([A-Z][a-z ]+):", text) if rule_id == "R12" else ():
        whole = re.sub(rf"(?m)^- {label}: .*\n", "", whole)
    return whole + "\n" + text


def test_the_rules_are_r1_to_r17_in_their_order() -> None:
    assert list(RULES) == [f"R{number}" for number in range(1, 18)]


def test_the_template_passes_the_whole_bar() -> None:
    assert said() == ()


def test_a_template_for_another_alarm_passes_too() -> None:
    text = template(key="SearchSlow", owner="search", on=TODAY)

    assert said(text, key="SearchSlow") == ()
    assert text.startswith("# SearchSlow")
    assert "- Owner: search\n" in text
    assert "- Last exercised: 2026-11-25\n" in text


def test_the_page_on_writing_a_runbook_shows_the_template() -> None:
    page = Path(__file__).resolve().parents[4] / "docs" / "howto" / "write-a-runbook.md"

    assert f"\n````markdown\n{TEMPLATE}````\n" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule_id", OF_TEXT)
def test_a_good_example_passes_every_rule(rule_id: str) -> None:
    assert said(example(rule_id, RULES[rule_id].good)) == ()


@pytest.mark.parametrize("rule_id", OF_TEXT)
def test_a_bad_example_fails_its_rule_and_no_other(rule_id: str) -> None:
    findings = said(example(rule_id, RULES[rule_id].bad))

    assert failed(findings) == {rule_id}
    for finding in findings:
        if finding.outcome is Outcome.FAILED:
            assert finding.fix
            assert finding.message.endswith((".", "!"))


@pytest.mark.parametrize(
    "rule_id", ["R3", "R4", "R5", "R6", "R7", "R8", "R10", "R12", "R13", "R17"]
)
def test_a_fault_names_its_line(rule_id: str) -> None:
    text = example(rule_id, RULES[rule_id].bad)
    line = next(f.line for f in said(text) if f.rule == rule_id and f.line)

    bad = yaml.safe_load(RULES[rule_id].bad)["runbook"]
    assert text.split("\n")[line - 1] in bad.split("\n")


def test_rules_of_plain_text_need_nothing_else() -> None:
    """`alarms check` in a pull request knows the text and the day; all of kind L say yes or no."""
    findings = hold(runbook_rules.RULES, DEFINITION, Facts(today=TODAY))

    assert {f.rule for f in findings if f.outcome is Outcome.NOT_CHECKED} == {
        "R7", "R8", "R9", "R11", "R15", "R16",
    }  # fmt: skip
    assert not failed(findings)


def test_without_its_text_a_runbook_elsewhere_is_not_checked() -> None:
    findings = said("", runbook_url="https://wiki.example/r", facts=Facts(today=TODAY))

    assert failed(findings) == {"R17"}
    assert only(findings, "R3").outcome is Outcome.NOT_CHECKED
    assert "runbook_url" in only(findings, "R3").note


def test_a_fetched_text_is_read_and_blamed_at_its_address() -> None:
    url = "https://wiki.example/r"
    facts = replace(KNOWN, runbook_text="# Nothing", links={url: 200})

    findings = said("", facts, runbook_url=url)

    assert {"R2", "R3", "R17"} <= failed(findings)
    assert {f.field for f in findings} == {"runbook_url"}


# R1


def test_r1_no_runbook_is_one_fault_and_not_seventeen() -> None:
    findings = said("  \n")

    assert failed(findings) == {"R1"}
    assert only(findings, "R1").field == "runbook"
    assert "has no runbook" in only(findings, "R1").message


def test_r1_no_waiver_lifts_it() -> None:
    assert not RULES["R1"].may_be_waived
    assert not RULES["R13"].may_be_waived
    assert not RULES["R15"].may_be_waived


@pytest.mark.parametrize(
    ("links", "outcome"),
    [
        (None, Outcome.NOT_CHECKED),
        ({}, Outcome.NOT_CHECKED),
        ({"https://wiki.example/r": 404}, Outcome.FAILED),
        ({"https://wiki.example/r": 0}, Outcome.FAILED),
        ({"https://wiki.example/r": -1}, Outcome.FAILED),
    ],
)
def test_r1_an_address_must_answer_200(links: dict[str, int] | None, outcome: Outcome) -> None:
    facts = replace(KNOWN, links=links)

    assert only(said("", facts, runbook_url="https://wiki.example/r"), "R1").outcome is outcome


def test_r1_an_address_that_answers_passes() -> None:
    facts = replace(KNOWN, links={"https://wiki.example/r": 200})

    assert "R1" not in {f.rule for f in said("", facts, runbook_url="https://wiki.example/r")}


def test_r1_a_runbook_kept_on_its_own_is_looked_up_elsewhere() -> None:
    finding = only(said("", runbook_slug="checkout"), "R1")

    assert finding.outcome is Outcome.NOT_CHECKED
    assert "checkout" in finding.note


# R2


@pytest.mark.parametrize(
    "title", ["checkout-error-rate", "Runbook: Checkout error rate", "CHECKOUT_ERROR_RATE (night)"]
)
def test_r2_a_name_is_a_name_however_it_is_written(title: str) -> None:
    assert said(re.sub(r"\A# .*", f"# {title}", TEMPLATE)) == ()


def test_r2_the_alarms_title_will_do() -> None:
    text = re.sub(r"\A# .*", "# Customers cannot pay", TEMPLATE)

    assert failed(said(text)) == {"R2"}
    assert said(text, title="Customers cannot pay") == ()


def test_r2_an_underlined_title_is_a_title() -> None:
    assert said(re.sub(r"\A# .*", "CheckoutErrorRate\n===", TEMPLATE)) == ()


def test_r2_a_runbook_without_a_title_fails() -> None:
    assert "no title" in only(said(re.sub(r"\A# .*", "", TEMPLATE)), "R2").message


# R3


def test_r3_a_missing_section_is_named() -> None:
    findings = said(TEMPLATE.replace("## Impact", "## Results"))

    assert "Impact" in only(findings, "R3").message


def test_r3_na_with_a_reason_will_do_and_without_will_not() -> None:
    before = TEMPLATE.split("## Impact")[0]
    after = "## Diagnosis" + TEMPLATE.split("## Diagnosis", 1)[1]

    assert said(before + "## Impact\n\nn/a: nobody buys at night here\n\n" + after) == ()
    assert failed(said(before + "## Impact\n\nN/A\n\n" + after)) == {"R3"}


def test_r3_the_least_words_are_a_limit_of_the_bar() -> None:
    facts = replace(KNOWN, limits=replace(KNOWN.limits, section_words=500))

    assert len([f for f in said(facts=facts) if f.rule == "R3"]) == 6


def test_r3_a_heading_may_be_numbered_or_bold() -> None:
    text = TEMPLATE.replace("## Impact", "## 2. **Impact**").replace(
        "## Meaning", "### 1) Meaning:"
    )

    assert said(text) == ()


# R4


@pytest.mark.parametrize(
    "gap",
    [
        "TODO",
        "TBD",
        "FIXME:",
        "xxx",
        "Lorem ipsum dolor",
        "<insert command>",
        "todo: ask",
        "???",
        "[Your team]",
    ],
)
def test_r4_placeholders_are_found_in_text_and_in_code(gap: str) -> None:
    assert failed(said(TEMPLATE + f"\nSee {gap}\n")) == {"R4"}
    assert failed(said(TEMPLATE + f"\n```\n{gap}\n```\n")) == {"R4"}


@pytest.mark.parametrize("word", ["5xx", "the todo service", "<token>", "what? yes", "xx", "TODOS"])
def test_r4_other_words_are_not(word: str) -> None:
    assert said(TEMPLATE + f"\nSee {word}\n") == ()


# R5


def test_r5_a_missing_mitigation_is_r3s_to_say() -> None:
    assert failed(said(TEMPLATE.replace("## Mitigation", "## Ways out"))) == {"R3"}


def test_r5_a_command_in_a_step_belongs_in_a_code_block() -> None:
    step = "3. kubectl -n checkout delete pod/a # undo: none needed\n\n## Verification"
    finding = only(said(TEMPLATE.replace("## Verification", step)), "R5")

    assert finding.weight is Weight.BLOCK
    assert "kubectl" in finding.message


def test_r5_a_command_in_a_sentence_is_a_warning() -> None:
    step = "3. Then run `kubectl get pods -n checkout` once.\n\n## Verification"

    assert only(said(TEMPLATE.replace("## Verification", step)), "R5").weight is Weight.WARN


def test_r5_the_name_of_a_tool_is_no_command() -> None:
    step = "3. Use `kubectl` as you like; aws is not needed.\n\n## Verification"

    assert said(TEMPLATE.replace("## Verification", step)) == ()


@pytest.mark.parametrize(
    "command", ["drop table carts;", "rm -rf /var/cache/a", "terminate the node", "truncate carts"]
)
def test_r5_what_destroys_needs_a_warning_in_its_section(command: str) -> None:
    code = f"```\n{command}\n```\n"
    bare = TEMPLATE + f"\n## Cache\n{code}"

    finding = only(said(bare), "R5")
    assert finding.weight is Weight.WARN
    assert finding.line == bare[: bare.index(command)].count("\n") + 1
    assert said(bare + "\n> Warning: this cannot be taken back.\n") == ()


def test_r5_a_warning_in_another_section_does_not_count() -> None:
    code = "```\ndrop table carts;\n```\n"

    assert failed(said(TEMPLATE + f"\n## Other\nWarning: hot.\n\n## Cache\n{code}")) == {"R5"}


def test_r5_prose_about_a_drop_is_not_destructive() -> None:
    assert said(TEMPLATE + "\n## More\nOrders drop at night.\n") == ()


# R6


def test_r6_bullets_are_steps_where_nothing_is_numbered() -> None:
    before, rest = TEMPLATE.split("## Diagnosis")
    after = "## Mitigation" + rest.split("## Mitigation")[1]
    words = "and look at it for a while with your own eyes, and note all of what you saw there"
    text = f"{before}## Diagnosis\n- Open the board {words}.\n- If it is red: step 1.\n\n{after}"

    assert only(said(text), "R6").line == before.count("\n") + 2


def test_r6_diagnosis_has_steps() -> None:
    before, rest = TEMPLATE.split("## Diagnosis")
    prose = f"{before}## Diagnosis\n{'If it is so, it is so. ' * 5}\n## Mitigation"

    assert "no steps" in only(said(prose + rest.split("## Mitigation")[1]), "R6").message


# R7, R11


@pytest.mark.parametrize("rule_id", ["R7", "R11", "R15"])
def test_a_reviewers_no_or_silence_fails(rule_id: str) -> None:
    others = tuple(a for a in KNOWN.answers or () if a.rule != rule_id)
    no = Answer(rule=rule_id, person_id="niamh", is_yes=False)
    author = Answer(rule=rule_id, person_id="tom", is_yes=True)

    for answers in (others, (*others, no), (*others, author)):
        assert failed(said(facts=replace(KNOWN, answers=answers))) == {rule_id}


def test_r7_a_value_without_a_signal_fails_and_a_signal_without_a_value() -> None:
    head, rest = TEMPLATE.split("## Verification")
    after = "Stop here" + rest.split("Stop here")[1]
    filler = "of which we have spoken above at some length, as you may well remember it now"

    assert (
        "no value"
        in only(said(f"{head}## Verification\nThe panel {filler}.\n{after}"), "R7").message
    )
    assert (
        "no signal"
        in only(said(f"{head}## Verification\nIt is 3 {filler}.\n{after}"), "R7").message
    )


# R8


def test_r8_volunteers_without_access_are_named() -> None:
    facts = replace(KNOWN, without_access={"Grafana": ("Niamh", "Bo"), "Kubernetes": ()})
    finding = only(said(facts=facts), "R8")

    assert finding.outcome is Outcome.FAILED
    assert "Grafana: Niamh, Bo" in finding.message
    assert finding.line == 6


def test_r8_no_access_needed_is_an_answer() -> None:
    text = re.sub(r"- Access: .*", "- Access: none", TEMPLATE)

    assert said(text, replace(KNOWN, without_access=None)) == ()


# R9


def test_r9_a_dead_link_is_a_warning_at_its_line() -> None:
    finding = only(said(facts=replace(KNOWN, links={BOARD: 404})), "R9")

    assert finding.weight is Weight.WARN
    assert finding.line == TEMPLATE[: TEMPLATE.index(BOARD)].count("\n") + 1
    assert "404" in finding.message


# R10


@pytest.mark.parametrize(
    "line",
    [
        "Write to tom@payments.example.",
        "Phone: 086 555 0142",
        "+1 (415) 555-0142",
        "Ping @niamh.byrne",
        "Ask Niamh Byrne.",
        "call Tom if it burns",
        "415-555-0142",
    ],
)
def test_r10_a_person_in_escalation_fails(line: str) -> None:
    assert failed(said(TEMPLATE + line + "\n")) == {"R10"}


@pytest.mark.parametrize(
    "line",
    [
        "Since 2026-11-01 03:00 nobody is called.",
        "The host is 10.0.0.1:5432, port 5432, ticket 123456789.",
        "Ask the Payments team in #payments.",
        "Ask Payments Support.",
        "Ping @payments-oncall in chat.",
        "Call Stripe support.",
        "Contact the Duty Manager.",
        "Page AWS.",
        "Wait until 03:00 or 1,000,000 requests.",
    ],
)
def test_r10_teams_dates_and_addresses_of_machines_pass(line: str) -> None:
    assert said(TEMPLATE + line + "\n") == ()


def test_r10_escalation_names_a_team_or_a_rota() -> None:
    before = TEMPLATE.split("## Escalation")[0]
    words = "Nobody can do more about this at night, so leave it as it is and wait for the day " * 2

    assert "no team" in only(said(f"{before}## Escalation\n{words}\n"), "R10").message


# R12


@pytest.mark.parametrize(
    ("label", "day", "weight"),
    [
        ("Last reviewed", "2026-05-29", None),
        ("Last reviewed", "2026-05-28", Weight.BLOCK),
        ("Last reviewed", "2026-11-26", Weight.BLOCK),
        ("Last reviewed", "soon", Weight.BLOCK),
        ("Last reviewed", "", Weight.WARN),
        ("Last exercised", "2025-11-25", None),
        ("Last exercised", "2025-11-24", Weight.BLOCK),
        ("Last exercised", "", Weight.WARN),
        ("Owner", "", Weight.WARN),
    ],
)
def test_r12_warns_of_what_is_missing_and_blocks_what_is_overdue(
    label: str, day: str, weight: Weight | None
) -> None:
    findings = said(re.sub(rf"(?m)^- {label}: .*$", f"- {label}: {day}", TEMPLATE))

    assert [f.weight for f in findings if f.rule == "R12"] == ([weight] if weight else [])


def test_r12_use_in_a_page_counts_as_exercise() -> None:
    text = re.sub(r"(?m)^- Last exercised: .*\n", "", TEMPLATE)
    used = replace(KNOWN, history=History(last_used_on=date(2026, 3, 7)))
    long_ago = replace(KNOWN, history=History(last_used_on=date(2025, 3, 7)))

    assert said(text, used) == ()
    assert failed(said(text, long_ago)) == {"R12"}


# R14


def test_r14_examples() -> None:
    good, bad = (yaml.safe_load(text)["runbook"] for text in (RULES["R14"].good, RULES["R14"].bad))

    assert "R14" not in failed(said(good))
    assert "on average" in only(said(bad), "R14").message


def test_r14_mitigation_comes_within_1200_words() -> None:
    before, after = TEMPLATE.split("## Diagnosis")
    text = f"{before}## Background\n{'It is so. ' * 400}\n\n## Diagnosis{after}"

    assert "before Mitigation" in only(said(text), "R14").message
    assert said(f"{TEMPLATE}\n## Background\n{'It is so. ' * 400}\n") == ()


def test_r14_code_and_short_items_are_no_sentences() -> None:
    code = "```\n" + "word " * 500 + "\n```\n"

    assert said(TEMPLATE + "\n## More\n" + code + "- one\n" * 9) == ()


# R15


def test_r15_a_volunteer_of_the_owning_team_is_no_stranger() -> None:
    facts = replace(KNOWN, reviewer_teams=frozenset({"payments"}))

    assert failed(said(facts=facts)) == {"R15"}


def test_r15_whoever_is_not_in_the_on_call_team_does_not_count() -> None:
    assert failed(said(facts=replace(KNOWN, volunteers=frozenset({"bo"})))) == {"R15"}


def test_r15_the_owner_of_the_service_is_the_team_where_none_is_named() -> None:
    facts = replace(
        KNOWN, reviewer_teams=frozenset({"payments"}), services={"checkout": "payments"}
    )

    assert failed(said(team="", facts=facts)) == {"R15"}


# R16


@pytest.mark.parametrize(
    ("helped", "passes"),
    [
        ((), True),
        ((False,), True),
        ((False, False), False),
        ((True, False, True), True),
        ((True, False, False), False),
        ((True, True, False, False, False), True),
    ],
)
def test_r16_two_of_the_last_three_uses_helped(helped: tuple[bool, ...], *, passes: bool) -> None:
    findings = said(facts=replace(KNOWN, history=History(helped=helped)))

    assert failed(findings) == (set() if passes else {"R16"})


# R17


def test_r17_a_runbook_that_is_only_an_address_is_a_warning() -> None:
    facts = replace(KNOWN, links={"https://wiki.example/r": 200})
    finding = only(said("", facts, runbook_url="https://wiki.example/r"), "R17")

    assert (finding.outcome, finding.weight) == (Outcome.FAILED, Weight.WARN)
    assert said(runbook_url="https://wiki.example/r") == ()


def test_questions_are_those_of_the_human_rules() -> None:
    asked = {rule.id for rule in runbook_rules.RULES if rule.question}

    assert asked == {"R7", "R11", "R15"}
    assert all(RULES[rule_id].kind is Kind.HUMAN for rule_id in asked)


# The limits themselves are allowed; one more is not.


def with_section(name: str, body: str) -> str:
    """Return the template with another text in one of its sections."""
    before, rest = TEMPLATE.split(f"## {name}\n")
    after = re.search(r"(?m)^## ", rest)
    return f"{before}## {name}\n{body}\n\n{rest[after.start() :] if after else ''}"


@pytest.mark.parametrize(("words", "passes"), [(20, True), (19, False)])
def test_r3_twenty_words_will_do(words: int, *, passes: bool) -> None:
    findings = said(with_section("Impact", "So. " * words))

    assert failed(findings) == (set() if passes else {"R3"})


@pytest.mark.parametrize(("reason", "passes"), [("not at night", True), ("at night", False)])
def test_r3_a_reason_has_three_words(reason: str, *, passes: bool) -> None:
    findings = said(with_section("Impact", f"n/a: {reason}"))

    assert failed(findings) == (set() if passes else {"R3"})


@pytest.mark.parametrize(("more", "passes"), [(0, True), (1, False)])
def test_r14_1200_words_before_mitigation_will_do(more: int, *, passes: bool) -> None:
    text = f"# CheckoutErrorRate\n{'So. ' * (1199 + more)}\n## Mitigation\n"

    assert ("R14" in failed(said(text))) is not passes


@pytest.mark.parametrize(("words", "passes"), [(25, True), (26, False)])
def test_r14_25_words_a_sentence_will_do_however_the_lines_break(
    words: int, *, passes: bool
) -> None:
    sentence = "word " * 10 + "\n" + "word " * (words - 10)

    assert ("R14" in failed(said(sentence))) is not passes
    assert ("R14" in failed(said(f"{sentence}\n\n```\ncode\n```\n\n{sentence}"))) is not passes


@pytest.mark.parametrize(
    ("day", "passes"), [(date(2025, 11, 25), True), (date(2025, 11, 24), False)]
)
def test_r12_used_a_year_ago_will_do(day: date, *, passes: bool) -> None:
    text = re.sub(r"(?m)^- Last exercised: .*\n", "", TEMPLATE)
    findings = said(text, replace(KNOWN, history=History(last_used_on=day)))

    assert failed(findings) == (set() if passes else {"R12"})


def test_r5_a_warning_in_a_part_of_the_section_counts() -> None:
    code = "```\ndrop table carts;\n```\n"

    assert said(f"{TEMPLATE}\n## Cache\n### Do\n{code}\n### Mind\nWarning: no way back.\n") == ()
    assert failed(said(f"{TEMPLATE}\n## Cache\n### Do\n{code}\n### Mind\nNothing.\n")) == {"R5"}


def test_r1_says_why_an_address_could_not_be_read() -> None:
    def message(status: int) -> str:
        facts = replace(KNOWN, links={"https://wiki.example/r": status})
        return only(said("", facts, runbook_url="https://wiki.example/r"), "R1").message

    assert "allow-list" in message(-1)
    assert "could not be reached" in message(0)
    assert "answers 503" in message(503)
