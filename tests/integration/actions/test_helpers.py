"""Helpers are asked by mail, and not again and again (HE1, NO10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import helpers, incidents
from watchbill.core.people import ServiceId
from watchbill.queries import details, pages


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def test_the_same_helper_is_mailed_about_an_incident_once_in_ten_minutes(
    seeded: seed.Seeded,
) -> None:
    service_id, reason = ServiceId(seeded.checkout), "customers wait"
    one, other = (
        incidents.declare(seeded.shell, service_id, title=title, reason=reason, by=seeded.ann).id
        for title in ("One", "Other")
    )

    def ask(incident_id: str) -> tuple[str, ...]:
        return helpers.ask(seeded.shell, incident_id, [seeded.ben], by=seeded.ann)

    assert ask(one) == (seeded.ben,)
    assert ask(one) == ()
    assert ask(other) == (seeded.ben,), "it is another incident"
    seeded.clock.move(helpers.AGAIN - timedelta(seconds=1))
    assert ask(one) == ()
    seeded.clock.move(timedelta(seconds=1))
    assert ask(one) == (seeded.ben,)

    with seeded.shell.db.transaction() as tx:
        sent = pages.notifications(tx, person_id=seeded.ben, incident_id=one).items
        said = [e.facts for e in details.timeline(tx, one).items if e.kind == "helpers_asked"]
    assert len([note for note in sent if note.kind == "help"]) == 2
    assert [facts["asked_before"] for facts in said] == [[], [seeded.ben], [seeded.ben], []]
