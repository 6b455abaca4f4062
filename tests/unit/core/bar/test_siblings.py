"""A18: which accepted alarm of the same service may already say what a new one says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.core.bar import well
from tests.unit.core.bar.well import DEFINITION, FACTS
from watchbill.core import matching
from watchbill.core.bar import alarm_rules, rules, siblings
from watchbill.core.bar.facts import Sibling
from watchbill.core.bar.rules import Outcome
from watchbill.core.definitions import Definition

TITLE = DEFINITION.title
WORDS = st.sampled_from(
    ["pay", "card", "order", "queue", "shard", "refund", "slow", "full", "late", "1", "2", "3"]
)
TITLES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
MATCHES = st.dictionaries(
    st.sampled_from(["alertname", "region", "queue"]),
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=2, unique=True),
    min_size=1,
)


def seen(near: Iterable[Sibling], definition: Definition = DEFINITION) -> list[tuple[str, str]]:
    """Return the fields that A18 warns of, with what it says."""
    facts = replace(FACTS, siblings=tuple(near))
    rule = next(rule for rule in alarm_rules.RULES if rule.id == "A18")
    found = rules.hold([rule], definition, facts)
    assert not any(f.is_blocking for f in found), "a suggestion"
    return [(f.field, f.message) for f in found if f.outcome is Outcome.FAILED]


@pytest.mark.parametrize(
    "title",
    [
        TITLE,
        "Customers can not pay by cards",
        "Customers cannot pay with card",
        "customer cannot pay by cards.",
    ],
)
def test_a18_suggests_an_accepted_alarm_with_much_the_same_title(title: str) -> None:
    ((field, message),) = seen([well.sibling("pay.yml:3", key="CardsFail", title=title)])
    assert field == "title"
    assert "'CardsFail' (pay.yml:3)" in message


@pytest.mark.parametrize(
    "title", ["Refunds wait for more than an hour", "Customers cannot sign in", "", "Card"]
)
def test_a18_other_titles_are_other_alarms(title: str) -> None:
    assert seen([well.sibling(key="Other", title=title)]) == []


def test_a18_titles_that_differ_in_a_number_are_of_different_things() -> None:
    one = replace(DEFINITION, title="Shard 1 of the ledger lags behind its primary copy")
    two = well.sibling(key="Shard2", title="Shard 2 of the ledger lags behind its primary copy")
    assert seen([two], one) == []


def test_a18_speaks_of_accepted_alarms_only() -> None:
    proposed = well.sibling(key="CardsFail", title=TITLE, is_accepted=False)
    accepted = well.sibling(key="Other", title="Refunds wait for more than an hour")
    assert seen([proposed]) == []
    assert seen([proposed, accepted]) == []


def test_a18_an_alarms_own_accepted_version_is_no_duplicate() -> None:
    assert seen([well.sibling(key=DEFINITION.key, title=TITLE)]) == []


def test_a18_names_an_accepted_alarm_that_could_match_the_same_event() -> None:
    region = {"region": ["dublin", "london"]}
    one = replace(DEFINITION, match=(("alarm", ("Errors",)), ("region", ("london",))))
    near = well.sibling("a.yml:9", key="Wide", title="Everything is slow", match=region)
    ((field, message),) = seen([near], one)
    assert field == "match"
    assert "'Wide' (a.yml:9)" in message
    far = well.sibling(key="Far", title="Everything is slow", match={"region": "paris"})
    assert seen([far], one) == []


@given(near=st.lists(MATCHES, max_size=8), mine=MATCHES)
def test_a18_finds_an_overlap_exactly_if_there_is_one(
    near: list[dict[str, list[str]]], mine: dict[str, list[str]]
) -> None:
    known = [well.sibling(key=f"k{at}", match=match) for at, match in enumerate(near)]
    definition = well.sibling(key="mine", match=mine).definition
    found = siblings.Siblings(known).overlapping(definition)
    all_of_them = [
        s for s in known if matching.overlap(s.definition.conditions, definition.conditions)
    ]
    assert (found in all_of_them) if all_of_them else found is None


@given(near=st.lists(TITLES, max_size=8), mine=TITLES)
def test_a18_finds_a_like_title_exactly_if_there_is_one(near: list[str], mine: str) -> None:
    """Against the plain scan that the index stands for: three quarters of all words in both."""
    known = [well.sibling(key=f"k{at}", title=title) for at, title in enumerate(near)]
    definition = replace(DEFINITION, title=mine)
    found = siblings.Siblings(known).alike(definition)

    def likeness(sibling: Sibling) -> float:
        one, other = siblings.words(mine), siblings.words(sibling.definition.title)
        same_numbers = {w for w in one if w.isdigit()} == {w for w in other if w.isdigit()}
        return len(one & other) / len(one | other) if same_numbers and one | other else 0.0

    best = max(map(likeness, known), default=0.0)
    assert (found is not None) == (best >= 0.75)
    assert found is None or likeness(found) == best


def test_a18_the_index_is_read_once_for_the_same_alarms() -> None:
    near = (well.sibling(key="CardsFail", title=TITLE),)
    assert siblings.of(near) is siblings.of(near)
    other = (well.sibling(key="Other", title="Refunds wait"),)
    assert siblings.of(other) is not siblings.of(near)
    assert siblings.of(other).alike(DEFINITION) is None
    assert siblings.of(near).alike(DEFINITION) is near[0]
