"""What a swap tells whom: the times by the receiver's clocks, what it means, and where to answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import swaps, terms
from watchbill.actions.audit import person

NOW = seed.TUESDAY
WEEK = timedelta(weeks=1)
#: Wednesday, 10:00 to 14:00 in Dublin; five hours less in New York.
PART = {"starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=4)}


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    for name in ("ben", "ann"):
        who = made.ids[name]
        span = {"person_id": who, "starts_at": NOW - WEEK, "ends_at": NOW + 26 * WEEK}
        terms.agree(made.shell, span, by=person(who))
    with made.shell.db.transaction() as tx:
        tx.execute("update people set zone = 'America/New_York' where id = %s", [made.ben])
        tx.execute("update people set zone = 'Europe/Dublin' where id <> %s", [made.ben])
    yield made
    made.shell.db.close()


def ask(seeded: seed.Seeded, **values: object) -> str:
    asked = {"shift_id": seeded.vera_shift, **PART, **values}
    return swaps.ask(seeded.shell, asked, by=person(seeded.vera))


def told(seeded: seed.Seeded, name: str) -> tuple[str, str]:
    """Return the text and the path of the last notice to somebody."""
    query = """
        select data ->> 'text', data ->> 'path' from notifications
        where kind = 'notice' and person_id = %s order by created_at desc, id desc limit 1
    """
    with seeded.shell.db.transaction() as tx:
        row = tx.execute(query, [seeded.ids[name]]).fetchone()
    assert row is not None, f"{name} was told nothing"
    return row[0], row[1]


def test_a_question_says_the_times_by_each_ones_own_clocks(seeded: seed.Seeded) -> None:
    swap = ask(seeded, note="A wedding.")
    until = "Until somebody says yes, Vera stands then; who says yes first is called instead."
    says = "Vera asks for a shift to be taken: Wed 4 Mar"
    assert told(seeded, "ben") == (
        f"{says} 05:00 to Wed 4 Mar 09:00, your time. {until}\n\nA wedding.",
        f"/swaps/{swap}",
    )
    assert told(seeded, "ann")[0].startswith(f"{says} 10:00 to Wed 4 Mar 14:00, your time.")


def test_a_yes_tells_the_asker_who_is_called_then(seeded: seed.Seeded) -> None:
    swap = ask(seeded)
    swaps.accept(seeded.shell, swap, by=person(seeded.ben))
    text, path = told(seeded, "vera")
    assert text.startswith("Ben takes your shift: Wed 4 Mar 10:00 to Wed 4 Mar 14:00, your time.")
    assert text.endswith("They are called then, and you are not.")
    assert path == f"/swaps/{swap}"


def test_a_no_tells_the_asker_that_it_stays_theirs(seeded: seed.Seeded) -> None:
    swap = ask(seeded, to_person_id=seeded.ben)
    swaps.decline(seeded.shell, swap, by=person(seeded.ben))
    text, _ = told(seeded, "vera")
    assert text.startswith("Ben cannot take your shift: Wed 4 Mar 10:00")
    assert text.endswith("It stays yours.")


@pytest.mark.parametrize("to", ["ben", None])
def test_who_was_asked_hears_that_it_is_asked_no_more(seeded: seed.Seeded, to: str | None) -> None:
    """Only they: nobody else is bothered with it."""
    swap = ask(seeded, to_person_id=seeded.ids[to] if to else None)
    swaps.withdraw(seeded.shell, swap, by=person(seeded.vera))
    assert told(seeded, "ben")[0].startswith("Vera asks for it no more: Wed 4 Mar 05:00")
    query = "select count(*) from notifications where kind = 'notice' and person_id = %s"
    with seeded.shell.db.transaction() as tx:
        assert tx.execute(query, [seeded.ann]).fetchone() == (0 if to else 2,)
