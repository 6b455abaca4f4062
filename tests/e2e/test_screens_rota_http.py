"""The rota, one's own shifts, handoffs and the managers' rota as programs see them."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from tests.builders import ANN, BEN, CAS, MAX, MONA, VERA
from tests.e2e import rota_world
from tests.e2e.browser import calm
from tests.e2e.rota_world import AUTUMN, DAY, FRIDAY, WEEK
from tests.e2e.test_screens_http import Client
from watchbill.actions import incidents
from watchbill.core.people import ServiceId

NIGHT = FRIDAY + timedelta(hours=9)


@pytest.fixture(scope="module")
def ids(world):
    return rota_world.rota(world)


@pytest.fixture
def client(world, ids):
    calm(world)
    world.clock.move_to(NIGHT)
    ((rota, members),) = world.rows(
        "select to_jsonb(r), (select jsonb_agg(to_jsonb(m)) from rota_members m where rota_id = r.id)"
        " from rotas r where kind = 'managers'"
    )
    yield Client(world)
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from handoffs")
        tx.execute("delete from rotas where kind = 'managers'")
        tx.execute(
            "insert into rotas select * from jsonb_populate_record(null::rotas, %s)", [Jsonb(rota)]
        )
        tx.execute(
            "insert into rota_members"
            " select * from jsonb_populate_recordset(null::rota_members, %s)",
            [Jsonb(members)],
        )


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()


def cells(page: str) -> dict[str, list[str]]:
    """Return the table: who or what each line is of, and what each of its weeks says."""
    table = page[page.index("<table") : page.index("</table>")]
    lines = re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL)
    return {
        plain(re.search(r"<th.*?</th>", line, re.DOTALL)[0]): [
            plain(cell) for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)
        ]
        for line in lines
    }


# -- the rota ----------------------------------------------------------------------------------


def test_its_first_sentence_says_who_stands_and_who_is_next(client):
    page = plain(client.sign_in(ANN)("GET", "/rota").text)

    assert (
        "Vera stands the watch until Fri 13 Mar 18:00. Ben is next, from Fri 13 Mar 18:00." in page
    )


def test_the_table_has_people_and_thirteen_weeks(client):
    table = cells(client.sign_in(VERA)("GET", "/rota").text)

    assert list(table) == ["Volunteer", "Ben Dublin", "Cas Dublin", "Vera you Dublin",
                           "Duty manager has what is open"]  # fmt: skip
    assert {len(weeks) for name, weeks in table.items() if name != "Volunteer"} == {13}
    vera, ben, cas = table["Vera you Dublin"], table["Ben Dublin"], table["Cas Dublin"]
    assert vera[0] == "stands"
    assert vera[1] == "Sat 18:00 to Sun 18:00", "the part she took, with its times"
    assert ben[1] == "Fri 18:00 to Sat 18:00 Sun 18:00 to Fri 18:00"
    assert cas[1] == "shadow"
    assert ben[3] == "stands", "the week in which the clocks change is a whole week"


def test_a_holiday_of_their_office_is_marked_and_named(world, client):
    with world.watchbill.db.transaction() as tx:
        tx.execute(
            "insert into closing_days values (%s, %s, %s)",
            [_office(world), (FRIDAY + 2 * WEEK + DAY).date(), "Founders' day"],
        )

    page = client.sign_in(ANN)("GET", "/rota").text

    assert "holiday" in cells(page)["Ben Dublin"][2]
    assert "Founders' day, 21 March" in plain(page)


def _office(world):
    ((office_id,),) = world.rows("select office_id from people where id = %s", BEN)
    return office_id


def test_away_is_shown_and_never_why(client):
    """VO7: a pause reads as any time away."""
    page = client.sign_in(ANN)("GET", "/rota").text

    assert cells(page)["Cas Dublin"][2].startswith("away")
    assert "pause" not in page


def test_what_nobody_stands_is_the_duty_managers_and_said_first(client):
    """SH2."""
    page = client.sign_in(ANN)("GET", "/rota").text
    line = cells(page)["Duty manager has what is open"]

    assert line[:4] == ["", "", "open Mona", ""]
    assert line[4] == "open Mona"
    assert (
        "Nobody stands from Fri 20 Mar 18:00 to Fri 27 Mar 18:00; the duty manager has it then."
        in plain(page)
    )


def test_weeks_are_paged_there_and_back(client):
    client.sign_in(ANN)
    first = client("GET", "/rota").text
    (later,) = re.findall(r'href="/rota\?from=([\d-]+)" rel="next"', first)
    second = client("GET", f"/rota?from={later}").text
    (earlier,) = re.findall(r'href="/rota\?from=([\d-]+)" rel="prev"', second)

    assert cells(client("GET", f"/rota?from={earlier}").text) == cells(first)
    assert later == "2026-06-05"
    past = client("GET", "/rota?from=2026-02-27")
    assert cells(past.text)["Cas Dublin"][0] == "stands"
    assert cells(past.text)["Duty manager has what is open"][0] == "", "that is over"


@pytest.mark.parametrize(
    "asked", ["x", "0001-01-01", "9999-12-31", "2026-13-01", "2026-03-06T18:00%2B14:00", "%00"]
)
def test_a_made_up_week_is_no_fault(client, asked):
    assert client.sign_in(ANN)("GET", f"/rota?from={asked}").status == 200


# -- one's own shifts --------------------------------------------------------------------------


def test_hours_are_right_on_both_sides_of_a_change_of_the_clocks(client):
    """SH1: 29 March and 25 October 2026, in Dublin."""
    page = plain(client.sign_in(BEN)("GET", "/rota/mine").text)

    assert "Fri 27 Mar 18:00 to Fri 3 Apr 18:00 167 h; 1 weekend" in page
    assert "Fri 23 Oct 18:00 to Fri 30 Oct 18:00 169 h; 1 weekend" in page
    assert AUTUMN.hour == 17


def test_what_was_stood_is_counted_to_the_second(client):
    """SH5: a week, and a part that ended a second before midnight."""
    page = plain(client.sign_in(CAS)("GET", "/rota/mine").text)

    assert "191 h 59 min 59 s in all" in page
    assert "23 h 59 min 59 s; 1 weekend" in page


def test_each_shift_ahead_can_be_offered(client, ids):
    page = client.sign_in(BEN)("GET", "/rota/mine").text

    for name in ("next", "rest", "spring"):
        assert f'href="/swaps/new?shift={ids[name]}"' in page
    assert 'href="/calendars"' in page
    assert 'href="/readiness"' in page, "Ben is not ready"


def test_the_shift_under_way_is_first_and_its_handoff_big_near_its_end(world, client, ids):
    client.sign_in(VERA)
    link = f'<a class="button go big" href="/rota/shifts/{ids["now"]}">Write the handoff</a>'
    assert link not in client("GET", "/rota/mine").text

    world.clock.move_to(FRIDAY + WEEK - timedelta(hours=20))

    page = client("GET", "/rota/mine").text
    assert link in page
    assert page.index("You stand the watch until") < page.index('id="ahead"')


def test_who_is_no_volunteer_is_told_how_one_becomes_one(client):
    page = client.sign_in(ANN)("GET", "/rota/mine").text

    assert "Nobody is on call who did not volunteer" in page
    assert "/on-call-team" in page


def test_a_split_week_is_one_line_with_its_parts(world, client):
    """SH2: Ben has the days of a week and Cas its nights; the pieces share a stand."""
    shell, start = world.watchbill.shell, FRIDAY + 10 * WEEK - timedelta(hours=1)
    twelve = timedelta(hours=12)
    made = {who: [rota_world.plan(shell, who, start + first + n * DAY, start + first + n * DAY + twelve)
                  for n in range(7)]
            for who, first in ((BEN, 0 * DAY), (CAS, twelve))}  # fmt: skip
    with world.watchbill.db.transaction() as tx:
        for who, found in made.items():
            tx.execute("update shifts set stand_id = %s where id = any(%s)", [f"{who}10", found])

    table = cells(client.sign_in(BEN)("GET", "/rota?from=2026-05-10").text)
    mine = client("GET", "/rota/mine").text
    shift = plain(client("GET", f"/rota/shifts/{made[BEN][2]}").text)
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from shifts where stand_id is not null")

    assert table["Ben you Dublin"][0] == "daily 18:00 to 06:00"
    assert table["Cas Dublin"][0] == "daily 06:00 to 18:00"
    assert "Fri 15 May 18:00 to Fri 22 May 06:00 84 h in 7 parts; 1 weekend" in plain(mine)
    assert all(f'href="/swaps/new?shift={piece}"' in mine for piece in made[BEN])
    assert "One of 7 parts of that week" in shift
    assert "Sun 17 May 18:00 to Mon 18 May 06:00 , this one" in shift


# -- handoffs ----------------------------------------------------------------------------------


def test_a_note_goes_from_the_shift_to_whoever_is_next(world, client, ids):
    """SH4: written on the shift's screen; on Tonight and among one's shifts for a day."""
    world.clock.move_to(FRIDAY + WEEK - timedelta(hours=2))
    client.sign_in(VERA)
    incidents.declare(
        world.watchbill.shell, ServiceId("checkout"), title="Slow", reason="seen", by=VERA
    )
    root = f"/rota/shifts/{ids['now']}"
    assert "Hand over</button>" in client("GET", root).text

    answer = client("POST", f"{root}/handoff", {"note": "<b>Mind</b> the queue & sleep."})

    assert answer.status == 303
    assert "&lt;b&gt;Mind&lt;/b&gt; the queue &amp; sleep." in client("GET", root).text
    world.clock.move_to(FRIDAY + WEEK + timedelta(hours=1))
    ben = Client(world).sign_in(BEN)
    for path in ("/", "/rota/mine"):
        page = plain(ben("GET", path).text)
        assert "Handed to you by Vera <b>Mind</b> the queue & sleep." in page
    assert "Handed to you" not in Client(world).sign_in(ANN)("GET", "/").text
    world.clock.move_to(FRIDAY + WEEK + timedelta(hours=23, minutes=59))
    assert "Handed to you" in ben("GET", "/").text
    world.clock.move_to(FRIDAY + 9 * DAY + timedelta(hours=1))
    assert "Handed to you by Vera" in ben("GET", "/").text, "after her part, his is young again"


def test_without_a_note_the_screen_says_so_and_what_was_open(world, client, ids):
    world.clock.move_to(FRIDAY + WEEK + timedelta(hours=1))

    page = plain(client.sign_in(BEN)("GET", f"/rota/shifts/{ids['now']}").text)

    assert "No note was written. This was so when the shift ended:" in page
    assert "What stood at its end" in page
    assert "Hand over" not in page
    assert "No note was written when that shift ended" in plain(client("GET", "/").text)
    vera = plain(Client(world).sign_in(VERA)("GET", "/rota/mine").text)
    assert "Your shift ended Fri 13 Mar 18:00 without a handoff" in vera


@pytest.mark.parametrize(("who", "status"), [(BEN, 403), (MONA, 403), (CAS, 403)])
def test_nobody_else_writes_it(client, ids, who, status):
    answer = client.sign_in(who)("POST", f"/rota/shifts/{ids['now']}/handoff", {"note": "Hm."})

    assert answer.status == status
    assert "Whoever stands a shift writes its handoff" in answer.text


def test_what_was_written_stays_when_it_is_refused(client, ids):
    client.sign_in(VERA)

    answer = client("POST", f"/rota/shifts/{ids['now']}/handoff", {"note": "x" * 8001})

    assert answer.status == 422
    assert "x" * 8001 in answer.text
    assert client("GET", "/rota/shifts/nothing").status == 404


def test_a_shift_shows_its_pages(world, client, ids):
    world.fires("card-errors", key="p1")
    client.sign_in(ANN)

    page = plain(client("GET", f"/rota/shifts/{ids['now']}").text)

    assert "Pages so far 1" in page
    assert "being called" in page
    world.phones.got.clear()


# -- the managers' rota ------------------------------------------------------------------------


def order(world):
    return [
        name
        for (name,) in world.rows(
            "select m.person_id from rota_members m join rotas r on r.id = m.rota_id"
            " where r.kind = 'managers' order by m.position"
        )
    ]


def test_only_managers_are_offered_and_only_managers_are_taken(world, client):
    """NO3, ES2: by the screen; the rota is as it was."""
    client.sign_in(MONA)
    page = client("GET", "/managers").text
    offered = set(re.findall(r'<option value="(\w+)"', page))
    assert offered <= {MONA, MAX}

    for path, form in (
        ("/managers/members", {"person_id": VERA}),
        ("/managers/overrides", {"rota_id": rota_id(world), "person_id": VERA,
                                 "starts_at": "2026-03-08T10:00", "ends_at": "2026-03-08T12:00"}),
    ):  # fmt: skip
        answer = client("POST", path, form)
        assert answer.status == 403
        assert "Only managers stand the managers" in html.unescape(answer.text)
    assert order(world) == [MONA, MAX]
    assert world.rows("select 1 from rota_overrides") == []


def rota_id(world):
    ((found,),) = world.rows("select id from rotas where kind = 'managers'")
    return found


@pytest.mark.parametrize("who", [ANN, VERA])
def test_engineers_read_it_and_change_nothing(world, client, who):
    client.sign_in(who)
    page = client("GET", "/managers").text
    assert "Mona is the duty manager" in page
    assert "<form" not in page[page.index("<main") : page.index("</main>")]

    for path in (
        "/managers/members",
        f"/managers/members/{MAX}/remove",
        f"/managers/members/{MAX}/up",
    ):
        assert client("POST", path, {"person_id": MAX}).status == 403
    assert order(world) == [MONA, MAX]


def test_managers_order_their_rota(world, client):
    client.sign_in(MAX)

    assert client("POST", f"/managers/members/{MAX}/up").status == 303
    assert order(world) == [MAX, MONA]
    assert client("POST", f"/managers/members/{MAX}/up").status == 303
    assert order(world) == [MAX, MONA], "the first is the first"
    assert client("POST", f"/managers/members/{MAX}/remove").status == 303
    assert order(world) == [MONA]
    assert client("POST", "/managers/members", {"person_id": MAX}).status == 303
    assert order(world) == [MONA, MAX]


def test_somebody_stands_in_and_no_longer(world, client):
    client.sign_in(MONA)
    form = {"rota_id": rota_id(world), "person_id": MAX, "starts_at": "2026-03-07T02:00",
            "ends_at": "2026-03-07T12:00"}  # fmt: skip

    assert client("POST", "/managers/overrides", form).status == 303

    page = client("GET", "/managers").text
    assert "Max is the duty manager until Sat 7 Mar 12:00, then Mona." in plain(page)
    (path,) = re.findall(r'action="(/managers/overrides/\w+/remove)"', page)
    assert client("POST", path).status == 303
    assert "Mona is the duty manager" in client("GET", "/managers").text


@pytest.mark.parametrize("bad", ["", "yesterday", "9999-12-31T23:59", "2026-03-08T01:00"])
def test_a_wrong_time_is_one_sentence_and_what_was_typed_stays(world, client, bad):
    client.sign_in(MONA)
    form = {"rota_id": rota_id(world), "person_id": MAX, "starts_at": "2026-03-08T02:00",
            "ends_at": bad}  # fmt: skip

    answer = client("POST", "/managers/overrides", form)

    assert answer.status == 422
    assert 'role="alert"' in answer.text
    assert 'value="2026-03-08T02:00"' in answer.text


def test_without_a_rota_a_manager_makes_one(world, client):
    client.sign_in(MONA)
    with world.watchbill.db.transaction() as tx:
        tx.execute("delete from rotas where kind = 'managers'")
    assert "There is no managers’ rota yet" in client("GET", "/managers").text
    assert client("POST", "/managers/members", {"person_id": MAX}).status == 404
    assert client("POST", "/managers", {"person_id": VERA}).status == 403

    assert client("POST", "/managers", {"person_id": MONA}).status == 303

    assert "Mona is the duty manager" in client("GET", "/managers").text
    client("POST", "/managers/members", {"person_id": MAX})
    assert order(world) == [MONA, MAX]
