"""Helpers are asked by mail, and not again and again (HE1, NO10)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import helpers, incidents
from watchbill.core.people import PersonId, ServiceId
from watchbill.queries import details, pages


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def declared(seeded: seed.Seeded) -> str:
    return incidents.declare(
        seeded.shell,
        ServiceId(seeded.checkout),
        title="One",
        reason="customers wait",
        by=seeded.ann,
    ).id


def timeline(seeded: seed.Seeded, incident_id: str) -> list[tuple[str, str | None]]:
    with seeded.shell.db.transaction() as tx:
        return [(e.kind, e.person_id) for e in details.timeline(tx, incident_id).items]


def test_he1_who_was_asked_offers_once_and_whoever_asked_is_told(seeded: seed.Seeded) -> None:
    one, ben = declared(seeded), PersonId(seeded.ben)
    helpers.ask(seeded.shell, one, [ben], by=seeded.ann)
    helpers.offer(seeded.shell, one, ben)
    helpers.offer(seeded.shell, one, ben)
    assert timeline(seeded, one).count(("help_offered", ben)) == 1
    with seeded.shell.db.transaction() as tx:
        told = tx.execute(
            "select data->>'subject' from notifications where kind = 'notice' and person_id = %s",
            [seeded.ann],
        ).fetchall()
    assert told == [("Ben can help with #1",)]


def test_no10_nobody_offers_who_was_not_asked_or_when_it_is_over(seeded: seed.Seeded) -> None:
    one, ben = declared(seeded), PersonId(seeded.ben)
    with pytest.raises(helpers.NotAwake):
        helpers.offer(seeded.shell, one, ben)
    helpers.ask(seeded.shell, one, [ben], by=seeded.ann)
    incidents.resolve(seeded.shell, one, by=seeded.ann)
    with pytest.raises(helpers.NothingToHelp):
        helpers.offer(seeded.shell, one, ben)
    assert ("help_offered", ben) not in timeline(seeded, one)


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
