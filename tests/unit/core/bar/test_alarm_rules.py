"""A1 to A20 and W1: each rule lets its good example pass, its bad one fail, and says what to do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.bar import well
from tests.unit.core.bar.well import DEFINITION, FACTS, TODAY
from watchbill.core import definitions
from watchbill.core.bar import alarm_rules, rules, waiver_rules
from watchbill.core.bar.facts import Answer, Evidence, Facts, History, Limits
from watchbill.core.bar.rules import Finding, Kind, Outcome, Weight
from watchbill.core.definitions import Definition, Origin, Waiver

W1 = waiver_rules.rule(alarm_rules.RULES)
RULES = {rule.id: rule for rule in (*alarm_rules.RULES, W1)}
COUNTS = st.integers(0, 500)


def held(rule: str, definition: Definition = DEFINITION, facts: Facts = FACTS) -> list[Finding]:
    """Return what one rule says."""
    return list(rules.hold([RULES[rule]], definition, facts))


def outcome(rule: str, definition: Definition = DEFINITION, facts: Facts = FACTS) -> Outcome:
    """Return what comes of one rule, whose findings must agree."""
    (found,) = {finding.outcome for finding in held(rule, definition, facts)}
    return found


def with_(**fields: Any) -> Definition:
    return replace(DEFINITION, **fields)


def passes(rule: str, **fields: Any) -> bool:
    return outcome(rule, with_(**fields)) is Outcome.PASSED


def faults(rule: str, definition: Definition = DEFINITION, facts: Facts = FACTS) -> list[str]:
    """Return the fields in which a rule sees faults."""
    found = held(rule, definition, facts)
    return [f.field for f in found if f.outcome is Outcome.FAILED]


def test_the_rules_are_a1_to_a20_in_order() -> None:
    assert [rule.id for rule in alarm_rules.RULES] == [f"A{n}" for n in range(1, 21)]


def test_kinds_and_weights_are_those_of_the_practice() -> None:
    """on-call-practice §7, columns kind and sev."""
    warns = {rule.id for rule in alarm_rules.RULES if rule.weight is Weight.WARN}
    assert warns == {"A5", "A11", "A13", "A18"}
    assert {r.id for r in alarm_rules.RULES if r.kind is Kind.EVIDENCE} == {"A16", "A17"}
    human = {r.id for r in alarm_rules.RULES if r.kind is Kind.HUMAN}
    assert human == {"A7", "A8"} == {r.id for r in alarm_rules.RULES if r.question}
    assert {r.id for r in RULES.values() if not r.may_be_waived} == {"A15", "A19", "A20", "W1"}


def test_a_good_alarm_passes_every_rule() -> None:
    findings = rules.hold(list(RULES.values()), DEFINITION, FACTS)
    assert [f for f in findings if f.outcome is not Outcome.PASSED] == []


@pytest.mark.parametrize("rule", RULES)
def test_its_good_example_passes(rule: str) -> None:
    assert outcome(rule, *well.example(RULES[rule].good)) is Outcome.PASSED


@pytest.mark.parametrize("rule", RULES)
def test_its_bad_example_fails_and_says_where_and_what_to_do(rule: str) -> None:
    found = held(rule, *well.example(RULES[rule].bad))
    assert found
    for finding in found:
        assert finding.outcome is Outcome.FAILED
        assert finding.field in {*definitions.FIELDS, "source", "evidence"}
        assert re.fullmatch(r"[A-Z0-9].*\.", finding.message)
        assert finding.fix == RULES[rule].fix


@pytest.mark.parametrize("rule", RULES)
def test_a_bad_example_fails_no_rule_but_its_own(rule: str) -> None:
    others = [other for other in RULES.values() if other.id != rule]
    # Whoever has no such team has no service of it; one's own answers count for nothing.
    also = {"A2": {"A3"}, "A15": {"A7", "A8"}}.get(rule, set())
    findings = rules.hold(others, *well.example(RULES[rule].bad))
    assert {f.rule for f in findings if f.outcome is not Outcome.PASSED} <= also


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_in_sentences_why_it_is_there_and_what_to_do(rule: rules.Rule) -> None:
    assert all(re.match(r"[A-Z].*\.$", text) for text in (rule.why, rule.fix))
    assert rule.title
    assert rule.source


@pytest.mark.parametrize("rule", RULES)
def test_a_pull_request_knows_nothing_and_no_rule_breaks(rule: str) -> None:
    """Where nothing but the text is known, a good text never fails."""
    assert outcome(rule, facts=Facts(today=TODAY)) in {Outcome.PASSED, Outcome.NOT_CHECKED}


def test_what_cannot_be_known_in_a_pull_request_is_not_checked() -> None:
    findings = rules.hold(list(RULES.values()), DEFINITION, Facts(today=TODAY))
    unknown = {f.rule for f in findings if f.outcome is Outcome.NOT_CHECKED}
    assert unknown == {"A1", "A2", "A3", "A7", "A8", "A14", "A15", "A16", "A17", "A18"}
    assert all(f.note for f in findings if f.rule in unknown)


# A1


@pytest.mark.parametrize("key", ["checkout-errors", "disk_full", "etcdDown", "A", "K8s", "x" * 80])
def test_a1_takes_slugs_and_camel_case(key: str) -> None:
    assert passes("A1", key=key)


@pytest.mark.parametrize(
    "key", ["", "two words", "tab\t", "x" * 81, "Mixed-Case", "-a", "a.b", "ä"]
)
def test_a1_refuses_what_cannot_be_typed(key: str) -> None:
    assert not passes("A1", key=key)


def test_a1_names_the_place_of_the_alarm_with_the_same_key() -> None:
    twin = well.sibling("payments.yml:12", key=DEFINITION.key, is_accepted=False)
    (finding,) = held("A1", facts=replace(FACTS, siblings=(twin,)))
    assert "payments.yml:12" in finding.message


def test_a1_a_list_of_all_alarms_may_hold_the_alarm_itself() -> None:
    itself = replace(well.sibling(key="x"), definition=DEFINITION)
    assert outcome("A1", facts=replace(FACTS, siblings=(itself,))) is Outcome.PASSED


# A2, A3


@pytest.mark.parametrize("team", ["nobody", "jane@example.com", "@jane", "Jane Doe"])
def test_a2_refuses_persons_and_teams_that_do_not_exist(team: str) -> None:
    assert faults("A2", with_(team=team)) == ["team"]


def test_a2_sees_a_person_without_knowing_the_teams() -> None:
    nothing = Facts(today=TODAY)
    (finding,) = held("A2", with_(team="jane@example.com"), nothing)
    assert "person" in finding.message
    assert faults("A2", with_(team="Jane Doe"), nothing) == ["team"]


def test_a2_an_alarm_without_a_team_is_its_service_owners() -> None:
    assert passes("A2", team="")
    assert faults("A2", with_(team="", service="unheard-of")) == ["team"]
    assert outcome("A2", with_(team=""), Facts(today=TODAY)) is Outcome.NOT_CHECKED


def test_a3_the_service_is_the_teams_own() -> None:
    assert faults("A3", with_(service="search")) == ["service"]
    assert passes("A3", service="search", team="discovery")
    assert passes("A3", service="search", team="")
    assert faults("A3", with_(service="unheard-of")) == ["service"]


def test_a3_a_missing_service_is_seen_without_knowing_any() -> None:
    assert faults("A3", with_(service=" "), Facts(today=TODAY)) == ["service"]


# A4, A5, A6


@pytest.mark.parametrize("title", ["Pay fails!", "x " * 59 + "yz"])
def test_a4_takes_10_to_120_characters(title: str) -> None:
    assert len(title) in {10, 120}
    assert passes("A4", title=title)


@pytest.mark.parametrize(
    "title",
    ["", "Pay fails", "x " * 60 + "y", "CheckoutErrorsHigh", "Customers cannot pay\nby card"],
)
def test_a4_refuses_what_is_no_sentence(title: str) -> None:
    assert faults("A4", with_(title=title)) == ["title"]


@pytest.mark.parametrize(
    "template", ["{{ $value }}", "${var.name}", "%{metric}", "$labels.job", "${f({})}", "{{ x"]
)
def test_a4_refuses_templates_which_a5_wants(template: str) -> None:
    assert not passes("A4", title=f"Customers cannot pay {template}")
    assert passes("A5", description=f"Share of failing payments: {template}")


@pytest.mark.timeout(5)
@pytest.mark.parametrize("hostile", ["{{", "${", "%{x", "$a.", "a@.", "<insert", "x" * 9 + " "])
def test_no_text_takes_long_to_read(hostile: str) -> None:
    """A hundred thousand openings without an end are read in a moment."""
    text = hostile * 100_000
    named = {"title": text, "description": text, "dedup_key": text, "customer_impact": text}
    waiver = Waiver(rule="A17", reason=text, owner=text, until=TODAY)
    definition = with_(**named, key=text, team=text, waivers=(waiver,))
    assert rules.hold(list(RULES.values()), definition, FACTS)


def test_a4_money_is_no_template() -> None:
    assert passes("A4", title="More than $100 a minute are lost")


@pytest.mark.parametrize("description", ["", " ", "Payments are failing."])
def test_a5_warns_without_a_measured_value(description: str) -> None:
    (finding,) = held("A5", with_(description=description))
    assert finding.outcome is Outcome.FAILED
    assert not finding.is_blocking


@pytest.mark.parametrize("severity", ["critical", "error", "warning", "info"])
def test_a6_takes_the_four_words(severity: str) -> None:
    definition = definitions.from_data({**well.DATA, "severity": severity})
    assert outcome("A6", definition) is Outcome.PASSED


# A7, A8


def test_a7_says_what_customers_feel_and_how_soon() -> None:
    assert faults("A7", with_(customer_impact="x" * 19)) == ["customer_impact"]
    assert passes("A7", customer_impact="x" * 20)
    assert faults("A7", with_(impact_kind="")) == ["impact_kind"]
    assert faults("A7", with_(impact_kind="maybe")) == ["impact_kind"]
    inevitable = with_(impact_kind="inevitable")
    assert faults("A7", inevitable) == ["impact_within_minutes"]
    assert faults("A7", replace(inevitable, impact_within_minutes=0)) == ["impact_within_minutes"]
    assert passes("A7", impact_kind="inevitable", impact_within_minutes=1)


@pytest.mark.parametrize("field", ["required_action", "cannot_wait"])
@pytest.mark.parametrize("text", ["", "  \n", "yes", "TODO: say what to do", "<insert an action>"])
def test_a8_says_what_to_do_and_why_now(field: str, text: str) -> None:
    assert faults("A8", with_(**{field: text})) == [field]


@pytest.mark.parametrize("rule", ["A7", "A8"])
def test_a_persons_answer_counts_where_answers_are_known(rule: str) -> None:
    def then(*answers: tuple[str, str, bool], reviewer: str | None = "vera") -> Outcome:
        known = tuple(Answer(rule=r, person_id=p, is_yes=y) for r, p, y in answers)
        return outcome(rule, facts=replace(FACTS, answers=known, reviewer_id=reviewer))

    assert then((rule, "vera", True)) is Outcome.PASSED
    assert then((rule, "vera", False)) is Outcome.FAILED
    assert then() is Outcome.FAILED
    assert then(("A9", "vera", True)) is Outcome.FAILED
    assert then((rule, "otis", True)) is Outcome.FAILED
    assert then((rule, "otis", True), reviewer=None) is Outcome.PASSED
    assert then((rule, "otis", True), (rule, "vera", False), reviewer=None) is Outcome.FAILED
    assert then((rule, "cas", True), reviewer=None) is Outcome.FAILED, "its author"


def test_a8_the_text_is_checked_though_answers_are_not_known() -> None:
    assert faults("A8", with_(required_action=""), Facts(today=TODAY)) == ["required_action"]


# A9 to A13


@pytest.mark.parametrize(("minutes", "good"), [(None, 0), (0, 0), (1, 1), (240, 1), (241, 0)])
def test_a9_a_paging_alarm_needs_a_response_within_240_minutes(
    minutes: int | None, good: int
) -> None:
    assert passes("A9", respond_within_minutes=minutes) == bool(good)


def test_a9_what_does_not_page_may_take_longer() -> None:
    warning = definitions.from_data({**well.DATA, "severity": "warning"})
    assert outcome("A9", replace(warning, respond_within_minutes=2000)) is Outcome.PASSED
    assert faults("A9", replace(warning, respond_within_minutes=None))


def test_a9_obeys_the_limit_that_was_agreed() -> None:
    strict = replace(FACTS, limits=Limits(respond_within_minutes=10))
    assert faults("A9", facts=strict) == ["respond_within_minutes"]


def test_a10_says_when_it_fires_how_long_and_why() -> None:
    assert faults("A10", with_(expression="")) == ["threshold"]
    assert passes("A10", expression="", threshold="5 %")
    assert faults("A10", with_(for_minutes=None)) == ["for_minutes"]
    assert passes("A10", for_minutes=0.0)
    assert faults("A10", with_(for_minutes=-1.0)) == ["for_minutes"]
    assert faults("A10", with_(rationale="because")) == ["rationale"]


def test_a11_and_a13_warn() -> None:
    assert faults("A11", with_(auto_resolve=" ")) == ["auto_resolve"]
    assert faults("A13", with_(expected_pages_per_month=None)) == ["expected_pages_per_month"]
    assert faults("A13", with_(expected_pages_per_month=-1.0)) == ["expected_pages_per_month"]
    assert passes("A13", expected_pages_per_month=0.0)


@pytest.mark.parametrize(
    "key",
    [
        "checkout",
        "alertname, service",
        "checkout/{{ $labels.region }}",
        "{{ .GroupLabels.alertname }}-{{ .CommonLabels.cluster }}",
        "$AlarmName",
        "time-to-first-byte",
        "pod-restarts",
        "count-of-orders",
        "orders/count",
        "${AWS_REGION}:checkout",
    ],
)
def test_a12_takes_keys_that_stay_the_same(key: str) -> None:
    assert passes("A12", dedup_key=key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        " ",
        "checkout/{{ $value }}",
        "checkout/{{ .Value }}",
        "checkout/{{ $values.A.Value }}",
        "{{ now | date }}",
        "{{ .StartsAt }}",
        "{{ .StartsAt.Unix }}",
        "checkout-$timestamp",
        "${uuid()}",
        "checkout/{{ $labels.pod }}",
        '{{ index .Labels "pod_template_hash" }}',
        "{{last_triggered_at}}",
        "alertname, value",
        "{{ len .Alerts }} of {{ .GroupKey }}",
        "labels.alertname,labels.pod",
        "{{ $labels.request_id }}",
        "{{ randAlphaNum 5 }}{{ random }}",
    ],
)
def test_a12_refuses_keys_that_change(key: str) -> None:
    assert set(faults("A12", with_(dedup_key=key))) == {"dedup_key"}


# A14, A15


@pytest.mark.parametrize("part", ["repository", "path", "revision"])
def test_a14_needs_every_part_of_its_source(part: str) -> None:
    assert FACTS.origin is not None
    lacking = replace(FACTS.origin, **{part: ""})
    (finding,) = held("A14", facts=replace(FACTS, origin=lacking))
    assert finding.is_blocking
    assert part in finding.message


def test_a14_what_was_made_by_hand_is_not_in_code() -> None:
    assert faults("A14", facts=replace(FACTS, origin=Origin())) == ["source"]


def test_a15_nobody_accepts_their_own_work() -> None:
    assert faults("A15", facts=replace(FACTS, reviewer_id="cas", volunteers=frozenset({"cas"})))


def test_a15_who_accepts_is_in_the_on_call_team() -> None:
    assert faults("A15", facts=replace(FACTS, reviewer_id="mona")) == ["evidence"]
    nobody_wrote = replace(FACTS, reviewer_id="mona", author_id=None)
    assert faults("A15", facts=nobody_wrote) == ["evidence"]


def test_a15_no_waiver_lifts_it() -> None:
    waiver = Waiver(rule="A15", reason="We are only one.", owner="c@example.com", until=TODAY)
    facts = replace(FACTS, reviewer_id="cas")
    assert faults("A15", with_(waivers=(waiver,)), facts)


@pytest.mark.parametrize(
    ("approvers", "expected"),
    [
        ((), Outcome.PASSED),
        (("vera@example.com",), Outcome.PASSED),
        (("cas@example.com", "vera@example.com"), Outcome.PASSED),
        (("cas@example.com",), Outcome.FAILED),
        (("Cas@Example.com ",), Outcome.FAILED),
    ],
)
def test_a15_the_pull_request_was_approved_by_somebody_else(
    approvers: tuple[str, ...], expected: Outcome
) -> None:
    evidence = Evidence(author="cas@example.com", approvers=approvers)
    assert outcome("A15", facts=replace(FACTS, evidence=evidence)) is expected


def test_a15_own_approval_is_seen_before_anybody_accepts_it() -> None:
    own = Evidence(author="cas@example.com", approvers=("cas@example.com",))
    assert faults("A15", facts=Facts(today=TODAY, evidence=own)) == ["evidence"]


def test_a15_is_not_checked_until_somebody_accepts_it() -> None:
    assert outcome("A15", facts=replace(FACTS, reviewer_id=None)) is Outcome.NOT_CHECKED
    assert outcome("A15", facts=replace(FACTS, author_id=None)) is Outcome.NOT_CHECKED
    assert outcome("A15", facts=replace(FACTS, volunteers=None)) is Outcome.NOT_CHECKED


# A16, A17


def a16(pages: int, days: int = 90, limit: float = 2.0) -> bool:
    limits = Limits(pages_a_month=limit, replay_days=days)
    facts = replace(FACTS, limits=limits, history=History(night_pages=pages))
    return outcome("A16", facts=facts) is Outcome.PASSED


@pytest.mark.parametrize(
    ("pages", "days", "good"), [(6, 90, 1), (7, 90, 0), (2, 30, 1), (3, 30, 0)]
)
def test_a16_two_pages_a_month_are_agreed(pages: int, days: int, good: int) -> None:
    assert a16(pages, days) == bool(good)


@given(pages=COUNTS, more=COUNTS, days=st.integers(7, 365), limit=st.floats(0, 100))
def test_a16_more_pages_never_help_and_a_longer_look_never_hurts(
    pages: int, more: int, days: int, limit: float
) -> None:
    assert a16(pages, days, limit) >= a16(pages + more, days, limit)
    assert a16(pages, days + more, limit) >= a16(pages, days, limit)
    assert a16(pages, days, limit + more) >= a16(pages, days, limit)
    assert a16(0, days, limit)


@given(days=st.integers(1, 12).map(lambda months: 30 * months), a_month=st.integers(0, 20))
def test_a16_exactly_the_agreed_number_passes_and_one_more_does_not(
    days: int, a_month: int
) -> None:
    pages = a_month * days // 30
    assert a16(pages, days, float(a_month))
    assert not a16(pages + 1, days, float(a_month))


def test_a16_blames_what_decides_when_it_fires() -> None:
    noisy = replace(FACTS, history=History(night_pages=50))
    assert faults("A16", facts=noisy) == ["expression"]
    assert faults("A16", with_(expression="", threshold="5 %"), noisy) == ["threshold"]


def a17(facts: Facts = FACTS, **counts: int) -> int:
    """Return how many faults the trial has."""
    return len(faults("A17", facts=replace(facts, history=History(**counts))))


@pytest.mark.parametrize(("days", "expected"), [(0, 1), (13, 1), (14, 0), (400, 0)])
def test_a17_is_watched_for_14_days_and_may_then_have_been_silent(days: int, expected: int) -> None:
    assert a17(trial_days=days) == expected


@pytest.mark.parametrize(("actionable", "expected"), [(0, 1), (3, 1), (4, 0), (5, 0)])
def test_a17_on_four_of_five_something_was_done(actionable: int, expected: int) -> None:
    assert a17(trial_days=14, incidents=5, reviewed=5, actionable=actionable) == expected


@pytest.mark.parametrize(("fleeting", "expected"), [(0, 0), (1, 0), (2, 1)])
def test_a17_one_of_five_may_end_by_itself(fleeting: int, expected: int) -> None:
    counts = {"incidents": 5, "reviewed": 3, "actionable": 3}
    assert a17(trial_days=14, fleeting=fleeting, **counts) == expected


def test_a17_incidents_nobody_reviewed_prove_nothing() -> None:
    assert a17(trial_days=14, incidents=3) == 1
    assert a17(trial_days=14, incidents=3, reviewed=1, actionable=1) == 0


@given(
    days=st.integers(0, 40), incidents=COUNTS, fleeting=COUNTS, reviewed=COUNTS, actionable=COUNTS
)
def test_a17_watching_longer_and_acting_more_never_hurts_and_fleeting_never_helps(
    days: int, incidents: int, fleeting: int, reviewed: int, actionable: int
) -> None:
    reviewed = min(reviewed, incidents)
    now = {
        "trial_days": days,
        "incidents": incidents,
        "fleeting": min(fleeting, incidents),
        "reviewed": reviewed,
        "actionable": min(actionable, reviewed),
    }
    before = a17(**now)
    assert a17(**{**now, "trial_days": days + 1}) <= before
    if now["actionable"] < reviewed:
        assert a17(**{**now, "actionable": now["actionable"] + 1}) <= before
    if reviewed and now["fleeting"] < incidents:
        assert a17(**{**now, "fleeting": now["fleeting"] + 1}) >= before


def test_a17_obeys_the_limits_that_were_agreed() -> None:
    mild = replace(FACTS, limits=Limits(trial_days=0, actionable=0.0, fleeting=1.0))
    assert a17(mild, incidents=3, fleeting=3, reviewed=1) == 0


# A19, A20


@pytest.mark.parametrize(("days", "good"), [(-1, 0), (0, 0), (1, 1), (180, 1), (181, 0)])
def test_a19_the_next_review_is_within_a_term(days: int, good: int) -> None:
    assert passes("A19", review_by=TODAY + timedelta(days=days)) == bool(good)


def test_a19_the_day_is_said() -> None:
    assert faults("A19", with_(review_by=None)) == ["review_by"]


@given(
    today=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    days=st.integers(-1000, 1000),
    most=st.integers(7, 730),
)
def test_a19_passes_exactly_from_tomorrow_to_the_limit(today: date, days: int, most: int) -> None:
    facts = replace(FACTS, today=today, limits=Limits(review_days=most))
    definition = with_(review_by=today + timedelta(days=days))
    assert (outcome("A19", definition, facts) is Outcome.PASSED) == (1 <= days <= most)


@pytest.mark.parametrize("target", ["payments", "Managers", "cas@example.com", " "])
def test_a20_nobody_but_managers_stands_behind_a_volunteer(target: str) -> None:
    assert faults("A20", with_(escalation=target)) == ["escalation"]
    waiver = Waiver(rule="A20", reason="We insist on it.", owner="c@example.com", until=TODAY)
    assert faults("A20", with_(escalation=target, waivers=(waiver,))) == ["escalation"]


def test_a20_takes_managers_and_silence() -> None:
    assert passes("A20", escalation="")
    assert passes("A20", escalation="managers")


# W1


def w1(**fields: Any) -> list[str]:
    good = {"rule": "A17", "reason": "Replaces an old one.", "owner": "c@example.com"}
    waiver = Waiver(**{"until": TODAY, **good, **fields})
    return [f.message for f in held("W1", with_(waivers=(waiver,))) if f.message]


def test_w1_a_waiver_that_says_everything_passes() -> None:
    assert w1() == []
    assert w1(until=TODAY + timedelta(days=180)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"rule": "A99"},
        {"rule": "a17"},
        {"rule": "A15"},
        {"rule": "W1"},
        {"reason": "because"},
        {"owner": "payments"},
        {"until": TODAY - timedelta(days=1)},
        {"until": TODAY + timedelta(days=181)},
    ],
)
def test_w1_a_waiver_names_a_rule_a_reason_an_owner_and_a_last_day(fields: dict[str, Any]) -> None:
    (message,) = w1(**fields)
    assert str(fields.get("rule", "A17")) in message


def test_w1_tells_an_unknown_rule_from_one_that_no_waiver_lifts() -> None:
    assert "no such rule" in w1(rule="A99")[0]
    assert "no waiver lifts" in w1(rule="A20")[0]


def test_w1_a_good_waiver_lifts_its_rule_and_says_whose_word_that_is() -> None:
    waiver = Waiver(rule="A16", reason="Moving house.", owner="c@example.com", until=TODAY)
    noisy = replace(FACTS, history=History(night_pages=50))
    (finding,) = held("A16", with_(waivers=(waiver,)), noisy)
    assert finding.outcome is Outcome.WAIVED
    assert "c@example.com" in finding.note
