"""One shift: whose, what happened in it, and its handoff."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from watchbill.actions import handoffs as actions
from watchbill.queries import handoffs as queries
from watchbill.queries import rota_table
from watchbill.web.ui import pages, rota
from watchbill.web.ui.visits import Visit


def show_shift(visit: Visit) -> Response:
    """Show a shift with its handoff."""
    return shift_page(visit)


def shift_page(visit: Visit, *, error: str = "", status: int = 200) -> Response:
    """Return it, with what was wrong with the note just sent."""
    with visit.site.shell.db.transaction() as tx:
        line = rota_table.one(tx, visit.part("id"))
        written = queries.of_shift(tx, line.id)
        pages_count = queries.pages(tx, line.person_id, line.starts_at, line.ends_at)
        facts = queries.facts(tx, line.starts_at, line.ends_at)
    found: dict[str, Any] = written.facts if written else {}
    is_over = line.ends_at <= visit.now
    is_mine = line.person_id == visit.me.id
    context = rota.ShiftPage(
        id=line.id,
        person=line.name,
        start=line.starts_at,
        end=line.ends_at,
        is_shadow=line.shadow,
        is_mine=is_mine,
        is_over=is_over,
        note=visit.field("note") or (written.note if written else ""),
        written_at=written.at if written else None,
        open=_items("/incidents", found.get("open") or _plain(facts.open)),
        held=_items("/incidents", found.get("held") or _plain(facts.held)),
        changed=_items("/alarms", found.get("changed") or _plain(facts.changed)),
        pages_count=pages_count,
        may_write=is_mine and _may_write(visit.now, line.starts_at, line.ends_at),
        error=error,
    )
    return pages.render(visit.request, pages.SHIFT, context, status=status)


def _may_write(now: datetime, start: datetime, end: datetime) -> bool:
    return start <= now < end + actions.LATE - timedelta(seconds=1)


def _plain(items: tuple[queries.Item, ...]) -> list[dict[str, str]]:
    return [{"id": item.id, "text": item.text} for item in items]


def _items(path: str, items: list[dict[str, str]]) -> tuple[rota.HandoffItem, ...]:
    return tuple(rota.HandoffItem(href=f"{path}/{item['id']}", text=item["text"]) for item in items)
