"""Every source people can choose is one the intake knows, and the other way round."""

from __future__ import annotations

from watchbill.app import KEYED, SOURCES
from watchbill.core import sources


def test_the_kinds_people_choose_are_those_the_intake_knows():
    assert set(sources.KINDS) == {source.name for source in SOURCES} | {"pagerduty_v2"}
    assert set(KEYED) == {"/v2/enqueue", "/v2/change/enqueue"}


def test_only_known_sources_go_stale():
    assert set(sources.STALE_AFTER) <= set(sources.KINDS)
