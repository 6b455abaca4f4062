"""Runbooks: no text at all breaks or slows the rules, hides a secret or loses a system (R8, R13)."""

from __future__ import annotations

import string
from datetime import date

import hypothesis.strategies as st
import pytest
from hypothesis import example, given, settings

from tests.planted import SECRETS
from watchbill.core.bar import runbook_form, runbook_rules, runbooks
from watchbill.core.bar.facts import Facts
from watchbill.core.bar.rules import Outcome, hold
from watchbill.core.bar.runbook_template import TEMPLATE
from watchbill.core.definitions import Definition

REPEATED = (
    "`", "<a ", "<a on", "[", "![", "![](", "#", " ", "- ", "1. ", ">", "~", "\t", "=\n", "a\n-\n",
    "password:", "token is ", "-eyJ", "@", "a@a.", "+1 (", "-----BEGIN ", "x://a:", "# a\n", "n/a ",
    "## Escalation\n", "ask Ab ", "if ", "\n", "<", "- Access:\n", "a.", "0", "(0", "SG.", "](",
    "http://a ", "rm -", "`aws ", "data:", "href=", "Xox", "bearer ", "- a ", ". ", "## a\n# b\n",
)  # fmt: skip
BEGUN = [
    ("<", " "), ("<a", " on"), ("<a", " onx"), ("- Access: a", " "), ("token", " "), ("](", " "),
    ("kubectl ", "a"), ("## Access\n- a", " "), ("`aws ", "a"), ("eyJ", "a"), ("- [ ", "]("),
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize(("before", "piece"), [*(("", piece) for piece in REPEATED), *BEGUN])
def test_no_repetition_makes_the_rules_slow(before: str, piece: str) -> None:
    """The time-out is what fails here: each takes a few tenths of a second at most."""
    text = (TEMPLATE + "\n" + before + piece * runbooks.RUNBOOK_LIMIT)[: runbooks.RUNBOOK_LIMIT]

    assert isinstance(runbooks.unsafe(text), tuple)
    assert hold(runbook_rules.RULES, Definition(key="a", service="b", runbook=text), FACTS)


FACTS = Facts(today=date(2026, 11, 25), links={}, without_access={}, answers=())
MARKDOWN = st.text(alphabet="#`~*_->[]()!<>=:.\n\t 1aNİ\x00\ud800é/@+\\|\"'$", max_size=200)
SAID = [
    "1. ", "- ", "```", "\n", "n/a", "n/a: so it is", "Owner:", "Last reviewed: 2026-02-30", "Access:",
    "![](", "http://a", "rm -rf", "Ask Bo", "word " * 20, "TODO", "kubectl -n a b", "`aws s3 ls`",
]  # fmt: skip
HEADINGS = [f"\n## {name}\n" for name in (*runbook_form.SECTIONS, "Access")]
WORDS = st.lists(st.sampled_from(["# A\n", *HEADINGS, *SAID])).map(" ".join)


@given(text=MARKDOWN | WORDS | st.text())
@settings(max_examples=400)
def test_no_text_breaks_a_rule(text: str) -> None:
    definition = Definition(key="a", service="b", runbook=text)

    findings = hold(runbook_rules.RULES, definition, FACTS)

    lines = text.count("\n") + 1
    assert {f.rule for f in findings} == {rule.id for rule in runbook_rules.RULES}
    assert all(f.line is None or 1 <= f.line <= lines for f in findings)
    assert all(1 <= f.line <= lines for f in runbooks.unsafe(text) if f.line)
    assert all(f.message for f in findings if f.outcome is Outcome.FAILED)


@given(
    before=st.text(),
    after=st.text(),
    name=st.sampled_from(sorted(SECRETS)),
    gap=st.sampled_from(" \n"),
)
@example(before="İ" * 40, after="", name="password", gap=" ")
@example(before="`", after="`", name="address", gap=" ")
@settings(max_examples=300)
def test_r13_no_text_around_hides_a_secret(before: str, after: str, name: str, gap: str) -> None:
    assert runbooks.unsafe(before + gap + SECRETS[name] + gap + after)


@given(
    st.lists(
        st.text(string.ascii_letters, min_size=5, max_size=12).filter(
            lambda name: name.casefold() != "nothing"
        ),
        min_size=1,
        unique=True,
    )
)
def test_r8_every_listed_system_is_read(names: list[str]) -> None:
    text = "# A\n## Access\n" + "".join(f"- {name}\n" for name in names)

    assert runbooks.systems(text) == tuple(names)
