"""The bar as a whole: every rule once, what acceptance waits for, and the score."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.bar.well import DEFINITION, FACTS, TODAY
from watchbill.core.bar import bar, runbook_template, runbooks
from watchbill.core.bar.facts import Answer, Facts
from watchbill.core.bar.rules import Finding, Kind, Outcome, Weight
from watchbill.core.definitions import Waiver

WRITTEN = replace(
    DEFINITION,
    runbook=runbook_template.template(key=DEFINITION.key, owner="payments", on=TODAY),
)
#: Everything that is known when the alarm is about to be accepted.
KNOWN = replace(
    FACTS,
    answers=tuple(
        Answer(rule=r.id, person_id="vera", is_yes=True) for r in bar.RULES if r.question
    ),
    links={link.url: 200 for link in runbooks.parse(WRITTEN.runbook).links},
    reviewer_teams=frozenset({"discovery"}),
    without_access={},
)

FINDINGS = st.lists(
    st.builds(
        Finding,
        rule=st.sampled_from(["A1", "A2", "A5", "R3"]),
        kind=st.sampled_from(Kind),
        weight=st.sampled_from(Weight),
        outcome=st.sampled_from(Outcome),
        title=st.just(""),
    ),
    max_size=10,
)


def finding(rule: str, outcome: Outcome, weight: Weight = Weight.BLOCK) -> Finding:
    return Finding(rule=rule, kind=Kind.LINT, weight=weight, outcome=outcome, title="")


def test_every_rule_is_listed_once_in_the_order_of_its_number() -> None:
    ids = [f"A{n}" for n in range(1, 21)] + [f"R{n}" for n in range(1, 18)] + ["W1"]
    assert [rule.id for rule in bar.RULES] == ids


def test_each_rule_says_at_least_once_what_came_of_it() -> None:
    for facts in (FACTS, Facts(today=TODAY)):
        found = bar.judge(DEFINITION, facts)
        assert list(dict.fromkeys(f.rule for f in found)) == [rule.id for rule in bar.RULES]


def test_an_alarm_without_a_runbook_is_blocked_in_a_pull_request() -> None:
    """RB1: nothing but the text is needed to see that."""
    blocking = bar.blocking(bar.judge(DEFINITION, Facts(today=TODAY)))
    assert {f.rule for f in blocking} == {"R1"}


def test_an_alarm_with_a_good_runbook_passes_in_a_pull_request() -> None:
    assert bar.blocking(bar.judge(WRITTEN, Facts(today=TODAY))) == ()


def test_a_good_alarm_with_a_good_runbook_meets_all_of_the_bar() -> None:
    found = bar.judge(WRITTEN, KNOWN)
    assert [f for f in found if f.outcome is not Outcome.PASSED] == []
    assert bar.score(found) == 100


def test_blocking_is_what_fails_and_would_block() -> None:
    kept = finding("A1", Outcome.FAILED)
    others = [
        finding("A1", Outcome.PASSED),
        finding("A2", Outcome.WAIVED),
        finding("A3", Outcome.NOT_CHECKED),
        finding("A5", Outcome.FAILED, Weight.WARN),
    ]
    assert bar.blocking([*others, kept]) == (kept,)


def test_a_waiver_lets_an_alarm_be_accepted_but_does_not_raise_its_score() -> None:
    lacking = replace(DEFINITION, respond_within_minutes=None)
    waiver = Waiver(rule="A9", reason="Being measured.", owner="c@example.com", until=TODAY)
    waived = replace(lacking, waivers=(waiver,))
    blocked = {f.rule for f in bar.blocking(bar.judge(lacking, FACTS))}
    assert blocked - {f.rule for f in bar.blocking(bar.judge(waived, FACTS))} == {"A9"}
    assert bar.score(bar.judge(waived, FACTS)) == bar.score(bar.judge(lacking, FACTS))


def test_the_score_is_the_share_of_the_bar_that_is_met() -> None:
    passed, failed = Outcome.PASSED, Outcome.FAILED
    assert bar.score([]) == 0
    assert bar.score([finding("A1", Outcome.NOT_CHECKED)]) == 0
    assert bar.score([finding("A1", passed)]) == 100
    assert bar.score([finding("A1", passed), finding("A2", failed)]) == 50
    assert bar.score([finding("A1", passed), finding("A5", failed, Weight.WARN)]) == 75
    assert bar.score([finding("A1", passed), finding("A2", Outcome.NOT_CHECKED)]) == 100
    assert bar.score([finding("A1", passed), finding("A2", failed), finding("A2", failed)]) == 50


@given(findings=FINDINGS)
def test_100_means_that_nothing_is_amiss_and_mending_never_lowers_the_score(
    findings: list[Finding],
) -> None:
    score = bar.score(findings)
    assert 0 <= score <= 100
    checked = [f for f in findings if f.outcome is not Outcome.NOT_CHECKED]
    good = bool(checked) and all(f.outcome is Outcome.PASSED for f in checked)
    assert (score == 100) == good
    mended = [
        replace(f, outcome=Outcome.PASSED) if f.outcome is Outcome.FAILED else f for f in findings
    ]
    assert bar.score(mended) >= score
