"""Swaps: open questions, the dialogue that asks one, and one with its effect on both."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from starlette.responses import Response

from watchbill.core import hours, uncovered
from watchbill.core.hours import Period
from watchbill.queries import rota_table
from watchbill.queries import swaps as queries
from watchbill.queries.swaps import Candidate, Effect, SwapRow, TheirShift
from watchbill.web.ui import faults, pages, swaps, times
from watchbill.web.ui.shell import Choice
from watchbill.web.ui.visits import Visit

#: How far ahead time that nobody stands is offered.
_AHEAD = timedelta(weeks=8)
_LOCAL = "%Y-%m-%dT%H:%M"
#: Cover is asked for so many hours, or until the end.
COVERS = ("1", "2", "4", "8")


def show_swaps(visit: Visit) -> Response:
    """Show what the viewer may answer, what they asked, and the last answers."""
    return swaps_page(visit)


def swaps_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return it, with why the open time just asked for could not be taken."""
    with visit.site.shell.db.transaction() as tx:
        found = queries.veiled(
            tx, queries.open_for(tx, visit.me.id, now=visit.now), visit.me.id, now=visit.now
        )
        lately = queries.veiled(tx, queries.lately(tx, now=visit.now), visit.me.id, now=visit.now)
        terms = queries.terms(tx, visit.me.id, now=visit.now)
    items = [swaps.SwapItem(swap=row, sentence=sentence(visit, row)) for row in found]
    over = [dataclasses.replace(r, state="over") if r.state == "open" else r for r in lately]
    context = swaps.Swaps(
        for_me=tuple(item for item in items if item.swap.asked_by != visit.me.id),
        mine=tuple(item for item in items if item.swap.asked_by == visit.me.id),
        lately=tuple(swaps.SwapItem(swap=row, sentence=sentence(visit, row)) for row in over),
        open=tuple(_takeable(visit, terms)),
        error=error,
    )
    return pages.render(visit.request, pages.SWAPS, context, status=status)


def _takeable(visit: Visit, terms: tuple[queries.OwnTerm, ...]) -> Iterator[Period]:
    """Yield the time ahead that nobody stands, as far as the viewer's own terms cover it."""
    ahead = uncovered.stretches(visit.company, start=visit.now, end=visit.now + _AHEAD)
    for gap in ahead:
        for term in terms:
            start, end = max(gap.start, term.starts_at), min(gap.end, term.ends_at)
            if start < end:
                yield Period(start=start, end=end)


def show_new(visit: Visit) -> Response:
    """Show the dialogue for one of the viewer's shifts."""
    return new_page(visit, shift_id=visit.asked("shift"))


def new_page(visit: Visit, *, shift_id: str, error: str = "", status: int = 200) -> Response:
    """Return the dialogue, with what was wrong with the form just sent."""
    is_urgent = "yes" in (visit.asked("urgent"), visit.field("urgent"))
    with visit.site.shell.db.transaction() as tx:
        shift = rota_table.one(tx, shift_id)
        if shift.person_id != visit.me.id or shift.ends_at <= visit.now:
            raise faults.NoSuchScreen
        start, end = max(shift.starts_at, visit.now), shift.ends_at
        if is_urgent:
            end = min(end, start + timedelta(hours=2))
        found = queries.candidates(tx, asking=visit.me.id, start=start, end=end)
        rows = tuple(
            _candidate(
                row,
                queries.effect(tx, row.person_id, gives=None, takes=(start, end)),
            )
            for row in found
        )
        theirs = queries.theirs(tx, [row.person_id for row in found], after=visit.now)
        mine = queries.effect(tx, visit.me.id, gives=(start, end), takes=None)
    context = swaps.NewSwap(
        shift_id=shift.id,
        start=shift.starts_at,
        end=shift.ends_at,
        starts_local=visit.field("starts_at") or _local(start, visit.zone),
        ends_local=visit.field("ends_at") or _local(end, visit.zone),
        is_urgent=is_urgent,
        covers=_covers(shift.ends_at - visit.now),
        cover=_cover(visit, shift.ends_at - visit.now),
        candidates=rows,
        returns=_returns(found, theirs, visit.zone),
        chosen=visit.field("to_person_id"),
        chosen_return=visit.field("return_shift_id"),
        mine=mine,
        note=visit.field("note"),
        error=error,
    )
    return pages.render(visit.request, pages.NEW_SWAP, context, status=status)


