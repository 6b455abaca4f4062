"""Every reason, role and happening has words, and weeks are drawn as they are worked."""

from __future__ import annotations

from datetime import time

import pytest

from watchbill.core.hours import Span
from watchbill.core.incidents import EntryKind
from watchbill.core.routing import Reason, StepRole
from watchbill.web import csrf, live
from watchbill.web.ui import show_teams, take_theme, wording


@pytest.mark.parametrize("kind", EntryKind)
def test_every_happening_is_told_in_words_of_its_own(kind: EntryKind) -> None:
    facts = {
        "summary": "Paper on fire",
        "until": "2026-03-07T04:00:00+00:00",
        "role": "volunteer",
        "outcome": "escalated",
        "people": ["ben"],
        "side": "hold",
        "resolution": "by hand",
    }
    sentence, _ = wording.happened(kind.value, facts, "Ann", {"ben": "Ben"}, "Europe/Dublin")

    assert sentence
    assert sentence != kind.value.replace("_", " ").capitalize() or kind in (
        EntryKind.ACKNOWLEDGED,
        EntryKind.HELPED,
        EntryKind.NOTE,
    )
    assert "None" not in sentence


@pytest.mark.parametrize("kind", EntryKind)
def test_a_happening_without_its_facts_is_told_all_the_same(kind: EntryKind) -> None:
    """What an older version wrote may lack what a newer one reads."""
    sentence, _ = wording.happened(kind.value, {}, "", {}, "UTC")

    assert sentence


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("role", StepRole)
def test_every_why_speaks_to_the_reader_and_of_others(role: StepRole, reason: Reason) -> None:
    """RO1, ES1: the person called reads *why me*; everybody else reads why them."""
    assert wording.why_me(role, reason).endswith(".")
    theirs = wording.why_them("Ann", role, reason)
    assert theirs.startswith("Ann is called")
    assert "You" not in theirs
    assert "Your" not in theirs


def test_a_night_stands_in_both_its_days_cut_at_midnight() -> None:
    spans = [
        Span(weekday=6, start=time(22), end=time(6)),
        Span(weekday=0, start=time(6), end=time(9, 30)),
        Span(weekday=2, start=time(0), end=time(0)),
    ]
    week = show_teams.week(spans)

    assert week[6].periods == ((1320, 1440),)
    assert week[0].periods == ((0, 570),)
    assert week[0].text == "00:00–09:30"
    assert week[1].text == "closed"
    assert week[2].text == "00:00–24:00"
    assert week[3].periods == ()


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "http://here"}, False),
        ({"origin": "http://here"}, True),
        ({"origin": "http://here.evil.example"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_only_our_own_pages_and_programs_change_anything(
    headers: dict[str, str], *, is_ours: bool
) -> None:
    assert csrf.is_ours("POST", headers, ["here"]) is is_ours
    assert csrf.is_ours("GET", headers, ["here"])


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "https:x", "", "/a\nb"])
def test_a_way_back_stays_on_this_server(path: str) -> None:
    assert take_theme.local(path) == "/"
    assert take_theme.local("/incidents?state=held") == "/incidents?state=held"


@pytest.mark.parametrize(
    ("topic", "ids", "shows"),
    [
        ("tonight", ("inc_1",), True),
        ("incidents", (), True),
        ("incident:inc_1", ("inc_1", "inc_2"), True),
        ("incident:inc_1", ("inc_2",), False),
        ("incident:inc_1", (), True),
        ("mailbox", ("inc_1",), False),
    ],
)
def test_a_screen_hears_of_what_it_shows(topic: str, ids: tuple[str, ...], *, shows: bool) -> None:
    assert live._shows(topic, ids) is shows
