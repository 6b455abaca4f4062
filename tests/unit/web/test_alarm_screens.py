"""What the screens of alarms make of values: offers, differences, sections, typed fields, places."""

from __future__ import annotations

import pytest

from tests import good_alarms
from watchbill.web.ui import alarm_places, alarm_steps, alarm_typing, show_runbook, show_versions
from watchbill.web.ui.alarm_steps import Looker, Standing

TEAM = Looker(is_team=True)
VOLUNTEER = Looker(is_volunteer=True)
AUTHOR = Looker(is_volunteer=True, is_author=True, is_team=True)
ADMIN = Looker(is_team=True, is_admin=True)
NOBODY = Looker()


def at(state: str, *, version: int = 1, in_force: int | None = None, **more: bool) -> Standing:
    return Standing(state=state, version=version, in_force=in_force, **more)


@pytest.mark.parametrize(
    ("standing", "who", "main"),
    [
        (at("draft"), TEAM, "propose"),
        (at("proposed"), TEAM, None),
        (at("proposed"), VOLUNTEER, "take_in"),
        (at("in_review"), VOLUNTEER, "review"),
        (at("accepted", in_force=1), VOLUNTEER, None),
        (at("accepted", in_force=1, has_lapsed=True), TEAM, "change"),
        (at("declined"), TEAM, "change"),
        (at("returned"), TEAM, "change"),
        (at("retired"), ADMIN, None),
        (at("draft"), NOBODY, None),
    ],
)
def test_whoever_looks_has_one_main_step(standing: Standing, who: Looker, main: str | None) -> None:
    assert alarm_steps.offer(standing, who).main == main


@pytest.mark.parametrize("state", ["proposed", "in_review"])
def test_no_author_is_offered_the_review_of_their_own(state: str) -> None:
    """NO4: never the author; and they are told that somebody else does it."""
    offer = alarm_steps.offer(at(state), AUTHOR)

    assert not {offer.main, *offer.others} & {"take_in", "review"}
    assert "somebody else" in offer.says


def test_only_volunteers_are_offered_to_return_what_is_in_force() -> None:
    """AL7."""
    changing = at("proposed", version=2, in_force=1)

    assert "return" in alarm_steps.offer(changing, VOLUNTEER).others
    assert "return" not in alarm_steps.offer(changing, TEAM).others
    assert "return" not in alarm_steps.offer(at("proposed"), VOLUNTEER).others


def test_only_admins_are_offered_the_glass_and_never_without_a_runbook() -> None:
    """AL2, NO4."""
    assert "glass" in alarm_steps.offer(at("proposed"), ADMIN).others
    assert "glass" not in alarm_steps.offer(at("proposed"), TEAM).others
    assert "glass" not in alarm_steps.offer(at("proposed", has_runbook=False), ADMIN).others
    assert "glass" not in alarm_steps.offer(at("accepted", in_force=1), ADMIN).others
    assert "glass" in alarm_steps.offer(at("accepted", in_force=1, has_lapsed=True), ADMIN).others


def test_the_sentence_says_which_version_stands_and_which_waits() -> None:
    """NO5."""
    assert alarm_steps.in_force(at("draft")) == "Not in force: out of hours it is held."
    declined = alarm_steps.in_force(at("declined", version=3, in_force=2))
    assert declined == "Version 2 is in force; version 3 was declined."
    lapsed = alarm_steps.in_force(at("accepted", in_force=1, has_lapsed=True))
    assert "has run out: out of hours it is held" in lapsed
    assert "without review" in alarm_steps.in_force(at("proposed", in_force=1, is_glass=True))


def test_a_difference_is_line_by_line_and_only_of_what_differs() -> None:
    before = {"title": "A", "runbook": "one\ntwo\nthree\n", "threshold": "1 %"}
    after = {"title": "A", "runbook": "one\n2\nthree\n", "threshold": ""}

    found = {field.label: field for field in show_versions.diff(before, after)}

    assert set(found) == {"Runbook", "Threshold"}
    pieces = [(piece.kind, piece.text) for piece in found["Runbook"].pieces]
    assert pieces == [("same", "one\n"), ("del", "two\n"), ("ins", "2\n"), ("same", "three\n")]
    assert [(p.kind, p.text) for p in found["Threshold"].pieces] == [("del", "1 %")]
    assert not list(show_versions.diff(after, after))


def test_a_runbook_is_cut_at_its_sections_and_no_two_have_one_anchor() -> None:
    text = (
        "# key: do\nOwner: a\n\n## Mitigation\n1. x\n\n```\n## no heading\n```\n## Mitigation\ny\n"
    )

    found = list(show_runbook.sections(text))

    assert [(s.title, s.id) for s in found] == [
        ("", "begin"), ("Mitigation", "mitigation"), ("Mitigation", "mitigation-2"),
    ]  # fmt: skip
    assert "## no heading" in found[1].html
    assert '<pre tabindex="0">' in found[1].html
    assert "key: do" not in found[0].html, "the screen has the alarm's title already"


def test_no_section_takes_the_place_of_the_screens_own_main_part() -> None:
    found = list(show_runbook.sections("## Main\nx\n\nSaid\n----\ny\n"))

    assert [(s.title, s.id) for s in found] == [("Main", "main-2"), ("Said", "said-2")]
    assert "<hr" not in found[1].html


def test_a_runbook_without_headings_is_one_part() -> None:
    (only,) = show_runbook.sections("Turn it off and on again.")

    assert (only.title, "off and on" in only.html) == ("", True)
    assert not list(show_runbook.sections("  \n"))


def test_the_good_runbook_keeps_its_seven_sections() -> None:
    titles = [section.title for section in show_runbook.sections(good_alarms.runbook("a"))]

    assert titles == [
        "", "Access", "Meaning", "Impact", "Diagnosis", "Mitigation", "Verification", "Escalation",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["alarm", "alarm =", "= x", "a = b\nnonsense"])
def test_a_line_that_is_no_match_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="name = value"):
        alarm_typing.match(text)


@pytest.mark.parametrize(
    ("repository", "href"),
    [
        ("github.com/acme/a", "https://github.com/acme/a/blob/r1/x%20y.yml"),
        ("https://gitlab.com/acme/a.git", "https://gitlab.com/acme/a/-/blob/r1/x%20y.yml"),
        ("https://git.example.org/a", "https://git.example.org/a"),
        ("acme/alarms", ""),
        ("javascript:alert(1)", ""),
        ("", ""),
    ],
)
def test_a_file_is_linked_where_its_address_can_be_told(repository: str, href: str) -> None:
    assert alarm_places.file_href(repository, "x y.yml", "r1") == href
