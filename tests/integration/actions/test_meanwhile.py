"""An alarm changes hands while the engine is deciding: what was decided does not stay wrong (AL2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import alerts, handovers, incidents
from watchbill.actions.audit import person
from watchbill.actions.handovers import Said
from watchbill.actions.shell import Companies, Shell
from watchbill.core.company import Company
from watchbill.core.events import Event, EventAction, Severity
from watchbill.engine import tick
from watchbill.store import inbox
from watchbill.store.database import Tx

#: Long enough for a hand-over that is not kept waiting.
PATIENCE_S = 1.0


@dataclass
class Interrupted(Companies):
    """Lets somebody do something just after the engine has read the company."""

    meanwhile: Callable[[], None]
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def get(self, tx: Tx) -> Company:
        company = super().get(tx)
        if not self.threads:
            self.threads.append(threading.Thread(target=self.meanwhile))
            self.threads[0].start()
            self.threads[0].join(PATIENCE_S)
        return company


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url, at=seed.TUESDAY)
    made.clock.move_to(seed.SATURDAY)
    yield made
    made.shell.db.close()


def fires(seeded: seed.Seeded) -> None:
    event = Event(
        dedup_key="cards",
        action=EventAction.TRIGGER,
        summary="Cards are refused",
        severity=Severity.CRITICAL,
        source="shop-1",
        alarm="card-errors",
    )
    with seeded.shell.db.transaction() as tx:
        inbox.add(tx, seeded.clock.now(), seeded.checkout, seeded.door, event)


def states(seeded: seed.Seeded) -> list[str]:
    with seeded.shell.db.transaction() as tx:
        return [row[0] for row in tx.execute("select state from incidents order by number")]


def interrupted(seeded: seed.Seeded, work: Callable[[Shell], int]) -> None:
    """Do a part of the engine's work, with the alarm returned in the midst of it."""

    def give_back() -> None:
        said = Said(state="returned", reason="It must say which dashboard to look at.")
        handovers.set_state(seeded.shell, seeded.ids["card-errors"], said, by=person(seeded.vera))

    companies = Interrupted(give_back)
    assert work(replace(seeded.shell, companies=companies)) == 1
    companies.threads[0].join()


def test_an_alarm_returned_while_its_incident_is_advanced_wakes_nobody(
    seeded: seed.Seeded,
) -> None:
    fires(seeded)
    tick.tick(seeded.shell)
    assert states(seeded) == ["triggered"]
    seeded.clock.move(timedelta(minutes=5))
    interrupted(seeded, incidents.advance_due)
    tick.tick(seeded.shell)
    assert states(seeded) == ["held"]


def test_an_alarm_returned_while_its_event_is_folded_wakes_nobody(seeded: seed.Seeded) -> None:
    fires(seeded)
    interrupted(seeded, alerts.fold_new)
    assert states(seeded) == ["triggered"], "it was decided as of before"
    seeded.clock.move(timedelta(seconds=1))
    tick.tick(seeded.shell)
    assert states(seeded) == ["held"]
