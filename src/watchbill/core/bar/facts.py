"""Facts: what the world outside a definition knows of it, as far as it is known where one looks.

A pull request's check knows the folder and the day; the server knows the company, the history and
what people answered. What is None is not known here, and the rules that need it say so.

Source: on-call-practice §7 and §8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from watchbill.core.definitions import Definition, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of the bar, which the volunteers agree on; the same for every team (AL6)."""

    #: A16: how many out-of-hours pages a month an alarm may make.
    pages_a_month: float = 2.0
    #: A16: how many days of history are replayed.
    replay_days: int = 90
    #: A9: how long an answer to a paging alarm may take.
    respond_within_minutes: int = 240
    #: A17: how long it has been watched in working hours first.
    trial_days: int = 14
    #: A17: the least share of its reviewed pages on which something was done.
    actionable: float = 0.8
    #: A17: the greatest share of its incidents that ended by themselves.
    fleeting: float = 0.2
    #: A19: how far ahead its review may lie; one term.
    review_days: int = 180
    #: R3: the least words of a section.
    section_words: int = 20
    #: R12: how old a runbook's last reading may be.
    reviewed_days: int = 180
    #: R12: how old its last use may be, in a page or an exercise.
    exercised_days: int = 365
    #: R14: the most words before Mitigation.
    words_before_mitigation: int = 1200
    #: R14: the most words of a sentence, on average.
    sentence_words: float = 25.0
    #: R16: how many of the last uses are looked at.
    uses: int = 3
    #: R16: how many of them must have helped.
    uses_helped: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Who wrote and who approved a version, by mail address, as its pull request says."""

    url: str = ""
    author: str = ""
    approvers: tuple[str, ...] = ()
    revision: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What an alarm's events of the last `Limits.replay_days` would have made, and did make."""

    #: Incidents that would have paged a volunteer, had the alarm been accepted.
    night_pages: int = 0
    #: Since when its events are known by it: whole days of trial in working hours.
    trial_days: int = 0
    #: Incidents of the trial, those that ended by themselves unanswered, reviews, and those of
    #: them on which something was done.
    incidents: int = 0
    fleeting: int = 0
    reviewed: int = 0
    actionable: int = 0
    #: Whether the runbook helped, of the last uses, newest first.
    helped: tuple[bool, ...] = ()
    #: When it was last used in a page.
    last_used_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another alarm of the same service."""

    definition: Definition
    is_accepted: bool
    #: Where it is written, for a person: `payments.yml:12`, or its address.
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a reviewer said to a question only a person can answer."""

    rule: str
    #: A person's id.
    person_id: str
    is_yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything rules may ask besides the definition. None: not known here."""

    today: date
    limits: Limits = field(default_factory=Limits)
    #: Slug of every team, and every service with its owning team's slug.
    teams: frozenset[str] | None = None
    services: Mapping[str, str] | None = None
    #: The service's other alarms. It may hold the alarm itself (the same object), so that all alarms
    #: of a service share one tuple; they should: what is read from it is kept for the next.
    siblings: tuple[Sibling, ...] | None = None
    origin: Origin | None = None
    evidence: Evidence | None = None
    #: A person's id.
    author_id: str | None = None
    #: Ids of who is in the on-call team today.
    volunteers: frozenset[str] | None = None
    #: Who accepts it, if somebody is about to or has.
    reviewer_id: str | None = None
    answers: tuple[Answer, ...] | None = None
    #: URL to HTTP status; 0: it could not be reached, -1: its host is not on the allow-list.
    links: Mapping[str, int] | None = None
    history: History | None = None
    #: Slugs of the teams of who accepts it.
    reviewer_teams: frozenset[str] | None = None
    #: What is behind `runbook_url`, if it was fetched.
    runbook_text: str | None = None
    #: System to the names of volunteers who have not confirmed that they can get in.
    without_access: Mapping[str, tuple[str, ...]] | None = None
