"""The on-call team: how it stands, who waits, and what the viewer may do about themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from starlette.responses import Response

from watchbill.core.people import PersonRole
from watchbill.queries import bars
from watchbill.queries import volunteers as queries
from watchbill.queries.volunteers import Overview
from watchbill.queries.volunteers import Standing as Mine
from watchbill.web.ui import faults, pages, show_readiness, volunteers
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def show_on_call(visit: Visit) -> Response:
    """Show the on-call team."""
    return on_call_page(visit)


def on_call_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return the on-call team's screen, with why the form just sent was refused."""
    me = visit.me
    with visit.site.shell.db.transaction() as tx:
        found = queries.overview(tx, now=visit.now)
        waiting = queries.waiting(tx)
        mine = queries.standing(tx, me.id, now=visit.now)
        left_to_do = show_readiness.left_to_do(tx, me.id)
        may_renew = mine.ends_at is None or queries.has_seat_after(tx, mine.ends_at)
        count = len(queries.involuntary(tx))
        is_one = me.id in bars.volunteers(tx, visit.now)
    context = volunteers.OnCall(
        name=found.name,
        sentence=_sentence(found),
        concerns=tuple(concern.sentence for concern in found.concerns),
        members=found.items,
        me=me.id,
        waiting=waiting,
        teams=_spread(row.team or "No team" for row in found.items),
        offices=_spread(row.office or "No office" for row in found.items),
        involuntary_count=count,
        free_seats=max(0, found.seats - found.taken),
        mine=_mine(visit, mine, left_to_do, may_renew=may_renew),
        may_decide=is_one or me.is_admin,
        error=error,
    )
    return pages.render(visit.request, pages.ON_CALL, context, status=status)


def show_involuntary(visit: Visit) -> Response:
    """Show who is on call without having chosen to be: nobody."""
    with visit.site.shell.db.transaction() as tx:
        rows = queries.involuntary(tx)
    context = volunteers.InvoluntaryReport(rows=rows)
    return pages.render(visit.request, pages.INVOLUNTARY, context)


def show_leave(visit: Visit) -> Response:
    """Show what stepping down or pausing would do."""
    return leave_page(visit)


def leave_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return that screen, with why the form just sent was refused."""
    with visit.site.shell.db.transaction() as tx:
        mine = queries.standing(tx, visit.me.id, now=visit.now)
    if mine.term_id is None or mine.ends_at is None or mine.last_ends_at is None:
        raise faults.NoSuchScreen
    context = volunteers.Leave(
        term_id=mine.term_id,
        ends_at=mine.ends_at,
        shifts_count=mine.ahead,
        standing_until=mine.standing_until,
        last_ends_at=mine.last_ends_at,
        error=error,
    )
    return pages.render(visit.request, pages.LEAVE, context, status=status)


def show_settings(visit: Visit) -> Response:
    """Show how the on-call team is set up."""
    return settings_page(visit)


def settings_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return that screen, with what was wrong with the form just sent."""
    with visit.site.shell.db.transaction() as tx:
        team = queries.team(tx)
        is_one = visit.me.id in bars.volunteers(tx, visit.now)
    zones = sorted({team.zone, "UTC", *(o.hours.zone for o in visit.company.offices.values())})
    context = volunteers.Settings(
        team=team,
        weekdays=tuple(Choice(value=str(n), label=day) for n, day in enumerate(_DAYS)),
        zones=tuple(Choice(value=zone, label=zone) for zone in zones),
        limits=(*team.limits, {"most": "", "weeks": "", "source": ""}),
        watches=(*team.watches, {"office_id": "", "starts": "", "ends": ""}),
        offices=(Choice(value="", label="None"), *_offices(visit)),
        may_decide=is_one or visit.me.is_admin,
        error=error,
    )
    return pages.render(visit.request, pages.ON_CALL_SETTINGS, context, status=status)


def _offices(visit: Visit) -> list[Choice]:
    found = sorted(visit.company.offices.values(), key=lambda office: office.name)
    return [Choice(value=office.id, label=office.name) for office in found]


def _sentence(found: Overview) -> str:
    waits = {0: "nobody waits", 1: "one person waits"}.get(
        found.waiting, f"{found.waiting} people wait"
    )
    taken = f"{found.taken} of {found.seats} seats are taken; {waits}."
    concerns = {0: "Nothing needs a word.", 1: "One thing needs a word."}.get(
        len(found.concerns), f"{len(found.concerns)} things need a word."
    )
    return f"{taken} {concerns}"


def _spread(names: Iterable[str]) -> tuple[volunteers.SpreadRow, ...]:
    counted = sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(volunteers.SpreadRow(name=name, people=count) for name, count in counted)


def _mine(visit: Visit, mine: Mine, left_to_do: str, *, may_renew: bool) -> volunteers.MyPart:
    is_engineer = visit.me.role is PersonRole.ENGINEER
    return volunteers.MyPart(
        may_apply=is_engineer and mine.term_id is None and mine.application_id is None,
        application_id=mine.application_id or "",
        term_id=mine.term_id or "",
        starts_at=mine.starts_at,
        ends_at=mine.ends_at,
        has_next=mine.has_next,
        may_renew=may_renew,
        is_paused=mine.is_paused,
        left_to_do=left_to_do,
    )
