"""Notices by the clock: ten weeks of an on-call team, every mail of it, and nothing else.

VO2, VO3, VO6, SH1, SH4, NO8: the right person, at the right hour of their day, once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.actions import seed
from watchbill.actions import rotas, shifts, swaps, terms, watch_notices
from watchbill.actions import shell as shells
from watchbill.actions.audit import SYSTEM, person
from watchbill.engine import tick
from watchbill.store.database import Database, Tx

WEEK = timedelta(days=7)
DAY = timedelta(days=1)
#: Mondays at nine in Dublin, where summer time begins on 29 March.
MONDAYS = [datetime(2026, 3, 2, 9, tzinfo=UTC) + n * WEEK for n in range(4)] + [
    datetime(2026, 3, 30, 8, tzinfo=UTC) + n * WEEK for n in range(13)
]
#: Who stands the weeks; "": nobody. Vera's first is the seed's.
STAND = [
    "vera",
    "ann",
    "ben",
    "ada",
    "vera",
    "",
    "ann",
    "vera",
    "ada",
    "ann",
    "vera",
    "ada",
    "ann",
    "vera",
    "ada",
    "ann",
]


@pytest.fixture
def seeded(database_url: str) -> Iterator[seed.Seeded]:
    made = seed.company(database_url)
    yield made
    made.shell.db.close()


def team(seeded: seed.Seeded) -> None:
    """Seat four people, plan fifteen weeks with a hole, and make everybody but Ben ready."""
    ends = {"ann": MONDAYS[16] + 30 * WEEK, "ben": MONDAYS[9], "ada": MONDAYS[10]}
    for name, end in ends.items():
        agree(seeded, name, MONDAYS[1], end)
    agree(seeded, "ada", MONDAYS[10], MONDAYS[10] + 26 * WEEK)
    for n, name in enumerate(STAND):
        if n and name:
            stand(seeded, name, MONDAYS[n], MONDAYS[n + 1])
    with seeded.shell.db.transaction() as tx:
        tx.execute("update on_call_team set least = 3, zone = 'Europe/Dublin'")
        tx.execute(
            "insert into readiness (person_id, item, at) select p.id, i, %s from people p,"
            " unnest(array['internet', 'laptop', 'power', 'second_factor', 'credentials']) i"
            " where p.name <> 'Ben'",
            [seeded.clock.now()],
        )
        tx.execute("update contact_methods set tested_at = %s", [seeded.clock.now()])


def agree(seeded: seed.Seeded, name: str, start: datetime, end: datetime) -> str:
    who = seeded.ids[name]
    return terms.agree(
        seeded.shell, {"person_id": who, "starts_at": start, "ends_at": end}, by=person(who)
    )


def stand(seeded: seed.Seeded, name: str, start: datetime, end: datetime) -> str:
    values = {"person_id": seeded.ids[name], "starts_at": start, "ends_at": end}
    return shifts.plan(seeded.shell, values, by=SYSTEM)


def live(seeded: seed.Seeded, until: datetime) -> None:
    """Let the engine do what is due until an instant, twice at each, as two processes would."""
    while True:
        tick.tick(seeded.shell)
        tick.tick(seeded.shell)
        due = tick.next_due(seeded.shell)
        if due is None or due > until:
            break
        seeded.clock.move_to(max(due, seeded.clock.now()))
    seeded.clock.move_to(until)


def mails(seeded: seed.Seeded) -> list[tuple[str, str, str]]:
    """Return every notice: when in UTC, to whom, its subject."""
    with seeded.shell.db.transaction() as tx:
        rows = tx.execute(
            "select n.created_at, p.name, n.data->>'subject' from notifications n"
            " join people p on p.id = n.person_id where n.kind = 'notice'"
            " order by n.created_at, p.name, 3"
        ).fetchall()
    return [(f"{at.astimezone(UTC):%d %b %H:%M}", name, subject) for at, name, subject in rows]


EVERYBODY = ("Ada", "Ann", "Ben", "Mona", "Vera")
BEGUN = "Your shift has begun"
NOT_READY = "You are not ready for your first shift yet"
#: Monday morning in Dublin, in UTC: of the week before a shift, the Sunday before, and its own.
TURNS = (
    ("Ann", "03 Mar 10:00", "08 Mar 09:00", "09 Mar 09:00", "Mon 9 Mar 09:00"),
    ("Ben", "09 Mar 09:00", "15 Mar 09:00", "16 Mar 09:00", "Mon 16 Mar 09:00"),
    ("Ada", "16 Mar 09:00", "22 Mar 09:00", "23 Mar 09:00", "Mon 23 Mar 09:00"),
    ("Vera", "23 Mar 09:00", "29 Mar 08:00", "30 Mar 08:00", "Mon 30 Mar 09:00"),
    ("Ann", "06 Apr 08:00", "12 Apr 08:00", "13 Apr 08:00", "Mon 13 Apr 09:00"),
    ("Vera", "13 Apr 08:00", "19 Apr 08:00", "20 Apr 08:00", "Mon 20 Apr 09:00"),
    ("Ada", "20 Apr 08:00", "26 Apr 08:00", "27 Apr 08:00", "Mon 27 Apr 09:00"),
    ("Ann", "27 Apr 08:00", "03 May 08:00", "04 May 08:00", "Mon 4 May 09:00"),
    ("Vera", "04 May 08:00", "10 May 08:00", "11 May 08:00", "Mon 11 May 09:00"),
)
#: The hole is the week of 6 April. Weekly from four weeks ahead, daily in the last week, and on.
HOLE = (
    *((f"{day} 09:00", "Mon 6 Apr 09:00") for day in ("09 Mar", "16 Mar", "23 Mar")),
    *((f"{day} 08:00", "Mon 6 Apr 09:00") for day in ("30 Mar", "31 Mar")),
    *((f"0{day} Apr 08:00", "Mon 6 Apr 09:00") for day in range(1, 7)),
    ("07 Apr 08:00", "Tue 7 Apr 18:00"),
    ("08 Apr 08:00", "Wed 8 Apr 18:00"),
    ("09 Apr 08:00", "Thu 9 Apr 18:00"),
    ("10 Apr 08:00", "Fri 10 Apr 18:00"),
    ("11 Apr 08:00", "Sat 11 Apr 09:00"),
    ("12 Apr 08:00", "Sun 12 Apr 09:00"),
)


def expected() -> list[tuple[str, str, str]]:
    """Return the ten weeks' mails."""
    found = [(at, who, f"Nobody stands from {since}") for at, since in HOLE for who in EVERYBODY]
    for who, week, day, begins, since in TURNS:
        found.append((week, who, f"Your shift begins {since}"))
        found.append((day, who, f"Your shift begins soon: {since}"))
        found.append((begins, who, BEGUN))
    found.append(("11 May 08:00", "Ada", "Your shift begins Mon 18 May 09:00"))
    found += [(f"{day} Mar 09:00", "Ben", NOT_READY) for day in ("09", "13", "14", "15")]
    # Ada has the following term already, and is not asked; 4 May is a holiday in Ireland.
    ends = "Your term ends on 4 May 2026: do you want another?"
    found += [("06 Apr 08:00", "Ben", ends), ("27 Apr 08:00", "Ben", ends)]
    look = "On-call team needs a look"
    found.append(("03 Mar 10:00", "Vera", look))
    found += [("05 May 08:00", who, look) for who in ("Ada", "Ann", "Vera")]
    return found