def _covers(left: timedelta) -> tuple[Choice, ...]:
    """Return for how long cover can be asked in what is left of the shift."""
    shorter = (
        Choice(value=n, label=f"{n} hour{'' if n == '1' else 's'}")
        for n in COVERS
        if timedelta(hours=int(n)) < left
    )
    return (*shorter, Choice(value="", label="Until the end of the shift"))


def _cover(visit: Visit, left: timedelta) -> str:
    """Return what was chosen in the form just sent; at first two hours, if so much is left."""
    wanted = visit.field("hours") if visit.field("shift_id") else "2"
    return wanted if wanted in {each.value for each in _covers(left)} else ""


def _returns(
    found: Sequence[Candidate], theirs: Sequence[TheirShift], zone: str
) -> tuple[Choice, ...]:
    names = {row.person_id: row.name for row in found}
    return tuple(
        Choice(value=shift.id, label=f"{names[shift.person_id]}: {_moment(shift.starts_at, zone)}")
        for shift in theirs
    )


def show_swap(visit: Visit) -> Response:
    """Show one question, and what it does to both."""
    return swap_page(visit)


def swap_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return one question, with why the answer just given was refused."""
    me = visit.me.id
    with visit.site.shell.db.transaction() as tx:
        row = queries.veiled(tx, [queries.one(tx, visit.part("id"))], visit.me.id, now=visit.now)[0]
        returned = queries.times(tx, row.return_shift_id) if row.return_shift_id else None
        is_open = queries.is_open(tx, row.id, now=visit.now)
        if row.state == "open" and not is_open:
            row = dataclasses.replace(row, state="over")
        span = (max(row.starts_at, visit.now) if is_open else row.starts_at, row.ends_at)
        may = is_open and row.asked_by != me and row.to_person_id in (None, me)
        covered = queries.candidates(tx, asking=row.asked_by, start=span[0], end=span[1])
        own = next((each for each in covered if each.person_id == me), None)
        may_answer = may and own is not None
        asker = queries.effect(tx, row.asked_by, gives=span, takes=returned)
        taker = queries.effect(tx, me, gives=returned, takes=span) if may_answer else None
    context = swaps.Swap(
        swap=row,
        sentence=sentence(visit, row),
        return_start=returned[0] if returned else None,
        return_end=returned[1] if returned else None,
        asker=asker,
        taker=taker,
        is_mine=row.asked_by == me and is_open,
        may_answer=may_answer,
        may_decline=may and row.to_person_id == me,
        is_outside_term=may and not may_answer,
        hindrance=_hindrance(own, has_return=returned is not None) if own and may else "",
        error=error,
    )
    return pages.render(visit.request, pages.SWAP, context, status=status)


def _hindrance(own: Candidate, *, has_return: bool) -> str:
    """Return why they cannot take it; a shift of their own may be the one given in return."""
    if own.is_away:
        return "You are away then, and nobody who is away is called. End your time away first."
    if own.is_standing and not has_return:
        return "You have a shift of your own then, and nobody stands two at once."
    return ""


def sentence(visit: Visit, row: SwapRow) -> str:
    """Return what is asked, in one sentence, as the viewer reads it."""
    start, end = (_moment(at, visit.zone) for at in (row.starts_at, row.ends_at))
    asker = "You ask" if row.asked_by == visit.me.id else f"{row.asker} asks"
    whom = "everyone" if row.to_person_id is None else row.to_person
    if row.to_person_id == visit.me.id:
        whom = "you"
    return f"{asker} {whom} to stand from {start} to {end}."


def _candidate(row: Candidate, effect: Effect) -> swaps.CandidateRow:
    remarks = tuple(
        text
        for holds, text in (
            (row.is_away, "is away then"),
            (row.is_standing, "stands a shift then"),
            (effect.is_too_close, "too close to another shift of theirs"),
        )
        if holds
    )
    return swaps.CandidateRow(
        person_id=row.person_id,
        name=row.name,
        office=row.office or "",
        effect=effect,
        remarks=remarks,
    )


def _moment(at: datetime, zone: str) -> str:
    return str(times.moment(at, zone).striptags())


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime(_LOCAL)


def instant(text: str, zone: str) -> datetime:
    """Return what was typed into a field of a time, by the clocks of `zone`. Raises: ValueError."""
    local = datetime.fromisoformat(text)
    return hours.instant(local.date(), local.time(), zone)
