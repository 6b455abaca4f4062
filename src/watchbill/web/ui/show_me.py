"""Me: ways to reach me, my rules, my shifts, my sessions."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from watchbill.actions import events
from watchbill.core import hours, rotas
from watchbill.core.hours import WorkingHours
from watchbill.core.people import Person
from watchbill.core.rotas import Rota
from watchbill.queries import alarm_screens, bars
from watchbill.queries import people as queries
from watchbill.queries.alarm_screens import Reader
from watchbill.queries.people import Own
from watchbill.web.ui import pages, people, times
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import SESSION, Visit

CHANNELS = {"email": "E-mail", "webhook": "Webhook"}
_CODE_LASTS = timedelta(minutes=15)
#: How far ahead shifts are shown, and how many.
_AHEAD, _SHOWN = timedelta(weeks=26), 12
_ID_LENGTH = 24


def show_me(visit: Visit) -> Response:
    """Show the person's own screen."""
    return me_page(visit)


def me_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Show it with what was wrong with the form just sent."""
    me, company = visit.me, visit.company
    with visit.site.shell.db.transaction() as tx:
        own = queries.own(tx, me.id, now=visit.now)
        asked = systems(tx, me, is_asked=bool(own.term))
    team = company.teams.get(me.team_id) if me.team_id else None
    office = company.offices.get(me.office_id) if me.office_id else None
    ways = {method.id: _way(method) for method in own.methods}
    context = people.Me(
        name=me.name,
        email=me.email,
        team_name=team.name if team else "",
        office_name=office.name if office else "No office",
        zone=me.zone,
        standing=_standing(visit, me, own),
        methods=tuple(_method(method, visit) for method in own.methods),
        channels=tuple(Choice(value=key, label=label) for key, label in CHANNELS.items()),
        rules=tuple(
            people.RuleRow(
                id=rule.id,
                method=ways[rule.method_id],
                after=timedelta(seconds=rule.after_s),
            )
            for rule in own.rules
        ),
        rule_methods=tuple(
            Choice(value=method.id, label=ways[method.id])
            for method in own.methods
            if method.is_verified
        ),
        shifts=tuple(sorted(_shifts(visit, me), key=lambda shift: shift.start_at))[:_SHOWN],
        sessions=_sessions(visit, own),
        skills=me.skills,
        helps=me.helps,
        error=error,
        systems=asked,
    )
    return pages.render(visit.request, pages.ME, context, status=status)


def systems(tx: Reader, me: Person, *, is_asked: bool) -> tuple[people.SystemRow, ...]:
    """Return what volunteers are asked for, and what the person has confirmed besides."""
    confirmed = bars.access(tx, me.id)
    asked = alarm_screens.systems(tx) if is_asked or confirmed else ()
    return tuple(
        people.SystemRow(name=name, is_confirmed=name in confirmed)
        for name in sorted({*asked, *confirmed}, key=str.casefold)
    )


def _way(method: queries.Method) -> str:
    return f"{CHANNELS.get(method.channel, method.channel)} {method.address}"


def _method(method: queries.Method, visit: Visit) -> people.MethodRow:
    waits = method.code_until is not None and method.code_until > visit.now
    return people.MethodRow(
        id=method.id,
        channel=CHANNELS.get(method.channel, method.channel),
        address=method.address,
        is_verified=method.is_verified,
        code_sent_at=method.code_until - _CODE_LASTS if waits and method.code_until else None,
        failure=(method.failure or "The last message failed for good.")
        if method.is_failing
        else "",
    )


def _standing(visit: Visit, me: Person, own: Own) -> str:
    managers = visit.company.managers
    said = []
    if own.term:
        first, last = (times.day(at, me.zone) for at in own.term)
        said.append(f"You volunteered for the term from {first} to {last}.")
    if managers is not None and me.id in managers.members:
        said.append("You stand the managers' rota: you are called when nobody else answers.")
    return " ".join(said) or "You have not volunteered, so nobody calls you out of hours."


def _shifts(visit: Visit, me: Person) -> list[people.MyShift]:
    company, now = visit.company, visit.now
    found = [
        people.MyShift(
            kind="Volunteer, shadowing" if shift.is_shadow else "Volunteer",
            start_at=shift.start,
            end_at=shift.end,
            is_now=shift.start <= now,
        )
        for shift in company.shifts
        if shift.person_id == me.id and now < shift.end and shift.start < now + _AHEAD
    ]
    if company.managers is not None:
        found += _turns(visit, company.managers, me, "Duty manager")
    rota = company.team_rotas.get(me.team_id) if me.team_id else None
    if rota is not None and me.team_id is not None:
        team = company.teams[me.team_id]
        found += _turns(visit, rota, me, f"Rota of {team.name}", at_work=team.hours)
    return found


def _turns(
    visit: Visit, rota: Rota, me: Person, kind: str, *, at_work: WorkingHours | None = None
) -> list[people.MyShift]:
    """Return the person's turns on a rota, few enough to leave room for the rest.

    A turn of a team's rota counts only if the team is at work in it: nobody has a free Sunday's.
    """
    now = visit.now
    ahead = rotas.stretches(rota, visit.company.absences, start=now, end=now + _AHEAD)
    mine = [
        stretch
        for stretch in ahead
        if stretch.person_id == me.id
        and (at_work is None or hours.periods(at_work, start=stretch.start, end=stretch.end))
    ]
    return [
        people.MyShift(kind=kind, start_at=s.start, end_at=s.end, is_now=s.start <= now)
        for s in mine[: _SHOWN // 2]
    ]


def _sessions(visit: Visit, own: Own) -> tuple[people.SessionRow, ...]:
    this = events.hash_key(visit.request.cookies.get(SESSION, ""))
    shown = (
        people.SessionRow(
            id=session.id_hash[:_ID_LENGTH],
            browser=browser(session.agent),
            seen_at=session.seen_at,
            is_this=session.id_hash == this,
        )
        for session in own.sessions
    )
    return tuple(sorted(shown, key=lambda session: not session.is_this))


def browser(agent: str) -> str:
    """Return a user agent in words.

    >>> browser("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0")
    'Firefox on Linux'
    """
    names = ("Firefox", "Edg", "Chrome", "Safari", "curl", "python")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    name = next((n for n in names if n.lower() in agent.lower()), "A browser")
    system = next((s for s in systems if s in agent), "")
    name = {"Edg": "Edge", "python": "A program", "curl": "A program"}.get(name, name)
    return f"{name} on {system}" if system else name