def test_ten_weeks_of_notices_and_not_one_more(seeded: seed.Seeded) -> None:
    team(seeded)
    live(seeded, MONDAYS[10])
    assert sorted(mails(seeded)) == sorted(expected())
    with seeded.shell.db.transaction() as tx:
        asked = tx.execute(
            "select count(*) from terms where renewal_asked_at is not null"
        ).fetchone()
    assert asked == (1,), "VO2: Ben was asked, and it is on record"


def test_sh5_what_is_swapped_is_reminded_of_to_whom_it_is_now(seeded: seed.Seeded) -> None:
    """A part of Ben's week goes to Ann; both hear what is true, and nobody hears it twice."""
    team(seeded)
    live(seeded, MONDAYS[2] - 2 * DAY)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select id from shifts where lower(during) = %s", [MONDAYS[2]]).fetchone()
    assert row is not None
    start = MONDAYS[2] + DAY
    part = {"shift_id": row[0], "starts_at": start, "ends_at": start + timedelta(hours=9)}
    swap_id = swaps.ask(seeded.shell, part, by=person(seeded.ids["ben"]))
    swaps.accept(seeded.shell, swap_id, by=person(seeded.ids["ann"]))
    live(seeded, MONDAYS[2] + 3 * DAY)
    said = [m for m in mails(seeded) if m[1] in ("Ann", "Ben") and "14 Mar" <= m[0] < "20 Mar"]
    heard = [m for m in said if m[2].startswith("Your shift") or m[2] == NOT_READY]
    assert sorted(heard) == sorted(
        [
            ("14 Mar 09:00", "Ben", NOT_READY),
            ("15 Mar 09:00", "Ben", NOT_READY),
            ("15 Mar 09:00", "Ben", "Your shift begins soon: Mon 16 Mar 09:00"),
            ("14 Mar 09:00", "Ann", "Your shift begins Tue 17 Mar 09:00"),
            ("16 Mar 09:00", "Ann", "Your shift begins soon: Tue 17 Mar 09:00"),
            ("16 Mar 09:00", "Ben", BEGUN),
            ("17 Mar 09:00", "Ann", BEGUN),
        ]
    )


