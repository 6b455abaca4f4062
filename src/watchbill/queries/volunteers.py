"""Volunteers: the on-call team's seats, terms, waiting list and readiness, as people see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from watchbill.core import volunteers
from watchbill.core.volunteers import ITEMS, Concern
from watchbill.queries import reading
from watchbill.store import volunteers as volunteers_store
from watchbill.store.database import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCallTeamRow:
    """How the on-call team is set up."""

    name: str
    zone: str
    #: 0 is Monday.
    boundary_weekday: int
    boundary_time: time
    seats: int
    least: int
    term_days: int
    gap_weeks: int
    shadows: bool
    limits: list[dict[str, Any]]
    decay_percent: int
    watches: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VolunteerRow:
    """Somebody in the on-call team, or about to be, with the term under way or the next one."""

    person_id: str
    name: str
    team_id: str | None
    team: str | None
    office_id: str | None
    office: str | None
    term_id: str
    starts_at: datetime
    ends_at: datetime
    consented_by: str
    consented_at: datetime
    renewal_asked_at: datetime | None
    #: They have agreed to the term after this one, too.
    has_next: bool
    is_away: bool
    #: Shifts in this term: stood, under way or to come.
    shifts: int
    next_shift_at: datetime | None
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRow:
    """Somebody who offers themselves for a term."""

    id: str
    person_id: str
    person: str
    applied_by: str
    applied_at: datetime
    starts_at: datetime
    ends_at: datetime
    state: str
    decided_at: datetime | None
    term_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernRow:
    """Something about the on-call team that is worth a word."""

    concern: str
    facts: dict[str, str]
    #: The same in words, with what to do.
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The on-call team as a whole."""

    name: str
    seats: int
    taken: int
    least: int
    waiting: int
    items: tuple[VolunteerRow, ...]
    concerns: tuple[ConcernRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Involuntary:
    """Somebody who stands a shift without having agreed to its term themselves: there is none."""

    shift_id: str
    person_id: str
    starts_at: datetime
    consented_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a volunteer has made sure of, and over which ways a test page was answered.

    Only they themselves read what is missing; everybody else, whether they are ready.
    """

    items: list[str]
    missing: list[str]
    methods: dict[str, datetime | None]
    is_ready: bool


_TEAM = """
select name, zone, boundary_weekday, boundary_time, seats, least, term_days, gap_weeks, shadows,
  limits, decay_percent, watches
from on_call_team
"""
_MEMBERS = """
select t.person_id, p.name, p.team_id, g.name as team, p.office_id, o.name as office,
  t.id as term_id, lower(t.during) as starts_at, upper(t.during) as ends_at, t.consented_by,
  t.consented_at, t.renewal_asked_at,
  exists (select 1 from terms f where f.person_id = t.person_id
    and lower(f.during) >= upper(t.during)) as has_next,
  exists (select 1 from absences a where a.person_id = t.person_id
    and a.starts_at <= %(now)s and a.ends_at > %(now)s) as is_away,
  (select count(*) from shifts s where s.term_id = t.id and not s.shadow) as shifts,
  (select min(lower(s.during)) from shifts s
    where s.person_id = t.person_id and not s.shadow and lower(s.during) > %(now)s) as next_shift_at,
  ((select count(*) from readiness r where r.person_id = p.id) = %(items)s
   and exists (select 1 from contact_methods m where m.person_id = p.id and m.verified_at is not null)
   and not exists (select 1 from contact_methods m where m.person_id = p.id
     and m.verified_at is not null and m.tested_at is null)) as is_ready
from terms t join people p on p.id = t.person_id
left join teams g on g.id = p.team_id left join offices o on o.id = p.office_id
where upper(t.during) > %(now)s and p.disabled_at is null
  and not exists (select 1 from terms f where f.person_id = t.person_id
    and upper(f.during) > %(now)s and lower(f.during) < lower(t.during))
order by p.name, p.id
"""
APPLICATIONS = """
select a.id, a.person_id, p.name as person, a.applied_by, a.applied_at, a.starts_at, a.ends_at,
  a.state, a.decided_at, a.term_id
from applications a join people p on p.id = a.person_id
"""
_WAITING = "select count(*) from applications where state = 'waiting'"
_INVOLUNTARY = """
select s.id as shift_id, s.person_id, lower(s.during) as starts_at, t.consented_by
from shifts s left join terms t on t.id = s.term_id and t.person_id = s.person_id
where t.id is null or t.consented_by <> s.person_id or not s.during <@ t.during
order by lower(s.during), s.id limit 200
"""
_NAME = "select name from teams where id = %s union all select name from offices where id = %s"
_SENTENCES = {
    Concern.TOO_FEW: (
        "{volunteers} fewer than the {least} that the rotation needs: call for more."
    ),
    Concern.END_TOGETHER: (
        "{terms} terms end within four weeks, from {from}: ask now who renews, and call for"
        " volunteers."
    ),
    Concern.TEAM_HEAVY: ("{people} of {of} are of {name}: ask for volunteers of other teams."),
    Concern.OFFICE_HEAVY: ("{people} of {of} are in {name}: ask for volunteers of other offices."),
    Concern.SHADOWS_TOO_FEW: (
        "Shadows need at least {least} people: call for volunteers, or do without shadows."
    ),
    Concern.TOO_OFTEN: (
        "Each is on call {share} of the time; more than a quarter wears people out: call for more."
    ),
}
_ITEMS = "select item from readiness where person_id = %s"
_PERSON = "select id from people where id = %s"
_METHODS = """
select id, tested_at from contact_methods where person_id = %s and verified_at is not null order by id
"""


def team(tx: Tx) -> OnCallTeamRow:
    """Return how the on-call team is set up."""
    return reading.one(tx, OnCallTeamRow, _TEAM)


def overview(tx: Tx, *, now: datetime) -> Overview:
    """Return seats, members, who waits and what is worth a word."""
    members = reading.many(tx, VolunteerRow, _MEMBERS, {"now": now, "items": len(ITEMS)})
    set_up, seats = volunteers_store.team(tx), volunteers_store.seats(tx, after=now)
    waiting = tx.execute(_WAITING).fetchone()
    return Overview(
        name=set_up.name,
        seats=set_up.seats,
        taken=sum(1 for seat in seats if seat.start <= now < seat.end),
        least=set_up.least,
        waiting=waiting[0] if waiting else 0,
        items=members,
        concerns=tuple(
            ConcernRow(concern=concern.value, facts=facts, sentence=_sentence(tx, concern, facts))
            for concern, facts in volunteers.concerns(set_up, seats, at=now)
        ),
    )


def _sentence(tx: Tx, concern: Concern, facts: dict[str, str]) -> str:
    """Return a concern in words, with the names of what it is about."""
    named = dict(facts)
    if concern is Concern.TOO_FEW:
        people = facts["people"]
        named["volunteers"] = "1 volunteer is" if people == "1" else f"{people} volunteers are"
    if "id" in facts:
        row = tx.execute(_NAME, [facts["id"], facts["id"]]).fetchone()
        named["name"] = row[0] if row else facts["id"]
    return _SENTENCES[concern].format(**named)


def involuntary(tx: Tx) -> tuple[Involuntary, ...]:
    """Return shifts of people who did not choose to be on call: must be none (VO8, NO2)."""
    return reading.many(tx, Involuntary, _INVOLUNTARY)


def readiness(tx: Tx, person_id: str, *, of_oneself: bool = True) -> Readiness:
    """Return how ready somebody is for a first shift (VO6); of others only whether. Raises: NotThere."""
    reading.one(tx, _Person, _PERSON, [person_id])
    items = [row[0] for row in tx.execute(_ITEMS, [person_id])]
    methods: dict[str, datetime | None] = dict(tx.execute(_METHODS, [person_id]).fetchall())
    tested = {method: at is not None for method, at in methods.items()}
    is_ready = volunteers.is_ready(items, tested)
    if not of_oneself:
        return Readiness(items=[], missing=[], methods={}, is_ready=is_ready)
    missing = volunteers.missing(items)
    return Readiness(items=items, missing=missing, methods=methods, is_ready=is_ready)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One's own part in the on-call team."""

    term_id: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    has_next: bool
    is_paused: bool
    application_id: str | None
    #: Shifts of theirs that begin later.
    ahead: int
    #: Until when a shift of theirs is under way.
    standing_until: datetime | None
    #: When the last term they agreed to ends.
    last_ends_at: datetime | None


_STANDING = """
select t.id as term_id, lower(t.during) as starts_at, upper(t.during) as ends_at,
  exists (select 1 from terms f where f.person_id = p.id and lower(f.during) >= upper(t.during))
    as has_next,
  exists (select 1 from absences a where a.person_id = p.id and a.source = 'pause'
    and a.ends_at > %(now)s) as is_paused,
  (select id from applications where person_id = p.id and state = 'waiting') as application_id,
  (select count(*) from shifts s where s.person_id = p.id and lower(s.during) > %(now)s) as ahead,
  (select max(upper(s.during)) from shifts s where s.person_id = p.id and s.during @> %(now)s)
    as standing_until,
  (select max(upper(l.during)) from terms l where l.person_id = p.id) as last_ends_at
from people p left join terms t on t.person_id = p.id and upper(t.during) > %(now)s
where p.id = %(person)s order by lower(t.during) limit 1
"""
_WAYS = """
select channel, address, tested_at, test_sent_at from contact_methods
where person_id = %s and verified_at is not null order by created_at, id
"""
_WAITING_ROWS = APPLICATIONS + " where a.state = 'waiting' order by a.applied_at, a.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A verified way to reach somebody, and its test page."""

    channel: str
    address: str
    tested_at: datetime | None
    test_sent_at: datetime | None


def standing(tx: Tx, person_id: str, *, now: datetime) -> Standing:
    """Return one's own part in the on-call team. Raises: NotThere."""
    return reading.one(tx, Standing, _STANDING, {"person": person_id, "now": now})


def ways(tx: Tx, person_id: str) -> tuple[Way, ...]:
    """Return the verified ways to reach somebody."""
    return reading.many(tx, Way, _WAYS, [person_id])


def waiting(tx: Tx) -> tuple[ApplicationRow, ...]:
    """Return who waits for a seat, in their order."""
    return reading.many(tx, ApplicationRow, _WAITING_ROWS)


def has_seat_after(tx: Tx, at: datetime) -> bool:
    """True if somebody whose term ends at `at` finds a seat for another one."""
    set_up = volunteers_store.team(tx)
    taken, end = volunteers_store.seats(tx, after=at), at + timedelta(days=set_up.term_days)
    return volunteers.free_seats(set_up, taken, start=at, end=end) > 0
