"""People: a person's own screen with contact methods, rules, shifts and sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watchbill.web.ui.shell import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodRow:
    """One way to reach the person."""

    #: The contact method's id.
    id: str
    #: The channel in words: `E-mail`.
    channel: str
    #: Its address, shown to its owner only.
    address: str
    #: Its owner proved that it is theirs.
    is_verified: bool
    #: A code is on its way since; None if none is.
    code_sent_at: datetime | None = None
    #: Why the last message failed, in one sentence; or empty.
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRow:
    """One rule: this method, so long after the page began."""

    #: The rule's id.
    id: str
    #: The method in words: `E-mail niamh@example.org`.
    method: str
    #: How long after the page's beginning.
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MyShift:
    """One shift the person will stand, or stands now."""

    #: What it is: `Volunteer`, `Duty manager`, `Rota of Payments`.
    kind: str
    #: From; aware UTC.
    start_at: datetime
    #: To, not included; aware UTC.
    end_at: datetime
    #: It is now.
    is_now: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """One browser in which the person is signed in."""

    #: The session's id.
    id: str
    #: The browser in words.
    browser: str
    #: When it was last used; aware UTC.
    seen_at: datetime
    #: It is the one that shows this screen.
    is_this: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRow:
    """A system that runbooks ask their reader to be able to get into."""

    #: Its name.
    name: str
    #: The person has confirmed that they can.
    is_confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The screen at `/me`."""

    #: How the person is called.
    name: str
    #: The address the person signs in with.
    email: str
    #: The person's home team, or empty.
    team_name: str
    #: The person's office.
    office_name: str
    #: The person's IANA zone.
    zone: str
    #: What they are on the watchbill, in one sentence: term, managers' rota, or neither.
    standing: str
    #: Ways to reach the person.
    methods: tuple[MethodRow, ...]
    #: Channels a method can be added for.
    channels: tuple[Choice, ...]
    #: The person's rules, soonest first.
    rules: tuple[RuleRow, ...]
    #: Verified methods to choose from for a rule.
    rule_methods: tuple[Choice, ...]
    #: Shifts of the next months, in order.
    shifts: tuple[MyShift, ...]
    #: Where the person is signed in, the present one first.
    sessions: tuple[SessionRow, ...]
    #: What they know, as they wrote it.
    skills: str = ""
    #: They may be asked for help in their working hours.
    helps: bool = True
    #: One sentence: what was wrong with the form just sent; or empty.
    error: str = ""
    #: Systems of the runbooks, and what the person confirmed besides; empty for who is not asked.
    systems: tuple[SystemRow, ...] = ()
