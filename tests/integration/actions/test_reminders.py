"""Reminders: an acceptance never ends in silence, and no reminder comes at night (AL5, AL7, NO1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import handovers
from watchbill.actions.audit import person
from watchbill.actions.handovers import Said
from watchbill.core import hours
from watchbill.engine import tick

#: 150 days after the seed's Tuesday, a Saturday; the Monday after it is a holiday in Ireland.
LAPSES = datetime(2026, 8, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def mails(seeded: seed.Seeded) -> list[tuple[datetime, str, list[dict[str, Any]]]]:
    """Return what the team was told: when, whom, and of which alarms in which words."""
    with seeded.shell.db.transaction() as tx:
        return tx.execute(
            "select n.created_at, p.name, n.data->'alarms' from notifications n"
            " join people p on p.id = n.person_id where n.kind = 'handover' order by n.id"
        ).fetchall()


def live(seeded: seed.Seeded, until: datetime) -> None:
    """Let the engine do what is due until an instant, twice at each, as two processes would."""
    while True:
        tick.tick(seeded.shell)
        tick.tick(seeded.shell)
        due = tick.next_due(seeded.shell)
        if due is None or due >= until:
            break
        seeded.clock.move_to(max(due, seeded.clock.now()))
    seeded.clock.move_to(until)
    tick.tick(seeded.shell)


def at_work(seeded: seed.Seeded, at: datetime) -> bool:
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
    return hours.is_open(company.teams[seeded.ids["payments"]].hours, at)  # type: ignore[index]


def test_al5_its_team_is_reminded_nearer_and_nearer_and_weekly_once_it_is_over(
    seeded: seed.Seeded,
) -> None:
    live(seeded, LAPSES + 20 * DAY)
    told = mails(seeded)
    assert all(at_work(seeded, at) for at, _, _ in told), "NO1"
    assert {name for _, name, _ in told} == {"Ann"}, "its author, who stands the rota too"
    words = [(at.date().isoformat(), alarms[0]["word"]) for at, _, alarms in told]
    assert words == [
        ("2026-07-02", "review_near"),
        ("2026-07-20", "review_near"),
        ("2026-07-27", "review_near"),
        ("2026-07-31", "review_near"),
        ("2026-08-04", "overdue"),
        ("2026-08-10", "overdue"),
        ("2026-08-17", "overdue"),
    ]


def test_al5_the_end_itself_is_written_down_once(seeded: seed.Seeded) -> None:
    live(seeded, LAPSES + 20 * DAY)
    with seeded.shell.db.transaction() as tx:
        lapses = tx.execute("select at from alarm_steps where state = 'lapsed'").fetchall()
        audits = tx.execute("select count(*) from audit where action = 'alarm.lapsed'").fetchone()
    assert len(lapses) == 1
    assert audits == (1,)


def test_al7_what_is_returned_at_night_is_told_in_the_morning_with_its_reason(
    seeded: seed.Seeded,
) -> None:
    seeded.clock.move_to(datetime(2026, 3, 14, 3, tzinfo=UTC))
    why = "The dashboard it names is gone; say which one to look at."
    said = Said(state="returned", reason=why)
    handovers.set_state(seeded.shell, seeded.ids["card-errors"], said, by=person(seeded.vera))
    live(seeded, datetime(2026, 3, 18, tzinfo=UTC))
    ((at, name, alarms),) = mails(seeded)
    assert at == datetime(2026, 3, 16, 9, tzinfo=UTC)
    assert (name, alarms[0]["word"], alarms[0]["reason"]) == ("Ann", "returned", why)
