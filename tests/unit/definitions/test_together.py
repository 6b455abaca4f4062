"""Alarms beside each other: every pair that could match the same event is found, and fast."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from watchbill.core import matching
from watchbill.definitions import reading
from watchbill.definitions.written import Document, Reading

_MATCHES = st.dictionaries(
    st.sampled_from(["alarm", "app", "env"]),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=2, unique=True),
    min_size=1,
)


def _read(matches: list[dict[str, list[str]]]) -> Reading:
    lines = [f"- {{key: k{n}, service: s, match: {match}}}" for n, match in enumerate(matches)]
    text = "\n".join(["alarms:", *lines, ""])
    return reading.read([Document(path="a.yml", content=text.encode())])


@given(matches=st.lists(_MATCHES, min_size=1, max_size=8))
def test_every_pair_is_found_once_as_by_looking_at_all(matches: list[dict[str, list[str]]]) -> None:
    found = _read(matches)
    conditions = {w.definition.key: w.definition.conditions for w in found.written}
    wanted = {
        (one, other)
        for one, other in combinations(conditions, 2)
        if matching.overlap(conditions[one], conditions[other])
    }
    said = [{p.message.split()[9], p.message.split()[2]} for p in found.problems]
    assert sorted(map(sorted, said)) == sorted(map(sorted, wanted))


def test_thousands_that_share_all_labels_but_one_are_told_apart_by_that_one() -> None:
    """The suite's own limit of time would end it, were each held against each."""
    matches = [{"app": ["checkout"], "check": [f"c{n}"]} for n in range(10_000)]
    found = _read(matches)
    assert len(found.written) == 10_000
    assert not found.problems


def test_of_thousands_with_one_match_only_some_pairs_are_named() -> None:
    found = _read([{"app": ["checkout"]}] * 2_000)
    assert len(found.problems) == 100
