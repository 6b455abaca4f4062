"""What people say of their time away and their wishes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from watchbill.actions import absences, wishes
from watchbill.core import hours
from watchbill.errors import Conflict, Invalid
from watchbill.queries import time_away
from watchbill.web import problems
from watchbill.web.ui import faults, show_away
from watchbill.web.ui.visits import Visit


class BadDay(Invalid):
    """Give both days, such as 2026-12-24; the last one is still away."""


class NotByHand(Conflict):
    """That comes from your calendar or is a pause: it is ended there, not here."""


class LastBeforeFirst(Invalid):
    """The last day cannot lie before the first."""


def add(visit: Visit) -> Response:
    """Be away for whole days, by the clocks of where one lives."""
    try:
        values: dict[str, Any] = {
            "person_id": visit.me.id,
            "starts_at": _midnight(visit, "first", 0),
            "ends_at": _midnight(visit, "last", 1),
        }
        if values["ends_at"] <= values["starts_at"]:
            raise LastBeforeFirst
        absences.add(visit.site.shell, values, by=visit.actor)
    except (Conflict, Invalid) as error:
        return show_away.away_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/away", said="Noted: nobody plans you then.")


def remove(visit: Visit) -> Response:
    """Strike a time away out."""
    absence_id = visit.part("id")
    try:
        with visit.site.shell.db.transaction() as tx:
            own = time_away.own(tx, visit.me.id, now=visit.now)
        if any(row.id == absence_id and row.source not in show_away.BY_HAND for row in own):
            raise NotByHand
        absences.remove(visit.site.shell, absence_id, by=visit.actor)
    except Conflict as error:
        return show_away.away_page(
            visit, error=faults.sentence(error), status=problems.status_of(error)
        )
    return visit.back("/away", said="Struck out.")


def wish(visit: Visit) -> Response:
    """Keep the wishes as they were chosen."""
    with visit.site.shell.db.transaction() as tx:
        ahead = time_away.wishes(tx, visit.me.id, now=visit.now, weeks=show_away.WEEKS)
    weights: dict[datetime, int] = {}
    for week, said in ahead:
        text = visit.field(f"week-{week.start:%Y%m%dT%H%MZ}")
        if text in {str(weight) for weight, _ in show_away.WORDS} and int(
            text
        ) != show_away.nearest(said):
            weights[week.start] = int(text)
    wishes.wish(visit.site.shell, visit.me.id, weights, by=visit.actor)
    return visit.back("/away", said="Your wishes are kept; the next plan looks at them.")


def _midnight(visit: Visit, name: str, later: int) -> datetime:
    try:
        day = date.fromisoformat(visit.field(name)) + timedelta(days=later)
        return hours.instant(day, time(0), visit.zone)
    except (ValueError, OverflowError):
        raise BadDay(field=name) from None