def test_sh4_whose_shift_begins_reads_the_last_handoff(seeded: seed.Seeded) -> None:
    team(seeded)
    live(seeded, MONDAYS[1] - timedelta(hours=1))
    note = "The card network was slow all week; its status page knows more."
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "insert into handoffs values ('hnd_1', %s, %s, %s, %s, '{}')",
            [seeded.ids["vera_shift"], seeded.ids["vera"], seeded.clock.now(), note],
        )
    live(seeded, MONDAYS[1])
    with seeded.shell.db.transaction() as tx:
        rows = tx.execute(
            "select p.name, n.data->>'text' from notifications n join people p"
            " on p.id = n.person_id where n.data->>'subject' = %s",
            [BEGUN],
        ).fetchall()
    assert [name for name, _ in rows] == ["Ann"]
    assert note in rows[0][1]


def test_es2_who_comes_onto_the_managers_rota_hears_a_week_before(seeded: seed.Seeded) -> None:
    team(seeded)
    start = MONDAYS[3] + timedelta(hours=3)
    values = {"rota_id": seeded.ids["managers_rota"], "person_id": seeded.ids["max"]}
    values |= {"starts_at": start, "ends_at": start + timedelta(hours=9)}
    rotas.override(seeded.shell, values, by=SYSTEM)
    live(seeded, MONDAYS[4])
    said = [(at, who) for at, who, subject in mails(seeded) if "duty manager" in subject]
    assert said == [("16 Mar 09:00", "Max")], "Mona's turn has a short break, and is no news"


def test_no8_admins_hear_daily_while_too_many_are_on_call(seeded: seed.Seeded) -> None:
    team(seeded)
    with seeded.shell.db.transaction() as tx:
        tx.execute("update organization set people_at_once = 1")
    live(seeded, seed.TUESDAY + 2 * DAY)
    said = [(at, who) for at, who, subject in mails(seeded) if "Too many" in subject]
    assert said == [("03 Mar 10:00", "Ada"), ("04 Mar 09:00", "Ada"), ("05 Mar 09:00", "Ada")]


