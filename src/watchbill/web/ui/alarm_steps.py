"""Steps of a handover as a screen offers them: what comes next, for whom, and the one main button.

What is offered is a kindness; whether it may be done the actions decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Step = Literal["propose", "change", "take_back", "retire", "take_in", "review", "return", "glass"]

#: The state in words, and the shape and colour that go with it.
WORDS: dict[str, tuple[str, str]] = {
    "draft": ("draft", "off"),
    "proposed": ("proposed", "snoozed"),
    "in_review": ("in review", "acknowledged"),
    "accepted": ("accepted", "good"),
    "declined": ("declined", "error"),
    "returned": ("returned", "warning"),
    "retired": ("retired", "off"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an alarm stands."""

    state: str
    version: int
    in_force: int | None
    has_lapsed: bool = False
    has_runbook: bool = True
    #: What is in force was not reviewed.
    is_glass: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Looker:
    """Who looks at it, as far as rights go."""

    #: A member of the owning team, or an admin.
    is_team: bool = False
    #: Has agreed to a term that is not over.
    is_volunteer: bool = False
    #: Wrote the newest version.
    is_author: bool = False
    is_admin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a screen offers somebody: one main step, the others, and what comes next in words."""

    says: str
    main: Step | None
    others: frozenset[Step]


def offer(standing: Standing, who: Looker) -> Offer:
    """Return what comes next for whoever looks (AL3, NO4)."""
    possible = frozenset(_of_team(standing, who) | _of_volunteer(standing, who))
    main = _main(standing, possible)
    return Offer(says=_says(standing, who), main=main, others=possible - {main})


def in_force(standing: Standing) -> str:
    """Return in a sentence which version wakes people, and which one waits.

    >>> in_force(Standing(state="proposed", version=4, in_force=3))
    'Version 3 is in force; version 4 waits for review.'
    """
    if standing.state == "retired":
        return "It is out of use."
    if standing.in_force is None:
        return "Not in force: out of hours it is held."
    words = f"Version {standing.in_force} is in force"
    if standing.is_glass:
        words += " without review: the glass was broken"
    if standing.has_lapsed:
        words += ", but its acceptance has run out: out of hours it is held"
    if standing.version != standing.in_force:
        waits = {"declined": "was declined"}.get(standing.state, "waits for review")
        words += f"; version {standing.version} {waits}"
    return words + "."


def _of_team(standing: Standing, who: Looker) -> set[Step]:
    state, found = standing.state, set[Step]()
    if state == "retired":
        return found
    if who.is_team:
        found |= {"change", "retire"}
        if state in ("draft", "declined", "returned"):
            found.add("propose")
        if state == "proposed" and standing.in_force is None:
            found.add("take_back")
    is_new = state != "accepted" and standing.in_force != standing.version
    is_new = is_new or standing.has_lapsed
    if who.is_admin and standing.has_runbook and is_new:
        found.add("glass")
    return found


def _of_volunteer(standing: Standing, who: Looker) -> set[Step]:
    if not who.is_volunteer:
        return set()
    found = set[Step]()
    if standing.state in ("proposed", "in_review") and not who.is_author:
        found.add("take_in" if standing.state == "proposed" else "review")
    if standing.in_force is not None:
        found.add("return")
    return found


def _main(standing: Standing, possible: frozenset[Step]) -> Step | None:
    """Return the one step that whoever looks most likely came for."""
    order: tuple[Step, ...] = ("review", "take_in")
    if standing.state == "draft":
        order += ("propose",)
    if standing.state in ("declined", "returned") or standing.has_lapsed:
        order += ("change",)
    return next((step for step in order if step in possible), None)


_SAYS = {
    "draft": "It is being written. Its team proposes it when it meets the bar.",
    "proposed": "It waits for somebody of the on-call team who takes it into review.",
    "in_review": "Somebody of the on-call team is looking at it.",
    "accepted": "The on-call team answers for it out of hours.",
    "declined": "The on-call team will not answer for it as it is. Its team may mend it and propose it again.",
    "returned": "The on-call team gave it back. Its team mends it and proposes it again.",
    "retired": "Its team retired it: one thing less that may wake somebody. Its key is free.",
}


def _says(standing: Standing, who: Looker) -> str:
    says = _SAYS[standing.state]
    if standing.has_lapsed and standing.state == "accepted":
        says = "Its acceptance has run out. A new version with a later review date brings it back."
    if standing.state in ("proposed", "in_review") and who.is_volunteer and who.is_author:
        return f"{says} You wrote it, so somebody else of the on-call team reviews it."
    return says
