"""Handoffs: who may write one, what is gathered with it, and who is told (SH4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.actions import seed
from watchbill.actions import alarms, handoffs, incidents, rotas, shifts, terms
from watchbill.actions.audit import SYSTEM, person
from watchbill.actions.fields import BadFields
from watchbill.core.events import Event, EventAction, Severity
from watchbill.engine import tick
from watchbill.queries import handoffs as queries
from watchbill.queries.handoffs import HandoffRow
from watchbill.store import inbox

#: Vera's shift ends on Monday 9 March 2026 at 09:00; Ben's follows it.
ENDS = datetime(2026, 3, 9, 9, tzinfo=UTC)
LATE = timedelta(days=2)


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url, at=seed.TUESDAY)
    ben = made.ids["ben"]
    terms.agree(
        made.shell,
        {"person_id": ben, "starts_at": ENDS, "ends_at": ENDS + timedelta(days=182)},
        by=person(ben),
    )
    made.ids["ben_shift"] = shifts.plan(
        made.shell,
        {"person_id": ben, "starts_at": ENDS, "ends_at": ENDS + timedelta(days=7)},
        by=SYSTEM,
    )
    yield made
    made.shell.db.close()


def write(seeded: seed.Seeded, *, by: str = "vera", note: str = "Quiet.") -> None:
    handoffs.write(seeded.shell, seeded.vera_shift, note, by=person(seeded.ids[by]))


def read(seeded: seed.Seeded, name: str = "vera_shift") -> HandoffRow:
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
        return queries.of_shift(tx, company, seeded.ids[name], now=seeded.clock.now())


def received(seeded: seed.Seeded, name: str = "ben") -> HandoffRow | None:
    with seeded.shell.db.transaction() as tx:
        company = seeded.shell.company(tx)
        return queries.received(tx, company, seeded.ids[name], now=seeded.clock.now())


def mails(seeded: seed.Seeded) -> list[tuple[str, dict[str, Any]]]:
    with seeded.shell.db.transaction() as tx:
        return tx.execute(
            "select person_id, data from notifications where kind = 'notice'"
            " and data ->> 'subject' like '%handoff%'"
        ).fetchall()


def declare(seeded: seed.Seeded, title: str) -> str:
    return incidents.declare(
        seeded.shell, seeded.checkout, title=title, reason="customers wait", by=seeded.ann
    ).id


def fire(seeded: seed.Seeded, alarm: str) -> None:
    event = Event(
        action=EventAction.TRIGGER,
        dedup_key="k1",
        summary=f"{alarm} rises",
        severity=Severity.CRITICAL,
        source="shop-1",
        alarm=alarm,
    )
    with seeded.shell.db.transaction() as tx:
        inbox.add(tx, seeded.clock.now(), seeded.checkout, seeded.door, event)
    tick.tick(seeded.shell)


def texts(row: HandoffRow | None, name: str) -> list[str]:
    assert row is not None
    assert row.facts is not None
    return [item["text"] for item in row.facts[name]]


@pytest.mark.parametrize("by", ["ben", "ada", "mona"])
def test_whoever_stands_the_shift_writes_its_handoff_and_nobody_else(
    seeded: seed.Seeded, by: str
) -> None:
    with pytest.raises(handoffs.NotYourShift):
        write(seeded, by=by)
    assert read(seeded).at is None


@pytest.mark.parametrize(
    ("at", "is_time"),
    [
        (datetime(2026, 3, 2, 9, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 8, 59, 59, tzinfo=UTC), False),
        (ENDS + LATE - timedelta(seconds=1), True),
        (ENDS + LATE, False),
    ],
)
def test_it_is_written_in_the_shift_or_within_two_days_after(
    seeded: seed.Seeded, at: datetime, is_time: bool
) -> None:
    seeded.clock.move_to(at)
    if is_time:
        write(seeded)
        assert read(seeded).at == at
    else:
        with pytest.raises(handoffs.NotThen):
            write(seeded)


@pytest.mark.parametrize("note", ["", "   ", "x" * 8001, "a\x00b"])
def test_a_note_says_something_and_is_no_book(seeded: seed.Seeded, note: str) -> None:
    with pytest.raises(BadFields):
        write(seeded, note=note)


def test_the_next_volunteer_has_it_by_mail_and_only_they(seeded: seed.Seeded) -> None:
    write(seeded, note="The queue of checkout is slow since Saturday.")

    ((who, data),) = mails(seeded)

    assert who == seeded.ben
    assert data["text"].startswith("The queue of checkout is slow")
    assert "Changed in the shift:\n- " in data["text"], "card-errors was accepted in it"
    assert data["path"] == f"/rota/shifts/{seeded.vera_shift}"


def test_the_same_note_again_tells_nobody_and_another_does(seeded: seed.Seeded) -> None:
    for note in ("Quiet.", "Quiet.", "Not so quiet."):
        write(seeded, note=note)
    assert len(mails(seeded)) == 2


@pytest.mark.parametrize("whose", ["ben", "vera"])
def test_without_somebody_else_next_nobody_is_told(seeded: seed.Seeded, whose: str) -> None:
    """Nobody is planned, or it is Vera herself."""
    with seeded.shell.db.transaction() as tx:
        tx.execute("delete from shifts where id = %s", [seeded.ben_shift])
    if whose == "vera":
        span = {"starts_at": ENDS, "ends_at": ENDS + timedelta(days=7)}
        shifts.plan(seeded.shell, {"person_id": seeded.vera, **span}, by=SYSTEM)
    write(seeded)
    assert mails(seeded) == []


def test_a_refused_note_tells_nobody(seeded: seed.Seeded) -> None:
    with pytest.raises(handoffs.NotYourShift):
        write(seeded, by="ben")
    assert mails(seeded) == []


def test_what_is_open_and_held_is_gathered_not_typed(seeded: seed.Seeded) -> None:
    """On Saturday nobody of payments is at work: what is declared calls Vera, disk-full is held."""
    seeded.clock.move_to(seed.SATURDAY)
    taken = declare(seeded, "Checkout is slow")
    incidents.acknowledge(seeded.shell, taken, by=seeded.vera)
    over = declare(seeded, "Checkout was down")
    incidents.resolve(seeded.shell, over, by=seeded.vera)
    fire(seeded, "disk-full")

    write(seeded)

    row = read(seeded)
    (held,) = texts(row, "held")
    (found,) = texts(row, "open")
    assert "disk-full" in held
    assert found.endswith("Checkout is slow (acknowledged)")


def test_what_a_team_at_work_has_is_not_handed_over(seeded: seed.Seeded) -> None:
    declare(seeded, "Checkout is down")  # on a Tuesday at 10:00

    write(seeded)

    assert texts(read(seeded), "open") == []


def test_what_changed_in_the_shift_goes_with_it(seeded: seed.Seeded) -> None:
    """card-errors was accepted in it; disk-full is muted, and Max stands in for Mona."""
    until = seeded.clock.now() + timedelta(days=3)
    alarms.mute(seeded.shell, seeded.ids["disk-full"], until=until, by=person(seeded.ann))
    rotas.override(
        seeded.shell,
        {
            "rota_id": seeded.managers_rota,
            "person_id": seeded.max,
            "starts_at": until,
            "ends_at": until + timedelta(days=1),
        },
        by=person(seeded.mona),
    )
    seeded.clock.move(timedelta(minutes=1))

    write(seeded)

    changed = texts(read(seeded), "changed")
    assert len(changed) == 3
    assert [text.rpartition(": ")[2] for text in changed] == [
        "accepted",
        "muted",
        "Max stands in as duty manager",
    ]
    seeded.clock.move_to(ENDS + timedelta(hours=1))
    assert texts(read(seeded, "ben_shift"), "changed") == []


def test_without_a_note_it_is_still_told_what_was_open_at_its_end(seeded: seed.Seeded) -> None:
    """What was resolved after the end was open then; what came after it was not."""
    ended = datetime(2026, 3, 8, 21, tzinfo=UTC)
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "update shifts set during = tstzrange(lower(during), %s) where id = %s",
            [ended, seeded.vera_shift],
        )
    seeded.clock.move_to(ended - timedelta(hours=1))
    left, taken, done = (declare(seeded, title) for title in ("Left", "Taken", "Done in time"))
    incidents.acknowledge(seeded.shell, taken, by=seeded.vera)
    incidents.resolve(seeded.shell, done, by=seeded.vera)
    fire(seeded, "disk-full")
    seeded.clock.move_to(ENDS + timedelta(hours=2))
    tick.tick(seeded.shell)
    for each in (left, taken):
        incidents.resolve(seeded.shell, each, by=seeded.ann)
    declare(seeded, "Came later")

    row = read(seeded)

    assert (row.at, row.note) == (None, "")
    assert [text.partition(" ")[2] for text in texts(row, "open")] == [
        "Left (triggered)",
        "Taken (acknowledged)",
    ]
    assert len(texts(row, "held")) == 1


def test_who_is_next_sees_it_while_their_shift_is_young(seeded: seed.Seeded) -> None:
    seeded.clock.move_to(ENDS - timedelta(hours=1))
    write(seeded, note="Mind the queue.")
    assert received(seeded) is None, "Ben does not stand yet"
    assert received(seeded, "vera") is None, "nobody stood before Vera"

    seeded.clock.move_to(ENDS)
    handed = received(seeded)
    assert handed is not None
    assert (handed.person, handed.note) == ("Vera", "Mind the queue.")

    seeded.clock.move_to(ENDS + queries.YOUNG - timedelta(seconds=1))
    assert received(seeded) is not None
    seeded.clock.move_to(ENDS + queries.YOUNG)
    assert received(seeded) is None


def test_parts_of_one_person_that_follow_each_other_are_one_shift(seeded: seed.Seeded) -> None:
    """A part in the middle given away and come back does not make Ben's own shift young again."""
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "update shifts set during = tstzrange(%s, %s) where id = %s",
            [ENDS, ENDS + timedelta(days=2), seeded.ben_shift],
        )
    shifts.plan(
        seeded.shell,
        {
            "person_id": seeded.ben,
            "starts_at": ENDS + timedelta(days=2),
            "ends_at": ENDS + timedelta(days=7),
        },
        by=SYSTEM,
    )
    seeded.clock.move_to(ENDS + timedelta(days=2, hours=1))

    assert received(seeded) is None


def test_without_a_note_who_is_next_is_told_so(seeded: seed.Seeded) -> None:
    seeded.clock.move_to(ENDS + timedelta(hours=1))

    handed = received(seeded)

    assert handed is not None
    assert (handed.at, handed.note) == (None, "")
    assert texts(handed, "changed") == [texts(read(seeded), "changed")[0]]


def test_a_shadow_hands_nothing_over(seeded: seed.Seeded) -> None:
    with seeded.shell.db.transaction() as tx:
        tx.execute("update shifts set shadow = true where id = %s", [seeded.vera_shift])
    with pytest.raises(handoffs.NotYourShift):
        write(seeded)


def test_written_anew_it_replaces_the_old_one(seeded: seed.Seeded) -> None:
    write(seeded, note="First.")
    seeded.clock.move(timedelta(hours=1))
    write(seeded, note="Second.")

    assert read(seeded).note == "Second."
    with seeded.shell.db.transaction() as tx:
        assert tx.execute("select count(*) from handoffs").fetchone() == (1,)