def test_a_swap_nobody_answered_and_a_draft_nobody_published_are_brought_up_once(
    seeded: seed.Seeded,
) -> None:
    team(seeded)
    with seeded.shell.db.transaction() as tx:
        row = tx.execute("select id from shifts where lower(during) = %s", [MONDAYS[2]]).fetchone()
        tx.execute(
            "insert into plans (id, made_at, made_by, starts_at, ends_at, seed, state, base, outcome)"
            " values ('pln_1', %s, %s, %s, %s, 1, 'draft', '', '{}')",
            [seeded.clock.now(), seeded.ids["ada"], MONDAYS[15], MONDAYS[16]],
        )
    assert row is not None
    values = {"shift_id": row[0], "to_person_id": seeded.ids["vera"]}
    swaps.ask(seeded.shell, values, by=person(seeded.ids["ben"]))
    live(seeded, MONDAYS[3])
    said = mails(seeded)
    assert [m[:2] for m in said if m[2] == "A swap waits for your answer"] == [
        ("15 Mar 09:00", "Vera")
    ]
    assert [m[:2] for m in said if m[2] == "A plan of yours is still a draft"] == [
        ("10 Mar 10:00", "Ada")
    ]


class Died(BaseException):
    """The process is gone."""


class MortalDatabase(Database):
    """A database whose process dies before, or after, the n-th commit that writes."""

    def __init__(self, url: str, point: int) -> None:
        super().__init__(url, size=2)
        self.left = point

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Tx]:
        writes = False
        with super().transaction() as tx:
            yield tx
            row = tx.execute("select pg_current_xact_id_if_assigned() is not null").fetchone()
            writes = bool(row and row[0])
            if writes:
                self._pass_by()
        if writes:
            self._pass_by()

    def _pass_by(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Died


def test_no_crash_loses_or_doubles_a_notice(seeded: seed.Seeded, database_url: str) -> None:
    """Die around every commit of a busy morning; what is said in the end is the same, once."""
    team(seeded)
    live(seeded, MONDAYS[1] - DAY)
    seeded.clock.move_to(MONDAYS[1])
    deaths = 0
    for point in (1, 1, 2, 1, 4, 3):
        db = MortalDatabase(database_url, point)
        db.open()
        try:
            mortal = shells.shell(db, seeded.clock)
            for _ in range(3):
                watch_notices.tell_due(mortal)
        except Died:
            deaths += 1
        finally:
            db.close()
    live(seeded, MONDAYS[1])
    assert deaths >= 2, "there is something to die at"
    until = [line for line in expected() if line[0] in ("03 Mar 10:00", "08 Mar 09:00")]
    until += [line for line in expected() if line[0] == "09 Mar 09:00"]
    assert sorted(mails(seeded)) == sorted(until)


def test_one_who_cannot_be_told_keeps_nobody_else_waiting(seeded: seed.Seeded) -> None:
    """A batch that fails goes on person by person; what fails alone is tried again in an hour."""
    team(seeded)
    live(seeded, MONDAYS[1] - DAY)
    seeded.clock.move_to(MONDAYS[1])
    with seeded.shell.db.transaction() as tx:
        tx.execute(
            "create function refuse() returns trigger language plpgsql as $$ begin"
            f" if new.person_id = '{seeded.ids['ben']}' then raise 'refused'; end if;"
            " return new; end $$"
        )
        tx.execute(
            "create trigger refuse before insert on notifications"
            " for each row execute function refuse()"
        )
    (step,) = [step for step in tick.STEPS if step.name == "notices"]
    tick.tick(seeded.shell, steps=[step])
    now = [line for line in expected() if line[0] == "09 Mar 09:00"]
    assert sorted(m for m in mails(seeded) if m[0] == "09 Mar 09:00") == sorted(
        line for line in now if line[1] != "Ben"
    )
    with seeded.shell.db.transaction() as tx:
        tx.execute("drop trigger refuse on notifications")
    live(seeded, MONDAYS[1] + timedelta(hours=1))
    late = [m for m in mails(seeded) if m[1] == "Ben"]
    assert [m[0] for m in late] == ["09 Mar 10:00"] * 3
