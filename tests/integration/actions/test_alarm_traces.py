"""Whatever is written about alarms leaves its line in the audit log, without what is secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests import good_alarms
from tests.integration.actions import seed
from watchbill.actions import alarms, bars, handovers, plan_faults, plans, runbooks
from watchbill.actions.audit import person
from watchbill.actions.handovers import Said

TODAY = seed.TUESDAY.date()
WHY = "it must say which dashboard to look at"


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def lines(seeded: seed.Seeded) -> list[tuple[str, str]]:
    """Return actor and action of every line so far."""
    with seeded.shell.db.transaction() as tx:
        return tx.execute("select actor, action from audit order by id").fetchall()


def state(seeded: seed.Seeded, alarm: str, to: str, by: str) -> None:
    said = Said(state=to, reason=WHY, answers=good_alarms.ANSWERS)
    handovers.set_state(seeded.shell, seeded.ids[alarm], said, by=person(seeded.ids[by]))


def test_every_write_about_alarms_leaves_its_line(seeded: seed.Seeded) -> None:
    shell, ann, vera = seeded.shell, person(seeded.ann), person(seeded.vera)
    ada = person(seeded.ada, is_admin=True)
    cards, disk = seeded.ids["card-errors"], seeded.ids["disk-full"]
    book = {"slug": "late", "title": "Late", "team_id": seeded.payments, "body": "Wait."}
    wanted, _ = plan_faults.read([good_alarms.values("coded", today=TODAY)])
    order = plans.Order(wanted=tuple(wanted), repository="acme/a")
    until = seed.TUESDAY + timedelta(hours=1)

    def apply() -> Any:
        return plans.apply(shell, order, base=None, by=ann)

    def empty() -> Any:
        return plans.apply(shell, plans.Order(wanted=(), repository="acme/a"), base=None, by=ann)

    deeds: list[tuple[str, str, Callable[[], Any]]] = [
        ("ann", "alarm.created", partial(seed.propose, seeded, "late")),
        ("ann", "alarm.changed", partial(alarms.change, shell, disk, {"threshold": "x"}, by=ann)),
        ("vera", "alarm.in_review", partial(state, seeded, "disk-full", "in_review", "vera")),
        ("vera", "alarm.declined", partial(state, seeded, "disk-full", "declined", "vera")),
        ("ada", "alarm.glass_broken", partial(handovers.break_glass, shell, disk, reason=WHY, by=ada)),
        ("vera", "alarm.returned", partial(state, seeded, "card-errors", "returned", "vera")),
        ("ann", "alarm.proposed", partial(state, seeded, "card-errors", "proposed", "ann")),
        ("vera", "alarm.accepted", partial(state, seeded, "card-errors", "accepted", "vera")),
        ("ann", "alarm.changed", partial(alarms.mute, shell, cards, until=until, by=ann)),
        ("ann", "alarm.retired", partial(alarms.retire, shell, cards, by=ann)),
        ("ann", "alarm.created", apply),
        ("ann", "alarm.retired", empty),
        ("ann", "runbook.created", partial(runbooks.create, shell, book, by=ann)),
        ("vera", "bar.agreed", partial(bars.agree, shell, {"trial_days": 7}, by=vera)),
        ("vera", "access.confirmed", partial(bars.confirm_access, shell, seeded.vera, ["V"], by=vera)),
    ]  # fmt: skip
    for name, action, deed in deeds:
        before = len(lines(seeded))
        deed()
        assert (seeded.ids[name], action) in lines(seeded)[before:], action


def test_what_an_alarm_says_is_not_copied_into_the_log(seeded: seed.Seeded) -> None:
    """Its versions keep that; the log says which fields changed."""
    change = {"runbook": "An unusual sentence.", "threshold": "another one"}
    alarms.change(seeded.shell, seeded.ids["disk-full"], change, by=person(seeded.ann))
    with seeded.shell.db.transaction() as tx:
        facts = tx.execute(
            "select facts from audit where action = 'alarm.changed' order by id desc limit 1"
        ).fetchone()
    assert facts is not None
    assert facts[0] == {
        "service": "checkout",
        "key": "disk-full",
        "changed": ["threshold", "runbook"],
    }
