"""Terms: who belongs to the on-call team, and from when on (NO2, NO4, VO1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import fields, terms
from watchbill.actions.audit import person
from watchbill.store import terms as terms_store

DAY = timedelta(days=1)


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def is_volunteer(seeded: seed.Seeded, name: str) -> bool:
    with seeded.shell.db.transaction() as tx:
        return terms_store.is_volunteer(tx, seeded.ids[name], at=seeded.clock.now())


def agree(seeded: seed.Seeded, name: str, starts_in: timedelta, lasts: timedelta) -> None:
    who, start = seeded.ids[name], seeded.clock.now() + starts_in
    values = {"person_id": who, "starts_at": start, "ends_at": start + lasts}
    terms.agree(seeded.shell, values, by=person(who))


def test_no4_a_term_of_a_minute_makes_nobody_a_judge(seeded: seed.Seeded) -> None:
    with pytest.raises(fields.BadFields):
        agree(seeded, "ben", timedelta(0), timedelta(minutes=1))
    assert not is_volunteer(seeded, "ben")


def test_no4_who_stands_far_in_the_future_does_not_judge_yet(seeded: seed.Seeded) -> None:
    agree(seeded, "ben", 29 * DAY, 100 * DAY)
    assert not is_volunteer(seeded, "ben")
    seeded.clock.move(2 * DAY)
    assert is_volunteer(seeded, "ben")
    seeded.clock.move(127 * DAY)
    assert not is_volunteer(seeded, "ben")
