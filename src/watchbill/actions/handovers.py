"""Handovers: an alarm's way from its team to the on-call team, the same for every team.

Its team proposes; a current volunteer of the on-call team who did not write it accepts, once the
bar is met; declining and returning take effect at once, and say what must change. While a changed
version waits, the accepted one stands.

Source: requirements AL2, AL3, AL5-AL7, NO4-NO6; on-call-practice §7, §8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from watchbill.actions import audit, changes, fields, handover_ways, versions
from watchbill.actions.alarms import NOUN
from watchbill.actions.audit import Actor
from watchbill.actions.handover_ways import NoWayThere, OnlyTheOnCallTeam, SayWhy
from watchbill.actions.shell import Shell
from watchbill.core.bar import bar
from watchbill.core.bar.facts import Answer
from watchbill.core.bar.rules import Finding, Outcome
from watchbill.errors import Conflict, Forbidden
from watchbill.queries import bars
from watchbill.store import alarms as alarms_store
from watchbill.store import rows
from watchbill.store.database import Tx

__all__ = ["NoWayThere", "OnlyTheOnCallTeam", "SayWhy"]


class OwnWork(Forbidden):
    """Nobody accepts an alarm of their own; somebody else of the on-call team does (NO4)."""


class BelowTheBar(Conflict):
    """The alarm does not meet the bar yet; each finding says what to do (AL4)."""


class NoRunbook(Conflict):
    """An alarm without a runbook wakes nobody, not even with broken glass (NO4)."""


class NotSaidOfWhich(fields.BadFields):
    """Say which version you have read: what is accepted is that one, and no later one (NO5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of an alarm's newest version."""

    state: str
    reason: str = ""
    #: Ids of the rules whose question the reviewer answers with yes.
    answers: tuple[str, ...] = ()
    #: The number of the version they have read; None: whichever is the newest.
    version: int | None = None


def need_seen(said: Said, if_match: str | None) -> None:
    """Refuse an acceptance that could be of contents its reviewer has never seen (NO5).

    Raises: NotSaidOfWhich.
    """
    if said.state == "accepted" and said.version is None and if_match is None:
        raise NotSaidOfWhich(
            {"version": "say the number of the version you have read, or send its If-Match"}
        )


def set_state(
    shell: Shell,
    alarm_id: str,
    said: Said,
    *,
    by: Actor,
    if_match: str | None = None,
) -> None:
    """Bring an alarm's newest version a step on its way.

    Raises: Changed when it is no longer the version that was read; NoWayThere, SayWhy;
    OnlyTheOnCallTeam and OnlyTheTeam when it is somebody else's step; BelowTheBar and OwnWork when
    it is to be accepted.
    """
    good: dict[str, Any] = fields.checked(
        {"state": fields.choice(*handover_ways.WAYS), "reason": fields.text(2000)},
        {"state": said.state, "reason": said.reason},
    )
    _need_known(said.answers)
    state, why = said.state, str(good["reason"])
    found = _network(shell, alarm_id) if state == "accepted" else None
    with shell.db.transaction() as tx:
        alarm = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        if said.version is not None and said.version != alarm["version"]:
            raise changes.Changed(noun=NOUN.word, id=alarm_id)
        if state == alarm["state"] and state != "in_review":
            return
        handover_ways.need_way(alarm, state, why)
        handover_ways.need_right(shell, tx, alarm, state, by)
        if state == "retired":
            versions.retire(shell, tx, alarm, why, by=by)
        elif state == "accepted":
            _accept(shell, tx, alarm, said, by, found)
        else:
            _move(shell, tx, alarm, state, why, by)
    shell.ring()


def break_glass(
    shell: Shell, alarm_id: str, *, reason: str, by: Actor, if_match: str | None = None
) -> None:
    """Let the newest version apply without review: an admin, with a reason, for all to see (AL2).

    It stands on the Tonight screen until somebody of the on-call team has accepted or returned it.
    Raises: OnlyAdmins, Changed, SayWhy, NoRunbook, NoWayThere.
    """
    audit.need_admin(by)
    good = fields.checked({"reason": fields.text(2000)}, {"reason": reason})
    if by.person_id is None:
        raise audit.OnlyAdmins
    handover_ways.need_reason(str(good["reason"]))
    with shell.db.transaction() as tx:
        alarm = changes.load(tx, NOUN, alarm_id, if_match=if_match)
        _break(shell, tx, alarm, str(good["reason"]).strip(), by)
    shell.ring()


def _break(shell: Shell, tx: Tx, alarm: rows.Row, why: str, by: Actor) -> None:
    now, number, alarm_id = shell.clock.now(), alarm["version"], alarm["id"]
    lapsed = alarm["lapses_at"] is not None and alarm["lapses_at"] <= now
    if alarm["state"] == "retired" or (alarm["state"] == "accepted" and not lapsed):
        raise NoWayThere(before=alarm["state"], after="glass_broken")
    version = alarms_store.version(tx, alarm_id, number)
    if version["glass_at"] is not None and alarm["in_force"] == number and not lapsed:
        raise NoWayThere("Its glass is broken already; the on-call team judges it now.")
    if not (version["runbook"].strip() or version["runbook_url"].strip()):
        raise NoRunbook(alarm=alarm["key"])
    alarms_store.break_glass(tx, alarm_id, number, by=str(by.person_id), at=now, reason=why)
    ends = lapses_at(version["review_by"])
    force: dict[str, object] = {
        "in_force": number,
        # One that is overdue already stands until somebody has looked at it.
        "lapses_at": ends if ends is not None and ends > now else None,
        "state": alarm["state"] if alarm["state"] in ("proposed", "in_review") else "proposed",
        "state_at": now,
    }
    rows.change(tx, "alarms", alarm_id, force)
    versions.step(shell, tx, alarm_id, number, "glass_broken", why, by)
    facts = {"version": number, "before": alarm["state"], "reason": why}
    audit.record(shell, tx, by, "alarm.glass_broken", alarm_id, facts)
    changes.look_again(shell, tx)


def give_back(shell: Shell, tx: Tx, alarm: rows.Row, reason: str, *, by: Actor) -> None:
    """Return a locked alarm to its team: it wakes nobody from now on (AL7, RB4)."""
    _move(shell, tx, alarm, "returned", reason, by)


def lapses_at(review_by: date | None) -> datetime | None:
    """Return when an acceptance ends: the midnight, UTC, after its last day; None for never.

    >>> lapses_at(date(2027, 3, 31)).isoformat()
    '2027-04-01T00:00:00+00:00'
    """
    if review_by is None:
        return None
    return datetime.combine(review_by + timedelta(days=1), time(), UTC)


def _accept(
    shell: Shell,
    tx: Tx,
    alarm: rows.Row,
    said: Said,
    by: Actor,
    links: Mapping[str, int] | None,
) -> None:
    """Let the newest version be in force, if the bar says so."""
    alarm_id, number, now = alarm["id"], alarm["version"], shell.clock.now()
    version = alarms_store.version(tx, alarm_id, number)
    if by.person_id is None or by.person_id in alarms_store.authors(tx, alarm_id, number):
        raise OwnWork(alarm=alarm["key"])
    yes = [Answer(rule=r, person_id=by.person_id, is_yes=True) for r in sorted(set(said.answers))]
    alarms_store.answer(tx, alarm_id, number, yes, at=now)
    # What somebody said of it before does not count: each acceptance is answered for anew (R15).
    findings = _held(shell, tx, alarm, version, links, by, tuple(yes))
    failing = (*bar.blocking(findings), *_unsaid(findings, said.answers))
    if failing:
        raise BelowTheBar(
            "; ".join(f"{f.rule}: {f.message}" for f in failing[:5]), findings=bars.as_data(failing)
        )
    alarms_store.accept(
        tx,
        alarm_id,
        number,
        by=by.person_id,
        at=now,
        bar_version=bars.current(tx).version,
        findings=bars.as_data(findings),
    )
    force = {"in_force": number, "lapses_at": lapses_at(version["review_by"])}
    _move(shell, tx, alarm, "accepted", said.reason, by, force)


def _unsaid(findings: tuple[Finding, ...], answers: tuple[str, ...]) -> Iterator[Finding]:
    """Return the questions about what no rule could read here and the reviewer has not said yes to.

    A runbook that is only an address is read by nobody but them (RB2).
    """
    questions = {rule.id: rule.question for rule in bar.RULES if rule.question}
    for finding in findings:
        asked = questions.get(finding.rule)
        if asked and finding.outcome is Outcome.NOT_CHECKED and finding.rule not in answers:
            fix = "Read it where it is, and say yes to this."
            yield replace(finding, outcome=Outcome.FAILED, message=asked, fix=fix)


def _held(
    shell: Shell,
    tx: Tx,
    alarm: rows.Row,
    version: rows.Row,
    links: Mapping[str, int] | None,
    by: Actor,
    answers: tuple[Answer, ...],
) -> tuple[Finding, ...]:
    definition, company = alarms_store.definition_of(version), shell.company(tx)
    known = bars.facts(
        tx,
        company,
        definition,
        now=shell.clock.now(),
        stored=bars.Stored(alarm=alarm, version=version),
        links=links,
    )
    person = company.people.get(by.person_id) if by.person_id else None
    own = company.teams.get(person.team_id) if person and person.team_id else None
    reviewed = replace(
        known,
        reviewer_id=by.person_id,
        reviewer_teams=frozenset({own.slug}) if own else frozenset(),
        answers=answers,
    )
    return bars.judge(definition, reviewed)


def _move(
    shell: Shell,
    tx: Tx,
    alarm: rows.Row,
    state: str,
    reason: str,
    by: Actor,
    force: Mapping[str, object] | None = None,
) -> None:
    values: dict[str, object] = {
        "state": state,
        "state_reason": reason.strip(),
        "state_at": shell.clock.now(),
        **(force or {}),
    }
    if state == "returned":
        values |= {"in_force": None, "lapses_at": None}
    is_laid_down = state == "declined" and alarm["in_force"] == alarm["version"]
    if is_laid_down:
        values |= _before(tx, alarm)
    rows.change(tx, "alarms", alarm["id"], values)
    if is_laid_down and not _stands_apart(tx, alarm["service_id"]):
        rows.change(tx, "alarms", alarm["id"], {"in_force": None, "lapses_at": None})
    versions.step(shell, tx, alarm["id"], alarm["version"], state, reason.strip(), by)
    facts = {"before": alarm["state"], "after": state, "reason": reason.strip()}
    audit.record(shell, tx, by, f"alarm.{state}", alarm["id"], facts)
    changes.look_again(shell, tx)


def _before(tx: Tx, alarm: rows.Row) -> dict[str, object]:
    """Return what is in force once a version that was is declined: the accepted one before it.

    That is so after broken glass only; an accepted version that is declined leaves nothing.
    """
    version = alarms_store.version(tx, alarm["id"], alarm["version"])
    number = None
    if version["accepted_at"] is None:
        number = alarms_store.standing_before(tx, alarm["id"], alarm["version"])
    if number is None:
        return {"in_force": None, "lapses_at": None}
    before = alarms_store.version(tx, alarm["id"], number)
    return {"in_force": number, "lapses_at": lapses_at(before["review_by"])}


def _stands_apart(tx: Tx, service_id: str) -> bool:
    """Say whether no other alarm has taken over the events of one that is in force again."""
    try:
        versions.need_apart(tx, service_id)
    except versions.SameEvents:
        return False
    return True


def _network(shell: Shell, alarm_id: str) -> Mapping[str, int] | None:
    """Ask for the runbook's address, if that is where it is, before anything is locked."""
    if shell.links is None:
        return None
    with shell.db.transaction() as tx:
        try:
            alarm = alarms_store.look(tx, alarm_id)
        except KeyError:
            return None  # loading it says so
        version = alarms_store.version(tx, alarm_id, alarm["version"])
    url = "" if version["runbook"].strip() else version["runbook_url"].strip()
    return shell.links([url]) if url else {}


def _need_known(answers: tuple[str, ...]) -> None:
    unknown = sorted(set(answers) - {rule.id for rule in bar.RULES})
    if unknown:
        raise fields.BadFields({"answers": f"there is no rule {', '.join(unknown)[:100]}"})
